/// Vectors of temperature scaling through the C ABI.

import CQuantcal

let abiTemperatureAdapters: [String: VectorAdapter] = [
    "qc_calibration_temperature_options_init": { _, _ in
        ["max_iterations": .integer(try initialOptions().max_iterations)]
    },
    "qc_calibration_temperature_fit": { inputs, type in
        switch type {
        case .f32: try fit(inputs, qc_calibration_temperature_fit_f32)
        default: try fit(inputs, qc_calibration_temperature_fit_f64)
        }
    },
    "qc_calibration_temperature_apply": { inputs, type in
        switch type {
        case .f32: try apply(inputs, qc_calibration_temperature_apply_f32)
        default: try apply(inputs, qc_calibration_temperature_apply_f64)
        }
    },
]

private let outcomes = [
    QC_FIT_OK: "ok", QC_FIT_SEPARATED: "separated", QC_FIT_INVERTED: "inverted",
    QC_FIT_DEGENERATE: "degenerate", QC_FIT_NOT_CONVERGED: "not_converged",
]

private func initialOptions() throws -> qc_calibration_temperature_options {
    var options = qc_calibration_temperature_options()
    try abiCall(qc_calibration_temperature_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private typealias Fit<T> = (
    UnsafePointer<T>?, UnsafePointer<Int64>?, UnsafePointer<T>?, Int, Int,
    UnsafePointer<qc_calibration_temperature_options>?,
    UnsafeMutablePointer<qc_calibration_temperature_result>?
) -> qc_status

private func fit<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Fit<T>
) throws -> [String: VectorOutput] {
    let logits = try inputs.matrix("logits")
    let elements = logits.elements.map { T($0) }
    let labels = try inputs.integers("labels").map { Int64($0) }
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try initialOptions()
    options.max_iterations = Int32(try inputs.integer("max_iterations", default: Int(options.max_iterations)))
    var result = qc_calibration_temperature_result()
    result.struct_size = MemoryLayout.size(ofValue: result)
    try abiCall(function(elements, labels, weights, logits.rows, logits.columns, &options, &result))
    return [
        "temperature": .float(result.temperature),
        "inverse_temperature": .float(result.inverse_temperature),
        "nll_before": .float(result.nll_before),
        "nll_after": .float(result.nll_after),
        "outcome": .text(outcomes[Int(result.outcome)] ?? "unknown"),
    ]
}

private func apply<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (UnsafePointer<T>?, Int, Int, Double, UnsafeMutablePointer<T>?) -> qc_status
) throws -> [String: VectorOutput] {
    let logits = try inputs.matrix("logits")
    let elements = logits.elements.map { T($0) }
    let probabilities = ABIBuffer<T>(elements.count)
    try abiCall(
        function(elements, logits.rows, logits.columns, inputs.double("temperature"), probabilities.pointer),
        probabilities)
    return ["probabilities": .floats(probabilities.elements)]
}
