/// Vectors of family `conformal`, robust sets, through the Swift overlay.

import Quantcal

let overlayConformalRobustAdapters: [String: VectorAdapter] = [
    "qc_conformal_robust_options_init": { _, _ in try boundDefaults() },
    "qc_conformal_smoothed_scores": { inputs, type in
        var earlier: SmoothedScores?
        if inputs.optional("earlier_draws") != nil {
            earlier = SmoothedScores(
                means: try inputs.rounded("earlier_means", to: .f64),
                variances: try inputs.rounded("earlier_variances", to: .f64),
                draws: try inputs.integer("earlier_draws"))
        }
        let found =
            type == .f32
            ? try conformalSmoothedScores(
                inputs.overlayMatrix("samples", of: Float.self), earlier: earlier)
            : try conformalSmoothedScores(
                inputs.overlayMatrix("samples", of: Double.self), earlier: earlier)
        return ["means": .floats(found.means), "variances": .floats(found.variances)]
    },
    "qc_conformal_robust_bounds": { inputs, _ in
        let bounds = try conformalRobustBounds(
            means: inputs.scalars("means"), variances: inputs.optionalScalars("variances"),
            draws: inputs.integer("draws", default: 0),
            side: overlayCase(inputs.word("side", default: "lower")),
            correction: overlayCase(inputs.word("correction", default: "empirical_bernstein")),
            beta: inputs.double("beta", default: 0.001), radius: inputs.double("radius", default: 0),
            sigma: inputs.double("sigma", default: 1))
        return ["bounds": .floats(bounds)]
    },
    "qc_conformal_robust_threshold": { inputs, _ in
        let threshold = try conformalRobustThreshold(
            inputs.scalars("scores"), draws: inputs.integer("draws"), alpha: inputs.double("alpha"),
            beta: inputs.double("beta", default: 0.001))
        return ["threshold": .float(threshold)]
    },
    "qc_conformal_transform_options_init": { _, _ in try transformDefaults() },
    "qc_conformal_transformed_scores": { inputs, type in
        let steepness = try inputs.double("steepness", default: 400)
        let centre = try inputs.double("centre", default: 0.9)
        switch type {
        case .f32:
            let scores: [Float] = try inputs.scalars("scores")
            return [
                "transformed": .floats(
                    try conformalTransformedScores(
                        scores, reference: inputs.scalars("reference"), steepness: steepness, centre: centre))
            ]
        default:
            let scores: [Double] = try inputs.scalars("scores")
            return [
                "transformed": .floats(
                    try conformalTransformedScores(
                        scores, reference: inputs.scalars("reference"), steepness: steepness, centre: centre))
            ]
        }
    },
]

/// Default arguments cannot be read; what they do can be compared with what the values do.
private func boundDefaults() throws -> [String: VectorOutput] {
    let scores = SmoothedScores(means: [0.5], variances: [0.125], draws: 400)
    let given = try conformalRobustBounds(scores)
    let side = try overlayDefault(RobustSide.allCases, same: given) {
        try conformalRobustBounds(scores, side: $0)
    }
    let correction = try overlayDefault(DrawsCorrectionKind.allCases, same: given) {
        try conformalRobustBounds(scores, correction: $0)
    }
    let beta = try overlayDefault([0.01, 0.001, 0.0001], same: given) {
        try conformalRobustBounds(scores, beta: $0)
    }
    let radius = try overlayDefault([0, 0.5, 1], same: given) {
        try conformalRobustBounds(scores, radius: $0)
    }
    let moved = try conformalRobustBounds(scores, radius: 1)
    let sigma = try overlayDefault([0.5, 1, 2], same: moved) {
        try conformalRobustBounds(scores, radius: 1, sigma: $0)
    }
    return [
        "side": .text(overlayWord(side)), "correction": .text(overlayWord(correction)), "beta": .float(beta),
        "radius": .float(radius), "sigma": .float(sigma),
    ]
}

private func transformDefaults() throws -> [String: VectorOutput] {
    let reference = (0..<64).map { Double($0) }
    let given = try conformalTransformedScores([57.5], reference: reference)
    let steepness = try overlayDefault([40.0, 400, 4000], same: given) {
        try conformalTransformedScores([57.5], reference: reference, steepness: $0)
    }
    let centre = try overlayDefault([0.5, 0.8, 0.9], same: given) {
        try conformalTransformedScores([57.5], reference: reference, centre: $0)
    }
    return ["steepness": .float(steepness), "centre": .float(centre)]
}
