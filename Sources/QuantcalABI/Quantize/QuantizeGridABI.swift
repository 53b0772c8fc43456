import CQuantcal
import QuantcalCore

@c @implementation
public func qc_quantize_grid_init(
    _ grid: UnsafeMutablePointer<qc_quantize_grid>!, _ size: Int, _ name: UnsafePointer<CChar>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let named = try ScalarGrid.named(name.map { String(cString: $0) } ?? "int4")
        try qc_quantize_grid.initialise(grid, size, with: qc_quantize_grid(named))
    }
}

@c @implementation
public func qc_quantize_grid_levels(
    _ grid: UnsafePointer<qc_quantize_grid>!, _ levels: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try GivenGrid(grid)
        let count = given.grid.levels.count
        let output = try Boundary.output(levels, count, "levels")
        try Region.requireDisjoint(outputs: [Region(levels, count, "levels")], inputs: [given.levels])
        for (code, level) in given.grid.levels.enumerated() { output[code] = level }
    }
}

@c @implementation
public func qc_quantize_grid_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_grid_options>!, _ size: Int
) -> qc_status {
    qc_quantize_grid_options.initialise(options, size)
}

@c @implementation
public func qc_quantize_grid_layout(
    _ grid: UnsafePointer<qc_quantize_grid>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ code_bytes: UnsafeMutablePointer<Int>!,
    _ group_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try GridWork(grid, rows, columns, options)
        let bytes = try Boundary.optionalOutput(code_bytes, 1, "code_bytes")
        let groups = try Boundary.optionalOutput(group_count, 1, "group_count")
        try Region.requireDisjoint(
            outputs: [Region(code_bytes, 1, "code_bytes"), Region(group_count, 1, "group_count")],
            inputs: [work.levels])
        bytes?.pointee = work.layout.codeBytes
        groups?.pointee = work.layout.groupCount
    }
}

private func scales<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>?,
    _ options: UnsafePointer<qc_quantize_grid_options>?, _ scales: UnsafeMutablePointer<Float>?,
    _ compute: (CompiledGrid) -> (
        UnsafePointer<T>, GroupLayout, Progress, UnsafeMutablePointer<Float>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try GridWork(grid, rows, columns, options)
        let input = try Boundary.input(values, rows * columns, "values")
        let output = try Boundary.output(scales, work.layout.groupCount, "scales")
        try Region.requireDisjoint(
            outputs: [Region(scales, work.layout.groupCount, "scales")],
            inputs: [Region(values, rows * columns, "values"), work.levels])
        guard let base = input.baseAddress else { return }
        try compute(work.grid)(base, work.layout, work.progress, output)
    }
}

@c @implementation
public func qc_quantize_grid_scales_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ result: UnsafeMutablePointer<Float>!
) -> qc_status {
    scales(values, rows, columns, grid, options, result) { $0.scales(of:_:_:into:) }
}

@c @implementation
public func qc_quantize_grid_scales_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ result: UnsafeMutablePointer<Float>!
) -> qc_status {
    let halves = values?.halfBits
    return scales(halves, rows, columns, grid, options, result) { $0.scales(of:_:_:into:) }
}

@c @implementation
public func qc_quantize_grid_scales_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ result: UnsafeMutablePointer<Float>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return scales(halves, rows, columns, grid, options, result) { $0.scales(of:_:_:into:) }
}

private func encode<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>?,
    _ options: UnsafePointer<qc_quantize_grid_options>?, _ scales: UnsafePointer<Float>?,
    _ zeros: UnsafePointer<Float>?, _ codes: UnsafeMutablePointer<UInt8>?,
    _ encode: (CompiledGrid) -> (
        UnsafePointer<T>, GroupLayout, CompiledGrid.Parameters, Progress, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try GridWork(grid, rows, columns, options)
        let input = try Boundary.input(values, rows * columns, "values")
        let parameters = try work.parameters(scales, zeros)
        let output = try Boundary.output(codes, work.layout.codeBytes, "codes")
        try Region.requireDisjoint(
            outputs: [Region(codes, work.layout.codeBytes, "codes")],
            inputs: [Region(values, rows * columns, "values")] + work.regions(scales, zeros))
        guard let base = input.baseAddress else { return }
        try encode(work.grid)(base, work.layout, parameters, work.progress, output)
    }
}

@c @implementation
public func qc_quantize_grid_encode_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ scales: UnsafePointer<Float>!,
    _ zeros: UnsafePointer<Float>!, _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    encode(values, rows, columns, grid, options, scales, zeros, codes) { $0.encode(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_grid_encode_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ scales: UnsafePointer<Float>!,
    _ zeros: UnsafePointer<Float>!, _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.halfBits
    return encode(halves, rows, columns, grid, options, scales, zeros, codes) { $0.encode(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_grid_encode_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ scales: UnsafePointer<Float>!,
    _ zeros: UnsafePointer<Float>!, _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return encode(halves, rows, columns, grid, options, scales, zeros, codes) { $0.encode(_:_:_:_:into:) }
}

private func decode<T: WeightElement>(
    _ codes: UnsafePointer<UInt8>?, _ scales: UnsafePointer<Float>?, _ zeros: UnsafePointer<Float>?,
    _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>?,
    _ options: UnsafePointer<qc_quantize_grid_options>?, _ values: UnsafeMutablePointer<T>?,
    _ decode: (CompiledGrid) -> (
        UnsafePointer<UInt8>, GroupLayout, CompiledGrid.Parameters, Progress, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try GridWork(grid, rows, columns, options)
        let packed = try Boundary.input(codes, work.layout.codeBytes, "codes")
        let parameters = try work.parameters(scales, zeros)
        let output = try Boundary.output(values, rows * columns, "values")
        try Region.requireDisjoint(
            outputs: [Region(values, rows * columns, "values")],
            inputs: [Region(codes, work.layout.codeBytes, "codes")] + work.regions(scales, zeros))
        guard let base = packed.baseAddress else { return }
        try decode(work.grid)(base, work.layout, parameters, work.progress, output)
    }
}

@c @implementation
public func qc_quantize_grid_decode_f32(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!,
    _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ values: UnsafeMutablePointer<Float>!
) -> qc_status {
    decode(codes, scales, zeros, rows, columns, grid, options, values) { $0.decode(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_grid_decode_f16(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!,
    _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status {
    let halves = values?.halfBits
    return decode(codes, scales, zeros, rows, columns, grid, options, halves) { $0.decode(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_grid_decode_bf16(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!,
    _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return decode(codes, scales, zeros, rows, columns, grid, options, halves) { $0.decode(_:_:_:_:into:) }
}
