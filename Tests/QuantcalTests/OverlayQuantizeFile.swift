/// Vectors of `quantize/file` through the Swift overlay.

import Quantcal

let overlayQuantizeFileAdapters: [String: VectorAdapter] = [
    "qc_quantize_file_open": contents, "qc_quantize_file_contents": contents,
    "qc_quantize_file_destroy": contents,
    "qc_quantize_file_describe": { inputs, _ in
        let file = try file(inputs)
        let index = try inputs.integer("index")
        // The overlay's tensors are an array, whose bounds Swift looks after; a decoding names them.
        if !file.tensors.indices.contains(index) { _ = try file.decode(index) }
        let tensor = file.tensors[index]
        return [
            "name": .text(tensor.name), "type": .text(tensor.type.name), "shape": .integers(tensor.shape),
            "columns": .integer(tensor.columns), "bytes": .integer(tensor.byteCount),
            "decodable": .integer(tensor.isDecodable ? 1 : 0),
        ]
    },
    "qc_quantize_file_find": { inputs, _ in
        ["index": .integer(try file(inputs).index(of: inputs.word("tensor", default: "")))]
    },
    "qc_quantize_file_decode": { inputs, _ in
        let first = try inputs.integer("first_row")
        let rows = first..<first + (try inputs.integer("row_count"))
        return [
            "values": .floats(try file(inputs).decode(inputs.integer("index"), rows: rows).elements)
        ]
    },
    "qc_quantize_file_write_npy": { inputs, _ in
        let (shape, bytes) = (try inputs.integers("shape"), try inputs.integers("bytes").map { UInt8($0) })
        let name = try inputs.word("type", default: "")
        guard let type = QuantizeElementType(rawValue: name) else {
            throw QuantcalError(.options, "type is \(name); there is none")
        }
        return try withTestDirectory { directory in
            let path = directory + "/array.npy"
            try QuantizeFile.writeNpy(bytes, as: type, shape: shape, to: path)
            return ["written": .integers(try contentOfTestFile(path))]
        }
    },
]

private let contents: VectorAdapter = { inputs, _ in
    let file = try file(inputs)
    return ["format": .text(overlayWord(file.format)), "tensor_count": .integer(file.tensors.count)]
}

private func file(_ inputs: VectorInputs) throws -> QuantizeFile {
    try withTestFile(inputs.integers("bytes").map { UInt8($0) }) { try QuantizeFile($0) }
}
