import QuantcalCore

public typealias IsotonicTies = IsotonicRegression.Ties
public typealias IsotonicTrend = QuantcalCore.IsotonicTrend
public typealias IsotonicInterpolation = IsotonicPrediction.Interpolation
public typealias IsotonicOutside = IsotonicPrediction.Outside

/// Whether y rises or falls with x, by Spearman's rank correlation. C: `qc_isotonic_direction_f64`.
///
/// - Throws: `QuantcalError` for NaN, infinities, or arrays of different lengths.
public func isotonicDirection(x: [Double], y: [Double]) throws(QuantcalError) -> IsotonicTrend {
    try decide(x, y, IsotonicTrend.decide(x:y:))
}

/// The same in single precision. C: `qc_isotonic_direction_f32`.
public func isotonicDirection(x: [Float], y: [Float]) throws(QuantcalError) -> IsotonicTrend {
    try decide(x, y, IsotonicTrend.decide(x:y:))
}

private func decide<Scalar>(
    _ x: [Scalar], _ y: [Scalar],
    _ call: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>) throws(QuantcalError) -> IsotonicTrend
) throws(QuantcalError) -> IsotonicTrend {
    try requireCount(y.count, x.count, "y")
    return try withBuffer(x) { x throws(QuantcalError) in
        try withBuffer(y) { y throws(QuantcalError) in try call(x, y) }
    }
}

/// A fitted curve: a value, linear between knots.
public struct IsotonicModel<Scalar> {
    /// Strictly ascending predictors: both ends of each run of equal fitted values.
    public let knots: [Scalar]
    /// The value of the curve at each knot.
    public let values: [Scalar]
    /// Which way the curve goes; why, if the data decided it.
    public let trend: IsotonicTrend
    /// The fitted value of each point, if they were asked for.
    public let fitted: [Scalar]?
}

extension IsotonicModel: Equatable where Scalar: Equatable {}
extension IsotonicModel: Sendable where Scalar: Sendable {}

extension IsotonicModel where Scalar == Double {
    /// The curve at some queries: see `isotonicPredict`.
    public func predict(
        _ queries: [Double], interpolation: IsotonicInterpolation = .linear, outside: IsotonicOutside = .nan
    ) throws(QuantcalError) -> [Double] {
        try isotonicPredict(
            knots: knots, values: values, queries: queries, interpolation: interpolation, outside: outside)
    }

    /// The curve at one query. For many, `predict` is quicker.
    public func callAsFunction(
        _ query: Double, interpolation: IsotonicInterpolation = .linear, outside: IsotonicOutside = .nan
    ) throws(QuantcalError) -> Double {
        try predict([query], interpolation: interpolation, outside: outside)[0]
    }
}

extension IsotonicModel where Scalar == Float {
    /// The curve at some queries: see `isotonicPredict`.
    public func predict(
        _ queries: [Float], interpolation: IsotonicInterpolation = .linear, outside: IsotonicOutside = .nan
    ) throws(QuantcalError) -> [Float] {
        try isotonicPredict(
            knots: knots, values: values, queries: queries, interpolation: interpolation, outside: outside)
    }

    /// The curve at one query. For many, `predict` is quicker.
    public func callAsFunction(
        _ query: Float, interpolation: IsotonicInterpolation = .linear, outside: IsotonicOutside = .nan
    ) throws(QuantcalError) -> Float {
        try predict([query], interpolation: interpolation, outside: outside)[0]
    }
}

