/// Vectors of `isotonic/reward` through the C ABI.

import CQuantcal

let abiIsotonicRewardAdapters: [String: VectorAdapter] = [
    "qc_isotonic_reward_options_init": { _, _ in
        let options = try rewardOptions()
        let word = modes.first { $0.value == options.mode }?.key
        return [
            "seed": .integer(options.seed), "folds": .integer(options.folds),
            "mode": .text(word ?? "unknown"),
        ]
    },
    "qc_isotonic_reward_folds": { inputs, _ in try folds(inputs) },
    "qc_isotonic_reward_fit": { inputs, type in
        switch type {
        case .f32: try fitted(inputs, qc_isotonic_reward_fit_f32) { _, outputs in outputs }
        default: try fitted(inputs, qc_isotonic_reward_fit_f64) { _, outputs in outputs }
        }
    },
    "qc_isotonic_reward_destroy": { inputs, _ in
        try fitted(inputs, qc_isotonic_reward_fit_f64) { _, outputs in outputs }
    },
    "qc_isotonic_reward_predict": { inputs, type in
        switch type {
        case .f32:
            try fitted(inputs, qc_isotonic_reward_fit_f32) { model, _ in
                try predict(model, inputs, qc_isotonic_reward_predict_f32)
            }
        default:
            try fitted(inputs, qc_isotonic_reward_fit_f64) { model, _ in
                try predict(model, inputs, qc_isotonic_reward_predict_f64)
            }
        }
    },
    "qc_isotonic_reward_mean": { inputs, type in
        switch type {
        case .f32:
            try fitted(inputs, qc_isotonic_reward_fit_f32) { model, outputs in
                try mean(model, outputs, inputs, qc_isotonic_reward_mean_f32)
            }
        default:
            try fitted(inputs, qc_isotonic_reward_fit_f64) { model, outputs in
                try mean(model, outputs, inputs, qc_isotonic_reward_mean_f64)
            }
        }
    },
    "qc_isotonic_weight_options_init": { _, _ in
        let options = try weightOptions()
        let word = targets.first { $0.value == options.target }?.key
        return [
            "seed": .integer(options.seed), "folds": .integer(options.folds),
            "target": .text(word ?? "unknown"), "include_raw": .integer(options.include_raw),
            "variance_cap": .float(options.variance_cap), "ess_floor": .float(options.ess_floor),
            "weight_floor": .float(options.weight_floor), "shrinkage": .float(options.shrinkage),
        ]
    },
    "qc_isotonic_weight_stabilize": { inputs, type in
        switch type {
        case .f32: try stabilize(inputs, qc_isotonic_weight_stabilize_f32)
        default: try stabilize(inputs, qc_isotonic_weight_stabilize_f64)
        }
    },
]

private let modes = [
    "auto": QC_ISOTONIC_REWARD_AUTO, "monotone": QC_ISOTONIC_REWARD_MONOTONE,
    "two_stage": QC_ISOTONIC_REWARD_TWO_STAGE,
]
private let targets = ["rewards": QC_ISOTONIC_WEIGHT_REWARDS, "residuals": QC_ISOTONIC_WEIGHT_RESIDUALS]

private func rewardOptions() throws -> qc_isotonic_reward_options {
    var options = qc_isotonic_reward_options()
    try abiCall(qc_isotonic_reward_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func rewardOptions(_ inputs: VectorInputs) throws -> qc_isotonic_reward_options {
    var options = try rewardOptions()
    options.seed = try inputs.seed()
    options.folds = Int32(try inputs.integer("folds", default: Int(options.folds)))
    options.mode = try abiConstant(inputs.word("mode", default: "auto"), modes)
    return options
}

private func folds(_ inputs: VectorInputs) throws -> [String: VectorOutput] {
    let names = try inputs.word("clusters", default: "").utf8.split(separator: UInt8(ascii: " "))
    let text = names.flatMap { $0 }
    var ends: [Int] = []
    for name in names { ends.append((ends.last ?? 0) + name.count) }
    let n = names.isEmpty ? try inputs.integer("n") : names.count
    let labelled: [UInt8]? =
        inputs.optional("labelled") == nil ? nil : try inputs.integers("labelled").map { UInt8($0) }
    var options = try rewardOptions(inputs)
    let (fold, count) = (ABIBuffer<Int32>(n), ABIBuffer<Int32>(1))
    try abiCall(
        qc_isotonic_reward_folds(
            text, text.count, names.isEmpty ? nil : ends, labelled, n, &options, fold.pointer, count.pointer),
        fold, count)
    return ["fold": .integers(fold.elements), "fold_count": .integer(count.elements[0])]
}

private typealias Fit<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<Int32>?, Int,
    UnsafePointer<qc_isotonic_reward_options>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?,
    UnsafeMutablePointer<qc_isotonic_reward_result>?, UnsafeMutablePointer<OpaquePointer?>?
) -> qc_status

/// Fits, and hands the model and the outputs to `use`.
private func fitted<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Fit<T>,
    _ use: (OpaquePointer?, [String: VectorOutput]) throws -> [String: VectorOutput]
) throws -> [String: VectorOutput] {
    let scores: [T] = try inputs.scalars("scores")
    let labels: [T] = try inputs.scalars("labels")
    let weights: [T]? = try inputs.optionalScalars("weights")
    let fold = try inputs.optionalFolds("fold")
    var options = try rewardOptions(inputs)
    let (calibrated, outOfFold) = (ABIBuffer<T>(scores.count), ABIBuffer<T>(scores.count))
    var result = qc_isotonic_reward_result()
    result.struct_size = MemoryLayout.size(ofValue: result)
    var model: OpaquePointer?
    try abiCall(
        function(
            scores, labels, weights, fold, scores.count, &options, calibrated.pointer, outOfFold.pointer,
            &result, &model), calibrated, outOfFold)
    defer { qc_isotonic_reward_destroy(model) }
    let word = modes.first { $0.value == result.mode }?.key
    return try use(
        model,
        [
            "calibrated": .floats(calibrated.elements), "out_of_fold": .floats(outOfFold.elements),
            "mode": .text(word ?? "unknown"), "folds": .integer(result.folds),
            "thirds_won": .integer(result.thirds_won), "rmse": .float(result.rmse),
            "rmse_out_of_fold": .float(result.rmse_out_of_fold),
            "rmse_monotone": .float(result.rmse_monotone),
            "rmse_two_stage": .float(result.rmse_two_stage),
            "rmse_standard_error": .float(result.rmse_standard_error),
        ])
}

