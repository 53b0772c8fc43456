/// Vectors of the calibration error through the C ABI.

import CQuantcal

let abiCalibrationErrorAdapters: [String: VectorAdapter] = [
    "qc_calibration_error_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "bins": .integer(options.bins), "target": .text(word(options.target, targets)),
            "binning": .text(word(options.binning, binnings)), "norm": .text(word(options.norm, norms)),
            "edges": .text(word(options.edges, edges)),
        ]
    },
    "qc_calibration_error": { inputs, type in
        switch type {
        case .f32: try error(inputs, qc_calibration_error_f32)
        default: try error(inputs, qc_calibration_error_f64)
        }
    },
]

private let targets = ["top_label": QC_CALIBRATION_TOP_LABEL, "classwise": QC_CALIBRATION_CLASSWISE]
private let binnings = ["equal_width": QC_CALIBRATION_EQUAL_WIDTH, "equal_mass": QC_CALIBRATION_EQUAL_MASS]
private let norms = ["l1": QC_CALIBRATION_L1, "l2": QC_CALIBRATION_L2, "max": QC_CALIBRATION_MAX]
private let edges = ["right": QC_CALIBRATION_EDGES_RIGHT, "left": QC_CALIBRATION_EDGES_LEFT]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == Int(constant) }?.key ?? "unknown"
}

private func initialOptions() throws -> qc_calibration_error_options {
    var options = qc_calibration_error_options()
    try abiCall(qc_calibration_error_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private typealias CalibrationError<T> = (
    UnsafePointer<T>?, UnsafePointer<Int64>?, UnsafePointer<T>?, Int, Int,
    UnsafePointer<qc_calibration_error_options>?, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?
) -> qc_status

private func error<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: CalibrationError<T>
) throws -> [String: VectorOutput] {
    let probabilities = try inputs.matrix("probabilities")
    let elements = probabilities.elements.map { T($0) }
    let labels = try inputs.integers("labels").map { Int64($0) }
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try initialOptions()
    options.bins = Int32(try inputs.integer("bins", default: Int(options.bins)))
    options.target = try abiConstant(inputs.word("target", default: "top_label"), targets)
    options.binning = try abiConstant(inputs.word("binning", default: "equal_width"), binnings)
    options.norm = try abiConstant(inputs.word("norm", default: "l1"), norms)
    options.edges = try abiConstant(inputs.word("edges", default: "right"), edges)
    let tables = Int(options.target) == QC_CALIBRATION_CLASSWISE ? probabilities.columns : 1
    let (error, table) = (ABIBuffer<Double>(1), ABIBuffer<Double>(tables * max(Int(options.bins), 0) * 3))
    try abiCall(
        function(
            elements, labels, weights, probabilities.rows, probabilities.columns, &options, error.pointer,
            table.pointer), error, table)
    return ["error": .floats(error.elements), "bin_table": .floats(table.elements)]
}
