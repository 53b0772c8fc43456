/// Vectors of `quantize/file_convert` through the C ABI.

import CQuantcal
import Quantcal

let abiQuantizeFileConvertAdapters: [String: VectorAdapter] = [
    "qc_quantize_file_convert_options_init": { _, _ in
        let options = try newOptions()
        return [
            "mode": .text(options.mode == Int32(QC_QUANTIZE_GGML_BEST) ? "best" : "reference"),
            "group_size": .integer(options.group_size),
        ]
    },
    "qc_quantize_file_convert": { inputs, _ in
        let place = ABIBuffer<OpaquePointer?>(1)
        try withTestFile(inputs.integers("bytes").map { UInt8($0) }) {
            try abiCall(qc_quantize_file_open($0, place.pointer), place)
        }
        let file = place.elements[0]!
        defer { qc_quantize_file_destroy(file) }
        var options = try newOptions()
        options.format = Int32(
            try inputs.word("format", default: "gguf") == "gguf"
                ? QC_QUANTIZE_FILE_GGUF : QC_QUANTIZE_FILE_SAFETENSORS)
        options.mode = Int32(
            try inputs.word("mode", default: "best") == "best"
                ? QC_QUANTIZE_GGML_BEST : QC_QUANTIZE_GGML_REFERENCE)
        options.group_size = try inputs.integer("group_size", default: options.group_size)
        options.layout = try abiConstant(inputs.word("layout", default: "quantcal"), layouts)
        options.granularity = try abiConstant(inputs.word("granularity", default: "group"), granularities)
        options.requantize = Int32(try inputs.integer("requantize", default: 0))
        options.plan_only = Int32(try inputs.integer("plan_only", default: 0))
        let count = ABIBuffer<Int>(1)
        try abiCall(qc_quantize_file_contents(file, nil, count.pointer), count)
        let outcomes = ABIBuffer<qc_quantize_file_outcome>(count.elements[0])
        let type = try inputs.word("type", default: "")
        try withTestDirectory {
            try abiCall(
                qc_quantize_file_convert(
                    file, $0 + "/model", type, &options, outcomes.pointer, outcomes.count), outcomes)
        }
        let outcome = outcomes.elements[try inputs.integer("index")]
        return [
            "type": .text(text(outcome.type)), "reason": .text(text(outcome.reason)),
            "action": .text(["kept", "decoded", "quantized"][Int(outcome.action)]),
            "bytes": .integer(outcome.bytes), "error": .float(outcome.error),
            "square": .float(outcome.square),
        ]
    },
]

private let layouts = [
    "quantcal": QC_QUANTIZE_FILE_LAYOUT_QUANTCAL,
    "compressed-tensors": QC_QUANTIZE_FILE_LAYOUT_COMPRESSED_TENSORS,
    "gptq": QC_QUANTIZE_FILE_LAYOUT_GPTQ, "gptq_v2": QC_QUANTIZE_FILE_LAYOUT_GPTQ_V2,
    "awq": QC_QUANTIZE_FILE_LAYOUT_AWQ, "int-quantized": QC_QUANTIZE_FILE_LAYOUT_INT_QUANTIZED,
]

private let granularities = [
    "group": QC_QUANTIZE_PER_GROUP, "row": QC_QUANTIZE_PER_ROW, "tensor": QC_QUANTIZE_PER_TENSOR,
]

/// Until the NUL.
private func text<T>(_ memory: T) -> String {
    withUnsafeBytes(of: memory) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

private func newOptions() throws -> qc_quantize_file_convert_options {
    var options = qc_quantize_file_convert_options()
    try abiCall(qc_quantize_file_convert_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}
