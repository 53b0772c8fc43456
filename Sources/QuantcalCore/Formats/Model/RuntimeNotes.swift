/// What a model's configuration says of how its tensors are quantized, as far as their shapes leave it open:
/// the `quantization_config` among a file's metadata (this library's own), in the config.json beside it, or
/// the quantize_config.json of AutoGPTQ.
struct RuntimeNotes {
    private(set) var isThere = false
    /// Of any group of layers.
    private(set) var bits: Set<Int> = []
    private(set) var groupSize: Int?
    private(set) var isSymmetric: Bool?
    /// "gptq" or "gptq_v2".
    private(set) var checkpointFormat: String?
    /// Rows and columns that share a scale.
    private(set) var block: [Int] = []
    /// What is wrong with a configuration that is there.
    private(set) var trouble: String?

    private static let largest = 1 << 26

    init(_ texts: [(key: String, value: String)], beside file: InputFile) throws(QuantcalError) {
        if let text = texts.first(where: { $0.key == "quantization_config" })?.value {
            parse(Array(text.utf8), "the metadata's quantization_config", isWhole: true)
        }
        for (name, isWhole) in [("config.json", false), ("quantize_config.json", true)] where !isThere {
            let directory = file.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file.path[...$0]) }
            guard let beside = try? InputFile((directory ?? "") + name), beside.size <= Self.largest else {
                continue
            }
            let bytes = try beside.withBytes { (bytes: UnsafeRawBufferPointer) in Array(bytes) }
            parse(bytes, quotedPath(beside.path), isWhole: isWhole)
        }
    }

    /// Takes over what a configuration says; one that is not valid says nothing.
    private mutating func parse(_ text: [UInt8], _ name: String, isWhole: Bool) {
        var found = self
        var failure: QuantcalError?
        text.withUnsafeBytes { bytes in
            do throws(QuantcalError) {
                var json = try JSONReader(bytes)
                json.skipSpace()
                if isWhole {
                    try found.read(&json)
                } else {
                    try json.readObject { json, key throws(QuantcalError) in
                        guard key == "quantization_config" else { return try json.skipValue() }
                        try found.read(&json)
                    }
                }
                try json.finish()
            } catch { failure = error }
        }
        if let failure { trouble = "\(name): \(failure.message)" } else { self = found }
    }

    private mutating func read(_ json: inout JSONReader) throws(QuantcalError) {
        isThere = true
        try json.readObject { json, key throws(QuantcalError) in
            switch key {
            case "bits", "w_bit": if let bits = try json.readCountIfAny() { self.bits.insert(bits) }
            case "group_size": groupSize = try json.readCountIfAny()
            case "sym": isSymmetric = try json.readCountIfAny().map { $0 != 0 }
            case "checkpoint_format": checkpointFormat = try json.readStringIfAny()
            case "config_groups": try readGroups(&json)
            case "weight_block_size": try readBlock(&json)
            default: try json.skipValue()
            }
        }
    }

    /// The groups of compressed-tensors, of which any part may be null.
    private mutating func readGroups(_ json: inout JSONReader) throws(QuantcalError) {
        try readMembers(&json) { notes, json, _ throws(QuantcalError) in
            try notes.readMembers(&json) { notes, json, key throws(QuantcalError) in
                guard key == "weights" else { return try json.skipValue() }
                try notes.readMembers(&json) { notes, json, key throws(QuantcalError) in
                    switch key {
                    case "num_bits":
                        if let bits = try json.readCountIfAny() { notes.bits.insert(bits) }
                    case "block_structure": try notes.readBlock(&json)
                    default: try json.skipValue()
                    }
                }
            }
        }
    }

    /// The members of an object; those of another value are none.
    private mutating func readMembers(
        _ json: inout JSONReader,
        _ member: (inout RuntimeNotes, inout JSONReader, String) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        json.skipSpace()
        guard json.isAtObject else { return try json.skipValue() }
        try json.readObject { json, key throws(QuantcalError) in try member(&self, &json, key) }
    }

    /// A list of two sizes, or null.
    private mutating func readBlock(_ json: inout JSONReader) throws(QuantcalError) {
        var sizes: [Int] = []
        var other = json
        try json.skipValue()
        do {
            try other.readArray { json throws(QuantcalError) in sizes.append(try json.readCount()) }
            if sizes.count == 2, sizes.allSatisfy({ $0 > 0 }) { block = sizes }
        } catch { return }
    }
}
