import Quantcal

/// A way to make prediction sets from probabilities: the classes whose score is at most a threshold, which comes
/// from rows that nothing else has seen.
enum PredictionSetRule: String, CaseIterable {
    case lac = "LAC"
    case aps = "APS"
    case raps = "RAPS"
    case risk = "risk"

    /// Ranks beyond the first cost RAPS 0.1 each: with few classes, sets of more than one are to be rare.
    private var scoring: ClassScoring {
        switch self {
        case .lac, .risk: ClassScoring(.lac)
        case .aps: ClassScoring(.aps)
        case .raps: ClassScoring(.raps, lambda: 0.1, kReg: 1)
        }
    }

    /// +infinity, which takes in all classes, if there are too few rows for the promise.
    func threshold(_ probabilities: Matrix<Double>, _ labels: [Int64]) throws -> Double {
        let scores = try conformalLabelScores(probabilities: probabilities, labels: labels, scoring)
        return self == .risk
            ? try Self.riskThreshold(scores) : try conformalThreshold(scores, alpha: Experiment.alpha)
    }

    func sets(_ probabilities: Matrix<Double>, threshold: Double) throws -> PredictionSets {
        try conformalClassSets(probabilities, thresholds: [threshold], scoring)
    }

    /// Learn then test: of the thresholds 1, 0.99, ... 0 in this order as many as the data show, with
    /// confidence, to miss at most alpha of the labels; of those the last, which has the smallest sets.
    private static func riskThreshold(_ scores: [Double]) throws -> Double {
        let grid = (0...100).map { Double(100 - $0) / 100 }
        let risks = grid.map { threshold in mean(scores) { $0 > threshold ? 1 : 0 } }
        let selected = try conformalRiskSelect(
            pValues: try conformalRiskPValues(risks, n: scores.count, alpha: Experiment.alpha),
            delta: Experiment.delta, procedure: .fixedSequence)
        return selected.lastIndex(of: true).map { grid[$0] } ?? .infinity
    }
}

/// The sets of one rule, counted on the test rows.
struct PredictionSetResult {
    let rule: PredictionSetRule
    /// +infinity if there are too few rows for the promise.
    let threshold: Double
    let coverage: Double
    let meanSize: Double
    let emptyCount: Int

    /// Both sets of probabilities are of the network that is measured.
    init(
        _ rule: PredictionSetRule, calibration: (probabilities: Matrix<Double>, labels: [Int64]),
        test: (probabilities: Matrix<Double>, labels: [Int64])
    ) throws {
        self.rule = rule
        threshold = try rule.threshold(calibration.probabilities, calibration.labels)
        let sets = try rule.sets(test.probabilities, threshold: threshold)
        coverage = mean(test.labels.indices) { sets.contains(row: $0, class: Int(test.labels[$0])) ? 1 : 0 }
        meanSize = mean(sets.sizes) { Double($0) }
        emptyCount = sets.sizes.count { $0 == 0 }
    }
}
