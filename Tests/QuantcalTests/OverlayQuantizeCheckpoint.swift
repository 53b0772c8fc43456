/// Vectors of quantize/checkpoint through the Swift overlay.

import Quantcal

let overlayQuantizeCheckpointAdapters: [String: VectorAdapter] = [
    "qc_quantize_checkpoint_layout": { inputs, _ in
        let options = try OverlayIntegerOptions(inputs)
        let room = try checkpointLayout(
            try format(inputs), rows: inputs.integer("rows"), columns: inputs.integer("columns"),
            bits: options.bits, groupSize: options.groupSize, scheme: options.scheme,
            granularity: options.granularity)
        return ["weight_bytes": .integer(room.weightBytes), "zero_bytes": .integer(room.zeroBytes)]
    },
    "qc_quantize_checkpoint_write": { inputs, _ in
        let stored = try OverlayIntegerOptions(inputs).matrix(inputs).checkpoint(try format(inputs))
        return [
            "weights": .integers(stored.weights), "weight_scales": .floats(stored.scales),
            "weight_zeros": .integers(stored.zeros),
        ]
    },
    "qc_quantize_checkpoint_read": { inputs, _ in
        let options = try OverlayIntegerOptions(inputs)
        let zeros = inputs.optional("weight_zeros") == nil ? [] : try inputs.integers("weight_zeros")
        let stored = CheckpointWeights(
            format: try format(inputs), weights: try inputs.integers("weights").map { UInt8($0) },
            scales: try inputs.rounded("weight_scales", to: .f32).map { Float($0) },
            zeros: zeros.map { UInt8($0) })
        let matrix = try QuantizedMatrix(
            stored, rows: inputs.integer("rows"), columns: inputs.integer("columns"), bits: options.bits,
            groupSize: options.groupSize, scheme: options.scheme, granularity: options.granularity)
        return [
            "codes": .integers(matrix.packedCodes), "scales": .floats(matrix.scales),
            "zeros": .integers(matrix.zeros),
        ]
    },
]

private func format(_ inputs: VectorInputs) throws -> CheckpointFormat {
    switch try inputs.word("format", default: "") {
    case "compressed_tensors": .compressedTensors
    case "gptq": .gptq
    case "gptq_v2": .gptqV2
    case "awq": .awq
    default: .matmulNBits
    }
}
