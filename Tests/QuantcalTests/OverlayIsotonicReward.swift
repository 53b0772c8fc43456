/// Vectors of `isotonic/reward` through the Swift overlay.

import Quantcal

let overlayIsotonicRewardAdapters: [String: VectorAdapter] = [
    "qc_isotonic_reward_options_init": { _, _ in try rewardDefaults() },
    "qc_isotonic_reward_folds": { inputs, _ in try folds(inputs) },
    "qc_isotonic_reward_fit": { inputs, type in
        switch type {
        case .f32: try fitOutputs(fitFloat(inputs))
        default: try fitOutputs(fitDouble(inputs))
        }
    },
    "qc_isotonic_reward_destroy": { inputs, _ in try fitOutputs(fitDouble(inputs)) },
    "qc_isotonic_reward_predict": { inputs, type in
        let fold = try inputs.optionalFolds("new_fold")
        switch type {
        case .f32: return ["rewards": .floats(try fitFloat(inputs)(inputs.scalars("new_scores"), fold: fold))]
        default: return ["rewards": .floats(try fitDouble(inputs)(inputs.scalars("new_scores"), fold: fold))]
        }
    },
    "qc_isotonic_reward_mean": { inputs, type in
        switch type {
        case .f32:
            try meanOutputs(
                fitFloat(inputs).mean(
                    inputs.scalars("new_scores"), weights: inputs.optionalScalars("new_weights")))
        default:
            try meanOutputs(
                fitDouble(inputs).mean(
                    inputs.scalars("new_scores"), weights: inputs.optionalScalars("new_weights")))
        }
    },
    "qc_isotonic_weight_options_init": { _, _ in try weightDefaults() },
    "qc_isotonic_weight_stabilize": { inputs, type in
        switch type {
        case .f32:
            try weightOutputs(
                isotonicWeightStabilize(
                    inputs.scalars("weights"), scores: inputs.scalars("scores", as: Float.self),
                    targets: targets(inputs), fold: inputs.optionalFolds("fold"),
                    newScores: inputs.optionalScalars("new_scores") ?? [],
                    newWeights: inputs.optionalScalars("new_weights"), options: weightOptions(inputs)))
        default:
            try weightOutputs(
                isotonicWeightStabilize(
                    inputs.scalars("weights"), scores: inputs.scalars("scores", as: Double.self),
                    targets: targets(inputs), fold: inputs.optionalFolds("fold"),
                    newScores: inputs.optionalScalars("new_scores") ?? [],
                    newWeights: inputs.optionalScalars("new_weights"), options: weightOptions(inputs)))
        }
    },
]

extension VectorInputs {
    func optionalFolds(_ key: String) throws -> [Int32]? {
        optional(key) == nil ? nil : try integers(key).map { Int32($0) }
    }

    /// A seed may be above Int.max.
    func seed() throws -> UInt64 {
        optional("seed") == nil ? 42 : UInt64(bitPattern: Int64(try size("seed")))
    }
}

private func rewardDefaults() throws -> [String: VectorOutput] {
    let dealt = try isotonicRewardFolds(count: 40)
    let seed = try overlayDefault(Array(0...100), same: dealt) {
        try isotonicRewardFolds(count: 40, seed: UInt64($0))
    }
    let folds = try overlayDefault(Array(2...20), same: dealt) {
        try isotonicRewardFolds(count: 40, folds: $0)
    }
    let scores = (0..<40).map { Double($0) }
    let labels = scores.map { $0 / 40 }
    // Which modes were fitted tells the mode that was asked for.
    func fitted(_ fit: RewardFit<Double>) -> [Bool] {
        [fit.summary.rmseMonotone.isNaN, fit.summary.rmseTwoStage.isNaN]
    }
    let mode = try overlayDefault(
        RewardMode.allCases, same: fitted(isotonicRewardFit(scores, labels: labels))
    ) {
        try fitted(isotonicRewardFit(scores, labels: labels, mode: $0))
    }
    return ["seed": .integer(seed), "folds": .integer(folds), "mode": .text(overlayWord(mode))]
}

private func folds(_ inputs: VectorInputs) throws -> [String: VectorOutput] {
    let labelled = inputs.optional("labelled") == nil ? nil : try inputs.integers("labelled").map { $0 != 0 }
    let count = try inputs.integer("folds", default: 5)
    let seed = try inputs.seed()
    let clusters = try inputs.word("clusters", default: "")
    let dealt =
        clusters.isEmpty
        ? try isotonicRewardFolds(count: inputs.integer("n"), labelled: labelled, folds: count, seed: seed)
        : try isotonicRewardFolds(
            clusters.unicodeScalars.split(separator: " ").map { String($0) }, labelled: labelled,
            folds: count, seed: seed)
    return ["fold": .integers(dealt.fold), "fold_count": .integer(dealt.count)]
}

