/// Vectors of periodic binary weights and of rotations through the C ABI.

import CQuantcal

let abiQuantizeTrainingAdapters: [String: VectorAdapter] = [
    "qc_quantize_periodic_options_init": { _, _ in
        let options = try periodicOptions()
        return [
            "granularity": .text(
                granularities.first { $0.value == Int(options.granularity) }?.key ?? "unknown"),
            "group_size": .integer(options.group_size), "is_binary": .integer(options.is_binary),
            "frequency": .floats([options.frequency]), "penalty": .floats([options.penalty]),
        ]
    },
    "qc_quantize_rotation_options_init": { _, _ in
        let options = try rotationOptions()
        return ["seed": .integer(options.seed), "block": .integer(options.block)]
    },
    "qc_quantize_periodic": { inputs, _ in
        let values = try inputs.matrix("values")
        let scales: [Float] = try inputs.scalars("scales")
        let hasUpstream = inputs.optional("upstream") != nil
        let upstream = hasUpstream ? try inputs.matrix("upstream").elements.map { Float($0) } : nil
        var options = try periodicOptions()
        options.granularity = try abiConstant(inputs.word("granularity", default: "row"), granularities)
        options.group_size = try inputs.integer("group_size", default: options.group_size)
        options.is_binary = Int32(try inputs.integer("is_binary", default: 1))
        options.frequency = try inputs.double("frequency", default: options.frequency)
        options.penalty = try inputs.double("penalty", default: options.penalty)
        let count = values.elements.count
        let (quantized, ofValues) = (ABIBuffer<Float>(count), ABIBuffer<Float>(count))
        let (ofScales, penalty) = (ABIBuffer<Float>(scales.count), ABIBuffer<Double>(1))
        try abiCall(
            qc_quantize_periodic_f32(
                values.elements.map { Float($0) }, values.rows, values.columns, scales, &options,
                quantized.pointer, upstream, ofValues.pointer, ofScales.pointer, penalty.pointer), quantized,
            ofValues, ofScales, penalty)
        return [
            "quantized": .floats(quantized.elements), "value_gradients": .floats(ofValues.elements),
            "scale_gradients": .floats(ofScales.elements), "penalty": .floats(penalty.elements),
        ]
    },
    "qc_quantize_rotate": { inputs, _ in
        let values = try inputs.matrix("values")
        var options = try rotationOptions(inputs)
        let isInverse = Int32(try inputs.integer("is_inverse", default: 0))
        let result = ABIBuffer<Float>(values.elements.count)
        try abiCall(
            qc_quantize_rotate_f32(
                values.elements.map { Float($0) }, values.rows, values.columns, isInverse, &options,
                result.pointer), result)
        return ["result": .floats(result.elements)]
    },
    "qc_quantize_rotation_choose": { inputs, _ in
        let (activations, weights) = (try inputs.matrix("activations"), try inputs.matrix("weights"))
        var options = try rotationOptions(inputs)
        var activationGrid = try grid(inputs, "activation_grid")
        var weightGrid = try grid(inputs, "weight_grid")
        var result = qc_quantize_rotation_result()
        result.struct_size = MemoryLayout.size(ofValue: result)
        try abiCall(
            qc_quantize_rotation_choose_f32(
                activations.elements.map { Float($0) }, activations.rows,
                weights.elements.map { Float($0) }, weights.rows, weights.columns, &activationGrid,
                &weightGrid, &options, &result))
        return [
            "plain_error": .floats([result.plain_error]), "rotated_error": .floats([result.rotated_error]),
            "rotates": .integer(result.rotates),
        ]
    },
]

private let granularities = [
    "group": QC_QUANTIZE_PER_GROUP, "row": QC_QUANTIZE_PER_ROW, "tensor": QC_QUANTIZE_PER_TENSOR,
]

private func periodicOptions() throws -> qc_quantize_periodic_options {
    var options = qc_quantize_periodic_options()
    try abiCall(qc_quantize_periodic_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func rotationOptions(_ inputs: VectorInputs? = nil) throws -> qc_quantize_rotation_options {
    var options = qc_quantize_rotation_options()
    try abiCall(qc_quantize_rotation_options_init(&options, MemoryLayout.size(ofValue: options)))
    guard let inputs else { return options }
    options.seed = UInt64(try inputs.integer("seed", default: Int(options.seed)))
    options.block = try inputs.integer("block", default: options.block)
    return options
}

private func grid(_ inputs: VectorInputs, _ key: String) throws -> qc_quantize_grid {
    var grid = qc_quantize_grid()
    try abiCall(
        qc_quantize_grid_init(
            &grid, MemoryLayout.size(ofValue: grid), inputs.word(key, default: "int4")))
    return grid
}
