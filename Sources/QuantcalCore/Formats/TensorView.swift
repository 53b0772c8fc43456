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
    /// The same for some of the elements, in row-major order, into memory that has room for them.
    /// Messages count elements from `indexOffset` on.
    func floats(
        _ range: Range<Int>, into target: UnsafeMutablePointer<Float>, indexOffset: Int = 0
    ) throws(QuantcalError) {
        try floatingPoint(range, indexOffset, into: target)
    }

    private func floatingPoint<Value: BinaryFloatingPoint>() throws(QuantcalError) -> [Value] {
        var failure: QuantcalError?
        let values = [Value](unsafeUninitializedCapacity: count) { buffer, filled in
            guard count > 0 else { return }
            do throws(QuantcalError) {
                try floatingPoint(0..<count, 0, into: buffer.baseAddress!)
                filled = count
            } catch { failure = error }
        }
        if let failure { throw failure }
        return values
    }

    private func floatingPoint<Value: BinaryFloatingPoint>(
        _ range: Range<Int>, _ indexOffset: Int, into target: UnsafeMutablePointer<Value>
    ) throws(QuantcalError) {
        switch type {
        case .float32: try elements(range, UInt32.self, target) { Value(Float(bitPattern: $1)) }
        case .float16: try elements(range, UInt16.self, target) { Value(HalfBits(bits: $1).single) }
        case .bfloat16: try elements(range, UInt16.self, target) { Value(BFloat16Bits(bits: $1).single) }
        case .float64:
            try elements(range, UInt64.self, target) { index, bits throws(QuantcalError) in
                let value = Double(bitPattern: bits)
                let converted = Value(value)
                if converted.isInfinite && value.isFinite {
                    throw failure("element \(indexOffset + index) is \(value), beyond single precision")
                }
                return converted
            }
        case .bool: try elements(range, UInt8.self, target) { $1 == 0 ? 0 : 1 }
        case .uint8: try elements(range, UInt8.self, target) { Value($1) }
        case .int8: try elements(range, UInt8.self, target) { Value(Int8(bitPattern: $1)) }
        case .uint16: try elements(range, UInt16.self, target) { Value($1) }
        case .int16: try elements(range, UInt16.self, target) { Value(Int16(bitPattern: $1)) }
        case .uint32: try elements(range, UInt32.self, target) { Value($1) }
        case .int32: try elements(range, UInt32.self, target) { Value(Int32(bitPattern: $1)) }
        case .uint64: try elements(range, UInt64.self, target) { Value($1) }
        case .int64: try elements(range, UInt64.self, target) { Value(Int64(bitPattern: $1)) }
        default:
            throw failure("its type is \(type.rawValue); an integer type, F16, BF16, F32 or F64 is expected")
        }
    }

    /// The bits of some elements, in row-major order and this machine's byte order, through `convert`.
    @inline(__always) private func elements<Bits: FixedWidthInteger, Value>(
        _ range: Range<Int>, _: Bits.Type, _ target: UnsafeMutablePointer<Value>,
        _ convert: (_ index: Int, Bits) throws(QuantcalError) -> Value
    ) throws(QuantcalError) {
        var place = ElementOrder(shape: shape, order: order, at: range.lowerBound)
        for index in range {
            let bits = bytes.loadUnaligned(
                fromByteOffset: place.offset * MemoryLayout<Bits>.size, as: Bits.self)
            (target + (index - range.lowerBound)).initialize(
                to: try convert(index, isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)))
            place.advance()
        }
    }

    private func elements<Bits: FixedWidthInteger>(
        _: Bits.Type, _ convert: (_ index: Int, Bits) throws(QuantcalError) -> Int64
    ) throws(QuantcalError) -> [Int64] {
        var failure: QuantcalError?
        let values = [Int64](unsafeUninitializedCapacity: count) { buffer, filled in
            guard count > 0 else { return }
            do throws(QuantcalError) {
                try elements(0..<count, Bits.self, buffer.baseAddress!, convert)
                filled = count
            } catch { failure = error }
        }
        if let failure { throw failure }
        return values
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

    /// Starts at an element that exists, or at 0.
    init(shape: [Int], order: TensorView.Order, at element: Int) {
        self.shape = shape
        guard order == .columnMajor, shape.count > 1 else {
            offset = element
            return
        }
        index = Array(repeating: 0, count: shape.count)
        var stride = 1
        for dimension in shape {
            strides.append(stride)
            stride *= dimension
        }
        var rest = element
        for axis in shape.indices.reversed() where rest > 0 {
            index[axis] = rest % shape[axis]
            offset += index[axis] * strides[axis]
            rest /= shape[axis]
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
