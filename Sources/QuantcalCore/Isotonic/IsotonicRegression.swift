/// Isotonic regression of a sequence: the entry for every loss, with bounds and a minimum gap.
///
/// A loss is minimised by an algorithm of its own (see `IsotonicSequence`); what constrains the fit
/// further is the same for all (`IsotonicConstraints`).
///
/// The squared loss goes to pooling of adjacent violators: the fit is the left slope of the greatest
/// convex minorant of the cumulative sums; neighbours that are out of order are merged into blocks until
/// none is, O(n).
///
/// Source: Ayer et al. (1955). Departures: pieces are pooled apart and joined at their seams; values are
/// centred and scaled by powers of two before they are summed, and the mean of every final block is
/// summed again from the data in twice the precision, so neither a common offset nor the ends of the
/// number range cost accuracy; weights of zero are allowed.
public enum IsotonicRegression {
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

    /// The fit of any loss. Returns the number of blocks. `output.fitted` may be the memory of `y`.
    public static func fit(
        y: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>?, options: Options,
        output: Output<Double>, progress: Progress = .none
    ) throws(QuantcalError) -> Int { try compute(y, weights, options, output, progress) }

    public static func fit(
        y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?, options: Options,
        output: Output<Float>, progress: Progress = .none
    ) throws(QuantcalError) -> Int { try compute(y, weights, options, output, progress) }

    /// The fit of the squared loss.
    public static func fit(
        y: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>?, direction: Direction,
        output: Output<Double>, progress: Progress = .none
    ) throws(QuantcalError) -> Int { try leastSquares(y, weights, direction, output, progress) }

    public static func fit(
        y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?, direction: Direction,
        output: Output<Float>, progress: Progress = .none
    ) throws(QuantcalError) -> Int { try leastSquares(y, weights, direction, output, progress) }

    private static func compute<T: SummableScalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, _ options: Options,
        _ output: Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        try options.check()
        try options.loss.checkDomain(y)
        guard let direction = options.direction else {
            throw QuantcalError(.options, "direction is 2; it must be 0 to 1")
        }
        if options.loss.isLeastSquares, options.isUnconstrained {
            return try leastSquares(y, weights, direction, output, progress)
        }
        if let weights { try Require.weights(weights) }
        try Require.finite(y, "y")
        let constraints = IsotonicConstraints(options: options, direction: direction, progress: progress)
        return options.minimumGap > 0
            ? try constraints.fitWithGaps(y, weights, output) : try constraints.fit(y, weights, output)
    }

    static func leastSquares<T: SummableScalar>(
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
