/// Reader of NumPy's .npy format, versions 1.0, 2.0 and 3.0: a magic string, a header that is the
/// text of a Python dict, then the array's bytes.
///
/// The file is held for hostile. The dict is read by a parser of its own that knows one form, never
/// by an evaluator. Refused, although NumPy accepts them: a key that is there twice, `2L` as a
/// dimension, bytes after the array, and types that are not numbers or bool.
public struct Npy {
    /// NumPy refuses longer headers too, unless it is told to trust the file.
    public static let maximumHeaderLength = 10_000
    /// As many dimensions as a NumPy array can have.
    public static let maximumRank = 64

    public let array: TensorView

    /// Reads the header. `file` is the whole file and must outlive the array; `name` is what messages
    /// call it.
    public init(_ file: UnsafeRawBufferPointer, name: String = "array") throws(QuantcalError) {
        let text = try headerRange(file)
        var parser = HeaderParser(bytes: file, position: text.lowerBound, end: text.upperBound)
        let header = try parser.parse()
        let size = try byteCount(header)
        let present = file.count - text.upperBound
        guard present == size else {
            throw failure(
                "\(header.type.rawValue) of shape \(listed(header.shape)) takes \(size) bytes, but "
                    + "\(present) follow the header at byte \(text.upperBound)")
        }
        array = TensorView(
            name: name, type: header.type, shape: header.shape, file: file,
            range: text.upperBound..<file.count, order: header.order, isBigEndian: header.isBigEndian)
    }
}

