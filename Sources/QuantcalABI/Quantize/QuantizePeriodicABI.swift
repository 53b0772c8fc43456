import CQuantcal
import QuantcalCore

extension qc_quantize_periodic_options: OptionsStruct {
    static var defaults: Self {
        let core = PeriodicBinary()
        return Self(
            struct_size: MemoryLayout<Self>.size, granularity: core.granularity.rawValue, is_binary: 1,
            group_size: core.groupSize, frequency: core.frequency, penalty: core.penalty,
            progress: qc_progress())
    }

    fileprivate func core() throws(QuantcalError) -> PeriodicBinary {
        var core = PeriodicBinary()
        core.granularity = try Structs.value(granularity, "granularity")
        core.isBinary = try Structs.flag(is_binary, "is_binary")
        // A size above Int.max arrives negative; every row is then one group.
        core.groupSize = group_size < 0 ? .max : group_size
        (core.frequency, core.penalty) = (frequency, penalty)
        return core
    }
}

@c @implementation
public func qc_quantize_periodic_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_periodic_options>!, _ size: Int
) -> qc_status { qc_quantize_periodic_options.initialise(options, size) }

@c @implementation
public func qc_quantize_periodic_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ scales: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_periodic_options>!, _ quantized: UnsafeMutablePointer<Float>!,
    _ upstream: UnsafePointer<Float>!, _ value_gradients: UnsafeMutablePointer<Float>!,
    _ scale_gradients: UnsafeMutablePointer<Float>!, _ penalty: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_periodic_options.given(options)
        let core = try settings.core()
        let count = try Boundary.product(rows, columns, ("rows", "columns"))
        let layout = try core.layout(rows: rows, columns: columns)
        let groups = layout.groupCount
        let input = try Boundary.input(values, count, "values")
        let parameters = try Boundary.input(scales, groups, "scales")
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
        let place = try Boundary.optionalOutput(penalty, 1, "penalty")
        try Region.requireDisjoint(
            outputs: [
                Region(quantized, count, "quantized"), Region(toValues, count, "value_gradients"),
                Region(toScales, groups, "scale_gradients"), Region(penalty, 1, "penalty"),
            ],
            inputs: [
                Region(values, count, "values"), Region(upstream, count, "upstream"),
                Region(scales, groups, "scales"),
            ])
        let found = try core(
            input, layout, scales: parameters, Structs.progress(settings.progress), into: output, gradients)
        place?.pointee = found
    }
}
