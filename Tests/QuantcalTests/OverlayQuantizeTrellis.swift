/// Vectors of trellis-coded quantization through the Swift overlay.

import Quantcal

let overlayQuantizeTrellisAdapters: [String: VectorAdapter] = [
    "qc_quantize_trellis_options_init": { _, _ in
        let trellis = Trellis()
        return [
            "code": .text(codes.first { $0.value == trellis.code }?.key ?? "unknown"),
            "state_bits": .integer(trellis.stateBits), "step_bits": .integer(trellis.stepBits),
            "step_values": .integer(trellis.stepValues), "table_bits": .integer(trellis.tableBits),
            "tail_biting": .integer(trellis.isTailBiting ? 1 : 0),
            "granularity": .text(overlayWord(trellis.granularity)),
            "group_size": .integer(trellis.groupSize), "length": .integer(trellis.length),
            "seed": .integer(trellis.seed), "ratio": .float(trellis.ratio),
        ]
    },
    "qc_quantize_trellis_values": { inputs, _ in
        let values = try quantizeTrellisValues(readTrellis(inputs), table: table(inputs))
        return ["values": .floats(values.elements)]
    },
    "qc_quantize_trellis_layout": { inputs, _ in
        let layout = try quantizeTrellisLayout(
            rows: inputs.integer("rows"), columns: inputs.integer("columns"), readTrellis(inputs))
        return ["code_bytes": .integer(layout.codeBytes), "group_count": .integer(layout.groupCount)]
    },
    "qc_quantize_trellis_scales": { inputs, _ in
        let scales = try quantizeTrellisScales(
            inputs.overlayMatrix("values", of: Float.self), readTrellis(inputs), table: table(inputs))
        return ["scales": .floats(scales)]
    },
    "qc_quantize_trellis_encode": { inputs, _ in
        let found = try quantizeTrellisEncode(
            inputs.overlayMatrix("values", of: Float.self), scales: singles(inputs, "scales"),
            readTrellis(inputs), table: table(inputs),
            importance: inputs.optional("importance") == nil ? nil : singles(inputs, "importance"))
        return ["codes": .integers(found.codes), "error": .float(found.error)]
    },
    "qc_quantize_trellis_decode": { inputs, _ in
        let values = try quantizeTrellisDecode(
            inputs.integers("codes").map { UInt8($0) }, scales: singles(inputs, "scales"),
            rows: inputs.integer("rows"), columns: inputs.integer("columns"), readTrellis(inputs),
            table: table(inputs))
        return ["values": .floats(values.elements)]
    },
]

private let codes: [String: Trellis.Code] = [
    "1mad": .oneMAD, "3inst": .threeInst, "gaussian": .gaussian, "table": .table, "hybrid": .hybrid,
]

private func singles(_ inputs: VectorInputs, _ name: String) throws -> [Float] {
    try inputs.rounded(name, to: .f32).map { Float($0) }
}

private func table(_ inputs: VectorInputs) throws -> [Float] {
    inputs.optional("table") == nil ? [] : try singles(inputs, "table")
}

private func readTrellis(_ inputs: VectorInputs) throws -> Trellis {
    var trellis = Trellis()
    let word = try inputs.word("code", default: "1mad")
    guard let code = codes[word] else {
        throw VectorInputs.Malformed(description: "\(word) is no code")
    }
    trellis.code = code
    trellis.stateBits = try inputs.integer("state_bits", default: trellis.stateBits)
    trellis.stepBits = try inputs.integer("step_bits", default: trellis.stepBits)
    trellis.stepValues = try inputs.integer("step_values", default: trellis.stepValues)
    trellis.tableBits = try inputs.integer("table_bits", default: trellis.tableBits)
    trellis.isTailBiting = try inputs.integer("tail_biting", default: 1) == 1
    trellis.granularity = try overlayCase(inputs.word("granularity", default: "row"))
    trellis.groupSize = try inputs.integer("group_size", default: trellis.groupSize)
    trellis.length = try inputs.integer("length", default: trellis.length)
    trellis.seed = UInt64(try inputs.integer("seed", default: 0))
    trellis.ratio = try inputs.double("ratio", default: trellis.ratio)
    return trellis
}
