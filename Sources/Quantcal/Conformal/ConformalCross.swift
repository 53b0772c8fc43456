import QuantcalCore

/// How cross-conformal intervals are made. The defaults are those of `qc_conformal_cross_options_init`.
public typealias ConformalCrossOptions = ConformalCross.Options
public typealias CrossMethod = ConformalCross.Method
public typealias CrossAggregation = ConformalCross.Aggregation

/// Intervals of CV+ or the jackknife+, and their minmax forms. C: `qc_conformal_cross_intervals_f64`.
///
/// - Parameters:
///   - residuals: of each training point, by the model that was fitted without its fold: absolute, or signed
///     (outcome less prediction) for sides other than `.symmetric`.
///   - fold: the fold of each training point, counted from 0; nil if each point is a fold of its own.
///   - predictions: of each test point (a row) by the model without each fold (a column).
///   - alpha: the level, strictly between 0 and 1.
///   - progress: hears how far the work is, and may stop it.
/// - Returns: the ends, which belong to the intervals; infinite where there are too few points for the level.
/// - Throws: `QuantcalError` for NaN, an unknown fold, a negative absolute residual, or when stopped.
public func conformalCrossIntervals(
    residuals: [Double], fold: [Int32]? = nil, predictions: Matrix<Double>, alpha: Double,
    options: ConformalCrossOptions = ConformalCrossOptions(), progress: ProgressReport? = nil
) throws(QuantcalError) -> (lower: [Double], upper: [Double]) {
    try foldIntervals(residuals, fold, predictions, (alpha, options, progress), ConformalCross.intervals)
}

/// The same in single precision. C: `qc_conformal_cross_intervals_f32`.
public func conformalCrossIntervals(
    residuals: [Float], fold: [Int32]? = nil, predictions: Matrix<Float>, alpha: Double,
    options: ConformalCrossOptions = ConformalCrossOptions(), progress: ProgressReport? = nil
) throws(QuantcalError) -> (lower: [Float], upper: [Float]) {
    try foldIntervals(residuals, fold, predictions, (alpha, options, progress), ConformalCross.intervals)
}

/// The prediction of each training point by the models whose bags do not hold it; NaN if all do.
/// C: `qc_conformal_cross_bootstrap_predictions_f64`.
///
/// - Parameters:
///   - inBag: for each training point (a row) and model (a column), not 0 if the model's bag holds the point.
///   - predictions: of each training point by every model.
public func conformalCrossBootstrapPredictions(
    inBag: Matrix<UInt8>, predictions: Matrix<Double>, aggregation: CrossAggregation = .mean
) throws(QuantcalError) -> [Double] {
    try outOfBag(
        inBag, predictions, aggregation,
        ConformalCross.bootstrapPredictions(inBag:predictions:n:models:aggregation:output:))
}

/// The same in single precision. C: `qc_conformal_cross_bootstrap_predictions_f32`.
public func conformalCrossBootstrapPredictions(
    inBag: Matrix<UInt8>, predictions: Matrix<Float>, aggregation: CrossAggregation = .mean
) throws(QuantcalError) -> [Float] {
    try outOfBag(
        inBag, predictions, aggregation,
        ConformalCross.bootstrapPredictions(inBag:predictions:n:models:aggregation:output:))
}

/// Intervals of the jackknife+ after the bootstrap. C: `qc_conformal_cross_bootstrap_intervals_f64`.
///
/// - Parameters:
///   - residuals: of the out-of-bag predictions; not looked at for a point that every bag holds.
///   - inBag: for each training point (a row) and model (a column), not 0 if the model's bag holds the point.
///   - predictions: of each test point by every model.
public func conformalCrossBootstrapIntervals(
    residuals: [Double], inBag: Matrix<UInt8>, predictions: Matrix<Double>, alpha: Double,
    options: ConformalCrossOptions = ConformalCrossOptions(), progress: ProgressReport? = nil
) throws(QuantcalError) -> (lower: [Double], upper: [Double]) {
    try bagIntervals(
        residuals, inBag, predictions, (alpha, options, progress), ConformalCross.bootstrapIntervals)
}

