/// Vectors of regression scores through the C ABI.

import CQuantcal

let abiConformalRegressionScoresAdapters: [String: VectorAdapter] = [
    "qc_conformal_regression_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "kind": .text(word(options.kind, kinds)), "sides": .text(word(options.sides, sides)),
            "threshold_for": .text(word(options.threshold_for, abiThresholdOwners)),
            "empty": .text(word(options.empty, empties)), "beta": .float(options.beta),
            "minimum_scale": .float(options.minimum_scale),
        ]
    },
    "qc_conformal_regression_scores": { inputs, type in
        switch type {
        case .f32: try scores(inputs, qc_conformal_regression_scores_f32)
        default: try scores(inputs, qc_conformal_regression_scores_f64)
        }
    },
    "qc_conformal_regression_intervals": { inputs, type in
        switch type {
        case .f32: try intervals(inputs, qc_conformal_regression_intervals_f32)
        default: try intervals(inputs, qc_conformal_regression_intervals_f64)
        }
    },
]

let abiThresholdOwners = [
    "all": QC_CONFORMAL_FOR_ALL, "each_row": QC_CONFORMAL_FOR_EACH_ROW,
    "each_class": QC_CONFORMAL_FOR_EACH_CLASS,
]
private let kinds = [
    "absolute": QC_CONFORMAL_ABSOLUTE, "normalised": QC_CONFORMAL_NORMALISED, "gamma": QC_CONFORMAL_GAMMA,
    "cqr": QC_CONFORMAL_CQR, "cqr_r": QC_CONFORMAL_CQR_R, "cqr_m": QC_CONFORMAL_CQR_M,
    "quantiles": QC_CONFORMAL_QUANTILES,
]
private let sides = [
    "symmetric": QC_CONFORMAL_SYMMETRIC, "asymmetric": QC_CONFORMAL_ASYMMETRIC, "lower": QC_CONFORMAL_LOWER,
    "upper": QC_CONFORMAL_UPPER,
]
private let empties = ["midpoint": QC_CONFORMAL_EMPTY_MIDPOINT, "marked": QC_CONFORMAL_EMPTY_MARKED]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == Int(constant) }?.key ?? "unknown"
}

private func initialOptions() throws -> qc_conformal_regression_options {
    var options = qc_conformal_regression_options()
    try abiCall(qc_conformal_regression_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func givenOptions(_ inputs: VectorInputs) throws -> qc_conformal_regression_options {
    var options = try initialOptions()
    options.kind = try abiConstant(inputs.word("kind", default: "absolute"), kinds)
    options.sides = try abiConstant(inputs.word("sides", default: "symmetric"), sides)
    options.threshold_for = try abiConstant(inputs.word("threshold_for", default: "all"), abiThresholdOwners)
    options.empty = try abiConstant(inputs.word("empty", default: "midpoint"), empties)
    options.beta = try inputs.double("beta", default: options.beta)
    options.minimum_scale = try inputs.double("minimum_scale", default: options.minimum_scale)
    return options
}

private typealias Scores<T> = (
    UnsafePointer<T>?, Int, UnsafePointer<T>?, Int, UnsafePointer<Double>?,
    UnsafePointer<qc_conformal_regression_options>?, UnsafeMutablePointer<T>?
) -> qc_status

private func scores<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Scores<T>
) throws -> [String: VectorOutput] {
    let y: [T] = try inputs.scalars("y")
    let predictions = try inputs.matrix("predictions")
    let elements = predictions.elements.map { T($0) }
    let levels = inputs.optional("levels") == nil ? nil : try inputs.rounded("levels", to: .f64)
    var options = try givenOptions(inputs)
    let scores = ABIBuffer<T>(y.count * (Int(options.sides) == QC_CONFORMAL_ASYMMETRIC ? 2 : 1))
    try abiCall(
        function(y, y.count, elements, predictions.columns, levels, &options, scores.pointer), scores)
    return ["scores": .floats(scores.elements)]
}

private typealias Intervals<T> = (
    UnsafePointer<T>?, Int, Int, UnsafePointer<Double>?, UnsafePointer<T>?,
    UnsafePointer<qc_conformal_regression_options>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?
) -> qc_status

private func intervals<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Intervals<T>
) throws -> [String: VectorOutput] {
    let predictions = try inputs.matrix("predictions")
    let elements = predictions.elements.map { T($0) }
    let levels = inputs.optional("levels") == nil ? nil : try inputs.rounded("levels", to: .f64)
    let thresholds = try inputs.thresholds().map { T($0) }
    var options = try givenOptions(inputs)
    let (lower, upper) = (ABIBuffer<T>(predictions.rows), ABIBuffer<T>(predictions.rows))
    try abiCall(
        function(
            elements, predictions.rows, predictions.columns, levels, thresholds, &options, lower.pointer,
            upper.pointer), lower, upper)
    return ["lower": .floats(lower.elements), "upper": .floats(upper.elements)]
}
