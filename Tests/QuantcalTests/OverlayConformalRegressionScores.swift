/// Vectors of regression scores through the Swift overlay.

import Quantcal

let overlayConformalRegressionScoresAdapters: [String: VectorAdapter] = [
    "qc_conformal_regression_options_init": { _, _ in try defaults() },
    "qc_conformal_regression_scores": { inputs, type in
        let scoring = try scoring(inputs)
        switch type {
        case .f32:
            let scores = try conformalRegressionScores(
                y: inputs.scalars("y"),
                predictions: inputs.overlayMatrix("predictions", of: Float.self), scoring)
            return ["scores": .floats(scores.elements)]
        default:
            let scores = try conformalRegressionScores(
                y: inputs.scalars("y"),
                predictions: inputs.overlayMatrix("predictions", of: Double.self), scoring)
            return ["scores": .floats(scores.elements)]
        }
    },
    "qc_conformal_regression_intervals": { inputs, type in
        let scoring = try scoring(inputs)
        let owner: ThresholdFor = try overlayCase(inputs.word("threshold_for", default: "all"))
        let empty: EmptyInterval = try overlayCase(inputs.word("empty", default: "midpoint"))
        switch type {
        case .f32:
            let intervals = try conformalRegressionIntervals(
                predictions: inputs.overlayMatrix("predictions", of: Float.self),
                thresholds: inputs.thresholds().map { Float($0) }, thresholdFor: owner, scoring, empty: empty)
            return ["lower": .floats(intervals.lower), "upper": .floats(intervals.upper)]
        default:
            let intervals = try conformalRegressionIntervals(
                predictions: inputs.overlayMatrix("predictions", of: Double.self),
                thresholds: inputs.thresholds(), thresholdFor: owner, scoring, empty: empty)
            return ["lower": .floats(intervals.lower), "upper": .floats(intervals.upper)]
        }
    },
]

extension VectorInputs {
    /// One, one for each row, or two for each.
    func thresholds() throws -> [Double] {
        let isMatrix =
            try word("sides", default: "symmetric") == "asymmetric"
            && word("threshold_for", default: "all") == "each_row"
        return isMatrix ? try matrix("thresholds").elements : try scalars("thresholds")
    }
}

private func scoring(_ inputs: VectorInputs) throws -> RegressionScoring {
    let absent = RegressionScoring()
    return RegressionScoring(
        try overlayCase(inputs.word("kind", default: overlayWord(absent.kind))),
        sides: try overlayCase(inputs.word("sides", default: overlayWord(absent.sides))),
        levels: inputs.optional("levels") == nil ? [] : try inputs.rounded("levels", to: .f64),
        beta: try inputs.double("beta", default: absent.beta),
        minimumScale: try inputs.double("minimum_scale", default: absent.minimumScale))
}

/// The default arguments: those that a scoring shows, the others by what they do.
private func defaults() throws -> [String: VectorOutput] {
    let scoring = RegressionScoring()
    let cqr = RegressionScoring(.cqr)
    let predictions = try Matrix([[0.0, 1], [0, 1]])
    let given = try conformalRegressionIntervals(predictions: predictions, thresholds: [-3], cqr)
    let empty = try overlayDefault(EmptyInterval.allCases, same: given.lower) {
        try conformalRegressionIntervals(predictions: predictions, thresholds: [-3], cqr, empty: $0).lower
    }
    let owner = try overlayDefault([ThresholdFor.all, .eachRow], same: given.upper) {
        let limits = [-3, Double.infinity].prefix($0.count(rows: 2))
        return try conformalRegressionIntervals(
            predictions: predictions, thresholds: Array(limits), thresholdFor: $0, cqr
        ).upper
    }
    return [
        "kind": .text(overlayWord(scoring.kind)), "sides": .text(overlayWord(scoring.sides)),
        "threshold_for": .text(overlayWord(owner)), "empty": .text(overlayWord(empty)),
        "beta": .float(scoring.beta), "minimum_scale": .float(scoring.minimumScale),
    ]
}
