/// Lays out a GGUF file, version 3.
///
/// What cannot be read by ggml is refused: names of more than 63 bytes, more than four dimensions, rows that
/// are not whole blocks, keys or names that are there twice.
extension Gguf {
    /// A tensor that is to be written.
    public struct Description: Sendable {
        public let name: String
        public let type: GgmlType
        public let shape: [Int]

        public init(name: String, type: GgmlType, shape: [Int]) {
            (self.name, self.type, self.shape) = (name, type, shape)
        }
    }

    /// The metadata are written as they are, in their order; `general.alignment` among them counts.
    public static func layout(
        _ tensors: [Description], metadata: [GgufMetadata]
    ) throws(QuantcalError) -> TensorFileLayout {
        let alignment = try Self.alignment(in: metadata)
        var header = littleEndianBytes(UInt32(0x4655_4747)) + littleEndianBytes(UInt32(3))
        header += littleEndianBytes(UInt64(tensors.count)) + littleEndianBytes(UInt64(metadata.count))
        try append(metadata, to: &header)
        var offset = 0
        var sizes: [Int] = []
        var names = Set<[UInt8]>()
        for tensor in tensors {
            guard names.insert(Array(tensor.name.utf8)).inserted else {
                throw QuantcalError(.domain, "the tensor \(quoted(tensor.name)) is there twice")
            }
            let size = try checkedSize(tensor)
            header += text(tensor.name) + littleEndianBytes(UInt32(tensor.shape.count))
            for dimension in tensor.shape.reversed() { header += littleEndianBytes(UInt64(dimension)) }
            header += littleEndianBytes(tensor.type.rawValue) + littleEndianBytes(UInt64(offset))
            sizes.append(size)
            let (sum, overflow) = offset.addingReportingOverflow(size)
            guard !overflow, let next = aligned(sum, to: alignment) else {
                throw QuantcalError(.size, "the file's size is too large")
            }
            offset = next
        }
        header += Array(repeating: 0, count: aligned(header.count, to: alignment)! - header.count)
        return try TensorFileLayout(
            header: header, sizes: sizes, order: Array(tensors.indices), alignment: alignment,
            isLastPadded: true)
    }

    private static func append(_ metadata: [GgufMetadata], to header: inout [UInt8]) throws(QuantcalError) {
        var keys = Set<[UInt8]>()
        for pair in metadata {
            guard !pair.key.isEmpty, keys.insert(Array(pair.key.utf8)).inserted else {
                throw QuantcalError(.domain, "the key \(quoted(pair.key)) is empty, or there twice")
            }
            header += text(pair.key) + littleEndianBytes(pair.kind.rawValue) + pair.bytes
        }
    }

    private static func text(_ string: String) -> [UInt8] {
        littleEndianBytes(UInt64(string.utf8.count)) + Array(string.utf8)
    }

    private static func checkedSize(_ tensor: Description) throws(QuantcalError) -> Int {
        let name = quoted(tensor.name)
        guard tensor.name.utf8.count <= longestName, !tensor.name.utf8.contains(0) else {
            throw QuantcalError(
                .domain, "the tensor's name \(name) has more than \(longestName) bytes, or a NUL")
        }
        guard tensor.shape.count <= largestRank, tensor.shape.allSatisfy({ $0 >= 0 }) else {
            throw QuantcalError(
                .domain,
                "tensor \(name): shape is \(listed(tensor.shape)); at most \(largestRank) dimensions >= 0")
        }
        do {
            if let size = try tensor.type.byteCount(shape: tensor.shape) { return size }
        } catch { throw QuantcalError(.size, "tensor \(name): \(error.message)") }
        throw QuantcalError(.size, "tensor \(name): the size of shape \(listed(tensor.shape)) overflows")
    }
}
