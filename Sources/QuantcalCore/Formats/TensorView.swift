/// A tensor inside the bytes of a file: what it is and where it lies. Nothing is copied until a
/// conversion is asked for. A view is made by a reader, which has checked that the range lies within
/// the file and has the size of the shape; the file's bytes must outlive it.
public struct TensorView {
    public enum Order: Sendable {
        /// The last index runs fastest.
        case rowMajor
        /// The first index runs fastest, as in Fortran.
        case columnMajor
    }

    public let name: String
    public let type: TensorType
    /// The dimensions; none for a scalar.
    public let shape: [Int]
    /// The tensor's bytes within the file.
    public let range: Range<Int>
    public let order: Order
    public let isBigEndian: Bool
    let bytes: UnsafeRawBufferPointer

    init(
        name: String, type: TensorType, shape: [Int], file: UnsafeRawBufferPointer, range: Range<Int>,
        order: Order = .rowMajor, isBigEndian: Bool = false
    ) {
        self.name = name
        self.type = type
        self.shape = shape
        self.range = range
        self.order = order
        self.isBigEndian = isBigEndian
        bytes = UnsafeRawBufferPointer(rebasing: file[range])
    }

    /// The number of elements. Fits, because the elements lie in memory (or one dimension is 0).
    public var count: Int { bytes.count * 8 / type.bits }

    /// The elements as single precision, row-major. F32, F16 and BF16 keep their value, NaN and
    /// infinities too; F64 and wide integers are rounded to nearest, and a finite value that would
    /// become an infinity is an error; BOOL is 0 or 1 (any byte but 0). Other types are an error.
    public func floats() throws(QuantcalError) -> [Float] { try floatingPoint() }

    /// The elements as double precision, by the same rules; only wide integers are rounded.
    public func doubles() throws(QuantcalError) -> [Double] { try floatingPoint() }

    /// The elements as integers, row-major. Only integer types and BOOL convert; a U64 value above
    /// `Int64.max` is an error.
    public func integers() throws(QuantcalError) -> [Int64] {
        switch type {
        case .bool: return try elements(UInt8.self) { _, bits in bits == 0 ? 0 : 1 }
        case .uint8: return try elements(UInt8.self) { _, bits in Int64(bits) }
        case .int8: return try elements(UInt8.self) { _, bits in Int64(Int8(bitPattern: bits)) }
        case .uint16: return try elements(UInt16.self) { _, bits in Int64(bits) }
        case .int16: return try elements(UInt16.self) { _, bits in Int64(Int16(bitPattern: bits)) }
        case .uint32: return try elements(UInt32.self) { _, bits in Int64(bits) }
        case .int32: return try elements(UInt32.self) { _, bits in Int64(Int32(bitPattern: bits)) }
        case .int64: return try elements(UInt64.self) { _, bits in Int64(bitPattern: bits) }
        case .uint64:
            return try elements(UInt64.self) { index, bits throws(QuantcalError) in
                if let value = Int64(exactly: bits) { return value }
                throw failure("element \(index) is \(bits), more than \(Int64.max)")
            }
        default: throw failure("its type is \(type.rawValue); an integer type is expected")
        }
    }
}

// MARK: - Conversion

extension TensorView {
    private func floatingPoint<Value: BinaryFloatingPoint>() throws(QuantcalError) -> [Value] {
        switch type {
        case .float32: return try elements(UInt32.self) { _, bits in Value(Float(bitPattern: bits)) }
        case .float16: return try elements(UInt16.self) { _, bits in Value(HalfBits(bits: bits).single) }
        case .bfloat16:
            return try elements(UInt16.self) { _, bits in Value(BFloat16Bits(bits: bits).single) }
        case .float64:
            return try elements(UInt64.self) { index, bits throws(QuantcalError) in
                let value = Double(bitPattern: bits)
                let converted = Value(value)
                if converted.isInfinite && value.isFinite {
                    throw failure("element \(index) is \(value), beyond single precision")
                }
                return converted
            }
        case .uint64: return try elements(UInt64.self) { _, bits in Value(bits) }
        case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .int64:
            return try integers().map { Value($0) }
        default:
            throw failure("its type is \(type.rawValue); an integer type, F16, BF16, F32 or F64 is expected")
        }
    }

    /// Each element's bits, in row-major order and this machine's byte order, through `convert`.
    private func elements<Bits: FixedWidthInteger, Value>(
        _: Bits.Type, _ convert: (_ index: Int, Bits) throws(QuantcalError) -> Value
    ) throws(QuantcalError) -> [Value] {
        var result: [Value] = []
        result.reserveCapacity(count)
        var place = ElementOrder(shape: shape, order: order)
        for index in 0..<count {
            let bits = bytes.loadUnaligned(
                fromByteOffset: place.offset * MemoryLayout<Bits>.size, as: Bits.self)
            result.append(
                try convert(index, isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)))
            place.advance()
        }
        return result
    }

    private func failure(_ what: String) -> QuantcalError {
        QuantcalError(.format, "tensor \(quoted(name)): \(what)")
    }
}

/// Walks a tensor in row-major order and says where in the file's order each element lies.
private struct ElementOrder {
    private(set) var offset = 0
    /// Empty if the file has the elements in row-major order already.
    private var index: [Int] = []
    private var strides: [Int] = []
    private let shape: [Int]

    init(shape: [Int], order: TensorView.Order) {
        self.shape = shape
        guard order == .columnMajor, shape.count > 1 else { return }
        index = Array(repeating: 0, count: shape.count)
        var stride = 1
        for dimension in shape {
            strides.append(stride)
            stride *= dimension
        }
    }

    mutating func advance() {
        if index.isEmpty {
            offset += 1
            return
        }
        for axis in shape.indices.reversed() {
            index[axis] += 1
            offset += strides[axis]
            if index[axis] < shape[axis] { return }
            offset -= index[axis] * strides[axis]
            index[axis] = 0
        }
    }
}
