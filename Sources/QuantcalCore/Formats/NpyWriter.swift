/// Lays out an .npy file as NumPy does: version 1.0, row-major, little-endian, the array at a multiple of 64
/// bytes, and behind the header's text spaces with which the first dimension could grow to 21 digits.
///
/// No shape of 64 dimensions makes a header that version 1.0 cannot hold, or that NumPy would not read.
extension Npy {
    /// The names that the format has for types; other types cannot be told from plain bytes in it.
    private static func description(_ type: TensorType) -> String? {
        switch type {
        case .bool: "|b1"
        case .int8: "|i1"
        case .uint8: "|u1"
        case .int16: "<i2"
        case .uint16: "<u2"
        case .int32: "<i4"
        case .uint32: "<u4"
        case .int64: "<i8"
        case .uint64: "<u8"
        case .float16: "<f2"
        case .float32: "<f4"
        case .float64: "<f8"
        default: nil
        }
    }
    private static let growingDigits = 21

    public static func layout(_ type: TensorType, shape: [Int]) throws(QuantcalError) -> TensorFileLayout {
        guard let description = description(type) else {
            throw QuantcalError(
                .options,
                "type is \(type.rawValue); .npy has BOOL, I8 to I64, U8 to U64, F16, F32 and F64")
        }
        guard shape.count <= maximumRank else {
            throw QuantcalError(.size, "rank is \(shape.count); an array of .npy has at most \(maximumRank)")
        }
        guard shape.allSatisfy({ $0 >= 0 }), let bits = type.bitCount(shape: shape) else {
            throw QuantcalError(.size, "the size of \(type.rawValue) of shape \(listed(shape)) overflows")
        }
        let extents = shape.map { String($0) }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let room = shape.first.map { growingDigits - String($0).utf8.count } ?? 0
        var text = Array("{'descr': '\(description)', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
        text += Array(repeating: UInt8(ascii: " "), count: max(room, 0))
        // Before it a magic string, a version and a length; after it a line feed. NumPy pads by at least one.
        text += Array(repeating: UInt8(ascii: " "), count: 64 - (text.count + 11) % 64) + [0x0A]
        let header = [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndianBytes(UInt16(text.count)) + text
        return try TensorFileLayout(
            header: header, sizes: [bits / 8], order: [0], alignment: 1, isLastPadded: false)
    }
}
