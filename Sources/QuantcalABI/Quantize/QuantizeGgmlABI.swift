import CQuantcal
import QuantcalCore

extension qc_quantize_ggml_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, mode: GgmlEncoding.Mode.best.rawValue, reserved: 0,
            progress: qc_progress())
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?, _ type: GgmlType
    ) throws(QuantcalError) -> GgmlEncoding {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        var result = GgmlEncoding(type)
        result.mode = try Structs.value(options.mode, "mode")
        result.progress = Structs.progress(options.progress)
        return result
    }
}

@c @implementation
public func qc_quantize_ggml_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_ggml_options>!, _ size: Int
) -> qc_status {
    qc_quantize_ggml_options.initialise(options, size)
}

private func kind(_ type: Int32) throws(QuantcalError) -> GgmlType {
    guard let kind = GgmlType(rawValue: UInt32(bitPattern: type)) else {
        throw QuantcalError(.options, "type is \(type); it must be one of QC_QUANTIZE_GGML_...")
    }
    return kind
}

/// The type of blocks, and how a matrix lies in them.
private func layout(
    _ type: Int32, _ rows: Int, _ columns: Int
) throws(QuantcalError) -> (GgmlType, GgmlType.Layout) {
    let kind = try kind(type)
    _ = try Boundary.product(rows, columns, ("rows", "columns"))
    return (kind, try kind.layout(rows: rows, columns: columns))
}

@c @implementation
public func qc_quantize_ggml_layout(
    _ type: Int32, _ rows: Int, _ columns: Int, _ block_length: UnsafeMutablePointer<Int>!,
    _ block_bytes: UnsafeMutablePointer<Int>!, _ row_bytes: UnsafeMutablePointer<Int>!,
    _ bytes: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (kind, layout) = try layout(type, rows, columns)
        let outputs = [
            (block_length, kind.blockLength, "block_length"), (block_bytes, kind.blockBytes, "block_bytes"),
            (row_bytes, layout.rowBytes, "row_bytes"), (bytes, layout.bytes, "bytes"),
        ]
        for (output, _, name) in outputs { _ = try Boundary.optionalOutput(output, 1, name) }
        try Region.requireDisjoint(outputs: outputs.map { Region($0.0, 1, $0.2) })
        for (output, size, _) in outputs { output?.pointee = size }
    }
}

@c @implementation
public func qc_quantize_ggml_decode_f32(
    _ blocks: UnsafePointer<UInt8>!, _ rows: Int, _ columns: Int, _ type: Int32,
    _ values: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (kind, layout) = try layout(type, rows, columns)
        let input = try Boundary.input(blocks, layout.bytes, "blocks")
        let output = try Boundary.output(values, rows * columns, "values")
        try Region.requireDisjoint(
            outputs: [Region(values, rows * columns, "values")],
            inputs: [Region(blocks, layout.bytes, "blocks")])
        guard let base = input.baseAddress else { return }
        kind.decode(base, layout, into: output)
    }
}

private func encode<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int, _ type: Int32,
    _ importance: UnsafePointer<Float>?, _ options: UnsafePointer<qc_quantize_ggml_options>?,
    _ blocks: UnsafeMutablePointer<UInt8>?,
    _ encode: (GgmlEncoding) -> (
        UnsafePointer<T>, UnsafeBufferPointer<Float>?, GgmlType.Layout, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_ggml_options.resolved(options, kind(type))
        let count = try Boundary.product(rows, columns, ("rows", "columns"))
        let layout = try settings.layout(rows: rows, columns: columns)
        let input = try Boundary.input(values, count, "values")
        let weights = try Boundary.optionalInput(importance, columns, "importance")
        let output = try Boundary.output(blocks, layout.bytes, "blocks")
        try Region.requireDisjoint(
            outputs: [Region(blocks, layout.bytes, "blocks")],
            inputs: [Region(values, count, "values"), Region(importance, columns, "importance")])
        guard let base = input.baseAddress else { return }
        try encode(settings)(base, weights, layout, output)
    }
}

@c @implementation
public func qc_quantize_ggml_encode_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ type: Int32,
    _ importance: UnsafePointer<Float>!, _ options: UnsafePointer<qc_quantize_ggml_options>!,
    _ blocks: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    encode(values, rows, columns, type, importance, options, blocks) { $0.encode(_:_:_:into:) }
}

@c @implementation
public func qc_quantize_ggml_encode_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ type: Int32,
    _ importance: UnsafePointer<Float>!, _ options: UnsafePointer<qc_quantize_ggml_options>!,
    _ blocks: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.halfBits
    return encode(halves, rows, columns, type, importance, options, blocks) { $0.encode(_:_:_:into:) }
}

@c @implementation
public func qc_quantize_ggml_encode_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ type: Int32,
    _ importance: UnsafePointer<Float>!, _ options: UnsafePointer<qc_quantize_ggml_options>!,
    _ blocks: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return encode(halves, rows, columns, type, importance, options, blocks) { $0.encode(_:_:_:into:) }
}
