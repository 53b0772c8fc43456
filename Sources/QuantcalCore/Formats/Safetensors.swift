/// Reader of the safetensors format: eight bytes with the header's length N (little-endian), N bytes
/// of JSON that say each tensor's type, shape and place, then the tensors' bytes.
///
/// The file is held for hostile. Whatever the reference implementation refuses is refused here, and
/// some that it lets pass: a name or key that is there twice, space before the header's first
/// brace, entries that are not objects, `null` as metadata, and a shape whose product overflows
/// beside a dimension of 0. The tensors must cover the data exactly, without holes or overlap, in
/// any order. Alignment is not asked for: views read unaligned.
public struct Safetensors {
    /// Longer headers are refused, as by the reference implementation.
    public static let maximumHeaderLength = 100_000_000

    /// In the order of their bytes.
    public let tensors: [TensorView]
    /// The pairs under `__metadata__`, in the order of the file.
    public let metadata: [(key: String, value: String)]
    /// By the bytes of the name: to a `String`, canonically equivalent names would be one.
    private let positions: [[UInt8]: Int]

    /// Reads the header. `file` is the whole file and must outlive the tensors.
    public init(_ file: UnsafeRawBufferPointer) throws(QuantcalError) {
        let header = try headerRange(file)
        var entries: [Entry] = []
        metadata = try parseHeader(
            UnsafeRawBufferPointer(rebasing: file[header]), origin: header.lowerBound, into: &entries)
        entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
        let data = header.upperBound
        try checkCoverage(entries, dataLength: file.count - data)

        tensors = entries.map {
            TensorView(
                name: $0.name, type: $0.type, shape: $0.shape, file: file,
                range: data + $0.begin..<data + $0.end)
        }
        positions = Dictionary(
            uniqueKeysWithValues: tensors.enumerated().map { (Array($1.name.utf8), $0) })
    }

    /// The tensor with exactly this name.
    public func tensor(named name: String) -> TensorView? {
        positions[Array(name.utf8)].map { tensors[$0] }
    }
}

/// One tensor as the header describes it; `begin` and `end` count from the start of the data.
private struct Entry {
    let name: String
    let type: TensorType
    let shape: [Int]
    let begin: Int
    let end: Int
}

/// The header's bytes within the file.
private func headerRange(_ file: UnsafeRawBufferPointer) throws(QuantcalError) -> Range<Int> {
    guard file.count >= 8 else {
        throw failure("the file has \(file.count) bytes; the header's length alone takes 8")
    }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Safetensors.maximumHeaderLength) else {
        throw failure(
            "the header's length is \(length); at most \(Safetensors.maximumHeaderLength) is allowed")
    }
    guard length <= UInt64(file.count - 8) else {
        throw failure("the header's length is \(length), but \(file.count - 8) bytes follow it")
    }
    guard length > 0 else { throw failure("the header's length is 0; '{}' is the shortest header") }
    guard file[8] == UInt8(ascii: "{") else {
        throw failure("the header must start with '{' at byte 8, found \(quoted(byte: file[8]))")
    }
    return 8..<8 + Int(length)
}

/// Checks that the entries, in the order of their bytes, cover the data exactly.
private func checkCoverage(_ entries: [Entry], dataLength: Int) throws(QuantcalError) {
    var covered = 0
    var previous = "the start of the data"
    for entry in entries {
        let place = "tensor \(quoted(entry.name)): data_offsets [\(entry.begin), \(entry.end)]"
        guard entry.begin == covered else {
            let what = entry.begin < covered ? "overlap" : "leave a hole after"
            throw failure("\(place) \(what) \(previous), which ends at \(covered)")
        }
        guard entry.end <= dataLength else {
            throw failure("\(place) go beyond the data's \(dataLength) bytes")
        }
        covered = entry.end
        previous = "tensor \(quoted(entry.name))"
    }
    guard covered == dataLength else {
        throw failure("\(dataLength - covered) bytes follow the end of \(previous) at \(covered)")
    }
}

// MARK: - The header

/// Adds the header's tensors to `entries` and returns its metadata.
private func parseHeader(
    _ text: UnsafeRawBufferPointer, origin: Int, into entries: inout [Entry]
) throws(QuantcalError) -> [(key: String, value: String)] {
    var metadata: [(key: String, value: String)] = []
    do {
        var json = try JSONReader(text, origin: origin)
        try json.readObject { json, key throws(QuantcalError) in
            if key == "__metadata__" {
                metadata = try parseMetadata(&json)
            } else {
                entries.append(try parseEntry(&json, name: key))
            }
        }
        try json.finish()
    } catch { throw failure(error.message) }
    return metadata
}

private func parseMetadata(
    _ json: inout JSONReader
) throws(QuantcalError) -> [(key: String, value: String)] {
    var pairs: [(key: String, value: String)] = []
    do {
        try json.readObject { json, key throws(QuantcalError) in
            pairs.append((key, try json.readString()))
        }
    } catch { throw QuantcalError(.format, "__metadata__: \(error.message)") }
    return pairs
}

private func parseEntry(_ json: inout JSONReader, name: String) throws(QuantcalError) -> Entry {
    do { return try parseFields(&json, name: name) } catch {
        throw QuantcalError(.format, "tensor \(quoted(name)): \(error.message)")
    }
}

private func parseFields(_ json: inout JSONReader, name: String) throws(QuantcalError) -> Entry {
    var type: TensorType?
    var shape: [Int]?
    var offsets: [Int]?
    let start = json.offset
    try json.readObject { json, key throws(QuantcalError) in
        switch key {
        case "dtype": type = try parseType(&json)
        case "shape": shape = try parseCounts(&json)
        case "data_offsets": offsets = try parseCounts(&json)
        default: try json.skipValue()
        }
    }
    guard let type, let shape, let offsets else {
        let missing = type == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
        throw QuantcalError(.format, "the entry at byte \(start) has no \(missing)")
    }
    guard offsets.count == 2 else {
        throw QuantcalError(.format, "data_offsets has \(offsets.count) numbers instead of 2")
    }
    let (begin, end) = (offsets[0], offsets[1])
    guard end >= begin else {
        throw QuantcalError(.format, "data_offsets [\(begin), \(end)] end before they begin")
    }
    try checkSize(end - begin, type: type, shape: shape)
    return Entry(name: name, type: type, shape: shape, begin: begin, end: end)
}

private func checkSize(_ span: Int, type: TensorType, shape: [Int]) throws(QuantcalError) {
    let tensor = "\(type.rawValue) of shape \(listed(shape))"
    guard let bits = type.bitCount(shape: shape) else {
        throw QuantcalError(.format, "the size of \(tensor) overflows")
    }
    guard bits % 8 == 0 else {
        throw QuantcalError(.format, "\(tensor) takes \(bits) bits, which are not whole bytes")
    }
    guard span == bits / 8 else {
        throw QuantcalError(
            .format, "data_offsets span \(span) bytes, but \(tensor) takes \(bits / 8)")
    }
}

private func parseType(_ json: inout JSONReader) throws(QuantcalError) -> TensorType {
    let start = json.offset
    let name = try json.readString()
    guard let type = TensorType(rawValue: name) else {
        throw QuantcalError(.format, "unknown dtype \(quoted(name)) at byte \(start)")
    }
    return type
}

private func parseCounts(_ json: inout JSONReader) throws(QuantcalError) -> [Int] {
    var counts: [Int] = []
    try json.readArray { json throws(QuantcalError) in counts.append(try json.readCount()) }
    return counts
}

private func failure(_ what: String) -> QuantcalError {
    QuantcalError(.format, "not a valid safetensors file: \(what)")
}
