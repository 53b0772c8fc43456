/// Vectors of periodic binary weights and of rotations through the Swift overlay.

import Quantcal

let overlayQuantizeTrainingAdapters: [String: VectorAdapter] = [
    "qc_quantize_periodic_options_init": { _, _ in
        let options = PeriodicBinary()
        return [
            "granularity": .text(overlayWord(options.granularity)),
            "group_size": .integer(options.groupSize), "is_binary": .integer(options.isBinary ? 1 : 0),
            "frequency": .float(options.frequency), "penalty": .float(options.penalty),
        ]
    },
    "qc_quantize_rotation_options_init": { _, _ in
        let options = SignedRotation()
        return ["seed": .integer(options.seed), "block": .integer(options.block)]
    },
    "qc_quantize_periodic": { inputs, _ in
        var options = PeriodicBinary()
        options.granularity = try overlayCase(
            inputs.word("granularity", default: overlayWord(options.granularity)))
        options.groupSize = try inputs.integer("group_size", default: options.groupSize)
        options.isBinary = try inputs.integer("is_binary", default: 1) == 1
        options.frequency = try inputs.double("frequency", default: options.frequency)
        options.penalty = try inputs.double("penalty", default: options.penalty)
        let hasUpstream = inputs.optional("upstream") != nil
        let made = try quantizePeriodic(
            inputs.overlayMatrix("values", of: Float.self), scales: inputs.scalars("scales"),
            upstream: hasUpstream ? inputs.overlayMatrix("upstream", of: Float.self) : nil, options: options)
        return [
            "quantized": .floats(made.quantized.elements),
            "value_gradients": .floats(made.valueGradients?.elements ?? []),
            "scale_gradients": .floats(made.scaleGradients ?? []), "penalty": .float(made.penalty),
        ]
    },
    "qc_quantize_rotate": { inputs, _ in
        let result = try quantizeRotate(
            inputs.overlayMatrix("values", of: Float.self),
            isInverse: inputs.integer("is_inverse", default: 0) == 1, options: rotation(inputs))
        return ["result": .floats(result.elements)]
    },
    "qc_quantize_rotation_choose": { inputs, _ in
        let choice = try quantizeRotationChoice(
            activations: inputs.overlayMatrix("activations", of: Float.self),
            weights: inputs.overlayMatrix("weights", of: Float.self),
            activationGrid: quantizationGrid(inputs.word("activation_grid", default: "int4")),
            weightGrid: quantizationGrid(inputs.word("weight_grid", default: "int4")),
            options: rotation(inputs))
        return [
            "plain_error": .float(choice.plainError), "rotated_error": .float(choice.rotatedError),
            "rotates": .integer(choice.rotates ? 1 : 0),
        ]
    },
]

private func rotation(_ inputs: VectorInputs) throws -> SignedRotation {
    var options = SignedRotation()
    options.seed = UInt64(try inputs.integer("seed", default: Int(options.seed)))
    options.block = try inputs.integer("block", default: options.block)
    return options
}
