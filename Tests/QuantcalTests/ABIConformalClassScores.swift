/// Vectors of scores of classes through the C ABI.

import CQuantcal

let abiConformalClassScoresAdapters: [String: VectorAdapter] = [
    "qc_conformal_class_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "kind": .text(word(options.kind, kinds)),
            "randomisation": .text(word(options.randomisation, randomisations)),
            "points": .text(word(options.points, points)),
            "threshold_for": .text(word(options.threshold_for, abiThresholdOwners)),
            "empty_sets": .text(word(options.empty_sets, empties)), "k_reg": .integer(options.k_reg),
            "lambda": .float(options.lambda), "gamma": .float(options.gamma), "seed": .integer(options.seed),
            "first_row": .integer(options.first_row),
        ]
    },
    "qc_conformal_label_scores": { inputs, type in
        switch type {
        case .f32: try labelScores(inputs, qc_conformal_label_scores_f32)
        default: try labelScores(inputs, qc_conformal_label_scores_f64)
        }
    },
    "qc_conformal_class_scores": { inputs, type in
        switch type {
        case .f32: try classScores(inputs, qc_conformal_class_scores_f32)
        default: try classScores(inputs, qc_conformal_class_scores_f64)
        }
    },
    "qc_conformal_class_sets": { inputs, type in
        switch type {
        case .f32: try classSets(inputs, qc_conformal_class_sets_f32)
        default: try classSets(inputs, qc_conformal_class_sets_f64)
        }
    },
    "qc_conformal_raps_tune": { inputs, type in
        switch type {
        case .f32: try rapsTune(inputs, qc_conformal_raps_tune_f32)
        default: try rapsTune(inputs, qc_conformal_raps_tune_f64)
        }
    },
]

private let kinds = [
    "lac": QC_CONFORMAL_LAC, "margin": QC_CONFORMAL_MARGIN, "aps": QC_CONFORMAL_APS,
    "raps": QC_CONFORMAL_RAPS,
    "saps": QC_CONFORMAL_SAPS, "top_k": QC_CONFORMAL_TOP_K, "log_loss": QC_CONFORMAL_LOG_LOSS,
    "entropy": QC_CONFORMAL_ENTROPY, "entmax": QC_CONFORMAL_ENTMAX,
]
private let randomisations = [
    "inclusive": QC_CONFORMAL_INCLUSIVE, "exclusive": QC_CONFORMAL_EXCLUSIVE,
    "randomised": QC_CONFORMAL_RANDOMISED,
]
private let points = [
    "by_call": QC_CONFORMAL_POINTS_BY_CALL, "calibration": QC_CONFORMAL_POINTS_CALIBRATION,
    "test": QC_CONFORMAL_POINTS_TEST,
]
private let empties = [
    "kept": QC_CONFORMAL_EMPTY_SETS_KEPT, "top_label": QC_CONFORMAL_EMPTY_SETS_TOP_LABEL,
]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == Int(constant) }?.key ?? "unknown"
}

private typealias Options = qc_conformal_class_options

private func initialOptions() throws -> Options {
    var options = Options()
    try abiCall(qc_conformal_class_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func givenOptions(_ inputs: VectorInputs) throws -> Options {
    var options = try initialOptions()
    options.kind = try abiConstant(inputs.word("kind", default: "lac"), kinds)
    options.randomisation = try abiConstant(
        inputs.word("randomisation", default: "inclusive"), randomisations)
    options.points = try abiConstant(inputs.word("points", default: "by_call"), points)
    options.threshold_for = try abiConstant(inputs.word("threshold_for", default: "all"), abiThresholdOwners)
    options.empty_sets = try abiConstant(inputs.word("empty_sets", default: "kept"), empties)
    options.k_reg = Int32(try inputs.integer("k_reg", default: Int(options.k_reg)))
    options.lambda = try inputs.double("lambda", default: options.lambda)
    options.gamma = try inputs.double("gamma", default: options.gamma)
    options.seed = try inputs.seed()
    options.first_row = UInt64(try inputs.integer("first_row", default: 0))
    return options
}

/// The rows of a case.
private struct Rows<T: BinaryFloatingPoint> {
    let elements: [T]
    let count: Int
    let classes: Int

    init(_ inputs: VectorInputs) throws {
        let matrix = try inputs.matrix("probabilities")
        (elements, count, classes) = (matrix.elements.map { T($0) }, matrix.rows, matrix.columns)
    }
}

private func labelScores<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        UnsafePointer<T>?, UnsafePointer<Int64>?, Int, Int, UnsafePointer<Options>?, UnsafeMutablePointer<T>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let rows = try Rows<T>(inputs)
    let labels = try inputs.integers("labels").map { Int64($0) }
    var options = try givenOptions(inputs)
    let scores = ABIBuffer<T>(rows.count)
    try abiCall(
        function(rows.elements, labels, rows.count, rows.classes, &options, scores.pointer), scores)
    return ["scores": .floats(scores.elements)]
}

private func classScores<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (UnsafePointer<T>?, Int, Int, UnsafePointer<Options>?, UnsafeMutablePointer<T>?) -> qc_status
) throws -> [String: VectorOutput] {
    let rows = try Rows<T>(inputs)
    var options = try givenOptions(inputs)
    let scores = ABIBuffer<T>(rows.elements.count)
    try abiCall(function(rows.elements, rows.count, rows.classes, &options, scores.pointer), scores)
    return ["scores": .floats(scores.elements)]
}

private func classSets<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        UnsafePointer<T>?, Int, Int, UnsafePointer<T>?, UnsafePointer<Options>?, UnsafeMutablePointer<UInt8>?,
        UnsafeMutablePointer<Int32>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let rows = try Rows<T>(inputs)
    let thresholds: [T] = try inputs.scalars("thresholds")
    var options = try givenOptions(inputs)
    let mask = ABIBuffer<UInt8>(rows.count * ((rows.classes + 7) / 8))
    let sizes = ABIBuffer<Int32>(rows.count)
    try abiCall(
        function(
            rows.elements, rows.count, rows.classes, thresholds, &options, mask.pointer, sizes.pointer),
        mask, sizes)
    return ["mask": .integers(mask.elements), "sizes": .integers(sizes.elements)]
}

private func rapsTune<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        UnsafePointer<T>?, UnsafePointer<Int64>?, Int, Int, Double, UnsafePointer<Double>?, Int,
        UnsafePointer<Options>?, UnsafeMutablePointer<qc_conformal_raps_result>?,
        UnsafeMutablePointer<Double>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let rows = try Rows<T>(inputs)
    let labels = try inputs.integers("labels").map { Int64($0) }
    let lambdas = try inputs.rounded("lambdas", to: .f64)
    var options = try givenOptions(inputs)
    var result = qc_conformal_raps_result()
    result.struct_size = MemoryLayout<qc_conformal_raps_result>.size
    let sizes = ABIBuffer<Double>(lambdas.count)
    try abiCall(
        function(
            rows.elements, labels, rows.count, rows.classes, inputs.double("alpha"), lambdas, lambdas.count,
            &options, &result, sizes.pointer), sizes)
    return [
        "k_reg": .integer(result.k_reg), "lambda": .float(result.lambda),
        "mean_size": .float(result.mean_size), "mean_sizes": .floats(sizes.elements),
    ]
}
