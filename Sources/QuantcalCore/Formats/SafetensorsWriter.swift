/// Lays out a safetensors file as the reference implementation does: tensors of the widest type first, then
/// by name, and a header whose length is a multiple of 8; so that every tensor is aligned.
extension Safetensors {
    /// A tensor that is to be written.
    public struct Description: Sendable {
        public let name: String
        public let type: TensorType
        public let shape: [Int]

        public init(name: String, type: TensorType, shape: [Int]) {
            (self.name, self.type, self.shape) = (name, type, shape)
        }
    }

    public static func layout(
        _ tensors: [Description], metadata: [(key: String, value: String)] = []
    ) throws(QuantcalError) -> TensorFileLayout {
        let sizes = try Self.sizes(tensors)
        let ranks = Dictionary(uniqueKeysWithValues: TensorType.allCases.enumerated().map { ($1, $0) })
        let order = tensors.indices.sorted { a, b in
            let (first, second) = (ranks[tensors[a].type]!, ranks[tensors[b].type]!)
            return first != second
                ? first > second : tensors[a].name.utf8.lexicographicallyPrecedes(tensors[b].name.utf8)
        }
        var members: [String] = []
        if !metadata.isEmpty { members.append(try "\"__metadata__\":" + object(metadata)) }
        var offset = 0
        for index in order {
            let tensor = tensors[index]
            let (end, overflow) = offset.addingReportingOverflow(sizes[index])
            guard !overflow else { throw QuantcalError(.size, "the file's size is too large") }
            let shape = tensor.shape.map { String($0) }.joined(separator: ",")
            members.append(
                quotedJSON(tensor.name)
                    + ":{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
            )
            offset = end
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        text += Array(repeating: UInt8(ascii: " "), count: aligned(text.count, to: 8)! - text.count)
        guard text.count <= maximumHeaderLength else {
            throw QuantcalError(
                .size, "the header takes \(text.count) bytes; \(maximumHeaderLength) are allowed")
        }
        return try TensorFileLayout(
            header: littleEndianBytes(UInt64(text.count)) + text, sizes: sizes, order: order, alignment: 1,
            isLastPadded: false)
    }

    private static func sizes(_ tensors: [Description]) throws(QuantcalError) -> [Int] {
        var sizes: [Int] = []
        var names = Set<[UInt8]>()
        for tensor in tensors {
            let name = quoted(tensor.name)
            guard !tensor.name.isEmpty, !tensor.name.utf8.contains(0), tensor.name != "__metadata__" else {
                throw QuantcalError(.domain, "\(name) cannot be a tensor's name")
            }
            guard names.insert(Array(tensor.name.utf8)).inserted else {
                throw QuantcalError(.domain, "the tensor \(name) is there twice")
            }
            guard tensor.shape.allSatisfy({ $0 >= 0 }), let bits = tensor.type.bitCount(shape: tensor.shape),
                bits % 8 == 0
            else {
                throw QuantcalError(
                    .size,
                    "tensor \(name): \(tensor.type.rawValue) of shape \(listed(tensor.shape)) has no size in bytes"
                )
            }
            sizes.append(bits / 8)
        }
        return sizes
    }

    private static func object(_ pairs: [(key: String, value: String)]) throws(QuantcalError) -> String {
        var keys = Set<[UInt8]>()
        for pair in pairs where !keys.insert(Array(pair.key.utf8)).inserted {
            throw QuantcalError(.domain, "the key \(quoted(pair.key)) is there twice")
        }
        return "{" + pairs.map { quotedJSON($0.key) + ":" + quotedJSON($0.value) }.joined(separator: ",")
            + "}"
    }
}

/// A text as a JSON string.
func quotedJSON(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\" + String(scalar)
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
