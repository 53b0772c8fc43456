import CQuantcal
import QuantcalCore

extension qc_isotonic_nearly_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, direction: Int32(QC_ISOTONIC_INCREASING), reserved: 0,
            progress: qc_progress())
    }
}

@c @implementation
public func qc_isotonic_nearly_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_nearly_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_nearly_options.initialise(options, size)
}

/// A path made by the core's initialiser for the type.
private func create<T>(
    _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_nearly_options>?, _ path: UnsafeMutablePointer<OpaquePointer?>?,
    _ make: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?, IsotonicRegression.Direction, Progress
    ) throws(QuantcalError) -> IsotonicNearlyPath
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let options = try qc_isotonic_nearly_options.given(options)
        try Structs.reserved(options.reserved)
        let direction: IsotonicRegression.Direction = try Structs.value(options.direction, "direction")
        let values = try Boundary.input(y, n, "y")
        let pointWeights = try Boundary.optionalInput(weights, n, "weights")
        try Region.requireDisjoint(
            outputs: [Region(path, 1, "path")],
            inputs: [Region(y, n, "y"), Region(weights, n, "weights")])
        try Handles.create(path, "path") { () throws(QuantcalError) in
            try make(values, pointWeights, direction, Structs.progress(options.progress))
        }
    }
}

@c @implementation
public func qc_isotonic_nearly_create_f64(
    _ y: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_nearly_options>!, _ path: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    create(y, weights, n, options, path, IsotonicNearlyPath.init(y:weights:direction:progress:))
}

@c @implementation
public func qc_isotonic_nearly_create_f32(
    _ y: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_nearly_options>!, _ path: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    create(y, weights, n, options, path, IsotonicNearlyPath.init(y:weights:direction:progress:))
}

@c @implementation
public func qc_isotonic_nearly_breakpoints(
    _ path: OpaquePointer!, _ lambdas: UnsafeMutablePointer<Double>!, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object: IsotonicNearlyPath = try Handles.object(path, "path")
        let place = try Boundary.output(count, 1, "count")
        let needed = object.breakpointCount
        if lambdas != nil {
            try Boundary.length(capacity, "capacity")
            guard capacity >= needed else {
                throw QuantcalError(.size, "capacity is \(capacity); there are \(needed) breakpoints")
            }
            let target = try Boundary.output(lambdas, capacity, "lambdas")
            try Region.requireDisjoint(
                outputs: [Region(lambdas, capacity, "lambdas"), Region(count, 1, "count")])
            object.writeBreakpoints(target)
        }
        place.pointee = needed
    }
}

/// The fit at one lambda, written by the core's method for the type.
private func fit<T>(
    _ path: OpaquePointer?, _ lambda: Double, _ x: UnsafeMutablePointer<T>?, _ n: Int,
    _ degreesOfFreedom: UnsafeMutablePointer<Int>?,
    _ write: (IsotonicNearlyPath) -> (Double, UnsafeMutablePointer<T>) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object: IsotonicNearlyPath = try Handles.object(path, "path")
        let place = try Boundary.optionalOutput(degreesOfFreedom, 1, "degrees_of_freedom")
        let degrees = try object.degreesOfFreedom(lambda)
        if x != nil {
            try Boundary.length(n, "n")
            guard n == object.count else {
                throw QuantcalError(.size, "n is \(n); the path is of \(object.count) points")
            }
            let target = try Boundary.output(x, n, "x")
            try Region.requireDisjoint(
                outputs: [Region(x, n, "x"), Region(degreesOfFreedom, 1, "degrees_of_freedom")])
            try write(object)(lambda, target)
        }
        place?.pointee = degrees
    }
}

@c @implementation
public func qc_isotonic_nearly_fit_f64(
    _ path: OpaquePointer!, _ lambda: Double, _ x: UnsafeMutablePointer<Double>!, _ n: Int,
    _ degrees_of_freedom: UnsafeMutablePointer<Int>!
) -> qc_status {
    fit(path, lambda, x, n, degrees_of_freedom) { $0.fit(_:_:) }
}

@c @implementation
public func qc_isotonic_nearly_fit_f32(
    _ path: OpaquePointer!, _ lambda: Double, _ x: UnsafeMutablePointer<Float>!, _ n: Int,
    _ degrees_of_freedom: UnsafeMutablePointer<Int>!
) -> qc_status {
    fit(path, lambda, x, n, degrees_of_freedom) { $0.fit(_:_:) }
}

@c @implementation
public func qc_isotonic_nearly_destroy(_ path: OpaquePointer!) {
    Handles.destroy(path, IsotonicNearlyPath.self)
}