/// Isotonic regression of y on x: a curve that rises or falls with x. C: `qc_isotonic_fit_f64`.
///
/// - Parameters:
///   - x: finite predictors, in any order.
///   - y: as many finite responses.
///   - weights: as many finite weights >= 0, not all zero; nil for ones. A point of weight 0 takes no part.
///   - options: the loss, the direction (nil for the data to decide), bounds, a gap, ties.
///   - keepsFitted: whether the model has the fitted value of each point.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, bad weights, bad options, or when stopped.
public func isotonicFit(
    x: [Double], y: [Double], weights: [Double]? = nil, options: IsotonicOptions = IsotonicOptions(),
    keepsFitted: Bool = false, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicModel<Double> {
    try fit(
        x, y, weights, options, keepsFitted, Progress(progress),
        IsotonicKnots.fit(x:y:weights:options:output:progress:))
}

/// The same in single precision. C: `qc_isotonic_fit_f32`.
public func isotonicFit(
    x: [Float], y: [Float], weights: [Float]? = nil, options: IsotonicOptions = IsotonicOptions(),
    keepsFitted: Bool = false, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicModel<Float> {
    try fit(
        x, y, weights, options, keepsFitted, Progress(progress),
        IsotonicKnots.fit(x:y:weights:options:output:progress:))
}

private func fit<Scalar: BitwiseCopyable>(
    _ x: [Scalar], _ y: [Scalar], _ weights: [Scalar]?, _ options: IsotonicOptions, _ keepsFitted: Bool,
    _ progress: Progress,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?,
        IsotonicOptions, IsotonicKnots.Output<Scalar>, Progress
    ) throws(QuantcalError) -> IsotonicKnots.Outcome
) throws(QuantcalError) -> IsotonicModel<Scalar> {
    try withPoints(x, y, weights) { x, y, weights throws(QuantcalError) in
        var outcome: IsotonicKnots.Outcome?
        var values: [Scalar] = []
        var fitted: [Scalar] = []
        let knots: [Scalar] = try filled(upTo: x.count) { knots throws(QuantcalError) in
            values = try filled(upTo: x.count) { values throws(QuantcalError) in
                fitted = try filled(keepsFitted ? x.count : 0) { fitted throws(QuantcalError) in
                    let output = IsotonicKnots.Output(
                        fitted: keepsFitted ? fitted : nil, knots: knots, values: values)
                    outcome = try call(x, y, weights, options, output, progress)
                }
                return outcome!.knotCount
            }
            return values.count
        }
        return IsotonicModel(
            knots: knots, values: values, trend: outcome!.trend, fitted: keepsFitted ? fitted : nil)
    }
}

/// The values of a curve through knots at some queries. C: `qc_isotonic_predict_f64`; the default arguments are
/// those of `qc_isotonic_predict_options_init`.
///
/// - Parameters:
///   - knots: finite, ascending strictly, at least one.
///   - values: as many finite values, in any order.
///   - queries: in any order, also infinite; not NaN. Ascending ones are quicker.
///   - interpolation: linear, or the value of the last knot at or below the query.
///   - outside: what queries beyond the knots give.
/// - Throws: `QuantcalError` for no knots, knots that do not ascend, NaN, or a query outside if that is an
///   error.
public func isotonicPredict(
    knots: [Double], values: [Double], queries: [Double], interpolation: IsotonicInterpolation = .linear,
    outside: IsotonicOutside = .nan
) throws(QuantcalError) -> [Double] {
    try predict(knots, values, queries, interpolation, outside, IsotonicPrediction.predict)
}

/// The same in single precision. C: `qc_isotonic_predict_f32`.
public func isotonicPredict(
    knots: [Float], values: [Float], queries: [Float], interpolation: IsotonicInterpolation = .linear,
    outside: IsotonicOutside = .nan
) throws(QuantcalError) -> [Float] {
    try predict(knots, values, queries, interpolation, outside, IsotonicPrediction.predict)
}

private func predict<Scalar: BitwiseCopyable>(
    _ knots: [Scalar], _ values: [Scalar], _ queries: [Scalar], _ interpolation: IsotonicInterpolation,
    _ outside: IsotonicOutside,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>,
        IsotonicPrediction.Options, UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Scalar] {
    try requireCount(values.count, knots.count, "values")
    var options = IsotonicPrediction.Options()
    (options.interpolation, options.outside) = (interpolation, outside)
    return try filled(queries.count) { (predictions: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(knots) { knots throws(QuantcalError) in
            try withBuffer(values) { values throws(QuantcalError) in
                try withBuffer(queries) { queries throws(QuantcalError) in
                    try call(knots, values, queries, options, predictions)
                }
            }
        }
    }
}
