/// Vectors of `quantize/ggml` through the Swift overlay.

import Quantcal

let overlayQuantizeGgmlAdapters: [String: VectorAdapter] = [
    "qc_quantize_ggml_layout": { inputs, _ in
        let type = try type(inputs)
        let layout = try quantizeGgmlLayout(
            type, rows: inputs.integer("rows"), columns: inputs.integer("columns"))
        return [
            "block_length": .integer(type.blockLength), "block_bytes": .integer(type.blockBytes),
            "row_bytes": .integer(layout.rowBytes), "bytes": .integer(layout.bytes),
        ]
    },
    "qc_quantize_ggml_decode": { inputs, _ in
        let values = try quantizeGgmlDecode(
            inputs.integers("blocks").map { UInt8($0) }, type(inputs), rows: inputs.integer("rows"),
            columns: inputs.integer("columns"))
        return ["values": .floats(values.elements)]
    },
    "qc_quantize_ggml_options_init": { _, _ in
        let values = try Matrix(rows: 1, columns: 32, elements: (0..<32).map { Float($0) })
        let mode = try overlayDefault(
            GgmlEncodingMode.allCases, same: try quantizeGgmlEncode(values, .q4_0)
        ) { try quantizeGgmlEncode(values, .q4_0, mode: $0) }
        return ["mode": .text(overlayWord(mode))]
    },
    "qc_quantize_ggml_encode": { inputs, kind in
        let (values, type) = (try inputs.overlayMatrix("values", of: Float.self), try type(inputs))
        let importance = try ggmlImportance(inputs)
        let word = try inputs.word("mode", default: "best")
        let mode = GgmlEncodingMode.allCases.first { overlayWord($0) == word }!
        let blocks: [UInt8] =
            switch kind {
            case .f16:
                try quantizeGgmlEncode(
                    mapped(values) { HalfBits(bits: Float16($0).bitPattern) }, type, importance: importance,
                    mode: mode)
            case .bf16:
                try quantizeGgmlEncode(
                    mapped(values) { BFloat16Bits(bits: UInt16($0.bitPattern >> 16)) }, type,
                    importance: importance, mode: mode)
            default: try quantizeGgmlEncode(values, type, importance: importance, mode: mode)
            }
        return ["blocks": .integers(blocks)]
    },
]

private func mapped<Other>(_ values: Matrix<Float>, _ transform: (Float) -> Other) throws -> Matrix<Other> {
    try Matrix(rows: values.rows, columns: values.columns, elements: values.elements.map(transform))
}

private func type(_ inputs: VectorInputs) throws -> GgmlType {
    let word = try inputs.word("type", default: "")
    guard let type = ggmlType(word) else { throw QuantcalError(.options, "type is \(word)") }
    return type
}
