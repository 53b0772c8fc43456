/// Weighted least-squares isotonic regression of a sequence by pooling adjacent violators.
///
/// The fit is the left slope of the greatest convex minorant of the cumulative sums; neighbours that
/// are out of order are merged into blocks until none is. One pass with a stack of blocks, O(n).
///
/// Source: Ayer et al. (1955); one-pass form after Busing (2022), JSS 102(1). Departures: values are
/// centred and scaled by powers of two before they are summed, and the mean of every final block is
/// summed again from the data in twice the precision, so neither a common offset nor the ends of the
/// number range cost accuracy; weights of zero are allowed.
public enum IsotonicRegression {
    public enum Direction: Int32, CaseIterable, Sendable {
        case increasing = 0
        case decreasing = 1
    }

    /// Where the results go. `blocks` has one entry more than there are points.
    public struct Output<T> {
        let fitted: UnsafeMutablePointer<T>
        let blockWeights: UnsafeMutablePointer<T>?
        let blocks: UnsafeMutablePointer<Int>?

        public init(
            fitted: UnsafeMutablePointer<T>, blockWeights: UnsafeMutablePointer<T>?,
            blocks: UnsafeMutablePointer<Int>?
        ) {
            (self.fitted, self.blockWeights, self.blocks) = (fitted, blockWeights, blocks)
        }
    }

    /// Returns the number of blocks. `output.fitted` may be the memory of `y`.
    public static func fit(
        y: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>?, direction: Direction,
        output: Output<Double>, progress: Progress = .none
    ) throws(QuantcalError) -> Int { try compute(y, weights, direction, output, progress) }

    public static func fit(
        y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?, direction: Direction,
        output: Output<Float>, progress: Progress = .none
    ) throws(QuantcalError) -> Int { try compute(y, weights, direction, output, progress) }

    private static func compute<T: Scalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, _ direction: Direction,
        _ output: Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights) }
        guard !y.isEmpty else {
            output.blocks?[0] = 0
            return 0
        }
        let isReversed = direction == .decreasing
        let count: Int?
        if let weights, let total {
            let points = IsotonicPoints(y: y, weights: ArrayWeights(weights, total), reversed: isReversed)
            count = try IsotonicPooling.fit(points, output, progress)
        } else {
            let points = IsotonicPoints(y: y, weights: UnitWeights(), reversed: isReversed)
            count = try IsotonicPooling.fit(points, output, progress)
        }
        guard let count else { throw Require.notFinite(y, "y") }
        return count
    }
}