private func predict<T: BinaryFloatingPoint>(
    _ model: OpaquePointer?, _ inputs: VectorInputs,
    _ function: (OpaquePointer?, UnsafePointer<T>?, UnsafePointer<Int32>?, Int, UnsafeMutablePointer<T>?) ->
        qc_status
) throws -> [String: VectorOutput] {
    let scores: [T] = try inputs.scalars("new_scores")
    let rewards = ABIBuffer<T>(scores.count)
    try abiCall(
        function(model, scores, inputs.optionalFolds("new_fold"), scores.count, rewards.pointer), rewards)
    return ["rewards": .floats(rewards.elements)]
}

private func mean<T: BinaryFloatingPoint>(
    _ model: OpaquePointer?, _ outputs: [String: VectorOutput], _ inputs: VectorInputs,
    _ function: (
        OpaquePointer?, UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafeMutablePointer<Double>?,
        UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let scores: [T] = try inputs.scalars("new_scores")
    let weights: [T]? = try inputs.optionalScalars("new_weights")
    guard case .wholes(let folds)? = outputs["folds"] else { return [:] }
    let (mean, variance) = (ABIBuffer<Double>(1), ABIBuffer<Double>(1))
    let foldMeans = ABIBuffer<Double>(folds[0])
    try abiCall(
        function(
            model, scores, weights, scores.count, mean.pointer, variance.pointer, foldMeans.pointer),
        mean, variance, foldMeans)
    return [
        "mean": .floats(mean.elements), "variance": .floats(variance.elements),
        "fold_means": .floats(foldMeans.elements),
    ]
}

private func weightOptions() throws -> qc_isotonic_weight_options {
    var options = qc_isotonic_weight_options()
    try abiCall(qc_isotonic_weight_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func weightOptions(_ inputs: VectorInputs) throws -> qc_isotonic_weight_options {
    var options = try weightOptions()
    options.seed = try inputs.seed()
    options.folds = Int32(try inputs.integer("folds", default: Int(options.folds)))
    options.target = try abiConstant(inputs.word("target", default: "rewards"), targets)
    options.include_raw = Int32(try inputs.integer("include_raw", default: 0))
    options.variance_cap = try inputs.double("variance_cap", default: options.variance_cap)
    options.ess_floor = try inputs.double("ess_floor", default: options.ess_floor)
    options.weight_floor = try inputs.double("weight_floor", default: options.weight_floor)
    options.shrinkage = try inputs.double("shrinkage", default: options.shrinkage)
    return options
}

private typealias Stabilize<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<Int32>?, Int, UnsafePointer<T>?,
    UnsafePointer<T>?, Int, UnsafePointer<qc_isotonic_weight_options>?, UnsafeMutablePointer<T>?,
    UnsafeMutablePointer<T>?, UnsafeMutablePointer<qc_isotonic_weight_result>?
) -> qc_status

private func stabilize<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Stabilize<T>
) throws -> [String: VectorOutput] {
    let weights: [T] = try inputs.scalars("weights")
    let scores: [T] = try inputs.scalars("scores")
    let values: [T]? = try inputs.optionalScalars("targets")
    let newWeights: [T]? = try inputs.optionalScalars("new_weights")
    let newScores: [T] = try inputs.optionalScalars("new_scores") ?? []
    var options = try weightOptions(inputs)
    let (stabilized, newStabilized) = (ABIBuffer<T>(weights.count), ABIBuffer<T>(newScores.count))
    var result = qc_isotonic_weight_result()
    result.struct_size = MemoryLayout.size(ofValue: result)
    try abiCall(
        function(
            weights, scores, values, inputs.optionalFolds("fold"), weights.count, newWeights, newScores,
            newScores.count, &options, stabilized.pointer, newStabilized.pointer, &result),
        stabilized, newStabilized)
    return [
        "stabilized": .floats(stabilized.elements), "new_stabilized": .floats(newStabilized.elements),
        "variance_before": .float(result.variance_before), "variance_after": .float(result.variance_after),
        "ess_before": .float(result.ess_before), "ess_after": .float(result.ess_after),
        "blend": .float(result.blend), "mixture_increasing": .float(result.mixture_increasing),
        "mixture_decreasing": .float(result.mixture_decreasing), "mixture_raw": .float(result.mixture_raw),
        "folds": .integer(result.folds),
    ]
}
