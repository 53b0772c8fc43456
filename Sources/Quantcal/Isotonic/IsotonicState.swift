import QuantcalCore

public typealias IsotonicStateLoss = QuantcalCore.IsotonicState.Loss
public typealias IsotonicStateSolution = QuantcalCore.IsotonicState.Solution

/// A partial isotonic fit of a range of x. It takes points in the order of x; the states of neighbouring
/// ranges merge to the state of all their points; it becomes bytes, and a state again. A value: a copy
/// goes its own way. C: `qc_isotonic_state_create` and `qc_isotonic_state_destroy`.
public struct IsotonicState: @unchecked Sendable {
    /// Changed only while nobody else has it.
    private var object: QuantcalCore.IsotonicState

    /// A state without points. The default arguments are those of C: `qc_isotonic_state_options_init`.
    ///
    /// - Parameters:
    ///   - loss: squared, or that of a quantile, whose level is above 0 and below 1.
    ///   - direction: whether the fit rises or falls.
    ///   - solution: for quantiles, which of several optimal fits; the lower by default.
    public init(
        loss: IsotonicStateLoss = .squared, direction: IsotonicDirection = .increasing,
        solution: IsotonicStateSolution = .standard
    ) throws(QuantcalError) {
        object = QuantcalCore.IsotonicState(
            try QuantcalCore.IsotonicState.Options(loss: loss, direction: direction, solution: solution))
    }

    /// Adds points to the end of the range. C: `qc_isotonic_state_update_f64`.
    ///
    /// - Parameters:
    ///   - x: finite and never falling, none below the last x so far.
    ///   - y: as many finite values.
    ///   - weights: as many finite weights >= 0, not all zero; nil for ones. A point of weight 0 is ignored.
    /// - Throws: `QuantcalError`; the state is then what it was.
    public mutating func update(
        x: [Double], y: [Double], weights: [Double]? = nil
    ) throws(QuantcalError) {
        try withPoints(x, y, weights) { x, y, weights throws(QuantcalError) in
            try ownObject().update(x: x, y: y, weights: weights)
        }
    }

    /// The same in single precision. C: `qc_isotonic_state_update_f32`.
    public mutating func update(x: [Float], y: [Float], weights: [Float]? = nil) throws(QuantcalError) {
        try withPoints(x, y, weights) { x, y, weights throws(QuantcalError) in
            try ownObject().update(x: x, y: y, weights: weights)
        }
    }

    private mutating func ownObject() throws(QuantcalError) -> QuantcalCore.IsotonicState {
        if !isKnownUniquelyReferenced(&object) { object = try object.copy() }
        return object
    }

    /// Adds all that `next` has: the state of the range that follows, made with the same options.
    /// C: `qc_isotonic_state_merge`.
    public mutating func merge(_ next: IsotonicState) throws(QuantcalError) {
        try ownObject().merge(next.object)
    }

    /// A block of the fit: the x it spans, its value, and the sum of its weights.
    public struct Block: Equatable, Sendable {
        public let x: ClosedRange<Double>
        public let value: Double
        public let weight: Double
    }

    /// The blocks of the fit of all points so far. C: `qc_isotonic_state_fit`.
    public func fit() throws(QuantcalError) -> [Block] {
        let fit = try object.fit()
        let columns = try filled(4 * fit.count) {
            (column: UnsafeMutablePointer<Double>) throws(QuantcalError) in
            let count = fit.count
            fit.write(
                QuantcalCore.IsotonicStateFit.Output(
                    first: column, last: column + count, values: column + 2 * count,
                    weights: column + 3 * count))
        }
        return (0..<fit.count).map { block in
            let column = { columns[block + $0 * fit.count] }
            return Block(x: column(0)...column(1), value: column(2), weight: column(3))
        }
    }

    /// The same fit as knots for interpolation: both ends of every block, or its only x.
    /// C: `qc_isotonic_state_knots`.
    public func knots() throws(QuantcalError) -> (x: [Double], y: [Double]) {
        let fit = try object.fit()
        var y: [Double] = []
        let x = try filled(fit.knotCount) { (x: UnsafeMutablePointer<Double>) throws(QuantcalError) in
            y = try filled(fit.knotCount) { (y: UnsafeMutablePointer<Double>) throws(QuantcalError) in
                fit.writeKnots(x: x, y: y)
            }
        }
        return (x, y)
    }

    /// The state as bytes, the same on every machine. C: `qc_isotonic_state_serialize`.
    public func serialized() throws(QuantcalError) -> [UInt8] {
        try filled(object.serializedSize) { (bytes: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
            object.serialize(bytes)
        }
    }

    /// The state that `serialized` wrote. The bytes may come from anyone; what is not a state throws
    /// `.format`. C: `qc_isotonic_state_deserialize`.
    public init(serialized bytes: [UInt8]) throws(QuantcalError) {
        object = try withBuffer(bytes) { bytes throws(QuantcalError) in
            try QuantcalCore.IsotonicState(bytes: UnsafeRawBufferPointer(bytes))
        }
    }
}
