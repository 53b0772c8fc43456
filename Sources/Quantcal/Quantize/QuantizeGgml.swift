import QuantcalCore

/// ggml's types, by its own numbers.
public typealias GgmlType = QuantcalCore.GgmlType
/// How a matrix lies in blocks: bytes of a row and of all.
public typealias GgmlLayout = QuantcalCore.GgmlType.Layout
/// How levels and scales are found.
public typealias GgmlEncodingMode = GgmlEncoding.Mode

/// How much room a matrix takes in blocks of a type. C: `qc_quantize_ggml_layout`.
///
/// The columns must be a multiple of `type.blockLength`; the error names the type that llama.cpp falls
/// back on.
public func quantizeGgmlLayout(
    _ type: GgmlType, rows: Int, columns: Int
) throws(QuantcalError) -> GgmlLayout {
    guard rows >= 0, columns >= 0 else {
        throw QuantcalError(.size, "a matrix of \(rows) x \(columns) cannot be")
    }
    return try type.layout(rows: rows, columns: columns)
}

/// The numbers in blocks, as ggml decodes them. C: `qc_quantize_ggml_decode_f32`.
public func quantizeGgmlDecode(
    _ blocks: [UInt8], _ type: GgmlType, rows: Int, columns: Int
) throws(QuantcalError) -> Matrix<Float> {
    let layout = try quantizeGgmlLayout(type, rows: rows, columns: columns)
    try requireCount(blocks.count, layout.bytes, "blocks")
    let elements = try filled(rows * columns) { (values: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        try withBuffer(blocks) { blocks throws(QuantcalError) in
            guard let base = blocks.baseAddress, layout.bytes > 0 else { return }
            type.decode(base, layout, into: values)
        }
    }
    return Matrix(unchecked: rows, columns, elements)
}

/// Encodes a matrix to blocks of a type. C: `qc_quantize_ggml_encode_f32`; the default arguments are those
/// of `qc_quantize_ggml_options_init`.
///
/// - Parameters:
///   - values: finite values; the columns a multiple of `type.blockLength`.
///   - type: one that `isEncodable`.
///   - importance: for each column how much a squared error counts; types that search no scale do not use it.
///   - mode: how levels and scales are found.
public func quantizeGgmlEncode(
    _ values: Matrix<Float>, _ type: GgmlType, importance: [Float]? = nil,
    mode: GgmlEncodingMode = .best, progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    let encoding = encoding(type, mode, progress)
    return try encoded(values, importance, encoding, encoding.encode(_:_:_:into:))
}

/// The same for IEEE half-precision values. C: `qc_quantize_ggml_encode_f16`.
public func quantizeGgmlEncode(
    _ values: Matrix<HalfBits>, _ type: GgmlType, importance: [Float]? = nil,
    mode: GgmlEncodingMode = .best, progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    let encoding = encoding(type, mode, progress)
    return try encoded(values, importance, encoding, encoding.encode(_:_:_:into:))
}

/// The same for bfloat16 values. C: `qc_quantize_ggml_encode_bf16`.
public func quantizeGgmlEncode(
    _ values: Matrix<BFloat16Bits>, _ type: GgmlType, importance: [Float]? = nil,
    mode: GgmlEncodingMode = .best, progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    let encoding = encoding(type, mode, progress)
    return try encoded(values, importance, encoding, encoding.encode(_:_:_:into:))
}

private func encoding(
    _ type: GgmlType, _ mode: GgmlEncodingMode, _ progress: ProgressReport?
) -> GgmlEncoding {
    var encoding = GgmlEncoding(type)
    encoding.mode = mode
    encoding.progress = Progress(progress)
    return encoding
}

private func encoded<Element>(
    _ values: Matrix<Element>, _ importance: [Float]?, _ encoding: GgmlEncoding,
    _ call: (
        UnsafePointer<Element>, UnsafeBufferPointer<Float>?, GgmlLayout, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [UInt8] {
    let layout = try encoding.layout(rows: values.rows, columns: values.columns)
    if let importance { try requireCount(importance.count, values.columns, "importance") }
    return try filled(layout.bytes) { (blocks: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withBuffer(values.elements) { elements throws(QuantcalError) in
            try withOptionalBuffer(importance) { importance throws(QuantcalError) in
                guard let base = elements.baseAddress else { return }
                try call(base, importance, layout, blocks)
            }
        }
    }
}
