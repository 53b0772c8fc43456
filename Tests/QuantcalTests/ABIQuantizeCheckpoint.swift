/// Vectors of quantize/checkpoint through the C ABI.

import CQuantcal

let abiQuantizeCheckpointAdapters: [String: VectorAdapter] = [
    "qc_quantize_checkpoint_layout": { inputs, _ in
        var matrix = try GivenMatrix(inputs)
        let (weights, zeros) = (ABIBuffer<Int>(1), ABIBuffer<Int>(1))
        try abiCall(
            qc_quantize_checkpoint_layout(
                matrix.rows, matrix.columns, &matrix.options, matrix.format, weights.pointer, zeros.pointer),
            weights, zeros)
        return ["weight_bytes": .integers(weights.elements), "zero_bytes": .integers(zeros.elements)]
    },
    "qc_quantize_checkpoint_write": { inputs, _ in
        var matrix = try GivenMatrix(inputs)
        let (codes, scales) = (try bytes(inputs, "codes"), try singles(inputs, "scales"))
        let zeros = inputs.optional("zeros") == nil ? nil : try bytes(inputs, "zeros")
        let (weights, storedZeros) = (
            ABIBuffer<UInt8>(matrix.weightBytes), ABIBuffer<UInt8>(matrix.zeroBytes)
        )
        let storedScales = ABIBuffer<Float>(matrix.groups)
        try abiCall(
            qc_quantize_checkpoint_write(
                codes, scales, zeros, matrix.rows, matrix.columns, &matrix.options, matrix.format,
                weights.pointer, storedScales.pointer, storedZeros.pointer), weights, storedScales,
            storedZeros)
        return [
            "weights": .integers(weights.elements), "weight_scales": .floats(storedScales.elements),
            "weight_zeros": .integers(storedZeros.elements),
        ]
    },
    "qc_quantize_checkpoint_read": { inputs, _ in
        var matrix = try GivenMatrix(inputs)
        let (weights, storedScales) = (try bytes(inputs, "weights"), try singles(inputs, "weight_scales"))
        let storedZeros = inputs.optional("weight_zeros") == nil ? nil : try bytes(inputs, "weight_zeros")
        let isAffine = Int(matrix.options.scheme) == QC_QUANTIZE_AFFINE
        let (codes, scales) = (ABIBuffer<UInt8>(matrix.codeBytes), ABIBuffer<Float>(matrix.groups))
        let zeros = ABIBuffer<UInt8>(isAffine ? matrix.groups : 0)
        try abiCall(
            qc_quantize_checkpoint_read(
                weights, storedScales, storedZeros, matrix.rows, matrix.columns, &matrix.options,
                matrix.format, codes.pointer, scales.pointer, zeros.pointer), codes, scales, zeros)
        return [
            "codes": .integers(codes.elements), "scales": .floats(scales.elements),
            "zeros": .integers(zeros.elements),
        ]
    },
]

private let formats = [
    "compressed_tensors": QC_QUANTIZE_CHECKPOINT_COMPRESSED_TENSORS, "gptq": QC_QUANTIZE_CHECKPOINT_GPTQ,
    "gptq_v2": QC_QUANTIZE_CHECKPOINT_GPTQ_V2, "awq": QC_QUANTIZE_CHECKPOINT_AWQ,
    "matmul_nbits": QC_QUANTIZE_CHECKPOINT_MATMUL_NBITS,
]

/// The matrix of a case, and the room that the library asks for; none if it refuses the matrix.
private struct GivenMatrix {
    let rows, columns: Int
    var options: qc_quantize_integer_options
    let format: Int32
    var (codeBytes, groups, weightBytes, zeroBytes) = (0, 0, 0, 0)

    init(_ inputs: VectorInputs) throws {
        (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
        options = try abiIntegerOptions(inputs)
        format = try abiConstant(inputs.word("format", default: "none"), formats)
        _ = qc_quantize_integer_layout(rows, columns, &options, &codeBytes, &groups)
        _ = qc_quantize_checkpoint_layout(rows, columns, &options, format, &weightBytes, &zeroBytes)
    }
}

private func bytes(_ inputs: VectorInputs, _ name: String) throws -> [UInt8] {
    try inputs.integers(name).map { UInt8($0) }
}

private func singles(_ inputs: VectorInputs, _ name: String) throws -> [Float] {
    try inputs.rounded(name, to: .f32).map { Float($0) }
}
