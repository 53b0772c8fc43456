/// Vectors of `quantize/file` through the C ABI.

import CQuantcal
import Quantcal

let abiQuantizeFileAdapters: [String: VectorAdapter] = [
    "qc_quantize_file_open": contents, "qc_quantize_file_contents": contents,
    "qc_quantize_file_destroy": contents,
    "qc_quantize_file_describe": { inputs, _ in
        let file = try FileHandle(inputs)
        let index = try inputs.integer("index")
        let tensor = try file.describe(index)
        let name = ABIBuffer<CChar>(tensor.name_bytes + 1)
        let shape = ABIBuffer<Int>(tensor.rank)
        var again = qc_quantize_file_tensor()
        again.struct_size = MemoryLayout.size(ofValue: again)
        try abiCall(
            qc_quantize_file_describe(
                file.pointer, index, name.pointer, name.count, shape.pointer, shape.count, &again), name,
            shape)
        let type = withUnsafeBytes(of: tensor.type) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return [
            "name": .text(String(cString: name.pointer)), "type": .text(type),
            "shape": .integers(shape.elements), "columns": .integer(tensor.columns),
            "bytes": .integer(tensor.bytes), "decodable": .integer(tensor.decodable),
        ]
    },
    "qc_quantize_file_find": { inputs, _ in
        let file = try FileHandle(inputs)
        let index = ABIBuffer<Int>(1)
        try abiCall(
            qc_quantize_file_find(file.pointer, inputs.word("tensor", default: ""), index.pointer), index)
        return ["index": .integers(index.elements)]
    },
    "qc_quantize_file_decode": { inputs, _ in
        let file = try FileHandle(inputs)
        let (index, rows) = (try inputs.integer("index"), try inputs.integer("row_count"))
        let values = ABIBuffer<Float>(rows * (try file.describe(index).columns))
        try abiCall(
            qc_quantize_file_decode_f32(
                file.pointer, index, inputs.integer("first_row"), rows, values.pointer), values)
        return ["values": .floats(values.elements)]
    },
    "qc_quantize_file_write_npy": { inputs, _ in
        let (shape, bytes) = (try inputs.integers("shape"), try inputs.integers("bytes").map { UInt8($0) })
        let type = try inputs.word("type", default: "")
        return try withTestDirectory { directory in
            try abiCall(
                qc_quantize_file_write_npy(
                    directory + "/array.npy", type, shape, shape.count, bytes, bytes.count, 0))
            return ["written": .integers(try contentOfTestFile(directory + "/array.npy"))]
        }
    },
]

private let contents: VectorAdapter = { inputs, _ in
    let file = try FileHandle(inputs)
    let format = ABIBuffer<Int32>(1)
    let count = ABIBuffer<Int>(1)
    try abiCall(qc_quantize_file_contents(file.pointer, format.pointer, count.pointer), format, count)
    let words = [
        QC_QUANTIZE_FILE_GGUF: "gguf", QC_QUANTIZE_FILE_SAFETENSORS: "safetensors",
        QC_QUANTIZE_FILE_NPY: "npy",
    ]
    let word = words.first { Int32($0.key) == format.elements[0] }?.value
    return ["format": .text(word ?? "unknown"), "tensor_count": .integers(count.elements)]
}

/// The file of a case.
private final class FileHandle {
    let pointer: OpaquePointer

    init(_ inputs: VectorInputs) throws {
        let bytes = try inputs.integers("bytes").map { UInt8($0) }
        let place = ABIBuffer<OpaquePointer?>(1)
        try withTestFile(bytes) { try abiCall(qc_quantize_file_open($0, place.pointer), place) }
        pointer = place.elements[0]!
    }

    deinit { qc_quantize_file_destroy(pointer) }

    func describe(_ index: Int) throws -> qc_quantize_file_tensor {
        var tensor = qc_quantize_file_tensor()
        tensor.struct_size = MemoryLayout.size(ofValue: tensor)
        try abiCall(qc_quantize_file_describe(pointer, index, nil, 0, nil, 0, &tensor))
        return tensor
    }
}
