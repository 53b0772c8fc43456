/// Vectors of twin logarithms through the C ABI.

import CQuantcal

let abiQuantizeTwinLogAdapters: [String: VectorAdapter] = [
    "qc_quantize_twin_log_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "granularity": .text(
                granularities.first { $0.value == Int(options.granularity) }?.key ?? "unknown"),
            "group_size": .integer(options.group_size), "bits": .integer(options.bits),
        ]
    },
    "qc_quantize_twin_log_fit": { inputs, type in
        switch type {
        case .f16: try fit(inputs, float16Bits, qc_quantize_twin_log_fit_f16)
        case .bf16: try fit(inputs, bfloat16Bits, qc_quantize_twin_log_fit_bf16)
        default: try fit(inputs, { Float($0) }, qc_quantize_twin_log_fit_f32)
        }
    },
    "qc_quantize_twin_log_encode": { inputs, type in
        switch type {
        case .f16: try encode(inputs, float16Bits, qc_quantize_twin_log_encode_f16)
        case .bf16: try encode(inputs, bfloat16Bits, qc_quantize_twin_log_encode_bf16)
        default: try encode(inputs, { Float($0) }, qc_quantize_twin_log_encode_f32)
        }
    },
    "qc_quantize_twin_log_decode": { inputs, type in
        switch type {
        case .f16:
            try decode(inputs, { Double(Float16(bitPattern: $0)) }, qc_quantize_twin_log_decode_f16)
        case .bf16:
            try decode(
                inputs, { Double(Float(bitPattern: UInt32($0) << 16)) }, qc_quantize_twin_log_decode_bf16)
        default: try decode(inputs, { (value: Float) in Double(value) }, qc_quantize_twin_log_decode_f32)
        }
    },
]

private let granularities = [
    "group": QC_QUANTIZE_PER_GROUP, "row": QC_QUANTIZE_PER_ROW, "tensor": QC_QUANTIZE_PER_TENSOR,
]

private func float16Bits(_ value: Double) -> UInt16 { Float16(value).bitPattern }
private func bfloat16Bits(_ value: Double) -> UInt16 { UInt16(Float(value).bitPattern >> 16) }

private func initialOptions() throws -> qc_quantize_twin_log_options {
    var options = qc_quantize_twin_log_options()
    try abiCall(qc_quantize_twin_log_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func options(_ inputs: VectorInputs) throws -> qc_quantize_twin_log_options {
    var options = try initialOptions()
    options.granularity = try abiConstant(inputs.word("granularity", default: "row"), granularities)
    options.group_size = try inputs.integer("group_size", default: options.group_size)
    options.bits = Int32(try inputs.integer("bits", default: Int(options.bits)))
    return options
}

/// Bytes of codes, and parameters; none if the options are refused.
private func room(_ options: qc_quantize_twin_log_options, _ rows: Int, _ columns: Int) -> (Int, Int) {
    guard options.group_size > 0, options.bits > 0, options.bits < 9 else { return (0, 0) }
    let inRow =
        Int(options.granularity) == QC_QUANTIZE_PER_GROUP
        ? (columns + options.group_size - 1) / options.group_size : min(columns, 1)
    let groups = Int(options.granularity) == QC_QUANTIZE_PER_TENSOR ? min(rows * inRow, 1) : rows * inRow
    return (rows * ((columns * Int(options.bits) + 7) / 8), groups * Int(QC_QUANTIZE_TWIN_LOG_PARAMETERS))
}

private typealias Fit<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<qc_quantize_twin_log_options>?,
    UnsafeMutablePointer<Float>?
) -> qc_status

private func fit<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Fit<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    var options = try options(inputs)
    let parameters = ABIBuffer<Float>(room(options, values.rows, values.columns).1)
    try abiCall(
        function(values.elements.map(bits), values.rows, values.columns, &options, parameters.pointer),
        parameters)
    return ["parameters": .floats(parameters.elements)]
}

private typealias Encode<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<qc_quantize_twin_log_options>?, UnsafePointer<Float>?,
    UnsafeMutablePointer<UInt8>?
) -> qc_status

private func encode<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Encode<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    let parameters: [Float] = try inputs.scalars("parameters")
    var options = try options(inputs)
    let codes = ABIBuffer<UInt8>(room(options, values.rows, values.columns).0)
    try abiCall(
        function(
            values.elements.map(bits), values.rows, values.columns, &options, parameters, codes.pointer),
        codes
    )
    return ["codes": .integers(codes.elements)]
}

private typealias Decode<Bits> = (
    UnsafePointer<UInt8>?, UnsafePointer<Float>?, Int, Int, UnsafePointer<qc_quantize_twin_log_options>?,
    UnsafeMutablePointer<Bits>?
) -> qc_status

private func decode<Bits>(
    _ inputs: VectorInputs, _ value: (Bits) -> Double, _ function: Decode<Bits>
) throws -> [String: VectorOutput] {
    let codes = try inputs.integers("codes").map { UInt8($0) }
    let parameters: [Float] = try inputs.scalars("parameters")
    let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
    var options = try options(inputs)
    let values = ABIBuffer<Bits>(rows * columns)
    try abiCall(function(codes, parameters, rows, columns, &options, values.pointer), values)
    return ["values": .numbers(values.elements.map(value), inputs.format)]
}
