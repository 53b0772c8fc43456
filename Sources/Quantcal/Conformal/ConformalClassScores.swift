import QuantcalCore

public typealias ClassScore = ConformalClasses.Kind
public typealias ScoreRandomisation = ConformalClasses.Randomisation
public typealias ScoredPoints = ConformalClasses.Points
public typealias EmptySets = ConformalClasses.EmptySets
public typealias RAPSPenalty = RAPSTuning.Result

/// How scores of classes are made; the same for calibration and test. The defaults are those of
/// `qc_conformal_class_options_init`.
public struct ClassScoring: Sendable {
    /// The kind of score: `.lac`, `.margin`, `.aps`, `.raps`, `.saps`, `.topK`, `.logLoss`, `.entropy`, or
    /// `.entmax` on logits.
    public var kind: ClassScore
    /// The share of its own probability that a class counts: all, nothing, or a random one for each point.
    public var randomisation: ScoreRandomisation
    /// Whose random shares: calibration and test points have different ones.
    public var points: ScoredPoints
    /// Of `.raps` and `.saps`.
    public var lambda: Double
    /// Of `.raps`: ranks up to it cost nothing.
    public var kReg: Int
    /// Of `.entmax`: 1, 1.5 or 2.
    public var gamma: Double
    public var seed: UInt64
    /// The number of row 0, for rows that come in several calls.
    public var firstRow: UInt64

    public init(
        _ kind: ClassScore = .lac, randomisation: ScoreRandomisation = .inclusive,
        points: ScoredPoints = .byCall, lambda: Double = 0.2, kReg: Int = 5, gamma: Double = 1.5,
        seed: UInt64 = 42, firstRow: UInt64 = 0
    ) {
        (self.kind, self.randomisation, self.points) = (kind, randomisation, points)
        (self.lambda, self.kReg, self.gamma) = (lambda, kReg, gamma)
        (self.seed, self.firstRow) = (seed, firstRow)
    }

    fileprivate func options(
        _ thresholdFor: ThresholdFor = .all, _ emptySets: EmptySets = .kept
    ) -> ConformalClasses.Options {
        var options = ConformalClasses.Options()
        (options.kind, options.randomisation, options.points) = (kind, randomisation, points)
        (options.thresholdFor, options.emptySets) = (thresholdFor, emptySets)
        (options.kReg, options.lambda, options.gamma) = (kReg, lambda, gamma)
        (options.seed, options.firstRow) = (seed, firstRow)
        return options
    }
}

func requireClasses<Scalar>(_ probabilities: Matrix<Scalar>) throws(QuantcalError) {
    guard probabilities.columns >= 1, probabilities.columns <= Int32.max else {
        throw QuantcalError(.size, "classes is \(probabilities.columns); classes must be 1 to \(Int32.max)")
    }
}

/// The score of each row's true label, what a calibrator takes. C: `qc_conformal_label_scores_f64`.
public func conformalLabelScores(
    probabilities: Matrix<Double>, labels: [Int64], _ scoring: ClassScoring = ClassScoring()
) throws(QuantcalError) -> [Double] {
    try labelScores(
        probabilities, labels, scoring,
        ConformalClasses.labelScores(probabilities:labels:classes:options:scores:))
}

/// The same in single precision. C: `qc_conformal_label_scores_f32`.
public func conformalLabelScores(
    probabilities: Matrix<Float>, labels: [Int64], _ scoring: ClassScoring = ClassScoring()
) throws(QuantcalError) -> [Float] {
    try labelScores(
        probabilities, labels, scoring,
        ConformalClasses.labelScores(probabilities:labels:classes:options:scores:))
}

