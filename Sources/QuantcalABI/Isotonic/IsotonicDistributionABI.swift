import CQuantcal
import QuantcalCore

extension qc_isotonic_distribution_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, direction: Int32(QC_ISOTONIC_INCREASING), reserved: 0,
            progress: qc_progress())
    }

    fileprivate static func direction(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> (IsotonicRegression.Direction, Progress) {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        return (try Structs.value(options.direction, "direction"), Structs.progress(options.progress))
    }
}

@c @implementation
public func qc_isotonic_distribution_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_distribution_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_distribution_options.initialise(options, size)
}

/// A fit with the core's initialiser for the type.
private func create<T>(
    _ x: UnsafePointer<T>?, _ n: Int, _ dimensions: Int, _ y: UnsafePointer<T>?,
    _ weights: UnsafePointer<T>?, _ events: UnsafePointer<UInt8>?,
    _ options: UnsafePointer<qc_isotonic_distribution_options>?,
    _ distribution: UnsafeMutablePointer<OpaquePointer?>?,
    _ fit: (
        UnsafeBufferPointer<T>, Int, UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?,
        UnsafeBufferPointer<UInt8>?, IsotonicRegression.Direction, Progress
    ) throws(QuantcalError) -> IsotonicDistribution
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (direction, progress) = try qc_isotonic_distribution_options.direction(options)
        let count = try Boundary.product(n, dimensions, ("n", "dimensions"))
        try IsotonicOrder.requireNumbers(n, "n")
        let (covariates, outcomes) = (try Boundary.input(x, count, "x"), try Boundary.input(y, n, "y"))
        let weightsOrNil = try Boundary.optionalInput(weights, n, "weights")
        let eventsOrNil = try Boundary.optionalInput(events, n, "events")
        try Region.requireDisjoint(
            outputs: [Region(distribution, 1, "distribution")],
            inputs: [
                Region(x, count, "x"), Region(y, n, "y"), Region(weights, n, "weights"),
                Region(events, n, "events"),
            ])
        try Handles.create(distribution, "distribution") { () throws(QuantcalError) in
            try fit(covariates, dimensions, outcomes, weightsOrNil, eventsOrNil, direction, progress)
        }
    }
}

@c @implementation
public func qc_isotonic_distribution_create_f64(
    _ x: UnsafePointer<Double>!, _ n: Int, _ dimensions: Int, _ y: UnsafePointer<Double>!,
    _ weights: UnsafePointer<Double>!, _ events: UnsafePointer<UInt8>!,
    _ options: UnsafePointer<qc_isotonic_distribution_options>!,
    _ distribution: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    create(
        x, n, dimensions, y, weights, events, options, distribution,
        IsotonicDistribution.init(x:dimensions:y:weights:events:direction:progress:))
}

@c @implementation
public func qc_isotonic_distribution_create_f32(
    _ x: UnsafePointer<Float>!, _ n: Int, _ dimensions: Int, _ y: UnsafePointer<Float>!,
    _ weights: UnsafePointer<Float>!, _ events: UnsafePointer<UInt8>!,
    _ options: UnsafePointer<qc_isotonic_distribution_options>!,
    _ distribution: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    create(
        x, n, dimensions, y, weights, events, options, distribution,
        IsotonicDistribution.init(x:dimensions:y:weights:events:direction:progress:))
}

@c @implementation
public func qc_isotonic_distribution_destroy(_ distribution: OpaquePointer!) {
    Handles.destroy(distribution, IsotonicDistribution.self)
}

@c @implementation
public func qc_isotonic_distribution_dimensions(
    _ distribution: OpaquePointer!, _ dimensions: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object: IsotonicDistribution = try Handles.object(distribution, "distribution")
        try Boundary.output(dimensions, 1, "dimensions").pointee = object.dimensions
    }
}

/// A result of `count` elements that the caller may have counted first: `write` gets the memory if there
/// is any.
private func counted<T>(
    _ target: UnsafeMutablePointer<T>?, _ capacity: Int, _ count: UnsafeMutablePointer<Int>?,
    _ names: (target: String, count: String), _ needed: Int, _ write: (UnsafeMutablePointer<T>) -> Void
) throws(QuantcalError) {
    let place = try Boundary.optionalOutput(count, 1, names.count)
    if let target {
        let memory = try Boundary.output(target, capacity, names.target)
        guard capacity >= needed else {
            throw QuantcalError(.size, "capacity is \(capacity); \(names.target) needs room for \(needed)")
        }
        try Region.requireDisjoint(
            outputs: [Region(target, capacity, names.target), Region(count, 1, names.count)])
        write(memory)
    }
    place?.pointee = needed
}

private func thresholds<T: BinaryFloatingPoint>(
    _ distribution: OpaquePointer?, _ target: UnsafeMutablePointer<T>?, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?, _ write: (IsotonicDistribution, UnsafeMutablePointer<T>) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object: IsotonicDistribution = try Handles.object(distribution, "distribution")
        try counted(target, capacity, count, ("thresholds", "count"), object.thresholdCount) {
            write(object, $0)
        }
    }
}

@c @implementation
public func qc_isotonic_distribution_thresholds_f64(
    _ distribution: OpaquePointer!, _ thresholds: UnsafeMutablePointer<Double>!, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    QuantcalABI.thresholds(distribution, thresholds, capacity, count) { $0.thresholds(into: $1) }
}

@c @implementation
public func qc_isotonic_distribution_thresholds_f32(
    _ distribution: OpaquePointer!, _ thresholds: UnsafeMutablePointer<Float>!, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    QuantcalABI.thresholds(distribution, thresholds, capacity, count) { $0.thresholds(into: $1) }
}

@c @implementation
public func qc_isotonic_distribution_serialize(
    _ distribution: OpaquePointer!, _ bytes: UnsafeMutablePointer<UInt8>!, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>!
) -> qc_status {
    Handles.serialize(distribution, "distribution", as: IsotonicDistribution.self, bytes, capacity, size)
}

@c @implementation
public func qc_isotonic_distribution_deserialize(
    _ bytes: UnsafePointer<UInt8>!, _ size: Int, _ distribution: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Handles.deserialize(bytes, size, as: IsotonicDistribution.self, distribution, "distribution")
}
