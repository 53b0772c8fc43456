/// Vectors of family `quantize` through the Swift overlay.

import Quantcal

let overlayQuantizeAdapters: [String: VectorAdapter] = [
    "qc_quantize_integer_options_init": { _, _ in
        let quantized = try quantize(Matrix<Float>([[1, 2, 3]]))
        return [
            "bits": .integer(quantized.bits), "scheme": .text(overlayWord(quantized.scheme)),
            "granularity": .text(overlayWord(quantized.granularity)),
            "group_size": .integer(quantized.groupSize),
        ]
    },
    "qc_quantize_integer_layout": { inputs, _ in
        let options = try OverlayIntegerOptions(inputs)
        let layout = try quantizationLayout(
            rows: inputs.integer("rows"), columns: inputs.integer("columns"), bits: options.bits,
            groupSize: options.groupSize, scheme: options.scheme, granularity: options.granularity)
        return ["code_bytes": .integer(layout.codeBytes), "group_count": .integer(layout.groupCount)]
    },
    "qc_quantize_integer_encode": encode,
    "qc_quantize_integer_decode": decode,
    "qc_quantize_pack": { inputs, _ in
        let codes = try inputs.matrix("unpacked")
        let bytes = codes.elements.map { UInt8(truncatingIfNeeded: Int($0)) }
        let packed = try packCodes(
            Matrix(rows: codes.rows, columns: codes.columns, elements: bytes), bits: inputs.integer("bits"),
            isSigned: inputs.integer("is_signed") != 0)
        return ["packed": .integers(packed)]
    },
    "qc_quantize_unpack": { inputs, _ in
        let isSigned = try inputs.integer("is_signed") != 0
        let codes = try unpackCodes(
            inputs.integers("packed").map { UInt8($0) }, rows: inputs.integer("rows"),
            columns: inputs.integer("columns"), bits: inputs.integer("bits"), isSigned: isSigned)
        return ["unpacked": .integers(codes.elements.map { isSigned ? Int(Int8(bitPattern: $0)) : Int($0) })]
    },
]

struct OverlayIntegerOptions {
    let bits, groupSize: Int
    let scheme: QuantizationScheme
    let granularity: QuantizationGranularity

    init(_ inputs: VectorInputs) throws {
        bits = try inputs.integer("bits", default: 4)
        groupSize = try inputs.integer("group_size", default: 128)
        scheme = try overlayCase(inputs.word("scheme", default: "symmetric"))
        granularity = try overlayCase(inputs.word("granularity", default: "group"))
    }

    /// The matrix that a case gives by its codes.
    func matrix(_ inputs: VectorInputs) throws -> QuantizedMatrix {
        let zeros = inputs.optional("zeros") == nil ? [] : try inputs.integers("zeros")
        return try QuantizedMatrix(
            rows: inputs.integer("rows"), columns: inputs.integer("columns"), bits: bits,
            groupSize: groupSize, scheme: scheme, granularity: granularity,
            packedCodes: inputs.integers("codes").map { UInt8($0) },
            scales: inputs.rounded("scales", to: .f32).map { Float($0) }, zeros: zeros.map { UInt8($0) })
    }
}

@Sendable private func encode(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    let options = try OverlayIntegerOptions(inputs)
    let values = try inputs.overlayMatrix("values", of: Float.self)
    let quantized: QuantizedMatrix
    switch type {
    case .f16:
        quantized = try quantize(
            values.mapped { HalfBits(bits: Float16($0).bitPattern) }, bits: options.bits,
            groupSize: options.groupSize, scheme: options.scheme, granularity: options.granularity)
    case .bf16:
        quantized = try quantize(
            values.mapped { BFloat16Bits(bits: UInt16($0.bitPattern >> 16)) }, bits: options.bits,
            groupSize: options.groupSize, scheme: options.scheme, granularity: options.granularity)
    default:
        quantized = try quantize(
            values, bits: options.bits, groupSize: options.groupSize, scheme: options.scheme,
            granularity: options.granularity)
    }
    return [
        "codes": .integers(quantized.packedCodes), "scales": .floats(quantized.scales),
        "zeros": .integers(quantized.zeros), "unpacked": .integers(try quantized.codes().elements),
    ]
}

@Sendable private func decode(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    let quantized = try OverlayIntegerOptions(inputs).matrix(inputs)
    let values: [Double] =
        switch type {
        case .f16: try quantized.dequantizeToHalf().elements.map { Double(Float16(bitPattern: $0.bits)) }
        case .bf16:
            try quantized.dequantizeToBFloat16().elements.map {
                Double(Float(bitPattern: UInt32($0.bits) << 16))
            }
        default: try quantized.dequantize().elements.map { Double($0) }
        }
    return ["values": .numbers(values, inputs.format)]
}

extension Matrix {
    fileprivate func mapped<Other>(_ transform: (Element) -> Other) throws -> Matrix<Other> {
        try Matrix<Other>(rows: rows, columns: columns, elements: elements.map(transform))
    }
}