private func labelScores<Scalar: BitwiseCopyable>(
    _ probabilities: Matrix<Scalar>, _ labels: [Int64], _ scoring: ClassScoring,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Int64>, Int, ConformalClasses.Options,
        UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Scalar] {
    try requireClasses(probabilities)
    try requireCount(labels.count, probabilities.rows, "labels")
    return try filled(labels.count) { (scores: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(probabilities.elements) { values throws(QuantcalError) in
            try withBuffer(labels) { labels throws(QuantcalError) in
                try call(values, labels, probabilities.columns, scoring.options(), scores)
            }
        }
    }
}

/// The score of every class of every row. C: `qc_conformal_class_scores_f64`.
public func conformalClassScores(
    _ probabilities: Matrix<Double>, _ scoring: ClassScoring = ClassScoring()
) throws(QuantcalError) -> Matrix<Double> {
    try classScores(
        probabilities, scoring, ConformalClasses.classScores(probabilities:rows:classes:options:scores:))
}

/// The same in single precision. C: `qc_conformal_class_scores_f32`.
public func conformalClassScores(
    _ probabilities: Matrix<Float>, _ scoring: ClassScoring = ClassScoring()
) throws(QuantcalError) -> Matrix<Float> {
    try classScores(
        probabilities, scoring, ConformalClasses.classScores(probabilities:rows:classes:options:scores:))
}

private func classScores<Scalar: BitwiseCopyable>(
    _ probabilities: Matrix<Scalar>, _ scoring: ClassScoring,
    _ call: (
        UnsafeBufferPointer<Scalar>, Int, Int, ConformalClasses.Options, UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> Matrix<Scalar> {
    try requireClasses(probabilities)
    let (rows, classes) = (probabilities.rows, probabilities.columns)
    let scores = try filled(rows * classes) { (scores: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(probabilities.elements) { values throws(QuantcalError) in
            try call(values, rows, classes, scoring.options(), scores)
        }
    }
    return Matrix(unchecked: rows, classes, scores)
}

/// Prediction sets straight from probabilities: the classes whose score is at most its threshold.
/// C: `qc_conformal_class_sets_f64`.
///
/// - Parameters:
///   - thresholds: one for all, for each row or for each class, as `thresholdFor` says.
///   - emptySets: kept, or the top label instead.
public func conformalClassSets(
    _ probabilities: Matrix<Double>, thresholds: [Double], thresholdFor: ThresholdFor = .all,
    emptySets: EmptySets = .kept, _ scoring: ClassScoring = ClassScoring()
) throws(QuantcalError) -> PredictionSets {
    try classSets(
        probabilities, thresholds, scoring.options(thresholdFor, emptySets),
        ConformalClasses.sets(probabilities:rows:classes:thresholds:options:mask:sizes:))
}

/// The same in single precision. C: `qc_conformal_class_sets_f32`.
public func conformalClassSets(
    _ probabilities: Matrix<Float>, thresholds: [Float], thresholdFor: ThresholdFor = .all,
    emptySets: EmptySets = .kept, _ scoring: ClassScoring = ClassScoring()
) throws(QuantcalError) -> PredictionSets {
    try classSets(
        probabilities, thresholds, scoring.options(thresholdFor, emptySets),
        ConformalClasses.sets(probabilities:rows:classes:thresholds:options:mask:sizes:))
}

private func classSets<Scalar>(
    _ probabilities: Matrix<Scalar>, _ thresholds: [Scalar], _ options: ConformalClasses.Options,
    _ call: (
        UnsafeBufferPointer<Scalar>, Int, Int, UnsafeBufferPointer<Scalar>, ConformalClasses.Options,
        UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> PredictionSets {
    try requireClasses(probabilities)
    let (rows, classes) = (probabilities.rows, probabilities.columns)
    try requireCount(thresholds.count, options.thresholdFor.count(rows: rows, classes: classes), "thresholds")
    let rowBytes = ConformalSets.rowBytes(classes: classes)
    var sizes: [Int32] = []
    let mask = try filled(rows * rowBytes) { (mask: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        sizes = try filled(rows) { (sizes: UnsafeMutablePointer<Int32>) throws(QuantcalError) in
            try withBuffer(probabilities.elements) { values throws(QuantcalError) in
                try withBuffer(thresholds) { limits throws(QuantcalError) in
                    try call(values, rows, classes, limits, options, mask, sizes)
                }
            }
        }
    }
    return PredictionSets(mask: Matrix(unchecked: rows, rowBytes, mask), sizes: sizes, classes: classes)
}

/// The penalty of RAPS that gives the smallest sets on rows of its own, neither calibration nor test points;
/// and the mean set size of each candidate. C: `qc_conformal_raps_tune_f64`.
///
/// - Parameters:
///   - alpha: the miscoverage level that is aimed at.
///   - lambdas: the candidates; of equals the first wins.
///   - scoring: of it the randomisation, the points, the seed and the first row count.
public func conformalRAPSTune(
    probabilities: Matrix<Double>, labels: [Int64], alpha: Double,
    lambdas: [Double] = [0.001, 0.01, 0.1, 0.2, 0.5], emptySets: EmptySets = .kept,
    _ scoring: ClassScoring = ClassScoring(.raps)
) throws(QuantcalError) -> (penalty: RAPSPenalty, meanSizes: [Double]) {
    try rapsTune(
        probabilities, labels, alpha, lambdas, scoring.options(.all, emptySets),
        RAPSTuning.tune(probabilities:labels:classes:alpha:lambdas:options:meanSizes:))
}

/// The same in single precision. C: `qc_conformal_raps_tune_f32`.
public func conformalRAPSTune(
    probabilities: Matrix<Float>, labels: [Int64], alpha: Double,
    lambdas: [Double] = [0.001, 0.01, 0.1, 0.2, 0.5], emptySets: EmptySets = .kept,
    _ scoring: ClassScoring = ClassScoring(.raps)
) throws(QuantcalError) -> (penalty: RAPSPenalty, meanSizes: [Double]) {
    try rapsTune(
        probabilities, labels, alpha, lambdas, scoring.options(.all, emptySets),
        RAPSTuning.tune(probabilities:labels:classes:alpha:lambdas:options:meanSizes:))
}

private func rapsTune<Scalar>(
    _ probabilities: Matrix<Scalar>, _ labels: [Int64], _ alpha: Double, _ lambdas: [Double],
    _ options: ConformalClasses.Options,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Int64>, Int, Double, UnsafeBufferPointer<Double>,
        ConformalClasses.Options, UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> RAPSTuning.Result
) throws(QuantcalError) -> (penalty: RAPSPenalty, meanSizes: [Double]) {
    try requireClasses(probabilities)
    try requireCount(labels.count, probabilities.rows, "labels")
    var penalty: RAPSPenalty?
    let sizes = try filled(lambdas.count) { (sizes: UnsafeMutablePointer<Double>) throws(QuantcalError) in
        penalty = try withBuffer(probabilities.elements) { values throws(QuantcalError) in
            try withBuffer(labels) { labels throws(QuantcalError) in
                try withBuffer(lambdas) { lambdas throws(QuantcalError) in
                    try call(values, labels, probabilities.columns, alpha, lambdas, options, sizes)
                }
            }
        }
    }
    return (penalty!, sizes)
}
