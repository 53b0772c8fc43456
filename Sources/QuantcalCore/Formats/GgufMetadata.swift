/// One pair of a GGUF file's metadata. Values are kept as the file has them, so that they can be written
/// again byte for byte; those of one number, one truth or one text can be read.
public struct GgufMetadata: Sendable {
    /// What a value can be; the raw values are the file's.
    public enum Kind: UInt32, CaseIterable, Sendable {
        case uint8 = 0
        case int8 = 1
        case uint16 = 2
        case int16 = 3
        case uint32 = 4
        case int32 = 5
        case float32 = 6
        case bool = 7
        case string = 8
        case array = 9
        case uint64 = 10
        case int64 = 11
        case float64 = 12

        /// Bytes of a value; nil where it has a length of its own.
        var size: Int? {
            switch self {
            case .uint8, .int8, .bool: 1
            case .uint16, .int16: 2
            case .uint32, .int32, .float32: 4
            case .uint64, .int64, .float64: 8
            case .string, .array: nil
            }
        }
    }

    public let key: String
    public let kind: Kind
    /// The value as it stands in a file, little-endian, without its kind.
    public let bytes: [UInt8]

    init(key: String, kind: Kind, bytes: [UInt8]) { (self.key, self.kind, self.bytes) = (key, kind, bytes) }

    public init(_ key: String, _ value: UInt32) {
        self.init(key: key, kind: .uint32, bytes: littleEndianBytes(value))
    }

    public init(_ key: String, _ value: String) {
        let text = Array(value.utf8)
        self.init(key: key, kind: .string, bytes: littleEndianBytes(UInt64(text.count)) + text)
    }

    /// The value, if it is a whole number that fits.
    public var integer: Int? {
        switch kind {
        case .uint8: Int(number(UInt8.self))
        case .int8: Int(number(Int8.self))
        case .uint16: Int(number(UInt16.self))
        case .int16: Int(number(Int16.self))
        case .uint32: Int(number(UInt32.self))
        case .int32: Int(number(Int32.self))
        case .uint64: Int(exactly: number(UInt64.self))
        case .int64: Int(number(Int64.self))
        case .float32, .float64, .bool, .string, .array: nil
        }
    }

    /// The value, if it is a text.
    public var string: String? {
        kind == .string ? String(decoding: bytes.dropFirst(8), as: UTF8.self) : nil
    }

    private func number<Value: FixedWidthInteger>(_: Value.Type) -> Value {
        bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(as: Value.self)) }
    }
}

func littleEndianBytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

// MARK: - Reading

extension FileReader {
    /// The least that a pair takes: an empty key, a kind and a byte.
    static let leastMetadataBytes = 13

    mutating func metadata() throws(QuantcalError) -> GgufMetadata {
        let start = position
        let key = try string("a key")
        guard !key.isEmpty else { throw QuantcalError(.format, "the key at byte \(start) is empty") }
        do {
            let kind = try metadataKind("the kind of its value")
            let first = position
            try skipValue(kind, depth: 0)
            return GgufMetadata(key: key, kind: kind, bytes: Array(bytes[first..<position]))
        } catch { throw QuantcalError(.format, "metadata \(quoted(key)): \(error.message)") }
    }

    private mutating func metadataKind(_ what: String) throws(QuantcalError) -> GgufMetadata.Kind {
        let start = position
        let code: UInt32 = try number(what)
        guard let kind = GgufMetadata.Kind(rawValue: code) else {
            throw QuantcalError(.format, "\(what) at byte \(start) is \(code); there is no such kind")
        }
        return kind
    }

    private mutating func skipValue(_ kind: GgufMetadata.Kind, depth: Int) throws(QuantcalError) {
        if let size = kind.size { return try skip(size, "its value") }
        if kind == .string {
            _ = try string("its value")
            return
        }
        guard depth < 8 else {
            throw QuantcalError(.format, "arrays at byte \(position) are nested more than 8 deep")
        }
        let element = try metadataKind("the kind of its elements")
        // An array takes at least its own kind and count, a text its length.
        let count = try count(
            "the number of its elements", bytesEach: element.size ?? (element == .array ? 12 : 8))
        if let size = element.size { return try skip(count * size, "its elements") }
        for _ in 0..<count { try skipValue(element, depth: depth + 1) }
    }
}
