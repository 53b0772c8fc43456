import Testing

@testable import QuantcalCore

// Verdicts: those of ggml's reader and of the package gguf 0.19.0; what either refuses is refused.

/// A GGUF file in its parts, each of which can be spoilt.
private struct File {
    var magic = Array("GGUF".utf8)
    var version: UInt32 = 3
    var tensorCount: UInt64?
    var pairCount: UInt64?
    var pairs: [[UInt8]] = []
    var tensors: [[UInt8]] = []
    var data = 0
    var alignment = 32

    var bytes: [UInt8] {
        var bytes = magic + littleEndianBytes(version)
        bytes += littleEndianBytes(tensorCount ?? UInt64(tensors.count))
        bytes += littleEndianBytes(pairCount ?? UInt64(pairs.count))
        bytes += (pairs + tensors).joined()
        if data > 0 {
            let padding = (alignment - bytes.count % alignment) % alignment
            bytes += Array(repeating: 0, count: padding)
        }
        return bytes + Array(repeating: 7, count: data)
    }
}

private func text(_ string: String) -> [UInt8] {
    littleEndianBytes(UInt64(string.utf8.count)) + Array(string.utf8)
}

private func pair(_ key: String, _ kind: UInt32, _ value: [UInt8]) -> [UInt8] {
    text(key) + littleEndianBytes(kind) + value
}

private func tensor(
    _ name: String, _ dimensions: [UInt64], type: UInt32 = 0, offset: UInt64 = 0
) -> [UInt8] {
    text(name) + littleEndianBytes(UInt32(dimensions.count)) + dimensions.flatMap { littleEndianBytes($0) }
        + littleEndianBytes(type) + littleEndianBytes(offset)
}

/// One F32 tensor of eight elements: 32 bytes.
private func one(_ change: (inout File) -> Void = { _ in }) -> [UInt8] {
    var file = File(tensors: [tensor("a", [8])], data: 32)
    change(&file)
    return file.bytes
}

private func two(_ second: [UInt8], first: [UInt8] = tensor("a", [8]), data: Int = 64) -> [UInt8] {
    File(tensors: [first, second], data: data).bytes
}

private func withPairs(_ pairs: [UInt8]...) -> [UInt8] { one { $0.pairs = pairs } }

private func aligned(_ value: [UInt8], kind: UInt32 = 4, to alignment: Int = 32) -> [UInt8] {
    one {
        $0.pairs = [pair("general.alignment", kind, value)]
        $0.alignment = alignment
        $0.data = 64
    }
}

private let word: [UInt8] = [1, 0, 0, 0]
private let fortyWords = littleEndianBytes(UInt32(4)) + littleEndianBytes(UInt64(40))

