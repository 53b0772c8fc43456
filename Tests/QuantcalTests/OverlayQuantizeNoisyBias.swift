/// Vectors of noisy bias through the Swift overlay.

import Quantcal

let overlayQuantizeNoisyBiasAdapters: [String: VectorAdapter] = [
    "qc_quantize_noisy_bias_options_init": { _, _ in
        let options = QuantizeNoisyBias()
        return ["seed": .integer(options.seed), "amplitudes": .integer(options.amplitudes)]
    },
    "qc_quantize_noisy_bias": { inputs, _ in
        var options = QuantizeNoisyBias()
        options.seed = UInt64(try inputs.integer("seed", default: Int(options.seed)))
        options.amplitudes = try inputs.integer("amplitudes", default: options.amplitudes)
        let layer = try quantizeNoisyBias(
            inputs.overlayMatrix("values", of: Float.self),
            weights: inputs.overlayMatrix("weights", of: Float.self),
            bias: inputs.optionalScalars("layer_bias"),
            grid: overlayGrid(inputs), scale: Float(inputs.double("scale")),
            zero: Float(inputs.double("zero", default: 0)), options: options)
        return [
            "noise": .floats(layer.noise), "new_bias": .floats(layer.bias),
            "amplitude": .float(layer.outcome.amplitude), "plain_error": .float(layer.outcome.plainError),
            "error": .float(layer.outcome.error), "scale": .float(layer.outcome.scale),
            "zero": .float(layer.outcome.zero),
        ]
    },
]
