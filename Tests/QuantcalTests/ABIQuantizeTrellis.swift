/// Vectors of trellis-coded quantization through the C ABI.

import CQuantcal

let abiQuantizeTrellisAdapters: [String: VectorAdapter] = [
    "qc_quantize_trellis_options_init": { _, _ in
        let options = try defaults()
        return [
            "code": .text(codes.first { $0.value == Int(options.code) }?.key ?? "unknown"),
            "state_bits": .integer(options.state_bits), "step_bits": .integer(options.step_bits),
            "step_values": .integer(options.step_values), "table_bits": .integer(options.table_bits),
            "tail_biting": .integer(options.is_tail_biting),
            "granularity": .text(
                granularities.first { $0.value == Int(options.granularity) }?.key ?? "unknown"),
            "group_size": .integer(options.group_size), "length": .integer(options.length),
            "seed": .integer(options.seed), "ratio": .float(options.ratio),
        ]
    },
    "qc_quantize_trellis_values": { inputs, _ in
        var options = try readOptions(inputs)
        let isGood = (1...20).contains(options.state_bits) && (1...16).contains(options.step_values)
        let values = ABIBuffer<Float>(isGood ? Int(options.step_values) << Int(options.state_bits) : 1)
        try abiCall(
            qc_quantize_trellis_values_f32(optional(inputs, "table"), &options, values.pointer), values)
        return ["values": .floats(values.elements)]
    },
    "qc_quantize_trellis_layout": { inputs, _ in
        var options = try readOptions(inputs)
        var (bytes, groups) = (0, 0)
        try abiCall(
            qc_quantize_trellis_layout(
                inputs.integer("rows"), inputs.integer("columns"), &options, &bytes, &groups))
        return ["code_bytes": .integer(bytes), "group_count": .integer(groups)]
    },
    "qc_quantize_trellis_scales": { inputs, _ in
        let matrix = try inputs.matrix("values")
        var options = try readOptions(inputs)
        let scales = ABIBuffer<Float>(room(options, matrix.rows, matrix.columns).groups)
        try abiCall(
            qc_quantize_trellis_scales_f32(
                matrix.elements.map { Float($0) }, matrix.rows, matrix.columns, optional(inputs, "table"),
                &options, scales.pointer), scales)
        return ["scales": .floats(scales.elements)]
    },
    "qc_quantize_trellis_encode": { inputs, _ in
        let matrix = try inputs.matrix("values")
        var options = try readOptions(inputs)
        let codes = ABIBuffer<UInt8>(room(options, matrix.rows, matrix.columns).bytes)
        var error = 0.0
        try abiCall(
            qc_quantize_trellis_encode_f32(
                matrix.elements.map { Float($0) }, optional(inputs, "importance"), matrix.rows,
                matrix.columns, singles(inputs, "scales"), optional(inputs, "table"), &options,
                codes.pointer, &error), codes)
        return ["codes": .integers(codes.elements), "error": .float(error)]
    },
    "qc_quantize_trellis_decode": { inputs, _ in
        let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
        var options = try readOptions(inputs)
        let values = ABIBuffer<Float>(rows * columns)
        try abiCall(
            qc_quantize_trellis_decode_f32(
                inputs.integers("codes").map { UInt8($0) }, singles(inputs, "scales"),
                optional(inputs, "table"), rows, columns, &options, values.pointer), values)
        return ["values": .floats(values.elements)]
    },
]

private let codes = [
    "1mad": QC_QUANTIZE_TRELLIS_1MAD, "3inst": QC_QUANTIZE_TRELLIS_3INST,
    "gaussian": QC_QUANTIZE_TRELLIS_GAUSSIAN, "table": QC_QUANTIZE_TRELLIS_TABLE,
    "hybrid": QC_QUANTIZE_TRELLIS_HYBRID,
]
private let granularities = [
    "group": QC_QUANTIZE_PER_GROUP, "row": QC_QUANTIZE_PER_ROW, "tensor": QC_QUANTIZE_PER_TENSOR,
]

private func defaults() throws -> qc_quantize_trellis_options {
    var options = qc_quantize_trellis_options()
    try abiCall(qc_quantize_trellis_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func singles(_ inputs: VectorInputs, _ name: String) throws -> [Float] {
    try inputs.rounded(name, to: .f32).map { Float($0) }
}

private func optional(_ inputs: VectorInputs, _ name: String) throws -> [Float]? {
    inputs.optional(name) == nil ? nil : try singles(inputs, name)
}

/// The room of a matrix; none if the options are refused.
private func room(
    _ options: qc_quantize_trellis_options, _ rows: Int, _ columns: Int
) -> (bytes: Int, groups: Int) {
    var options = options
    var (bytes, groups) = (0, 0)
    _ = qc_quantize_trellis_layout(rows, columns, &options, &bytes, &groups)
    return (bytes, groups)
}

private func readOptions(_ inputs: VectorInputs) throws -> qc_quantize_trellis_options {
    var options = try defaults()
    options.code = try abiConstant(inputs.word("code", default: "1mad"), codes)
    options.state_bits = Int32(try inputs.integer("state_bits", default: Int(options.state_bits)))
    options.step_bits = Int32(try inputs.integer("step_bits", default: Int(options.step_bits)))
    options.step_values = Int32(try inputs.integer("step_values", default: Int(options.step_values)))
    options.table_bits = Int32(try inputs.integer("table_bits", default: Int(options.table_bits)))
    options.is_tail_biting = Int32(try inputs.integer("tail_biting", default: 1))
    options.granularity = try abiConstant(inputs.word("granularity", default: "row"), granularities)
    options.group_size = try inputs.integer("group_size", default: options.group_size)
    options.length = try inputs.integer("length", default: options.length)
    options.seed = UInt64(try inputs.integer("seed", default: 0))
    options.ratio = try inputs.double("ratio", default: options.ratio)
    return options
}