/// The header's text within the file.
private func headerRange(_ file: UnsafeRawBufferPointer) throws(QuantcalError) -> Range<Int> {
    let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    guard file.starts(with: magic) else {
        throw failure("it does not start with the bytes 93 4E 55 4D 50 59")
    }
    guard file.count >= 8 else { throw failure("it ends before the version at byte 6") }
    let (major, minor) = (file[6], file[7])
    guard (1...3).contains(major), minor == 0 else {
        throw failure("its version is \(major).\(minor); 1.0, 2.0 and 3.0 are known")
    }
    let start = major == 1 ? 10 : 12
    guard file.count >= start else { throw failure("it ends before the header's length at byte 8") }
    let length =
        major == 1
        ? Int(UInt16(littleEndian: file.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
        : Int(UInt32(littleEndian: file.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    guard length <= Npy.maximumHeaderLength else {
        throw failure(
            "the header's length is \(length); at most \(Npy.maximumHeaderLength) is allowed")
    }
    guard length <= file.count - start else {
        throw failure("the header's length is \(length), but \(file.count - start) bytes follow it")
    }
    return start..<start + length
}

private func byteCount(_ header: Header) throws(QuantcalError) -> Int {
    guard let bits = header.type.bitCount(shape: header.shape) else {
        throw failure("the size of \(header.type.rawValue) of shape \(listed(header.shape)) overflows")
    }
    return bits / 8
}

private func failure(_ what: String) -> QuantcalError {
    QuantcalError(.format, "not a readable .npy file: \(what)")
}

// MARK: - The header

private struct Header {
    let type: TensorType
    let isBigEndian: Bool
    let order: TensorView.Order
    let shape: [Int]
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, keys in any order.
private struct HeaderParser {
    let bytes: UnsafeRawBufferPointer
    var position: Int
    let end: Int

    mutating func parse() throws(QuantcalError) -> Header {
        var element: (type: TensorType, isBigEndian: Bool)?
        var order: TensorView.Order?
        var shape: [Int]?
        var seen: [String] = []
        try readList("{", "}") { parser throws(QuantcalError) in
            parser.skipSpace()
            let start = parser.position
            let key = try parser.readString()
            guard !seen.contains(key) else {
                throw failure("the key \(quoted(key)) at byte \(start) is there twice")
            }
            seen.append(key)
            try parser.take(":")
            switch key {
            case "descr": element = try parser.readDescription()
            case "fortran_order": order = try parser.readBool() ? .columnMajor : .rowMajor
            case "shape": shape = try parser.readShape()
            default: throw failure("unknown key \(quoted(key)) at byte \(start)")
            }
        }
        guard next == nil else { throw expected("the end of the header") }
        guard let element, let order, let shape else {
            let missing = element == nil ? "descr" : order == nil ? "fortran_order" : "shape"
            throw failure("the header has no '\(missing)'")
        }
        return Header(
            type: element.type, isBigEndian: element.isBigEndian, order: order, shape: shape)
    }

    /// An element type: an optional byte order and a code.
    private mutating func readDescription() throws(QuantcalError) -> (type: TensorType, isBigEndian: Bool) {
        skipSpace()
        let start = position
        let text = try readString()
        let prefix = text.first.flatMap { "<>=|".contains($0) ? $0 : nil }
        let code = prefix == nil ? text : String(text.dropFirst())
        // '|' says that there is no byte order to speak of: right for single bytes only.
        guard let type = Self.types[code], prefix != "|" || type.bits == 8 else {
            throw failure(
                "the type \(quoted(text)) at byte \(start) is not one of "
                    + "b1, i1 to i8, u1 to u8, f2, f4 and f8")
        }
        return (type, prefix == ">" || prefix != "<" && UInt16(1).bigEndian == 1)
    }

    private static let types: [String: TensorType] = [
        "b1": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8,
        "u2": .uint16, "u4": .uint32, "u8": .uint64, "f2": .float16, "f4": .float32, "f8": .float64,
    ]

    private mutating func readBool() throws(QuantcalError) -> Bool {
        skipSpace()
        for (word, value) in [("True", true), ("False", false)]
        where bytes[position..<end].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        throw expected("True or False")
    }

    /// A tuple of dimensions; one dimension needs its comma, as in Python.
    private mutating func readShape() throws(QuantcalError) -> [Int] {
        var shape: [Int] = []
        skipSpace()
        let start = position
        let commas = try readList("(", ")") { parser throws(QuantcalError) in
            shape.append(try parser.readDimension())
            guard shape.count <= Npy.maximumRank else {
                throw failure("the shape at byte \(start) has more than \(Npy.maximumRank) dimensions")
            }
        }
        guard shape.count != 1 || commas == 1 else {
            throw failure(
                "the shape at byte \(start) is (\(shape[0])), which is no tuple: "
                    + "expected (\(shape[0]),)")
        }
        return shape
    }

    private mutating func readDimension() throws(QuantcalError) -> Int {
        skipSpace()
        let start = position
        while let byte = peek, isWordByte(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let isPlain =
            text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && (text.utf8.first != 0x30 || text == "0")
        guard isPlain, let value = Int(text) else {
            position = start
            throw text.isEmpty
                ? expected("a dimension")
                : failure(
                    "the dimension \(quoted(text)) at byte \(start) is not a whole number from 0 "
                        + "to \(Int.max)")
        }
        return value
    }

    /// Brackets around items with commas between them, and perhaps one after the last. Returns the
    /// number of commas.
    @discardableResult
    private mutating func readList(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar,
        _ item: (inout HeaderParser) throws(QuantcalError) -> Void
    ) throws(QuantcalError) -> Int {
        try take(open)
        var commas = 0
        while next != UInt8(ascii: close) {
            try item(&self)
            guard next == UInt8(ascii: ",") else { break }
            position += 1
            commas += 1
        }
        try take(close)
        return commas
    }

    /// A string in single or double quotes, of printable ASCII without escapes: all that a key or a
    /// type can need.
    private mutating func readString() throws(QuantcalError) -> String {
        guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw expected("a string in quotes")
        }
        position += 1
        let start = position
        while let byte = peek, byte != quote {
            guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else {
                throw expected("a plain ASCII character")
            }
            position += 1
        }
        guard peek == quote else { throw expected("a quote at the end of a string") }
        position += 1
        return String(decoding: bytes[start..<position - 1], as: UTF8.self)
    }

    // MARK: Bytes

    private var peek: UInt8? { position < end ? bytes[position] : nil }

    /// The next byte that is not white space.
    private var next: UInt8? {
        mutating get {
            skipSpace()
            return peek
        }
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) throws(QuantcalError) {
        guard next == UInt8(ascii: character) else { throw expected("'\(character)'") }
        position += 1
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "+-._*".utf8.contains(byte)
    }

    private func expected(_ what: String) -> QuantcalError {
        failure(
            "expected \(what) at byte \(position), found "
                + (peek.map { quoted(byte: $0) } ?? "the end of the header"))
    }
}
