/// Reader of the GGUF format, versions 2 and 3, little-endian: counts, metadata, a description of each
/// tensor, and then, padded to an alignment, the tensors' bytes.
///
/// The file is held for hostile. What either ggml's own reader or the `gguf` package refuses is refused
/// here, and also a shape whose product overflows beside a dimension of 0. Arrays of arrays, which
/// ggml does not know, are carried but not read. Tensors must follow each other in the order of their
/// descriptions, each padded, the last one too. Bytes may follow the last tensor.
public struct Gguf {
    public struct Tensor {
        public let name: String
        public let type: GgmlType
        /// The dimensions in the order of matrices, the last index running fastest; the file has
        /// them the other way round.
        public let shape: [Int]
        /// The tensor's bytes within the file.
        public let range: Range<Int>

        /// The elements of a row: the last dimension, 1 for a scalar.
        public var columns: Int { shape.last ?? 1 }
        public var rows: Int { shape.dropLast().reduce(1, *) }
    }

    public static let defaultAlignment = 32
    /// ggml has room for names of so many bytes, and for so many dimensions.
    static let longestName = 63
    static let largestRank = 4

    public let alignment: Int
    /// In the order of the file.
    public let metadata: [GgufMetadata]
    public let tensors: [Tensor]

    /// Reads all but the tensors' bytes. `file` is the whole file.
    public init(_ file: UnsafeRawBufferPointer) throws(QuantcalError) {
        do throws(QuantcalError) {
            var reader = FileReader(file)
            let (tensorCount, pairCount) = try reader.ggufCounts()
            let metadata = try reader.ggufMetadata(pairCount)
            alignment = try Self.alignment(in: metadata)
            var entries: [GgufEntry] = []
            var names = Set<[UInt8]>()
            for _ in 0..<tensorCount {
                let entry = try reader.ggufEntry()
                guard names.insert(Array(entry.name.utf8)).inserted else {
                    throw QuantcalError(.format, "the tensor \(quoted(entry.name)) is there twice")
                }
                entries.append(entry)
            }
            tensors = try place(entries, from: reader.position, alignment: alignment, end: file.count)
            self.metadata = metadata
        } catch { throw QuantcalError(.format, "not a valid GGUF file: \(error.message)") }
    }

    /// The metadata with this key.
    public func metadata(_ key: String) -> GgufMetadata? {
        metadata.first { $0.key.utf8.elementsEqual(key.utf8) }
    }

    static func alignment(in metadata: [GgufMetadata]) throws(QuantcalError) -> Int {
        guard let entry = metadata.first(where: { $0.key == "general.alignment" }) else {
            return defaultAlignment
        }
        guard entry.kind == .uint32, let value = entry.integer, value > 0, value & (value - 1) == 0 else {
            throw QuantcalError(.format, "general.alignment is not a power of two of 32 bits")
        }
        return value
    }
}

/// The next multiple of a power of two, or nil if there is none.
func aligned(_ position: Int, to alignment: Int) -> Int? {
    let (sum, overflow) = position.addingReportingOverflow(alignment - 1)
    return overflow ? nil : sum & ~(alignment - 1)
}

/// A tensor as the file describes it; the offset counts from the start of the data.
private struct GgufEntry {
    let name: String
    let type: GgmlType
    let shape: [Int]
    let offset: UInt64
    let byteCount: Int
}

/// Finds the tensors' bytes, and makes sure that they follow each other.
private func place(
    _ entries: [GgufEntry], from headerEnd: Int, alignment: Int, end: Int
) throws(QuantcalError) -> [Gguf.Tensor] {
    guard !entries.isEmpty else { return [] }
    guard let data = aligned(headerEnd, to: alignment), data <= end else {
        throw QuantcalError(.format, "it ends at byte \(end), before its data begin")
    }
    var offset = 0
    var tensors: [Gguf.Tensor] = []
    for entry in entries {
        guard entry.offset == UInt64(offset) else {
            throw QuantcalError(
                .format,
                "tensor \(quoted(entry.name)): its offset is \(entry.offset), but the one before it ends at \(offset)"
            )
        }
        guard let padded = aligned(entry.byteCount, to: alignment), padded <= end - data - offset else {
            throw QuantcalError(
                .format,
                "tensor \(quoted(entry.name)): its \(entry.byteCount) bytes, padded to \(alignment), do not fit the \(end - data - offset) that are left"
            )
        }
        tensors.append(
            Gguf.Tensor(
                name: entry.name, type: entry.type, shape: entry.shape,
                range: data + offset..<data + offset + entry.byteCount))
        offset += padded
    }
    return tensors
}

