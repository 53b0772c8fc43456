import QuantcalCore

/// The seed of the noise, and how many amplitudes are tried. Defaults are those of C:
/// `qc_quantize_noisy_bias_options_init`.
public typealias QuantizeNoisyBias = QuantcalCore.NoisyBias

/// What a layer becomes with noise; `outcome.amplitude` is 0 if noise does not help.
public struct NoisyLayer: Equatable, Sendable {
    /// To add to each channel before it is rounded.
    public let noise: [Float]
    public let bias: [Float]
    /// The grid's parameters with the noise, and the errors of the outputs.
    public let outcome: QuantizeNoisyBias.Outcome
}

/// A fixed noise for each channel of a layer's input, taken off again by its bias, if it makes the output
/// better. `weights` has a row for each output. C: `qc_quantize_noisy_bias_f32`.
public func quantizeNoisyBias(
    _ values: Matrix<Float>, weights: Matrix<Float>, bias: [Float]? = nil, grid: QuantizationGrid,
    scale: Float, zero: Float = 0, options: QuantizeNoisyBias = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> NoisyLayer {
    try requireCount(weights.columns, values.columns, "a row of weights")
    if let bias { try requireCount(bias.count, weights.rows, "bias") }
    let compiled = try grid.compiled()
    var outcome: QuantizeNoisyBias.Outcome?
    var newBias: [Float] = []
    let noise = try filled(values.columns) { (noise: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        newBias = try filled(weights.rows) { (newBias: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            try withBuffer(values.elements) { elements throws(QuantcalError) in
                try withBuffer(weights.elements) { matrix throws(QuantcalError) in
                    try withOptionalBuffer(bias) { bias throws(QuantcalError) in
                        outcome = try options(
                            .init(
                                values: elements, weights: matrix, bias: bias, rows: values.rows,
                                columns: values.columns, outputs: weights.rows),
                            compiled, scale: scale, zero: zero, Progress(progress), noise: noise,
                            newBias: newBias)
                    }
                }
            }
        }
    }
    return NoisyLayer(noise: noise, bias: newBias, outcome: outcome!)
}