private let cases: [FileCase] = [
    .init(1, "empty file", [], "the magic number at byte 0 takes 4 bytes, but only 0 follow"),
    .init(2, "four bytes", Array("GGUF".utf8), "the version at byte 4 takes 4 bytes, but only 0 follow"),
    .init(3, "wrong magic", one { $0.magic = Array("GGML".utf8) }, "it does not start with 'GGUF'"),
    .init(4, "version 0", one { $0.version = 0 }, "it is big-endian"),
    .init(4, "version 1", one { $0.version = 1 }, "its version is 1; 2 and 3 are known"),
    .init(4, "version 2", one { $0.version = 2 }, nil),
    .init(4, "version 4", one { $0.version = 4 }, "its version is 4; 2 and 3 are known"),
    .init(5, "version 3, big-endian", one { $0.version = UInt32(3).byteSwapped }, "it is big-endian"),
    .init(6, "too many tensors", one { $0.tensorCount = 1000 }, "the number of tensors at byte 8 is 1000"),
    .init(6, "a tensor more than there are", one { $0.tensorCount = 2 }, "the length of a tensor's name"),
    .init(7, "too many pairs", one { $0.pairCount = 1000 }, "the number of metadata at byte 16 is 1000"),
    .init(7, "pairs beyond counting", one { $0.pairCount = .max }, "the number of metadata at byte 16"),
    .init(8, "no metadata", one(), nil),
    .init(8, "nothing at all", File().bytes, nil),
    .init(9, "a key twice", withPairs(pair("k", 4, word), pair("k", 4, word)), "the key 'k' is there twice"),
    .init(10, "a name twice", two(tensor("a", [8], offset: 32)), "the tensor 'a' is there twice"),
    .init(11, "an empty key", withPairs(pair("", 4, word)), "the key at byte 24 is empty"),
    .init(12, "kind 13", withPairs(pair("k", 13, word)), "'k': the kind of its value at byte 33 is 13"),
    .init(12, "kind of all ones", withPairs(pair("k", .max, word)), "is 4294967295; there is no such kind"),
    .init(13, "type 999", one { $0.tensors = [tensor("a", [8], type: 999)] }, "its type is 999"),
    .init(13, "a type that was removed", one { $0.tensors = [tensor("a", [8], type: 4)] }, "its type is 4"),
    .init(14, "an array", withPairs(pair("k", 9, fortyWords + Array(repeating: 1, count: 160))), nil),
    .init(
        14, "an array in an array",
        withPairs(
            pair("k", 9, [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] + fortyWords + Array(repeating: 1, count: 160))),
        nil),
    .init(
        15, "an array of nothing", withPairs(pair("k", 9, [4, 0, 0, 0] + Array(repeating: 0, count: 8))), nil),
    .init(15, "a truth of 2", withPairs(pair("k", 7, [2])), nil),
    .init(
        16, "a key that is not UTF-8", withPairs(littleEndianBytes(UInt64(1)) + [0xFF, 4, 0, 0, 0] + word),
        "a key at byte 32 is not UTF-8"),
    .init(
        16, "a text that is not UTF-8", withPairs(pair("k", 8, littleEndianBytes(UInt64(1)) + [0xFF])),
        "its value at byte 45 is not UTF-8"),
    .init(17, "alignment 0", aligned([0, 0, 0, 0]), "not a power of two"),
    .init(17, "alignment 24", aligned([24, 0, 0, 0]), "not a power of two"),
    .init(17, "alignment of 64 bits", aligned(littleEndianBytes(UInt64(32)), kind: 10), "of 32 bits"),
    .init(18, "alignment 1", aligned([1, 0, 0, 0], to: 1), nil),
    .init(18, "alignment 8", aligned([8, 0, 0, 0], to: 8), nil),
    .init(18, "alignment 64", aligned([64, 0, 0, 0], to: 64), nil),
    .init(19, "five dimensions", one { $0.tensors = [tensor("a", [8, 1, 1, 1, 1])] }, "it has 5 dimensions"),
    .init(20, "a scalar", one { $0.tensors = [tensor("a", [])] }, nil),
    .init(20, "a dimension of 0", one { $0.tensors = [tensor("a", [0, 8])] }, nil),
    .init(
        21, "a dimension of 2^63", one { $0.tensors = [tensor("a", [1 << 63])] },
        "a dimension is 9223372036854775808"),
    .init(22, "a product that wraps", one { $0.tensors = [tensor("a", [1 << 32, 1 << 32])] }, "overflows"),
    .init(
        22, "a product that wraps beside 0", one { $0.tensors = [tensor("a", [1 << 32, 1 << 32, 0])] },
        "overflows"),
    .init(23, "offset 4", one { $0.tensors = [tensor("a", [8], offset: 4)] }, "'a': its offset is 4"),
    .init(
        23, "a hole", two(tensor("b", [8], offset: 64), data: 96),
        "'b': its offset is 64, but the one before it ends at 32"),
    .init(23, "an overlap", two(tensor("b", [8])), "'b': its offset is 0, but the one before it ends at 32"),
    .init(
        23, "out of order", two(tensor("b", [8]), first: tensor("a", [8], offset: 32)),
        "'a': its offset is 32"),
    .init(24, "data cut short", one { $0.data = 31 }, "do not fit the 31 that are left"),
    .init(24, "no data", one { $0.data = 0 }, "before its data begin"),
    .init(
        25, "the last is not padded",
        one {
            $0.tensors = [tensor("a", [6])]; $0.data = 24
        }, "its 24 bytes, padded to 32"),
    .init(
        26, "half a block", one { $0.tensors = [tensor("a", [48], type: 2)] },
        "rows of 48 elements are not whole blocks of 32"),
    .init(
        27, "a name of 64 bytes", one { $0.tensors = [tensor(String(repeating: "n", count: 64), [8])] },
        "more than 63 bytes"),
    .init(
        27, "a name of 63 bytes", one { $0.tensors = [tensor(String(repeating: "n", count: 63), [8])] }, nil),
    .init(28, "a name with a NUL", one { $0.tensors = [tensor("a\0b", [8])] }, "or a NUL"),
    .init(29, "bytes after the data", one { $0.data = 40 }, nil),
    .init(
        30, "a text of 2^62 bytes", withPairs(pair("k", 8, littleEndianBytes(UInt64(1) << 62))),
        "the length of its value at byte 37"),
    .init(
        30, "an array of 2^28", withPairs(pair("k", 9, [0, 0, 0, 0] + littleEndianBytes(UInt64(1) << 28))),
        "the number of its elements"),
]

