/// Vectors of scores of classes through the Swift overlay.

import Quantcal

let overlayConformalClassScoresAdapters: [String: VectorAdapter] = [
    "qc_conformal_class_options_init": { _, _ in try defaults() },
    "qc_conformal_label_scores": { inputs, type in
        let (scoring, labels) = (try scoring(inputs), try inputs.integers("labels").map { Int64($0) })
        switch type {
        case .f32:
            let rows = try inputs.overlayMatrix("probabilities", of: Float.self)
            return ["scores": .floats(try conformalLabelScores(probabilities: rows, labels: labels, scoring))]
        default:
            let rows = try inputs.overlayMatrix("probabilities", of: Double.self)
            return ["scores": .floats(try conformalLabelScores(probabilities: rows, labels: labels, scoring))]
        }
    },
    "qc_conformal_class_scores": { inputs, type in
        let scoring = try scoring(inputs)
        switch type {
        case .f32:
            let rows = try inputs.overlayMatrix("probabilities", of: Float.self)
            return ["scores": .floats(try conformalClassScores(rows, scoring).elements)]
        default:
            let rows = try inputs.overlayMatrix("probabilities", of: Double.self)
            return ["scores": .floats(try conformalClassScores(rows, scoring).elements)]
        }
    },
    "qc_conformal_class_sets": { inputs, type in
        let scoring = try scoring(inputs)
        let owner: ThresholdFor = try overlayCase(inputs.word("threshold_for", default: "all"))
        let empty: EmptySets = try overlayCase(inputs.word("empty_sets", default: "kept"))
        switch type {
        case .f32:
            return sets(
                try conformalClassSets(
                    inputs.overlayMatrix("probabilities", of: Float.self),
                    thresholds: inputs.scalars("thresholds"), thresholdFor: owner, emptySets: empty, scoring))
        default:
            return sets(
                try conformalClassSets(
                    inputs.overlayMatrix("probabilities", of: Double.self),
                    thresholds: inputs.scalars("thresholds"), thresholdFor: owner, emptySets: empty, scoring))
        }
    },
    "qc_conformal_raps_tune": { inputs, type in
        let (scoring, labels) = (try scoring(inputs), try inputs.integers("labels").map { Int64($0) })
        let (alpha, lambdas) = (try inputs.double("alpha"), try inputs.rounded("lambdas", to: .f64))
        switch type {
        case .f32:
            let rows = try inputs.overlayMatrix("probabilities", of: Float.self)
            return tuned(
                try conformalRAPSTune(
                    probabilities: rows, labels: labels, alpha: alpha, lambdas: lambdas, scoring))
        default:
            let rows = try inputs.overlayMatrix("probabilities", of: Double.self)
            return tuned(
                try conformalRAPSTune(
                    probabilities: rows, labels: labels, alpha: alpha, lambdas: lambdas, scoring))
        }
    },
]

private func sets(_ sets: PredictionSets) -> [String: VectorOutput] {
    ["mask": .integers(sets.mask.elements), "sizes": .integers(sets.sizes)]
}

private func tuned(_ result: (penalty: RAPSPenalty, meanSizes: [Double])) -> [String: VectorOutput] {
    [
        "k_reg": .integer(result.penalty.kReg), "lambda": .float(result.penalty.lambda),
        "mean_size": .float(result.penalty.meanSize), "mean_sizes": .floats(result.meanSizes),
    ]
}

private func scoring(_ inputs: VectorInputs) throws -> ClassScoring {
    let absent = ClassScoring()
    return ClassScoring(
        try overlayCase(inputs.word("kind", default: overlayWord(absent.kind))),
        randomisation: try overlayCase(
            inputs.word("randomisation", default: overlayWord(absent.randomisation))),
        points: try overlayCase(inputs.word("points", default: overlayWord(absent.points))),
        lambda: try inputs.double("lambda", default: absent.lambda),
        kReg: try inputs.integer("k_reg", default: absent.kReg),
        gamma: try inputs.double("gamma", default: absent.gamma), seed: try inputs.seed(),
        firstRow: UInt64(try inputs.integer("first_row", default: Int(absent.firstRow))))
}

/// The default arguments: those that a scoring shows, the others by what they do.
private func defaults() throws -> [String: VectorOutput] {
    let scoring = ClassScoring()
    let rows = try Matrix([[0.6, 0.4], [0.9, 0.1]])
    let given = try conformalClassSets(rows, thresholds: [0.2])
    let empty = try overlayDefault(EmptySets.allCases, same: given) {
        try conformalClassSets(rows, thresholds: [0.2], emptySets: $0)
    }
    let owner = try overlayDefault(ThresholdFor.allCases, same: given) {
        let limits = [0.2, 1].prefix($0.count(rows: 2, classes: 2))
        return try conformalClassSets(rows, thresholds: Array(limits), thresholdFor: $0)
    }
    return [
        "kind": .text(overlayWord(scoring.kind)), "randomisation": .text(overlayWord(scoring.randomisation)),
        "points": .text(overlayWord(scoring.points)), "threshold_for": .text(overlayWord(owner)),
        "empty_sets": .text(overlayWord(empty)), "k_reg": .integer(scoring.kReg),
        "lambda": .float(scoring.lambda), "gamma": .float(scoring.gamma), "seed": .integer(scoring.seed),
        "first_row": .integer(scoring.firstRow),
    ]
}
