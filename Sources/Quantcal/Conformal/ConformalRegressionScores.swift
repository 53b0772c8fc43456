import QuantcalCore

public typealias RegressionScore = ConformalRegression.Kind
public typealias IntervalSides = ConformalRegression.Sides
public typealias EmptyInterval = ConformalRegression.Empty
public typealias ThresholdFor = QuantcalCore.ThresholdFor

/// How regression scores are made; the same for calibration and test. The defaults are those of
/// `qc_conformal_regression_options_init`.
public struct RegressionScoring: Sendable {
    /// The kind of score, which says what the columns of predictions are:
    /// `.absolute` (mean), `.normalised` (mean, sigma), `.gamma` (mean), `.cqr` and `.cqrR` (low and high
    /// quantile), `.cqrM` (low, middle, high), `.quantiles` (one for each level).
    public var kind: RegressionScore
    /// One score for both sides, or one for each (with two thresholds), or one side alone.
    public var sides: IntervalSides
    /// The levels of the columns of `.quantiles`, strictly increasing.
    public var levels: [Double]
    /// Added to sigma.
    public var beta: Double
    /// The least that a score is divided by.
    public var minimumScale: Double

    public init(
        _ kind: RegressionScore = .absolute, sides: IntervalSides = .symmetric, levels: [Double] = [],
        beta: Double = 0, minimumScale: Double = 1e-8
    ) {
        (self.kind, self.sides, self.levels, self.beta, self.minimumScale) = (
            kind, sides, levels, beta, minimumScale
        )
    }

    /// The core's options, for predictions of so many columns.
    fileprivate func options(
        columns: Int, _ thresholdFor: ThresholdFor = .all, _ empty: EmptyInterval = .midpoint
    ) throws(QuantcalError) -> ConformalRegression.Options {
        var options = ConformalRegression.Options()
        options.kind = kind
        options.sides = sides
        options.thresholdFor = thresholdFor
        options.empty = empty
        options.beta = beta
        options.minimumScale = minimumScale
        try options.check()
        if kind == .quantiles { try requireCount(levels.count, columns, "levels") }
        return options
    }
}

/// Nonconformity scores of outcomes, rounded up. One for each row; for `.asymmetric` sides two, below and
/// above. C: `qc_conformal_regression_scores_f64`.
public func conformalRegressionScores(
    y: [Double], predictions: Matrix<Double>, _ scoring: RegressionScoring = RegressionScoring()
) throws(QuantcalError) -> Matrix<Double> {
    try scores(
        y, predictions, scoring, ConformalRegression.scores(y:predictions:columns:levels:options:scores:))
}

/// The same in single precision. C: `qc_conformal_regression_scores_f32`.
public func conformalRegressionScores(
    y: [Float], predictions: Matrix<Float>, _ scoring: RegressionScoring = RegressionScoring()
) throws(QuantcalError) -> Matrix<Float> {
    try scores(
        y, predictions, scoring, ConformalRegression.scores(y:predictions:columns:levels:options:scores:))
}

private func scores<Scalar: BitwiseCopyable>(
    _ y: [Scalar], _ predictions: Matrix<Scalar>, _ scoring: RegressionScoring,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, Int, UnsafeBufferPointer<Double>,
        ConformalRegression.Options, UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> Matrix<Scalar> {
    let options = try scoring.options(columns: predictions.columns)
    try requireCount(y.count, predictions.rows, "y")
    let columns = scoring.sides.count
    let scores = try filled(y.count * columns) {
        (target: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(y) { y throws(QuantcalError) in
            try withBuffer(predictions.elements) { values throws(QuantcalError) in
                try withBuffer(scoring.levels) { levels throws(QuantcalError) in
                    try call(y, values, predictions.columns, levels, options, target)
                }
            }
        }
    }
    return Matrix(unchecked: y.count, columns, scores)
}

/// The intervals of all y whose scores are at most the thresholds. C: `qc_conformal_regression_intervals_f64`.
///
/// - Parameters:
///   - thresholds: one for all or one for each row, as `thresholdFor` says; for `.asymmetric` sides two, below
///     and above, instead of one.
///   - empty: what an interval becomes that a negative threshold leaves empty.
public func conformalRegressionIntervals(
    predictions: Matrix<Double>, thresholds: [Double], thresholdFor: ThresholdFor = .all,
    _ scoring: RegressionScoring = RegressionScoring(), empty: EmptyInterval = .midpoint
) throws(QuantcalError) -> (lower: [Double], upper: [Double]) {
    try intervals(
        predictions, thresholds, thresholdFor, scoring, empty,
        ConformalRegression.intervals(predictions:rows:columns:levels:thresholds:options:lower:upper:))
}

/// The same in single precision. C: `qc_conformal_regression_intervals_f32`.
public func conformalRegressionIntervals(
    predictions: Matrix<Float>, thresholds: [Float], thresholdFor: ThresholdFor = .all,
    _ scoring: RegressionScoring = RegressionScoring(), empty: EmptyInterval = .midpoint
) throws(QuantcalError) -> (lower: [Float], upper: [Float]) {
    try intervals(
        predictions, thresholds, thresholdFor, scoring, empty,
        ConformalRegression.intervals(predictions:rows:columns:levels:thresholds:options:lower:upper:))
}

private func intervals<Scalar: BitwiseCopyable>(
    _ predictions: Matrix<Scalar>, _ thresholds: [Scalar], _ thresholdFor: ThresholdFor,
    _ scoring: RegressionScoring, _ empty: EmptyInterval,
    _ call: (
        UnsafeBufferPointer<Scalar>, Int, Int, UnsafeBufferPointer<Double>, UnsafeBufferPointer<Scalar>,
        ConformalRegression.Options, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> (lower: [Scalar], upper: [Scalar]) {
    let (rows, columns) = (predictions.rows, predictions.columns)
    let options = try scoring.options(columns: columns, thresholdFor, empty)
    try requireCount(
        thresholds.count, options.thresholdFor.count(rows: rows) * options.sides.count, "thresholds")
    let ends = try filledArrays(2, of: rows) { ends throws(QuantcalError) in
        try withBuffer(predictions.elements) { values throws(QuantcalError) in
            try withBuffer(thresholds) { limits throws(QuantcalError) in
                try withBuffer(scoring.levels) { levels throws(QuantcalError) in
                    try call(values, rows, columns, levels, limits, options, ends[0], ends[1])
                }
            }
        }
    }
    return (ends[0], ends[1])
}
