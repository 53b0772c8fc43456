import CQuantcal
import QuantcalCore

extension qc_quantize_noisy_bias_options: OptionsStruct {
    static var defaults: Self {
        let core = NoisyBias()
        return Self(
            struct_size: MemoryLayout<Self>.size, seed: core.seed, amplitudes: Int32(core.amplitudes),
            reserved: 0, progress: qc_progress())
    }

    fileprivate func core() throws(QuantcalError) -> NoisyBias {
        try Structs.reserved(reserved)
        var core = NoisyBias()
        (core.seed, core.amplitudes) = (seed, Int(amplitudes))
        return core
    }
}

extension qc_quantize_noisy_bias_result: SizedStruct {}

@c @implementation
public func qc_quantize_noisy_bias_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_noisy_bias_options>!, _ size: Int
) -> qc_status { qc_quantize_noisy_bias_options.initialise(options, size) }

@c @implementation
public func qc_quantize_noisy_bias_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ weights: UnsafePointer<Float>!,
    _ outputs: Int, _ bias: UnsafePointer<Float>!, _ grid: UnsafePointer<qc_quantize_grid>!, _ scale: Float,
    _ zero: Float, _ options: UnsafePointer<qc_quantize_noisy_bias_options>!,
    _ noise: UnsafeMutablePointer<Float>!, _ new_bias: UnsafeMutablePointer<Float>!,
    _ result: UnsafeMutablePointer<qc_quantize_noisy_bias_result>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_noisy_bias_options.given(options)
        let core = try settings.core()
        let given = try GivenGrid(grid)
        let count = try Boundary.product(rows, columns, ("rows", "columns"))
        let weightCount = try Boundary.product(outputs, columns, ("outputs", "columns"))
        let layer = NoisyBias.Layer(
            values: try Boundary.input(values, count, "values"),
            weights: try Boundary.input(weights, weightCount, "weights"),
            bias: try Boundary.optionalInput(bias, outputs, "bias"), rows: rows, columns: columns,
            outputs: outputs)
        let noisePlace = try Boundary.output(noise, columns, "noise")
        let biasPlace = try Boundary.output(new_bias, outputs, "new_bias")
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [
                Region(noise, columns, "noise"), Region(new_bias, outputs, "new_bias"), place.region,
            ],
            inputs: [
                Region(values, count, "values"), Region(weights, weightCount, "weights"),
                Region(bias, outputs, "bias"), given.levels,
            ])
        let outcome = try core(
            layer, given.grid, scale: scale, zero: zero, Structs.progress(settings.progress),
            noise: noisePlace, newBias: biasPlace)
        place.write(
            qc_quantize_noisy_bias_result(
                struct_size: 0, amplitude: outcome.amplitude, plain_error: outcome.plainError,
                error: outcome.error, scale: outcome.scale, zero: outcome.zero))
    }
}
