/// Objects as bytes, the same on every machine: eight that name the kind, a version, contents in little-endian
/// order, and a checksum of all that. Whoever reads them trusts nothing.
enum StoredBytes {
    static let headBytes = 16
    static let checksumBytes = 8

    /// FNV-1a of 64 bits: enough against accidents; nothing helps against intent.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}

/// Writes bytes of a known number.
struct ByteWriter {
    private let memory: UnsafeMutableRawPointer
    private var count = 0

    /// `kind` has eight characters.
    init(_ memory: UnsafeMutableRawPointer, kind: StaticString, version: UInt64) {
        self.memory = memory
        memory.copyMemory(from: kind.utf8Start, byteCount: 8)
        count = 8
        put(version)
    }

    mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        memory.storeBytes(of: value.littleEndian, toByteOffset: count, as: Value.self)
        count += MemoryLayout<Value>.size
    }

    mutating func put(_ value: Double) { put(value.bitPattern) }

    mutating func finish() { put(StoredBytes.checksum(UnsafeRawBufferPointer(start: memory, count: count))) }
}

/// Reads what a `ByteWriter` wrote, or anything else.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var next = StoredBytes.headBytes
    private let name: String

    /// Checks the kind, the version and the checksum.
    init(
        _ bytes: UnsafeRawBufferPointer, kind: StaticString, version: UInt64, name: String
    ) throws(QuantcalError) {
        self.bytes = bytes
        self.name = name
        let contentsEnd = bytes.count - StoredBytes.checksumBytes
        guard contentsEnd >= StoredBytes.headBytes else {
            throw failure("their size is \(bytes.count); that is too few")
        }
        guard (0..<8).allSatisfy({ bytes[$0] == kind.utf8Start[$0] }) else {
            throw failure("they do not begin with \(kind)")
        }
        let given = Self.integer(bytes, at: 8, as: UInt64.self)
        guard given == version else {
            throw failure("their version is \(given); this library knows version \(version)")
        }
        let contents = UnsafeRawBufferPointer(rebasing: bytes[..<contentsEnd])
        guard Self.integer(bytes, at: contentsEnd, as: UInt64.self) == StoredBytes.checksum(contents) else {
            throw failure("their checksum is wrong")
        }
    }

    func failure(_ what: String) -> QuantcalError {
        QuantcalError(.format, "bytes are not \(name): \(what)")
    }

    private static func integer<Value: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, as type: Value.Type
    ) -> Value {
        Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    mutating func get<Value: FixedWidthInteger>(_ type: Value.Type) throws(QuantcalError) -> Value {
        guard remaining >= MemoryLayout<Value>.size else { throw failure("they end too soon") }
        defer { next += MemoryLayout<Value>.size }
        return Self.integer(bytes, at: next, as: type)
    }

    mutating func getDouble() throws(QuantcalError) -> Double { Double(bitPattern: try get(UInt64.self)) }

    /// A finite number, and no -0, which is never written.
    mutating func finite(_ name: String) throws(QuantcalError) -> Double {
        let number = try getDouble()
        guard number.isFinite, number != 0 || number.sign == .plus else {
            throw failure("\(name) is \(number)")
        }
        return number
    }

    /// Goes on behind so many bytes, which `remaining` has.
    mutating func skip(_ count: Int) { next += count }

    /// How many bytes of contents are left.
    var remaining: Int { bytes.count - StoredBytes.checksumBytes - next }
}