@Test(arguments: cases)
func ggufFilesAreReadOrRefused(_ one: FileCase) {
    one.bytes.withUnsafeBytes { bytes in
        do throws(QuantcalError) {
            _ = try Gguf(bytes)
            #expect(one.error == nil, "accepted")
        } catch {
            #expect(error.kind == .format)
            #expect(error.message.contains(one.error ?? "nothing"), "\(error.message)")
        }
    }
}

@Test func whatIsLaidOutAsGgufIsReadAgain() throws {
    let metadata: [GgufMetadata] = [
        GgufMetadata("general.architecture", "llama"), GgufMetadata("general.quantization_version", 2),
        GgufMetadata("general.alignment", 64),
    ]
    let tensors: [Gguf.Description] = [
        .init(name: "blk.0.attn_q.weight", type: .q4_K, shape: [3, 512]),
        .init(name: "norm", type: .f32, shape: [5]), .init(name: "empty", type: .q8_0, shape: [0, 32]),
    ]
    let layout = try Gguf.layout(tensors, metadata: metadata)
    var bytes = layout.header + Array(repeating: 0, count: layout.fileSize - layout.header.count)
    for (index, range) in layout.ranges.enumerated() {
        for place in range { bytes[place] = UInt8(index + 1) }
    }
    try bytes.withUnsafeBytes { bytes in
        let file = try Gguf(bytes)
        #expect(file.alignment == 64)
        #expect(file.metadata.map(\.key) == metadata.map(\.key))
        #expect(file.metadata("general.architecture")?.string == "llama")
        #expect(file.metadata("general.quantization_version")?.integer == 2)
        #expect(file.tensors.map(\.name) == tensors.map(\.name))
        #expect(file.tensors.map(\.shape) == tensors.map(\.shape))
        #expect(file.tensors.map(\.range) == layout.ranges)
        #expect(file.tensors[0].range.count == 3 * 2 * 144 && file.tensors[0].range.lowerBound % 64 == 0)
        #expect(bytes[file.tensors[1].range].allSatisfy { $0 == 2 })
        #expect(file.tensors[0].rows == 3 && file.tensors[0].columns == 512)
    }
}

@Test func whatGgmlCannotReadIsNotLaidOut() {
    func refused(_ tensors: [Gguf.Description], _ metadata: [GgufMetadata], _ message: String) {
        do throws(QuantcalError) {
            _ = try Gguf.layout(tensors, metadata: metadata)
            Issue.record("laid out: \(message)")
        } catch { #expect(error.message.contains(message), "\(error.message)") }
    }
    refused([.init(name: "a", type: .q4_0, shape: [2, 48])], [], "rows of 48 elements")
    refused([.init(name: "a", type: .f32, shape: [1, 1, 1, 1, 1])], [], "at most 4 dimensions")
    refused([.init(name: "a", type: .f32, shape: [-1])], [], "dimensions >= 0")
    refused([.init(name: String(repeating: "n", count: 64), type: .f32, shape: [])], [], "63 bytes")
    refused([.init(name: "a", type: .f32, shape: [1 << 40, 1 << 40])], [], "overflows")
    refused(Array(repeating: .init(name: "a", type: .f32, shape: []), count: 2), [], "there twice")
    refused([], [GgufMetadata("k", 1), GgufMetadata("k", 2)], "there twice")
    refused([], [GgufMetadata("general.alignment", 24)], "power of two")
}
