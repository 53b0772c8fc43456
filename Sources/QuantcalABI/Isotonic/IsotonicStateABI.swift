import CQuantcal
import QuantcalCore

extension qc_isotonic_state_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, loss: 0, direction: Int32(QC_ISOTONIC_INCREASING),
            solution: 0,
            reserved: 0,
            level: 0.5)
    }

    private enum Loss: Int32, CaseIterable {
        case squared = 0
        case quantile = 1
    }

    fileprivate static func options(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> IsotonicState.Options {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        let loss: Loss = try Structs.value(options.loss, "loss")
        return try IsotonicState.Options(
            loss: loss == .squared ? .squared : .quantile(level: options.level),
            direction: Structs.value(options.direction, "direction"),
            solution: Structs.value(options.solution, "solution"))
    }
}

@c @implementation
public func qc_isotonic_state_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_state_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_state_options.initialise(options, size)
}

@c @implementation
public func qc_isotonic_state_create(
    _ options: UnsafePointer<qc_isotonic_state_options>!, _ state: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Handles.create(state, "state") { () throws(QuantcalError) in
            IsotonicState(try qc_isotonic_state_options.options(options))
        }
    }
}

@c @implementation
public func qc_isotonic_state_destroy(_ state: OpaquePointer!) { Handles.destroy(state, IsotonicState.self) }

/// Proves the arguments of an update.
private func update<T>(
    _ state: OpaquePointer?, _ x: UnsafePointer<T>?, _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?,
    _ n: Int,
    _ update: (IsotonicState) -> (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        try update(Handles.object(state, "state"))(
            Boundary.input(x, n, "x"), Boundary.input(y, n, "y"),
            Boundary.optionalInput(weights, n, "weights"))
    }
}

@c @implementation
public func qc_isotonic_state_update_f64(
    _ state: OpaquePointer!, _ x: UnsafePointer<Double>!, _ y: UnsafePointer<Double>!,
    _ weights: UnsafePointer<Double>!, _ n: Int
) -> qc_status {
    update(state, x, y, weights, n) { $0.update(x:y:weights:) }
}

@c @implementation
public func qc_isotonic_state_update_f32(
    _ state: OpaquePointer!, _ x: UnsafePointer<Float>!, _ y: UnsafePointer<Float>!,
    _ weights: UnsafePointer<Float>!, _ n: Int
) -> qc_status {
    update(state, x, y, weights, n) { $0.update(x:y:weights:) }
}

@c @implementation
public func qc_isotonic_state_merge(_ state: OpaquePointer!, _ other: OpaquePointer!) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let target: IsotonicState = try Handles.object(state, "state")
        try target.merge(Handles.object(other, "other"))
    }
}

@c @implementation
public func qc_isotonic_state_fit(
    _ state: OpaquePointer!, _ first: UnsafeMutablePointer<Double>!, _ last: UnsafeMutablePointer<Double>!,
    _ values: UnsafeMutablePointer<Double>!, _ weights: UnsafeMutablePointer<Double>!, _ capacity: Int,
    _ blockCount: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let state: IsotonicState = try Handles.object(state, "state")
        let output = IsotonicStateFit.Output(
            first: try Boundary.optionalOutput(first, capacity, "first"),
            last: try Boundary.optionalOutput(last, capacity, "last"),
            values: try Boundary.optionalOutput(values, capacity, "values"),
            weights: try Boundary.optionalOutput(weights, capacity, "weights"))
        let count = try Boundary.optionalOutput(blockCount, 1, "block_count")
        try Region.requireDisjoint(outputs: [
            Region(first, capacity, "first"), Region(last, capacity, "last"),
            Region(values, capacity, "values"), Region(weights, capacity, "weights"),
            Region(blockCount, 1, "block_count"),
        ])
        let fit = try state.fit()
        let isWanted = first != nil || last != nil || values != nil || weights != nil
        try Boundary.room(capacity, fit.count, isWanted: isWanted, "blocks")
        fit.write(output)
        count?.pointee = fit.count
    }
}

@c @implementation
public func qc_isotonic_state_knots(
    _ state: OpaquePointer!, _ x: UnsafeMutablePointer<Double>!, _ y: UnsafeMutablePointer<Double>!,
    _ capacity: Int, _ knotCount: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let state: IsotonicState = try Handles.object(state, "state")
        let (x, y) = (
            try Boundary.optionalOutput(x, capacity, "x"), try Boundary.optionalOutput(y, capacity, "y")
        )
        let count = try Boundary.optionalOutput(knotCount, 1, "knot_count")
        try Region.requireDisjoint(outputs: [
            Region(x, capacity, "x"), Region(y, capacity, "y"), Region(knotCount, 1, "knot_count"),
        ])
        let fit = try state.fit()
        try Boundary.room(capacity, fit.knotCount, isWanted: x != nil || y != nil, "knots")
        fit.writeKnots(x: x, y: y)
        count?.pointee = fit.knotCount
    }
}

@c @implementation
public func qc_isotonic_state_serialize(
    _ state: OpaquePointer!, _ bytes: UnsafeMutablePointer<UInt8>!, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>!
) -> qc_status {
    Handles.serialize(state, "state", as: IsotonicState.self, bytes, capacity, size)
}

@c @implementation
public func qc_isotonic_state_deserialize(
    _ bytes: UnsafePointer<UInt8>!, _ size: Int, _ state: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Handles.deserialize(bytes, size, as: IsotonicState.self, state, "state")
}
