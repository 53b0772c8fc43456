/// Isotonic regression of a sequence: the entry for every loss, with bounds and a minimum gap.
///
/// A loss is minimised by an algorithm of its own (see `IsotonicSequence`; the squared loss goes to
/// `IsotonicLeastSquares`); what constrains the fit further is the same for all (`IsotonicConstraints`).
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

    /// `steps`: see `IsotonicConstraints`.
    static func compute<T: IsotonicScalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, _ options: Options,
        _ output: Output<T>, _ progress: Progress, steps: UnsafeBufferPointer<Int>? = nil
    ) throws(QuantcalError) -> Int {
        try options.check()
        try options.loss.checkDomain(y)
        let direction = try IsotonicTrend.resolve(options.direction, nil, y).direction
        if options.loss.isLeastSquares, options.isUnconstrained {
            return try leastSquares(y, weights, direction, output, progress)
        }
        if let weights { try Require.weights(weights) }
        try Require.finite(y, "y")
        let constraints = IsotonicConstraints(
            options: options, direction: direction, progress: progress, steps: steps)
        return options.minimumGap > 0
            ? try constraints.fitWithGaps(y, weights, output) : try constraints.fit(y, weights, output)
    }

    static func leastSquares<T: IsotonicScalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, _ direction: Direction,
        _ output: Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        guard !y.isEmpty else {
            output.blocks?[0] = 0
            return 0
        }
        return try IsotonicLeastSquares.fit(
            y, weights, isReversed: direction == .decreasing, output, progress)
    }
}
