import QuantcalCore

public typealias QuantizationScheme = IntegerQuantization.Scheme
public typealias QuantizationGranularity = QuantcalCore.Granularity
public typealias QuantizationLayout = IntegerQuantization.Layout
public typealias HalfBits = QuantcalCore.HalfBits
public typealias BFloat16Bits = QuantcalCore.BFloat16Bits

/// A matrix in integer codes of 2 to 8 bits.
public struct QuantizedMatrix: Sendable {
    public let rows: Int
    public let columns: Int
    public let bits: Int
    public let scheme: QuantizationScheme
    public let granularity: QuantizationGranularity
    public let groupSize: Int
    /// Codes as stored: each row starts on a byte, the first code in its lowest bits.
    public let packedCodes: [UInt8]
    /// One scale for each group, row by row.
    public let scales: [Float]
    /// One zero point for each group; empty for the symmetric scheme.
    public let zeros: [UInt8]

    /// Bytes of codes, scales and zero points.
    public var byteCount: Int { packedCodes.count + 4 * scales.count + zeros.count }

    /// One integer for each element.
    public func codes() throws(QuantcalError) -> Matrix<Int16> {
        let isSigned = scheme == .symmetric
        let bytes = try unpackCodes(packedCodes, rows: rows, columns: columns, bits: bits, isSigned: isSigned)
        let codes = bytes.elements.map { isSigned ? Int16(Int8(bitPattern: $0)) : Int16($0) }
        return Matrix(unchecked: rows, columns, codes)
    }

    /// The decoded values: (code - zero) * scale. C: `qc_quantize_integer_decode_f32`.
    public func dequantize() throws(QuantcalError) -> Matrix<Float> {
        try decoded { $0.decode(_:_:into:) }
    }

    /// The same, rounded to IEEE half precision. C: `qc_quantize_integer_decode_f16`.
    public func dequantizeToHalf() throws(QuantcalError) -> Matrix<HalfBits> {
        try decoded { $0.decode(_:_:into:) }
    }

    /// The same, rounded to bfloat16. C: `qc_quantize_integer_decode_bf16`.
    public func dequantizeToBFloat16() throws(QuantcalError) -> Matrix<BFloat16Bits> {
        try decoded { $0.decode(_:_:into:) }
    }

    /// A matrix from codes that were stored. Sizes are checked against the layout.
    public init(
        rows: Int, columns: Int, bits: Int = 4, groupSize: Int = 128, scheme: QuantizationScheme = .symmetric,
        granularity: QuantizationGranularity = .group, packedCodes: [UInt8], scales: [Float],
        zeros: [UInt8] = []
    ) throws(QuantcalError) {
        let layout = try quantizationLayout(
            rows: rows, columns: columns, bits: bits, groupSize: groupSize, scheme: scheme,
            granularity: granularity)
        try requireCount(packedCodes.count, layout.codeBytes, "packedCodes")
        try requireCount(scales.count, layout.groupCount, "scales")
        try requireCount(zeros.count, scheme == .affine ? layout.groupCount : 0, "zeros")
        (self.rows, self.columns, self.bits) = (rows, columns, bits)
        (self.scheme, self.granularity, self.groupSize) = (scheme, granularity, groupSize)
        (self.packedCodes, self.scales, self.zeros) = (packedCodes, scales, zeros)
    }

    private func decoded<Element: BitwiseCopyable>(
        _ decode: (IntegerQuantization) -> (
            IntegerQuantization.StoredCodes, QuantizationLayout, UnsafeMutablePointer<Element>
        ) throws(QuantcalError) -> Void
    ) throws(QuantcalError) -> Matrix<Element> {
        let options = quantizationOptions(bits, groupSize, scheme, granularity)
        let layout = try options.layout(rows: rows, columns: columns)
        let elements = try filled(rows * columns) {
            (values: UnsafeMutablePointer<Element>) throws(QuantcalError) in
            try withBuffer(packedCodes) { packed throws(QuantcalError) in
                try withBuffer(scales) { scales throws(QuantcalError) in
                    try withBuffer(zeros) { zeros throws(QuantcalError) in
                        guard let base = packed.baseAddress, rows > 0 else { return }
                        try decode(options)(.init(packed: base, scales: scales, zeros: zeros), layout, values)
                    }
                }
            }
        }
        return Matrix(unchecked: rows, columns, elements)
    }
}

