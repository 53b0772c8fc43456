import QuantcalCore

public typealias IsotonicShape = IsotonicUnimodal.Shape
public typealias IsotonicCurvature = IsotonicConvex.Curvature
public typealias IsotonicMonotonicity = IsotonicConvex.Monotonicity

/// The result of a unimodal regression.
public struct IsotonicUnimodalFit<Scalar> {
    /// The fitted values, one for each point.
    public let x: [Scalar]
    /// The index of the peak or the valley; 0 if there are no points.
    public let mode: Int
}

extension IsotonicUnimodalFit: Equatable where Scalar: Equatable {}
extension IsotonicUnimodalFit: Sendable where Scalar: Sendable {}

/// The result of a convex or concave regression: a piecewise linear function.
public struct IsotonicConvexFit<Scalar> {
    /// The function at each point's predictor.
    public let fitted: [Scalar]
    /// The predictors, ascending, at which the function begins, bends, and ends.
    public let knots: [Scalar]
    /// The function at the knots.
    public let values: [Scalar]
}

extension IsotonicConvexFit: Equatable where Scalar: Equatable {}
extension IsotonicConvexFit: Sendable where Scalar: Sendable {}

/// Weighted least-squares unimodal regression of a sequence, in linear time.
/// C: `qc_isotonic_unimodal_f64`; the default arguments are those of `qc_isotonic_unimodal_options_init`.
///
/// - Parameters:
///   - y: finite values.
///   - weights: as many finite weights >= 0, not all zero; nil for ones.
///   - shape: whether the fit has a peak or a valley.
///   - mode: the index of the peak or valley; nil for the one with the least error, the smallest if
///     some tie.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, bad weights, a mode that is no index, or when stopped.
public func isotonicUnimodal(
    _ y: [Double], weights: [Double]? = nil, shape: IsotonicShape = .peak, mode: Int? = nil,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicUnimodalFit<Double> {
    try unimodal(y, weights) { y, weights, x throws(QuantcalError) in
        try IsotonicUnimodal.fit(
            y: y, weights: weights, shape: shape, mode: mode, fitted: x, progress: Progress(progress))
    }
}

/// The same in single precision. C: `qc_isotonic_unimodal_f32`.
public func isotonicUnimodal(
    _ y: [Float], weights: [Float]? = nil, shape: IsotonicShape = .peak, mode: Int? = nil,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicUnimodalFit<Float> {
    try unimodal(y, weights) { y, weights, x throws(QuantcalError) in
        try IsotonicUnimodal.fit(
            y: y, weights: weights, shape: shape, mode: mode, fitted: x, progress: Progress(progress))
    }
}

private func unimodal<Scalar: BitwiseCopyable>(
    _ y: [Scalar], _ weights: [Scalar]?,
    _ call: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?, UnsafeMutablePointer<Scalar>)
        throws(QuantcalError) -> Int
) throws(QuantcalError) -> IsotonicUnimodalFit<Scalar> {
    if let weights { try requireCount(weights.count, y.count, "weights") }
    var mode = 0
    let x = try filled(y.count) { (x: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        mode = try withBuffer(y) { y throws(QuantcalError) in
            try withOptionalBuffer(weights) { weights throws(QuantcalError) in try call(y, weights, x) }
        }
    }
    return IsotonicUnimodalFit(x: x, mode: mode)
}

/// Weighted least-squares regression on a predictor by a convex or concave function, which may have to be
/// increasing or decreasing too. C: `qc_isotonic_convex_f64`; the default arguments are those of
/// `qc_isotonic_convex_options_init`.
///
/// - Parameters:
///   - x: finite predictors, in any order; equal ones count as one point.
///   - y: as many finite values.
///   - weights: as many finite weights >= 0, not all zero; nil for ones. A point of weight 0 does not
///     move the fit.
///   - curvature: whether slopes rise or fall.
///   - monotonicity: whether the function must be increasing or decreasing.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, bad weights, or when stopped.
public func isotonicConvex(
    _ x: [Double], _ y: [Double], weights: [Double]? = nil, curvature: IsotonicCurvature = .convex,
    monotonicity: IsotonicMonotonicity = .any, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicConvexFit<Double> {
    try convex(x, y, weights) { x, y, weights, output throws(QuantcalError) in
        try IsotonicConvex.fit(
            x: x, y: y, weights: weights, curvature: curvature, monotonicity: monotonicity, output: output,
            progress: Progress(progress))
    }
}

/// The same in single precision. C: `qc_isotonic_convex_f32`.
public func isotonicConvex(
    _ x: [Float], _ y: [Float], weights: [Float]? = nil, curvature: IsotonicCurvature = .convex,
    monotonicity: IsotonicMonotonicity = .any, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicConvexFit<Float> {
    try convex(x, y, weights) { x, y, weights, output throws(QuantcalError) in
        try IsotonicConvex.fit(
            x: x, y: y, weights: weights, curvature: curvature, monotonicity: monotonicity, output: output,
            progress: Progress(progress))
    }
}

private typealias ConvexCall<Scalar> = (
    UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?,
    IsotonicConvex.Output<Scalar>
) throws(QuantcalError) -> Int

private func convex<Scalar: BitwiseCopyable>(
    _ x: [Scalar], _ y: [Scalar], _ weights: [Scalar]?, _ call: ConvexCall<Scalar>
) throws(QuantcalError) -> IsotonicConvexFit<Scalar> {
    try requireCount(y.count, x.count, "y")
    if let weights { try requireCount(weights.count, x.count, "weights") }
    var (knots, values) = (y, y)
    var count = 0
    let fitted = try filled(y.count) { (fitted: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        let outcome = knots.withUnsafeMutableBufferPointer { knots in
            values.withUnsafeMutableBufferPointer { values -> Result<Int, QuantcalError> in
                let output = IsotonicConvex.Output(
                    fitted: fitted, knots: knots.baseAddress, values: values.baseAddress)
                do throws(QuantcalError) {
                    return .success(
                        try withBuffer(x) { x throws(QuantcalError) in
                            try withBuffer(y) { y throws(QuantcalError) in
                                try withOptionalBuffer(weights) { weights throws(QuantcalError) in
                                    try call(x, y, weights, output)
                                }
                            }
                        })
                } catch { return .failure(error) }
            }
        }
        count = try outcome.get()
    }
    return IsotonicConvexFit(fitted: fitted, knots: Array(knots[..<count]), values: Array(values[..<count]))
}
