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
    try unimodal(
        y, weights, shape, mode, Progress(progress),
        IsotonicUnimodal.fit(y:weights:shape:mode:fitted:progress:))
}

/// The same in single precision. C: `qc_isotonic_unimodal_f32`.
public func isotonicUnimodal(
    _ y: [Float], weights: [Float]? = nil, shape: IsotonicShape = .peak, mode: Int? = nil,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicUnimodalFit<Float> {
    try unimodal(
        y, weights, shape, mode, Progress(progress),
        IsotonicUnimodal.fit(y:weights:shape:mode:fitted:progress:))
}

private func unimodal<Scalar: BitwiseCopyable>(
    _ y: [Scalar], _ weights: [Scalar]?, _ shape: IsotonicShape, _ mode: Int?, _ progress: Progress,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?, IsotonicShape, Int?,
        UnsafeMutablePointer<Scalar>, Progress
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> IsotonicUnimodalFit<Scalar> {
    try withPoints(y, weights) { y, weights throws(QuantcalError) in
        var found = 0
        let x: [Scalar] = try filled(y.count) { x throws(QuantcalError) in
            found = try call(y, weights, shape, mode, x, progress)
        }
        return IsotonicUnimodalFit(x: x, mode: found)
    }
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
    try convex(
        x, y, weights, (curvature, monotonicity), Progress(progress),
        IsotonicConvex.fit(x:y:weights:curvature:monotonicity:output:progress:))
}

/// The same in single precision. C: `qc_isotonic_convex_f32`.
public func isotonicConvex(
    _ x: [Float], _ y: [Float], weights: [Float]? = nil, curvature: IsotonicCurvature = .convex,
    monotonicity: IsotonicMonotonicity = .any, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicConvexFit<Float> {
    try convex(
        x, y, weights, (curvature, monotonicity), Progress(progress),
        IsotonicConvex.fit(x:y:weights:curvature:monotonicity:output:progress:))
}

private func convex<Scalar: BitwiseCopyable>(
    _ x: [Scalar], _ y: [Scalar], _ weights: [Scalar]?,
    _ shape: (IsotonicCurvature, IsotonicMonotonicity), _ progress: Progress,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?,
        IsotonicCurvature, IsotonicMonotonicity, IsotonicConvex.Output<Scalar>, Progress
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> IsotonicConvexFit<Scalar> {
    try withPoints(x, y, weights) { x, y, weights throws(QuantcalError) in
        var count = 0
        var knots: [Scalar] = []
        var values: [Scalar] = []
        let fitted: [Scalar] = try filled(y.count) { fitted throws(QuantcalError) in
            knots = try filled(upTo: y.count) { knots throws(QuantcalError) in
                values = try filled(upTo: y.count) { values throws(QuantcalError) in
                    let output = IsotonicConvex.Output(fitted: fitted, knots: knots, values: values)
                    count = try call(x, y, weights, shape.0, shape.1, output, progress)
                    return count
                }
                return count
            }
        }
        return IsotonicConvexFit(fitted: fitted, knots: knots, values: values)
    }
}
