/// Reads little-endian numbers and counted strings from a file that is held for hostile. Nothing is read
/// beyond the end, and no count is believed that the rest of the file could not hold.
struct FileReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    init(_ bytes: UnsafeRawBufferPointer, position: Int = 0) {
        (self.bytes, self.position) = (bytes, position)
    }

    var remaining: Int { bytes.count - position }

    mutating func number<Value: FixedWidthInteger>(_ what: String, as: Value.Type = Value.self)
        throws(QuantcalError) -> Value
    {
        let size = MemoryLayout<Value>.size
        try require(size, what)
        defer { position += size }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
    }

    /// How many things follow, each of which takes at least so many bytes.
    mutating func count(_ what: String, bytesEach: Int) throws(QuantcalError) -> Int {
        let start = position
        let count: UInt64 = try number(what)
        guard count <= UInt64(remaining / max(bytesEach, 1)) else {
            throw QuantcalError(
                .format, "\(what) at byte \(start) is \(count), but only \(remaining) bytes follow")
        }
        return Int(count)
    }

    /// A length and so many bytes of UTF-8.
    mutating func string(_ what: String) throws(QuantcalError) -> String {
        let length = try count("the length of \(what)", bytesEach: 1)
        let range = position..<position + length
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw QuantcalError(.format, "\(what) at byte \(position) is not UTF-8")
        }
        position = range.upperBound
        return text
    }

    mutating func skip(_ count: Int, _ what: String) throws(QuantcalError) {
        try require(count, what)
        position += count
    }

    private func require(_ count: Int, _ what: String) throws(QuantcalError) {
        guard count <= remaining else {
            throw QuantcalError(
                .format,
                "\(what) at byte \(position) takes \(count) bytes, but only \(remaining) follow")
        }
    }
}