/// The same in single precision. C: `qc_conformal_cross_bootstrap_intervals_f32`.
public func conformalCrossBootstrapIntervals(
    residuals: [Float], inBag: Matrix<UInt8>, predictions: Matrix<Float>, alpha: Double,
    options: ConformalCrossOptions = ConformalCrossOptions(), progress: ProgressReport? = nil
) throws(QuantcalError) -> (lower: [Float], upper: [Float]) {
    try bagIntervals(
        residuals, inBag, predictions, (alpha, options, progress), ConformalCross.bootstrapIntervals)
}

private typealias Settings = (alpha: Double, options: ConformalCrossOptions, progress: ProgressReport?)

private typealias Fill<Scalar, Belonging> = (
    UnsafeBufferPointer<Scalar>, Belonging, UnsafeBufferPointer<Scalar>, Int, Int, Double,
    ConformalCrossOptions, Progress, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>
) throws(QuantcalError) -> Void

private func foldIntervals<Scalar: BitwiseCopyable>(
    _ residuals: [Scalar], _ fold: [Int32]?, _ predictions: Matrix<Scalar>,
    _ settings: Settings, _ call: Fill<Scalar, UnsafeBufferPointer<Int32>?>
) throws(QuantcalError) -> (lower: [Scalar], upper: [Scalar]) {
    if let fold { try requireCount(fold.count, residuals.count, "fold") }
    return try withBuffer(fold ?? []) { numbers throws(QuantcalError) in
        try intervals(residuals, predictions, fold == nil ? nil : numbers, settings, call)
    }
}

private func bagIntervals<Scalar: BitwiseCopyable>(
    _ residuals: [Scalar], _ inBag: Matrix<UInt8>, _ predictions: Matrix<Scalar>,
    _ settings: Settings, _ call: Fill<Scalar, UnsafeBufferPointer<UInt8>>
) throws(QuantcalError) -> (lower: [Scalar], upper: [Scalar]) {
    try requireCount(inBag.rows, residuals.count, "in_bag")
    try requireCount(predictions.columns, inBag.columns, "predictions")
    return try withBuffer(inBag.elements) { bags throws(QuantcalError) in
        try intervals(residuals, predictions, bags, settings, call)
    }
}

private func intervals<Scalar: BitwiseCopyable, Belonging>(
    _ residuals: [Scalar], _ predictions: Matrix<Scalar>, _ belonging: Belonging,
    _ settings: Settings, _ call: Fill<Scalar, Belonging>
) throws(QuantcalError) -> (lower: [Scalar], upper: [Scalar]) {
    let (rows, columns) = (predictions.rows, predictions.columns)
    let ends = try filledArrays(2, of: rows) { ends throws(QuantcalError) in
        try withBuffer(residuals) { residuals throws(QuantcalError) in
            try withBuffer(predictions.elements) { values throws(QuantcalError) in
                try call(
                    residuals, belonging, values, rows, columns, settings.alpha, settings.options,
                    Progress(settings.progress), ends[0], ends[1])
            }
        }
    }
    return (ends[0], ends[1])
}

private func outOfBag<Scalar: BitwiseCopyable>(
    _ inBag: Matrix<UInt8>, _ predictions: Matrix<Scalar>, _ aggregation: CrossAggregation,
    _ call: (
        UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<Scalar>, Int, Int, CrossAggregation,
        UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Scalar] {
    try requireCount(predictions.rows, inBag.rows, "predictions")
    try requireCount(predictions.columns, inBag.columns, "predictions")
    return try filled(inBag.rows) { (target: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(inBag.elements) { bags throws(QuantcalError) in
            try withBuffer(predictions.elements) { values throws(QuantcalError) in
                try call(bags, values, inBag.rows, inBag.columns, aggregation, target)
            }
        }
    }
}