/// Sizes of the parts of a quantized matrix. C: `qc_quantize_integer_layout`.
public func quantizationLayout(
    rows: Int, columns: Int, bits: Int = 4, groupSize: Int = 128, scheme: QuantizationScheme = .symmetric,
    granularity: QuantizationGranularity = .group
) throws(QuantcalError) -> QuantizationLayout {
    guard rows >= 0, columns >= 0 else {
        throw QuantcalError(.size, "a matrix of \(rows) x \(columns) cannot be")
    }
    return try quantizationOptions(bits, groupSize, scheme, granularity).layout(rows: rows, columns: columns)
}

/// Quantizes a matrix to integers of 2 to 8 bits. C: `qc_quantize_integer_encode_f32`; the default arguments
/// are those of `qc_quantize_integer_options_init`.
///
/// - Parameters:
///   - values: finite values.
///   - bits: 2 to 8.
///   - groupSize: how many neighbours of a row share a scale; the last group may be shorter.
///   - scheme: symmetric about 0, or affine with a zero point.
///   - granularity: one scale for each group, each row, or the whole matrix.
public func quantize(
    _ values: Matrix<Float>, bits: Int = 4, groupSize: Int = 128, scheme: QuantizationScheme = .symmetric,
    granularity: QuantizationGranularity = .group, progress: ProgressReport? = nil
) throws(QuantcalError) -> QuantizedMatrix {
    let options = quantizationOptions(bits, groupSize, scheme, granularity, progress)
    return try encoded(values, options, options.encode(_:_:into:))
}

/// The same for IEEE half-precision values. C: `qc_quantize_integer_encode_f16`.
public func quantize(
    _ values: Matrix<HalfBits>, bits: Int = 4, groupSize: Int = 128, scheme: QuantizationScheme = .symmetric,
    granularity: QuantizationGranularity = .group, progress: ProgressReport? = nil
) throws(QuantcalError) -> QuantizedMatrix {
    let options = quantizationOptions(bits, groupSize, scheme, granularity, progress)
    return try encoded(values, options, options.encode(_:_:into:))
}

/// The same for bfloat16 values. C: `qc_quantize_integer_encode_bf16`.
public func quantize(
    _ values: Matrix<BFloat16Bits>, bits: Int = 4, groupSize: Int = 128,
    scheme: QuantizationScheme = .symmetric, granularity: QuantizationGranularity = .group,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> QuantizedMatrix {
    let options = quantizationOptions(bits, groupSize, scheme, granularity, progress)
    return try encoded(values, options, options.encode(_:_:into:))
}

func quantizationOptions(
    _ bits: Int, _ groupSize: Int, _ scheme: QuantizationScheme, _ granularity: QuantizationGranularity,
    _ progress: ProgressReport? = nil
) -> IntegerQuantization {
    var options = IntegerQuantization()
    options.bits = bits
    options.groupSize = groupSize
    options.scheme = scheme
    options.granularity = granularity
    options.progress = Progress(progress)
    return options
}

private func encoded<Element>(
    _ values: Matrix<Element>, _ options: IntegerQuantization,
    _ call: (UnsafePointer<Element>, QuantizationLayout, IntegerQuantization.Codes) throws(QuantcalError) ->
        Void
) throws(QuantcalError) -> QuantizedMatrix {
    let layout = try options.layout(rows: values.rows, columns: values.columns)
    var scales: [Float] = []
    var zeros: [UInt8] = []
    let packed = try filled(layout.codeBytes) { (packed: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        scales = try filled(layout.groupCount) {
            (scales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            let zeroCount = options.scheme == .affine ? layout.groupCount : 0
            zeros = try filled(zeroCount) { (zeros: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
                let codes = IntegerQuantization.Codes(packed: packed, scales: scales, zeros: zeros)
                try withBuffer(values.elements) { elements throws(QuantcalError) in
                    guard let base = elements.baseAddress, layout.groupCount > 0 else { return }
                    try call(base, layout, codes)
                }
            }
        }
    }
    return try QuantizedMatrix(
        rows: values.rows, columns: values.columns, bits: options.bits, groupSize: options.groupSize,
        scheme: options.scheme, granularity: options.granularity, packedCodes: packed, scales: scales,
        zeros: zeros)
}
