/// Vectors of `quantize/ggml` through the C ABI.

import CQuantcal
import Quantcal

let abiQuantizeGgmlAdapters: [String: VectorAdapter] = [
    "qc_quantize_ggml_layout": { inputs, _ in
        let sizes = (0..<4).map { _ in ABIBuffer<Int>(1) }
        try abiCall(
            qc_quantize_ggml_layout(
                try ggmlNumber(inputs), inputs.integer("rows"), inputs.integer("columns"), sizes[0].pointer,
                sizes[1].pointer, sizes[2].pointer, sizes[3].pointer), sizes[0], sizes[1], sizes[2], sizes[3])
        return [
            "block_length": .integers(sizes[0].elements), "block_bytes": .integers(sizes[1].elements),
            "row_bytes": .integers(sizes[2].elements), "bytes": .integers(sizes[3].elements),
        ]
    },
    "qc_quantize_ggml_decode": { inputs, _ in
        let blocks = try inputs.integers("blocks").map { UInt8($0) }
        let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
        let values = ABIBuffer<Float>(rows * columns)
        try abiCall(
            qc_quantize_ggml_decode_f32(blocks, rows, columns, try ggmlNumber(inputs), values.pointer), values
        )
        return ["values": .floats(values.elements)]
    },
    "qc_quantize_ggml_options_init": { _, _ in
        var options = qc_quantize_ggml_options()
        try abiCall(qc_quantize_ggml_options_init(&options, MemoryLayout.size(ofValue: options)))
        return ["mode": .text(ggmlModes[Int(options.mode)])]
    },
    "qc_quantize_ggml_encode": { inputs, type in
        switch type {
        case .f16: try encode(inputs, { Float16($0).bitPattern }, qc_quantize_ggml_encode_f16)
        case .bf16: try encode(inputs, { UInt16(Float($0).bitPattern >> 16) }, qc_quantize_ggml_encode_bf16)
        default: try encode(inputs, { Float($0) }, qc_quantize_ggml_encode_f32)
        }
    },
]

private typealias Encode<Bits> = (
    UnsafePointer<Bits>?, Int, Int, Int32, UnsafePointer<Float>?, UnsafePointer<qc_quantize_ggml_options>?,
    UnsafeMutablePointer<UInt8>?
) -> qc_status

private func encode<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Encode<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    let elements = values.elements.map(bits)
    let type = try ggmlNumber(inputs)
    let importance: [Float]? = try ggmlImportance(inputs)
    var bytes = 0
    _ = qc_quantize_ggml_layout(type, values.rows, values.columns, nil, nil, nil, &bytes)
    let blocks = ABIBuffer<UInt8>(bytes)
    var options = qc_quantize_ggml_options()
    options.struct_size = MemoryLayout.size(ofValue: options)
    options.mode = try Int32(ggmlModes.firstIndex(of: inputs.word("mode", default: "best"))!)
    try abiCall(
        function(elements, values.rows, values.columns, type, importance, &options, blocks.pointer), blocks)
    return ["blocks": .integers(blocks.elements)]
}

/// By the numbers of QC_QUANTIZE_GGML_REFERENCE and _BEST.
private let ggmlModes = ["reference", "best"]

func ggmlImportance(_ inputs: VectorInputs) throws -> [Float]? {
    guard inputs.optional("importance") != nil else { return nil }
    return try inputs.rounded("importance", to: .f32).map { Float($0) }
}

/// ggml's number of the type that a case names, or none.
func ggmlNumber(_ inputs: VectorInputs) throws -> Int32 {
    let word = try inputs.word("type", default: "")
    return ggmlType(word).map { Int32($0.rawValue) } ?? -1
}

func ggmlType(_ word: String) -> GgmlType? { GgmlType.allCases.first { $0.name.lowercased() == word } }
