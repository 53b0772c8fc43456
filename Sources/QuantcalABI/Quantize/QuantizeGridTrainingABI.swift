import CQuantcal
import QuantcalCore

@c @implementation
public func qc_quantize_grid_neighbours_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ scales: UnsafePointer<Float>!,
    _ zeros: UnsafePointer<Float>!, _ lower: UnsafeMutablePointer<UInt8>!,
    _ upper: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try GridWork(grid, rows, columns, options)
        let input = try Boundary.input(values, rows * columns, "values")
        let parameters = try work.parameters(scales, zeros)
        let below = try Boundary.output(lower, rows * columns, "lower")
        let above = try Boundary.output(upper, rows * columns, "upper")
        try Region.requireDisjoint(
            outputs: [Region(lower, rows * columns, "lower"), Region(upper, rows * columns, "upper")],
            inputs: [Region(values, rows * columns, "values")] + work.regions(scales, zeros))
        guard let base = input.baseAddress else { return }
        try work.grid.neighbours(
            of: base, work.layout, parameters, work.progress, lower: below, upper: above)
    }
}

extension qc_quantize_grid_fake_options: OptionsStruct, GroupSettings {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, granularity: Granularity.group.rawValue,
            gradient: GridFake.Gradient.clipped.rawValue, group_size: 128, progress: qc_progress())
    }
}

@c @implementation
public func qc_quantize_grid_fake_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_grid_fake_options>!, _ size: Int
) -> qc_status {
    qc_quantize_grid_fake_options.initialise(options, size)
}

@c @implementation
public func qc_quantize_grid_fake_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_fake_options>!, _ scales: UnsafePointer<Float>!,
    _ zeros: UnsafePointer<Float>!, _ quantized: UnsafeMutablePointer<Float>!,
    _ upstream: UnsafePointer<Float>!, _ value_gradients: UnsafeMutablePointer<Float>!,
    _ scale_gradients: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_grid_fake_options.given(options)
        let work = try GridWork(grid, rows, columns, settings)
        let fake = try GridFake(work.grid.grid, Structs.value(settings.gradient, "gradient"))
        let (count, groups) = (rows * columns, work.layout.groupCount)
        let input = try Boundary.input(values, count, "values")
        let parameters = try work.parameters(scales, zeros)
        let output = try Boundary.output(quantized, count, "quantized")
        // Without upstream the gradients are not used.
        let toValues = upstream == nil ? nil : value_gradients
        let toScales = upstream == nil ? nil : scale_gradients
        let gradients = try Boundary.optionalInput(upstream, count, "upstream").map {
            upstream throws(QuantcalError) in
            GridFake.Gradients(
                upstream: upstream, values: try Boundary.optionalOutput(toValues, count, "value_gradients"),
                scales: try Boundary.optionalOutput(toScales, groups, "scale_gradients"))
        }
        try Region.requireDisjoint(
            outputs: [
                Region(quantized, count, "quantized"), Region(toValues, count, "value_gradients"),
                Region(toScales, groups, "scale_gradients"),
            ],
            inputs: [Region(values, count, "values"), Region(upstream, count, "upstream")]
                + work.regions(scales, zeros))
        guard let base = input.baseAddress else { return }
        try fake(base, work.layout, parameters, work.progress, into: output, gradients)
    }
}
