import CQuantcal
import QuantcalCore

@c @implementation
public func qc_quantize_masked_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_masked_options>!, _ size: Int
) -> qc_status {
    qc_quantize_masked_options.initialise(options, size)
}

@c @implementation
public func qc_quantize_masked_layout(
    _ mask: UnsafePointer<UInt8>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_masked_options>!, _ selected_count: UnsafeMutablePointer<Int>!,
    _ code_bytes: UnsafeMutablePointer<Int>!, _ group_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let masked = try MaskedWork(mask, grid, rows, columns, options)
        let selected = try Boundary.optionalOutput(selected_count, 1, "selected_count")
        let bytes = try Boundary.optionalOutput(code_bytes, 1, "code_bytes")
        let groups = try Boundary.optionalOutput(group_count, 1, "group_count")
        try Region.requireDisjoint(
            outputs: [
                Region(selected_count, 1, "selected_count"), Region(code_bytes, 1, "code_bytes"),
                Region(group_count, 1, "group_count"),
            ], inputs: [masked.maskRegion, masked.work.levels])
        let room = masked.part?.room ?? (selected: 0, codeBytes: 0)
        selected?.pointee = room.selected
        bytes?.pointee = room.codeBytes
        groups?.pointee = masked.work.layout.groupCount
    }
}

private func encode<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ masked: () throws(QuantcalError) -> MaskedWork,
    _ scales: UnsafePointer<Float>?, _ zeros: UnsafePointer<Float>?, _ codes: UnsafeMutablePointer<UInt8>?,
    _ encode: (MaskedGrid) -> (
        UnsafePointer<T>, CompiledGrid.Parameters, Progress, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let masked = try masked()
        let work = masked.work
        let count = work.layout.rows * work.layout.columns
        let input = try Boundary.input(values, count, "values")
        let parameters = try work.parameters(scales, zeros)
        // The mask is read when the sizes have been proven.
        let bytes = masked.codeBytes
        let output = try Boundary.output(codes, bytes, "codes")
        try Region.requireDisjoint(
            outputs: [Region(codes, bytes, "codes")],
            inputs: [Region(values, count, "values"), masked.maskRegion] + work.regions(scales, zeros))
        guard let base = input.baseAddress, let part = masked.part else { return }
        try encode(part)(base, parameters, work.progress, output)
    }
}

@c @implementation
public func qc_quantize_masked_encode_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ mask: UnsafePointer<UInt8>!,
    _ grid: UnsafePointer<qc_quantize_grid>!, _ options: UnsafePointer<qc_quantize_masked_options>!,
    _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!, _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    encode(
        values, { () throws(QuantcalError) in try MaskedWork(mask, grid, rows, columns, options) }, scales,
        zeros, codes
    ) { $0.encode(_:_:_:into:) }
}

@c @implementation
public func qc_quantize_masked_encode_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ mask: UnsafePointer<UInt8>!,
    _ grid: UnsafePointer<qc_quantize_grid>!, _ options: UnsafePointer<qc_quantize_masked_options>!,
    _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!, _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.halfBits
    return encode(
        halves, { () throws(QuantcalError) in try MaskedWork(mask, grid, rows, columns, options) }, scales,
        zeros, codes
    ) { $0.encode(_:_:_:into:) }
}

@c @implementation
public func qc_quantize_masked_encode_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ mask: UnsafePointer<UInt8>!,
    _ grid: UnsafePointer<qc_quantize_grid>!, _ options: UnsafePointer<qc_quantize_masked_options>!,
    _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!, _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return encode(
        halves, { () throws(QuantcalError) in try MaskedWork(mask, grid, rows, columns, options) }, scales,
        zeros, codes
    ) { $0.encode(_:_:_:into:) }
}

private func decode<T: WeightElement>(
    _ codes: UnsafePointer<UInt8>?, _ scales: UnsafePointer<Float>?, _ zeros: UnsafePointer<Float>?,
    _ masked: () throws(QuantcalError) -> MaskedWork, _ values: UnsafeMutablePointer<T>?,
    _ decode: (MaskedGrid) -> (
        UnsafePointer<UInt8>, CompiledGrid.Parameters, Progress, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let masked = try masked()
        let work = masked.work
        let count = work.layout.rows * work.layout.columns
        let output = try Boundary.output(values, count, "values")
        let parameters = try work.parameters(scales, zeros)
        // The mask is read when the sizes have been proven.
        let bytes = masked.codeBytes
        let packed = try Boundary.input(codes, bytes, "codes")
        try Region.requireDisjoint(
            outputs: [Region(values, count, "values")],
            inputs: [Region(codes, bytes, "codes"), masked.maskRegion] + work.regions(scales, zeros))
        guard let part = masked.part else { return }
        // Of a part without elements nobody reads codes.
        let base = packed.baseAddress ?? UnsafePointer(bitPattern: 1)!
        try decode(part)(base, parameters, work.progress, output)
    }
}

@c @implementation
public func qc_quantize_masked_decode_f32(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!,
    _ mask: UnsafePointer<UInt8>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_masked_options>!, _ values: UnsafeMutablePointer<Float>!
) -> qc_status {
    decode(
        codes, scales, zeros,
        { () throws(QuantcalError) in try MaskedWork(mask, grid, rows, columns, options) }, values
    ) { $0.decode(_:_:_:into:) }
}

@c @implementation
public func qc_quantize_masked_decode_f16(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!,
    _ mask: UnsafePointer<UInt8>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_masked_options>!, _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status {
    let halves = values?.halfBits
    return decode(
        codes, scales, zeros,
        { () throws(QuantcalError) in try MaskedWork(mask, grid, rows, columns, options) }, halves
    ) { $0.decode(_:_:_:into:) }
}

@c @implementation
public func qc_quantize_masked_decode_bf16(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<Float>!,
    _ mask: UnsafePointer<UInt8>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_masked_options>!, _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return decode(
        codes, scales, zeros,
        { () throws(QuantcalError) in try MaskedWork(mask, grid, rows, columns, options) }, halves
    ) { $0.decode(_:_:_:into:) }
}
