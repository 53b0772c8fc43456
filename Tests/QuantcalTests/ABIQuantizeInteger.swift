/// Vectors of family `quantize` through the C ABI.

import CQuantcal

let abiQuantizeAdapters: [String: VectorAdapter] = [
    "qc_quantize_integer_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "bits": .integer(options.bits), "scheme": .text(word(options.scheme, schemes)),
            "granularity": .text(word(options.granularity, granularities)),
            "group_size": .integer(options.group_size),
        ]
    },
    "qc_quantize_integer_layout": { inputs, _ in
        var options = try abiIntegerOptions(inputs)
        let (bytes, groups) = (ABIBuffer<Int>(1), ABIBuffer<Int>(1))
        try abiCall(
            qc_quantize_integer_layout(
                inputs.integer("rows"), inputs.integer("columns"), &options, bytes.pointer, groups.pointer),
            bytes, groups)
        return ["code_bytes": .integers(bytes.elements), "group_count": .integers(groups.elements)]
    },
    "qc_quantize_integer_encode": { inputs, type in
        switch type {
        case .f16: try encode(inputs, float16Bits, qc_quantize_integer_encode_f16)
        case .bf16: try encode(inputs, bfloat16Bits, qc_quantize_integer_encode_bf16)
        default: try encode(inputs, { Float($0) }, qc_quantize_integer_encode_f32)
        }
    },
    "qc_quantize_integer_decode": { inputs, type in
        switch type {
        case .f16: try decode(inputs, { Double(Float16(bitPattern: $0)) }, qc_quantize_integer_decode_f16)
        case .bf16: try decode(inputs, bfloat16Value, qc_quantize_integer_decode_bf16)
        default: try decode(inputs, { (value: Float) in Double(value) }, qc_quantize_integer_decode_f32)
        }
    },
    "qc_quantize_pack": pack,
    "qc_quantize_unpack": unpack,
]

private let schemes = ["symmetric": QC_QUANTIZE_SYMMETRIC, "affine": QC_QUANTIZE_AFFINE]
private let granularities = [
    "group": QC_QUANTIZE_PER_GROUP, "row": QC_QUANTIZE_PER_ROW, "tensor": QC_QUANTIZE_PER_TENSOR,
]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == Int(constant) }?.key ?? "unknown"
}

private func float16Bits(_ value: Double) -> UInt16 { Float16(value).bitPattern }
private func bfloat16Bits(_ value: Double) -> UInt16 { UInt16(Float(value).bitPattern >> 16) }
private func bfloat16Value(_ bits: UInt16) -> Double { Double(Float(bitPattern: UInt32(bits) << 16)) }

private func initialOptions() throws -> qc_quantize_integer_options {
    var options = qc_quantize_integer_options()
    try abiCall(qc_quantize_integer_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

func abiIntegerOptions(_ inputs: VectorInputs) throws -> qc_quantize_integer_options {
    var options = try initialOptions()
    options.bits = Int32(try inputs.integer("bits", default: Int(options.bits)))
    options.scheme = try abiConstant(inputs.word("scheme", default: "symmetric"), schemes)
    options.granularity = try abiConstant(inputs.word("granularity", default: "group"), granularities)
    options.group_size = try inputs.integer("group_size", default: options.group_size)
    return options
}

/// The room that the layout asks for; none if it refuses the options, which the call itself will do, too.
private func layout(
    _ rows: Int, _ columns: Int, _ options: inout qc_quantize_integer_options
) -> (bytes: Int, groups: Int) {
    var (bytes, groups) = (0, 0)
    let status = qc_quantize_integer_layout(rows, columns, &options, &bytes, &groups)
    return status == qc_status(QC_OK) ? (bytes, groups) : (0, 0)
}

private typealias Encode<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<qc_quantize_integer_options>?, UnsafeMutablePointer<UInt8>?,
    UnsafeMutablePointer<Float>?, UnsafeMutablePointer<UInt8>?
) -> qc_status

private func encode<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Encode<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    let elements = values.elements.map(bits)
    var options = try abiIntegerOptions(inputs)
    let room = layout(values.rows, values.columns, &options)
    let codes = ABIBuffer<UInt8>(room.bytes)
    let (scales, zeros) = (ABIBuffer<Float>(room.groups), ABIBuffer<UInt8>(room.groups))
    let isSigned = Int(options.scheme) == QC_QUANTIZE_SYMMETRIC
    try abiCall(
        function(
            elements, values.rows, values.columns, &options, codes.pointer, scales.pointer,
            isSigned ? nil : zeros.pointer), codes, scales, zeros)
    let unpacked = ABIBuffer<UInt8>(elements.count)
    try abiCall(
        qc_quantize_unpack(
            codes.elements, values.rows, values.columns, options.bits, isSigned ? 1 : 0, unpacked.pointer),
        unpacked)
    return [
        "codes": .integers(codes.elements), "scales": .floats(scales.elements),
        "zeros": .integers(zeros.elements),
        "unpacked": .integers(unpacked.elements.map { isSigned ? Int(Int8(bitPattern: $0)) : Int($0) }),
    ]
}

private typealias Decode<Bits> = (
    UnsafePointer<UInt8>?, UnsafePointer<Float>?, UnsafePointer<UInt8>?, Int, Int,
    UnsafePointer<qc_quantize_integer_options>?, UnsafeMutablePointer<Bits>?
) -> qc_status

private func decode<Bits>(
    _ inputs: VectorInputs, _ value: (Bits) -> Double, _ function: Decode<Bits>
) throws -> [String: VectorOutput] {
    let codes = try inputs.integers("codes").map { UInt8($0) }
    let scales = try inputs.rounded("scales", to: .f32).map { Float($0) }
    let zeros = inputs.optional("zeros") == nil ? nil : try inputs.integers("zeros").map { UInt8($0) }
    let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
    var options = try abiIntegerOptions(inputs)
    let values = ABIBuffer<Bits>(rows * columns)
    try abiCall(function(codes, scales, zeros, rows, columns, &options, values.pointer), values)
    return ["values": .numbers(values.elements.map(value), inputs.format)]
}

@Sendable private func pack(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    let unpacked = try inputs.matrix("unpacked")
    let bytes = unpacked.elements.map { UInt8(truncatingIfNeeded: Int($0)) }
    let bits = Int32(try inputs.integer("bits"))
    let isSigned = Int32(try inputs.integer("is_signed"))
    let stride = (unpacked.columns * Int(max(bits, 0)) + 7) / 8
    let packed = ABIBuffer<UInt8>(unpacked.rows * stride)
    try abiCall(
        qc_quantize_pack(bytes, unpacked.rows, unpacked.columns, bits, isSigned, packed.pointer), packed)
    return ["packed": .integers(packed.elements)]
}

@Sendable private func unpack(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    let packed = try inputs.integers("packed").map { UInt8($0) }
    let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
    let bits = Int32(try inputs.integer("bits"))
    let isSigned = Int32(try inputs.integer("is_signed"))
    let unpacked = ABIBuffer<UInt8>(rows * columns)
    try abiCall(qc_quantize_unpack(packed, rows, columns, bits, isSigned, unpacked.pointer), unpacked)
    return [
        "unpacked": .integers(unpacked.elements.map { isSigned != 0 ? Int(Int8(bitPattern: $0)) : Int($0) })
    ]
}