private func fitDouble(_ inputs: VectorInputs) throws -> RewardFit<Double> {
    try isotonicRewardFit(
        inputs.scalars("scores"), labels: inputs.scalars("labels"),
        weights: inputs.optionalScalars("weights"),
        fold: inputs.optionalFolds("fold"), mode: overlayCase(inputs.word("mode", default: "auto")),
        folds: inputs.integer("folds", default: 5), seed: inputs.seed())
}

private func fitFloat(_ inputs: VectorInputs) throws -> RewardFit<Float> {
    try isotonicRewardFit(
        inputs.scalars("scores"), labels: inputs.scalars("labels"),
        weights: inputs.optionalScalars("weights"),
        fold: inputs.optionalFolds("fold"), mode: overlayCase(inputs.word("mode", default: "auto")),
        folds: inputs.integer("folds", default: 5), seed: inputs.seed())
}

private func fitOutputs<T: BinaryFloatingPoint>(_ fit: RewardFit<T>) throws -> [String: VectorOutput] {
    [
        "calibrated": .floats(fit.calibrated), "out_of_fold": .floats(fit.outOfFold),
        "mode": .text(overlayWord(fit.summary.mode)), "folds": .integer(fit.summary.folds),
        "thirds_won": .integer(fit.summary.thirdsWon), "rmse": .float(fit.summary.rmse),
        "rmse_out_of_fold": .float(fit.summary.rmseOutOfFold),
        "rmse_monotone": .float(fit.summary.rmseMonotone),
        "rmse_two_stage": .float(fit.summary.rmseTwoStage),
        "rmse_standard_error": .float(fit.summary.rmseStandardError),
    ]
}

private func meanOutputs(_ mean: RewardMean) throws -> [String: VectorOutput] {
    ["mean": .float(mean.mean), "variance": .float(mean.variance), "fold_means": .floats(mean.foldMeans)]
}

private func weightDefaults() throws -> [String: VectorOutput] {
    let options = WeightOptions()
    let (weights, scores) = ([1.0, 2, 4, 8], [1.0, 3, 2, 4])
    let steady = try isotonicWeightStabilize(weights, scores: scores)
    let isReward =
        try steady
        == isotonicWeightStabilize(weights, scores: scores, targets: .rewards([1, 1, 1, 1]))
    return [
        "seed": .integer(options.seed), "folds": .integer(options.folds),
        "target": .text(isReward ? "rewards" : "residuals"),
        "include_raw": .integer(options.includesRaw ? 1 : 0), "variance_cap": .float(options.varianceCap),
        "ess_floor": .float(options.essFloor), "weight_floor": .float(options.weightFloor),
        "shrinkage": .float(options.shrinkage),
    ]
}

private func weightOptions(_ inputs: VectorInputs) throws -> WeightOptions {
    var options = WeightOptions()
    options.includesRaw = try inputs.integer("include_raw", default: 0) == 1
    options.varianceCap = try inputs.double("variance_cap", default: options.varianceCap)
    options.essFloor = try inputs.double("ess_floor", default: options.essFloor)
    options.weightFloor = try inputs.double("weight_floor", default: options.weightFloor)
    options.shrinkage = try inputs.double("shrinkage", default: options.shrinkage)
    options.folds = try inputs.integer("folds", default: options.folds)
    options.seed = try inputs.seed()
    return options
}

private func targets<T: BinaryFloatingPoint>(_ inputs: VectorInputs) throws -> WeightTargets<T>? {
    let isReward = try inputs.word("target", default: "rewards") == "rewards"
    guard let values: [T] = try inputs.optionalScalars("targets") else { return nil }
    return isReward ? .rewards(values) : .residuals(values)
}

private func weightOutputs<T: BinaryFloatingPoint>(_ steady: StabilizedWeights<T>) throws -> [String:
    VectorOutput]
{
    let summary = steady.summary
    return [
        "stabilized": .floats(steady.weights), "new_stabilized": .floats(steady.newWeights),
        "variance_before": .float(summary.varianceBefore), "variance_after": .float(summary.varianceAfter),
        "ess_before": .float(summary.essBefore), "ess_after": .float(summary.essAfter),
        "blend": .float(summary.blend), "mixture_increasing": .float(summary.mixtureIncreasing),
        "mixture_decreasing": .float(summary.mixtureDecreasing), "mixture_raw": .float(summary.mixtureRaw),
        "folds": .integer(summary.folds),
    ]
}
