/// Vectors of outlier-victim pairs through the C ABI.

import CQuantcal

let abiQuantizeOutlierVictimAdapters: [String: VectorAdapter] = [
    "qc_quantize_outlier_victim_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "granularity": .text(
                granularities.first { $0.value == Int(options.granularity) }?.key ?? "unknown"),
            "group_size": .integer(options.group_size), "steps": .integer(options.steps),
            "low": .floats([options.low]), "high": .floats([options.high]),
        ]
    },
    "qc_quantize_outlier_victim_scales": { inputs, type in
        switch type {
        case .f16: try scales(inputs, float16Bits, qc_quantize_outlier_victim_scales_f16)
        case .bf16: try scales(inputs, bfloat16Bits, qc_quantize_outlier_victim_scales_bf16)
        default: try scales(inputs, { Float($0) }, qc_quantize_outlier_victim_scales_f32)
        }
    },
    "qc_quantize_outlier_victim_encode": { inputs, type in
        switch type {
        case .f16: try encode(inputs, float16Bits, qc_quantize_outlier_victim_encode_f16)
        case .bf16: try encode(inputs, bfloat16Bits, qc_quantize_outlier_victim_encode_bf16)
        default: try encode(inputs, { Float($0) }, qc_quantize_outlier_victim_encode_f32)
        }
    },
    "qc_quantize_outlier_victim_decode": { inputs, type in
        switch type {
        case .f16:
            try decode(inputs, { Double(Float16(bitPattern: $0)) }, qc_quantize_outlier_victim_decode_f16)
        case .bf16:
            try decode(
                inputs, { Double(Float(bitPattern: UInt32($0) << 16)) },
                qc_quantize_outlier_victim_decode_bf16)
        default:
            try decode(inputs, { (value: Float) in Double(value) }, qc_quantize_outlier_victim_decode_f32)
        }
    },
]

private let granularities = [
    "group": QC_QUANTIZE_PER_GROUP, "row": QC_QUANTIZE_PER_ROW, "tensor": QC_QUANTIZE_PER_TENSOR,
]

private func float16Bits(_ value: Double) -> UInt16 { Float16(value).bitPattern }
private func bfloat16Bits(_ value: Double) -> UInt16 { UInt16(Float(value).bitPattern >> 16) }

private func initialOptions() throws -> qc_quantize_outlier_victim_options {
    var options = qc_quantize_outlier_victim_options()
    try abiCall(qc_quantize_outlier_victim_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func options(_ inputs: VectorInputs) throws -> qc_quantize_outlier_victim_options {
    var options = try initialOptions()
    options.granularity = try abiConstant(inputs.word("granularity", default: "row"), granularities)
    options.group_size = try inputs.integer("group_size", default: options.group_size)
    options.steps = Int32(try inputs.integer("steps", default: Int(options.steps)))
    options.low = try inputs.double("low", default: options.low)
    options.high = try inputs.double("high", default: options.high)
    return options
}

/// The number of scales; none if the options are refused.
private func groupCount(_ options: qc_quantize_outlier_victim_options, _ rows: Int, _ columns: Int) -> Int {
    guard options.group_size > 0 else { return 0 }
    let inRow =
        Int(options.granularity) == QC_QUANTIZE_PER_GROUP
        ? (columns + options.group_size - 1) / options.group_size : min(columns, 1)
    return Int(options.granularity) == QC_QUANTIZE_PER_TENSOR ? min(rows * inRow, 1) : rows * inRow
}

private typealias Scales<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<qc_quantize_outlier_victim_options>?,
    UnsafeMutablePointer<Float>?
) -> qc_status

private func scales<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Scales<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    var options = try options(inputs)
    let scales = ABIBuffer<Float>(groupCount(options, values.rows, values.columns))
    try abiCall(
        function(values.elements.map(bits), values.rows, values.columns, &options, scales.pointer), scales)
    return ["scales": .floats(scales.elements)]
}

private typealias Encode<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<qc_quantize_outlier_victim_options>?,
    UnsafePointer<Float>?, UnsafeMutablePointer<UInt8>?
) -> qc_status

private func encode<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Encode<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    let scales = try inputs.rounded("scales", to: .f32).map { Float($0) }
    var options = try options(inputs)
    let codes = ABIBuffer<UInt8>(values.rows * ((values.columns + 1) / 2))
    try abiCall(
        function(values.elements.map(bits), values.rows, values.columns, &options, scales, codes.pointer),
        codes)
    return ["codes": .integers(codes.elements)]
}

private typealias Decode<Bits> = (
    UnsafePointer<UInt8>?, UnsafePointer<Float>?, Int, Int,
    UnsafePointer<qc_quantize_outlier_victim_options>?, UnsafeMutablePointer<Bits>?
) -> qc_status

private func decode<Bits>(
    _ inputs: VectorInputs, _ value: (Bits) -> Double, _ function: Decode<Bits>
) throws -> [String: VectorOutput] {
    let codes = try inputs.integers("codes").map { UInt8($0) }
    let scales = try inputs.rounded("scales", to: .f32).map { Float($0) }
    let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
    var options = try options(inputs)
    let values = ABIBuffer<Bits>(rows * columns)
    try abiCall(function(codes, scales, rows, columns, &options, values.pointer), values)
    return ["values": .numbers(values.elements.map(value), inputs.format)]
}