// MARK: - The header

extension FileReader {
    /// The numbers of tensors and of pairs of metadata.
    fileprivate mutating func ggufCounts() throws(QuantcalError) -> (tensors: Int, pairs: Int) {
        let magic: UInt32 = try number("the magic number")
        guard magic == 0x4655_4747 else { throw QuantcalError(.format, "it does not start with 'GGUF'") }
        let version: UInt32 = try number("the version")
        guard version & 0xFFFF != 0 else { throw QuantcalError(.format, "it is big-endian") }
        guard version == 2 || version == 3 else {
            throw QuantcalError(.format, "its version is \(version); 2 and 3 are known")
        }
        // A name's length, the number of dimensions, a type and an offset.
        let tensors = try count("the number of tensors", bytesEach: 24)
        return (tensors, try count("the number of metadata", bytesEach: Self.leastMetadataBytes))
    }

    fileprivate mutating func ggufMetadata(_ count: Int) throws(QuantcalError) -> [GgufMetadata] {
        var pairs: [GgufMetadata] = []
        var keys = Set<[UInt8]>()
        for _ in 0..<count {
            let pair = try metadata()
            guard keys.insert(Array(pair.key.utf8)).inserted else {
                throw QuantcalError(.format, "the key \(quoted(pair.key)) is there twice")
            }
            pairs.append(pair)
        }
        return pairs
    }

    fileprivate mutating func ggufEntry() throws(QuantcalError) -> GgufEntry {
        let name = try string("a tensor's name")
        guard name.utf8.count <= Gguf.longestName, !name.utf8.contains(0) else {
            throw QuantcalError(
                .format,
                "the tensor's name \(quoted(name)) has more than \(Gguf.longestName) bytes, or a NUL")
        }
        do throws(QuantcalError) {
            return try ggufEntry(name)
        } catch {
            throw QuantcalError(.format, "tensor \(quoted(name)): \(error.message)")
        }
    }

    private mutating func ggufEntry(_ name: String) throws(QuantcalError) -> GgufEntry {
        let rank: UInt32 = try number("its number of dimensions")
        guard rank <= UInt32(Gguf.largestRank) else {
            throw QuantcalError(.format, "it has \(rank) dimensions; at most \(Gguf.largestRank) are known")
        }
        var dimensions: [Int] = []
        for _ in 0..<rank {
            let dimension: UInt64 = try number("a dimension")
            guard let size = Int(exactly: dimension) else {
                throw QuantcalError(.format, "a dimension is \(dimension)")
            }
            dimensions.append(size)
        }
        let code: UInt32 = try number("its type")
        guard let type = GgmlType(rawValue: code) else {
            throw QuantcalError(.format, "its type is \(code), which is not known")
        }
        let offset: UInt64 = try number("its offset")
        let shape = Array(dimensions.reversed())
        guard let bytes = try type.byteCount(shape: shape) else {
            throw QuantcalError(.format, "the size of \(type.name) of shape \(listed(shape)) overflows")
        }
        return GgufEntry(name: name, type: type, shape: shape, offset: offset, byteCount: bytes)
    }
}

extension GgmlType {
    /// The bytes of a tensor, or nil if they, or those of its dimensions other than 0, cannot be counted
    /// in an `Int`.
    func byteCount(shape: [Int]) throws(QuantcalError) -> Int? {
        let columns = shape.last ?? 1
        guard columns % blockLength == 0 else {
            throw QuantcalError(
                .format,
                "rows of \(columns) elements are not whole blocks of \(blockLength), as \(name) has them")
        }
        var bytes = blockBytes
        for dimension in shape.dropLast() + [columns / blockLength] where dimension != 0 {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
            if overflow { return nil }
            bytes = product
        }
        return shape.contains(0) ? 0 : bytes
    }
}
