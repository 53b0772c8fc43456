/// Weighted least-squares isotonic regression of a sequence by pooling adjacent violators.
///
/// The fit is the left slope of the greatest convex minorant of the cumulative sums; neighbours that
/// are out of order are merged into blocks until none is, O(n).
///
/// Source: Ayer et al. (1955). Departures: pieces are pooled apart and joined at their seams; values are
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

    private static func compute<T: SummableScalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, _ direction: Direction,
        _ output: Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights) }
        guard !y.isEmpty else {
            output.blocks?[0] = 0
            return 0
        }
        let isReversed = direction == .decreasing
        if let weights, let total {
            return try fit(
                IsotonicPoints(y: y, weights: ArrayWeights(weights, total), reversed: isReversed), output,
                progress)
        }
        return try fit(IsotonicPoints(y: y, weights: UnitWeights(), reversed: isReversed), output, progress)
    }

    private static func fit<T: SummableScalar, Weights: IsotonicWeights>(
        _ points: IsotonicPoints<T, Weights>, _ output: Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        let survey = points.survey()
        guard survey.isFinite else { throw Require.notFinite(points.values, "y") }
        // 1 unless values come so close to the ends of the range that a product of two sums could leave it.
        // (Values more than 2^800 times smaller than the largest may then count as equal.)
        let scale = PowerOfTwo.bringing(survey.largestMagnitude, above: -400, below: 800)
        let writer = IsotonicWriter(points: points, scale: scale, output: output)
        if survey.isStrictlyRising, !points.weights.hasZero {
            try progress(0)
            return writer.writeUnchanged()
        }
        let marks = try IsotonicPartition.memory(for: points.count)
        let partition = IsotonicPartition(marks, points.count)
        try IsotonicPooling(points, scale: scale, centre: survey.centre).pool(partition, progress)
        return try writer.write(partition)
    }
}
