import QuantcalCore

public typealias IsotonicDirection = IsotonicRegression.Direction
/// What a fitted value costs: `.squared`, `.quantile(level:)`, `.expectile(level:)`, `.huber(threshold:)`,
/// `.power(_:)`, `.chebyshev`, `.poisson` or `.binomial`.
public typealias IsotonicLoss = IsotonicRegression.Loss
/// Which fit, where several are optimal; `.standard` is the middle for Chebyshev and the lower for the others.
public typealias IsotonicSolution = IsotonicRegression.Solution
/// The loss, the direction (nil for the data to decide), which solution, bounds, a minimum gap, and ties.
public typealias IsotonicOptions = IsotonicRegression.Options

/// The result of an isotonic regression.
public struct IsotonicFit<Scalar> {
    /// The fitted values, one for each point.
    public let x: [Scalar]
    /// The sum of weights of each block of neighbours that share a value.
    public let weights: [Scalar]
    /// Block b holds points `blocks[b]` up to, not including, `blocks[b + 1]`.
    public let blocks: [Int]
}

extension IsotonicFit: Equatable where Scalar: Equatable {}
extension IsotonicFit: Sendable where Scalar: Sendable {}

/// Weighted least-squares isotonic regression of a sequence. C: `qc_isotonic_regression_f64`; the default
/// arguments are those of `qc_isotonic_regression_options_init`.
///
/// - Parameters:
///   - y: finite values.
///   - weights: as many finite weights >= 0, not all zero; nil for ones. A point of weight 0 does not move
///     the fit and joins the block to its left.
///   - direction: whether the fit rises or falls.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, bad weights, or when stopped.
public func isotonicRegression(
    _ y: [Double], weights: [Double]? = nil, direction: IsotonicDirection = .increasing,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicFit<Double> {
    try fit(
        y, weights, direction, Progress(progress),
        IsotonicRegression.fit(y:weights:direction:output:progress:))
}

/// The same in single precision. C: `qc_isotonic_regression_f32`.
public func isotonicRegression(
    _ y: [Float], weights: [Float]? = nil, direction: IsotonicDirection = .increasing,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicFit<Float> {
    try fit(
        y, weights, direction, Progress(progress),
        IsotonicRegression.fit(y:weights:direction:output:progress:))
}

/// Isotonic regression of a sequence by any loss, in any direction, between bounds and with a minimum gap. C:
/// `qc_isotonic_regression_f64`. With a minimum gap blocks are runs of neighbours that lie no further apart.
///
/// - Throws: `QuantcalError` for NaN, infinities, bad weights, values that the loss is not defined for, bad
///   options, or when stopped.
public func isotonicRegression(
    _ y: [Double], weights: [Double]? = nil, options: IsotonicOptions, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicFit<Double> {
    try fit(
        y, weights, options, Progress(progress), IsotonicRegression.fit(y:weights:options:output:progress:))
}

/// The same in single precision. C: `qc_isotonic_regression_f32`.
public func isotonicRegression(
    _ y: [Float], weights: [Float]? = nil, options: IsotonicOptions, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicFit<Float> {
    try fit(
        y, weights, options, Progress(progress), IsotonicRegression.fit(y:weights:options:output:progress:))
}

private func fit<Scalar: BitwiseCopyable, Settings>(
    _ y: [Scalar], _ weights: [Scalar]?, _ settings: Settings, _ progress: Progress,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?, Settings,
        IsotonicRegression.Output<Scalar>, Progress
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> IsotonicFit<Scalar> {
    try withPoints(y, weights) { y, weights throws(QuantcalError) in
        var count = 0
        var blockWeights: [Scalar] = []
        var blocks: [Int] = []
        let x: [Scalar] = try filled(y.count) { x throws(QuantcalError) in
            blockWeights = try filled(upTo: y.count) { sums throws(QuantcalError) in
                blocks = try filled(upTo: y.count + 1) { starts throws(QuantcalError) in
                    let output = IsotonicRegression.Output(fitted: x, blockWeights: sums, blocks: starts)
                    count = try call(y, weights, settings, output, progress)
                    return count + 1
                }
                return count
            }
        }
        return IsotonicFit(x: x, weights: blockWeights, blocks: blocks)
    }
}
