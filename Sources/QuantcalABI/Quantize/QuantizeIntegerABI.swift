import CQuantcal
import QuantcalCore

extension qc_quantize_integer_options: OptionsStruct {
    static var defaults: Self {
        let options = IntegerQuantization()
        return Self(
            struct_size: MemoryLayout<Self>.size, bits: Int32(options.bits), scheme: options.scheme.rawValue,
            granularity: options.granularity.rawValue, reserved: 0, group_size: options.groupSize,
            progress: qc_progress())
    }

    static func resolved(_ pointer: UnsafePointer<Self>?) throws(QuantcalError) -> IntegerQuantization {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        var result = IntegerQuantization()
        result.bits = Int(options.bits)
        result.scheme = try Structs.value(options.scheme, "scheme")
        result.granularity = try Structs.value(options.granularity, "granularity")
        // A size above Int.max arrives negative; every row is then one group.
        result.groupSize = options.group_size < 0 ? Int.max : options.group_size
        result.progress = Structs.progress(options.progress)
        return result
    }
}

@c @implementation
public func qc_quantize_integer_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_integer_options>!, _ size: Int
) -> qc_status {
    qc_quantize_integer_options.initialise(options, size)
}

@c @implementation
public func qc_quantize_integer_layout(
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_integer_options>!,
    _ code_bytes: UnsafeMutablePointer<Int>!, _ group_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_integer_options.resolved(options)
        _ = try Boundary.product(rows, columns, ("rows", "columns"))
        let layout = try settings.layout(rows: rows, columns: columns)
        let bytes = try Boundary.optionalOutput(code_bytes, 1, "code_bytes")
        let groups = try Boundary.optionalOutput(group_count, 1, "group_count")
        try Region.requireDisjoint(
            outputs: [Region(code_bytes, 1, "code_bytes"), Region(group_count, 1, "group_count")])
        bytes?.pointee = layout.codeBytes
        groups?.pointee = layout.groupCount
    }
}

/// The layout of a call and the options that gave it.
private func settings(
    _ options: UnsafePointer<qc_quantize_integer_options>?, _ rows: Int, _ columns: Int
) throws(QuantcalError) -> (IntegerQuantization, IntegerQuantization.Layout) {
    let settings = try qc_quantize_integer_options.resolved(options)
    _ = try Boundary.product(rows, columns, ("rows", "columns"))
    return (settings, try settings.layout(rows: rows, columns: columns))
}

private func encode<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_integer_options>?, _ codes: UnsafeMutablePointer<UInt8>?,
    _ scales: UnsafeMutablePointer<Float>?, _ zeros: UnsafeMutablePointer<UInt8>?,
    _ encode: (IntegerQuantization) -> (
        UnsafePointer<T>, IntegerQuantization.Layout, IntegerQuantization.Codes
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (settings, layout) = try settings(options, rows, columns)
        let zeros = settings.scheme == .affine ? zeros : nil
        let input = try Boundary.input(values, rows * columns, "values")
        let output = IntegerQuantization.Codes(
            packed: try Boundary.output(codes, layout.codeBytes, "codes"),
            scales: try Boundary.output(scales, layout.groupCount, "scales"),
            zeros: settings.scheme == .affine ? try Boundary.output(zeros, layout.groupCount, "zeros") : nil)
        try Region.requireDisjoint(
            outputs: [
                Region(codes, layout.codeBytes, "codes"), Region(scales, layout.groupCount, "scales"),
                Region(zeros, layout.groupCount, "zeros"),
            ],
            inputs: [Region(values, rows * columns, "values")])
        guard let base = input.baseAddress else { return }
        try encode(settings)(base, layout, output)
    }
}

@c @implementation
public func qc_quantize_integer_encode_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_integer_options>!, _ codes: UnsafeMutablePointer<UInt8>!,
    _ scales: UnsafeMutablePointer<Float>!, _ zeros: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    encode(values, rows, columns, options, codes, scales, zeros) { $0.encode(_:_:into:) }
}

@c @implementation
public func qc_quantize_integer_encode_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_integer_options>!, _ codes: UnsafeMutablePointer<UInt8>!,
    _ scales: UnsafeMutablePointer<Float>!, _ zeros: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.halfBits
    return encode(halves, rows, columns, options, codes, scales, zeros) { $0.encode(_:_:into:) }
}

@c @implementation
public func qc_quantize_integer_encode_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_integer_options>!, _ codes: UnsafeMutablePointer<UInt8>!,
    _ scales: UnsafeMutablePointer<Float>!, _ zeros: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return encode(halves, rows, columns, options, codes, scales, zeros) { $0.encode(_:_:into:) }
}

private func decode<T: WeightElement>(
    _ codes: UnsafePointer<UInt8>?, _ scales: UnsafePointer<Float>?, _ zeros: UnsafePointer<UInt8>?,
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_integer_options>?,
    _ values: UnsafeMutablePointer<T>?,
    _ decode: (IntegerQuantization) -> (
        IntegerQuantization.StoredCodes, IntegerQuantization.Layout, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (settings, layout) = try settings(options, rows, columns)
        let zeros = settings.scheme == .affine ? zeros : nil
        let packed = try Boundary.input(codes, layout.codeBytes, "codes")
        let stored = try Boundary.input(scales, layout.groupCount, "scales")
        let storedZeros =
            settings.scheme == .affine ? try Boundary.input(zeros, layout.groupCount, "zeros") : nil
        let output = try Boundary.output(values, rows * columns, "values")
        try Region.requireDisjoint(
            outputs: [Region(values, rows * columns, "values")],
            inputs: [
                Region(codes, layout.codeBytes, "codes"), Region(scales, layout.groupCount, "scales"),
                Region(zeros, layout.groupCount, "zeros"),
            ])
        guard let base = packed.baseAddress else { return }
        try decode(settings)(
            .init(packed: base, scales: stored, zeros: storedZeros), layout, output)
    }
}

@c @implementation
public func qc_quantize_integer_decode_f32(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<UInt8>!,
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_integer_options>!,
    _ values: UnsafeMutablePointer<Float>!
) -> qc_status {
    decode(codes, scales, zeros, rows, columns, options, values) { $0.decode(_:_:into:) }
}

@c @implementation
public func qc_quantize_integer_decode_f16(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<UInt8>!,
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_integer_options>!,
    _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status {
    let halves = values?.halfBits
    return decode(codes, scales, zeros, rows, columns, options, halves) { $0.decode(_:_:into:) }
}

@c @implementation
public func qc_quantize_integer_decode_bf16(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<UInt8>!,
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_integer_options>!,
    _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return decode(codes, scales, zeros, rows, columns, options, halves) { $0.decode(_:_:into:) }
}
