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
    try fit(y, weights) { y, weights, output throws(QuantcalError) in
        try IsotonicRegression.fit(
            y: y, weights: weights, direction: direction, output: output, progress: Progress(progress))
    }
}

/// The same in single precision. C: `qc_isotonic_regression_f32`.
public func isotonicRegression(
    _ y: [Float], weights: [Float]? = nil, direction: IsotonicDirection = .increasing,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicFit<Float> {
    try fit(y, weights) { y, weights, output throws(QuantcalError) in
        try IsotonicRegression.fit(
            y: y, weights: weights, direction: direction, output: output, progress: Progress(progress))
    }
}

/// Isotonic regression of a sequence by any loss, in any direction, between bounds and with a minimum gap. C:
/// `qc_isotonic_regression_f64`. With a minimum gap blocks are runs of neighbours that lie no further apart.
///
/// - Throws: `QuantcalError` for NaN, infinities, bad weights, values that the loss is not defined for, bad
///   options, or when stopped.
public func isotonicRegression(
    _ y: [Double], weights: [Double]? = nil, options: IsotonicOptions, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicFit<Double> {
    try fit(y, weights) { y, weights, output throws(QuantcalError) in
        try IsotonicRegression.fit(
            y: y, weights: weights, options: options, output: output, progress: Progress(progress))
    }
}

/// The same in single precision. C: `qc_isotonic_regression_f32`.
public func isotonicRegression(
    _ y: [Float], weights: [Float]? = nil, options: IsotonicOptions, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicFit<Float> {
    try fit(y, weights) { y, weights, output throws(QuantcalError) in
        try IsotonicRegression.fit(
            y: y, weights: weights, options: options, output: output, progress: Progress(progress))
    }
}

private func fit<Scalar: BitwiseCopyable>(
    _ y: [Scalar], _ weights: [Scalar]?,
    _ call: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?, IsotonicRegression.Output<Scalar>)
        throws(QuantcalError) -> Int
) throws(QuantcalError) -> IsotonicFit<Scalar> {
    if let weights { try requireCount(weights.count, y.count, "weights") }
    var blockWeights: [Scalar] = []
    var blocks: [Int] = []
    let x = try filled(y.count) { (x: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        var count = 0
        blockWeights = try filled(y.count) { (sums: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
            blocks = try filled(y.count + 1) { (starts: UnsafeMutablePointer<Int>) throws(QuantcalError) in
                let output = IsotonicRegression.Output(fitted: x, blockWeights: sums, blocks: starts)
                count = try withBuffer(y) { y throws(QuantcalError) in
                    try withOptionalBuffer(weights) { weights throws(QuantcalError) in
                        try call(y, weights, output)
                    }
                }
                // What lies beyond the blocks in use is dropped below, but must have a value.
                for index in count..<y.count { (sums[index], starts[index + 1]) = (y[index], y.count) }
            }
        }
        blockWeights.removeLast(y.count - count)
        blocks.removeLast(y.count - count)
    }
    return IsotonicFit(x: x, weights: blockWeights, blocks: blocks)
}
