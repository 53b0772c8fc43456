/// Vectors of noisy bias through the C ABI.

import CQuantcal

let abiQuantizeNoisyBiasAdapters: [String: VectorAdapter] = [
    "qc_quantize_noisy_bias_options_init": { _, _ in
        let options = try initialOptions()
        return ["seed": .integer(options.seed), "amplitudes": .integer(options.amplitudes)]
    },
    "qc_quantize_noisy_bias": { inputs, _ in
        let (values, weights) = (try inputs.matrix("values"), try inputs.matrix("weights"))
        let bias: [Float]? = try inputs.optionalScalars("layer_bias")
        var options = try initialOptions()
        options.seed = UInt64(try inputs.integer("seed", default: Int(options.seed)))
        options.amplitudes = Int32(try inputs.integer("amplitudes", default: Int(options.amplitudes)))
        let (noise, newBias) = (ABIBuffer<Float>(values.columns), ABIBuffer<Float>(weights.rows))
        var result = qc_quantize_noisy_bias_result()
        result.struct_size = MemoryLayout.size(ofValue: result)
        let (scale, zero) = (try inputs.double("scale"), try inputs.double("zero", default: 0))
        return try abiWithGrid(inputs) { grid in
            try abiCall(
                qc_quantize_noisy_bias_f32(
                    values.elements.map { Float($0) }, values.rows, values.columns,
                    weights.elements.map { Float($0) }, weights.rows, bias, grid, Float(scale), Float(zero),
                    &options, noise.pointer, newBias.pointer, &result), noise, newBias)
            return [
                "noise": .floats(noise.elements), "new_bias": .floats(newBias.elements),
                "amplitude": .floats([result.amplitude]), "plain_error": .floats([result.plain_error]),
                "error": .floats([result.error]), "scale": .floats([result.scale]),
                "zero": .floats([result.zero]),
            ]
        }
    },
]

private func initialOptions() throws -> qc_quantize_noisy_bias_options {
    var options = qc_quantize_noisy_bias_options()
    try abiCall(qc_quantize_noisy_bias_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}
