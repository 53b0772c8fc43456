import CQuantcal
import QuantcalCore

extension qc_quantize_rotation_options: OptionsStruct {
    static var defaults: Self {
        let core = SignedRotation()
        return Self(
            struct_size: MemoryLayout<Self>.size, seed: core.seed, block: core.block, progress: qc_progress())
    }

    fileprivate var core: SignedRotation {
        var core = SignedRotation()
        (core.seed, core.block) = (seed, block)
        return core
    }
}

extension qc_quantize_rotation_result: SizedStruct {}

@c @implementation
public func qc_quantize_rotation_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_rotation_options>!, _ size: Int
) -> qc_status { qc_quantize_rotation_options.initialise(options, size) }

@c @implementation
public func qc_quantize_rotate_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ is_inverse: Int32,
    _ options: UnsafePointer<qc_quantize_rotation_options>!, _ result: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_rotation_options.given(options)
        let count = try Boundary.product(rows, columns, ("rows", "columns"))
        guard is_inverse == 0 || is_inverse == 1 else {
            throw QuantcalError(.domain, "is_inverse is \(is_inverse); it must be 0 or 1")
        }
        let input = try Boundary.input(values, count, "values")
        let output = try Boundary.output(result, count, "result")
        try Region.requireDisjoint(
            outputs: [Region(result, count, "result")], inputs: [Region(values, count, "values")])
        try settings.core(
            input, rows: rows, columns: columns, isInverse: is_inverse == 1,
            Structs.progress(settings.progress), into: output)
    }
}

@c @implementation
public func qc_quantize_rotation_choose_f32(
    _ activations: UnsafePointer<Float>!, _ rows: Int, _ weights: UnsafePointer<Float>!, _ outputs: Int,
    _ columns: Int, _ activation_grid: UnsafePointer<qc_quantize_grid>!,
    _ weight_grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_rotation_options>!,
    _ result: UnsafeMutablePointer<qc_quantize_rotation_result>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_rotation_options.given(options)
        let grids = (
            try GivenGrid(activation_grid, "activation_grid"), try GivenGrid(weight_grid, "weight_grid")
        )
        let count = try Boundary.product(rows, columns, ("rows", "columns"))
        let weightCount = try Boundary.product(outputs, columns, ("outputs", "columns"))
        let input = try Boundary.input(activations, count, "activations")
        let matrix = try Boundary.input(weights, weightCount, "weights")
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [place.region],
            inputs: [
                Region(activations, count, "activations"), Region(weights, weightCount, "weights"),
                grids.0.levels, grids.1.levels,
            ])
        let choice = try settings.core.choice(
            .init(input, rows: rows, "activations", grids.0.grid.grid),
            .init(matrix, rows: outputs, "weights", grids.1.grid.grid), columns: columns,
            Structs.progress(settings.progress))
        place.write(
            qc_quantize_rotation_result(
                struct_size: 0, plain_error: choice.plainError, rotated_error: choice.rotatedError,
                rotates: choice.rotates ? 1 : 0, reserved: 0))
    }
}
