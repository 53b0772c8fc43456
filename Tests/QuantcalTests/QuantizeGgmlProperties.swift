import Quantcal
import Testing

@Suite struct QuantizeGgmlProperties {
    static let types = GgmlType.allCases.filter(\.isDecodable)

    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = TestRandom(seed: seed)
        return (0..<count).map { _ in UInt8(random.integer(0...255)) }
    }

    /// No pattern traps, and a block's elements depend on its own bytes only.
    @Test(arguments: types) func blocksDecodeOneByOne(type: GgmlType) throws {
        let (rows, perRow) = (3, 5)
        let blocks = Self.bytes(rows * perRow * type.blockBytes, seed: UInt64(type.rawValue))
        let whole = try quantizeGgmlDecode(blocks, type, rows: rows, columns: perRow * type.blockLength)
        for block in 0..<rows * perRow {
            let own = Array(blocks[block * type.blockBytes..<(block + 1) * type.blockBytes])
            let values = try quantizeGgmlDecode(own, type, rows: 1, columns: type.blockLength)
            let part = whole.elements[block * type.blockLength..<(block + 1) * type.blockLength]
            #expect(values.elements.map(\.bitPattern) == part.map(\.bitPattern))
        }
    }

    @Test(arguments: [0x00, 0x7C, 0x7E, 0x7F, 0x80, 0xFC, 0xFF] as [UInt8])
    func everyByteAlikeDecodes(byte: UInt8) throws {
        for type in Self.types {
            let blocks = [UInt8](repeating: byte, count: type.blockBytes)
            let values = try quantizeGgmlDecode(blocks, type, rows: 1, columns: type.blockLength)
            #expect(values.elements.count == type.blockLength)
            if byte == 0 { #expect(values.elements.allSatisfy { $0.magnitude < 0x1p-120 }) }
        }
    }

    /// Enough blocks for several threads.
    @Test(arguments: [GgmlType.q4_0, .q6_K, .iq3_S, .bf16]) func threadsDoNotMatter(type: GgmlType) throws {
        let columns = 512 * 256
        let layout = try quantizeGgmlLayout(type, rows: 4, columns: columns)
        let blocks = Self.bytes(layout.bytes, seed: 9)
        try ThreadCount.expectNoInfluence {
            try quantizeGgmlDecode(blocks, type, rows: 4, columns: columns).elements.map(\.bitPattern)
        }
    }

    @Test(arguments: types) func theFallbackFits(type: GgmlType) throws {
        #expect(try quantizeGgmlLayout(type, rows: 2, columns: 0).bytes == 0)
        guard type.blockLength > 1 else { return }
        let error = #expect(throws: QuantcalError.self) {
            try quantizeGgmlLayout(type, rows: 2, columns: type.blockLength + 1)
        }
        #expect(error?.kind == .size && error?.message.contains(" F16 ") == true)
        #expect(type.fallback.blockLength < type.blockLength)
    }

    @Test func sizesThatCannotBe() {
        for (rows, columns) in [(-1, 32), (1, -32), (Int.max, 32), (Int.max / 16, 64)] {
            #expect(throws: QuantcalError.self) {
                try quantizeGgmlLayout(.q4_0, rows: rows, columns: columns)
            }
        }
        for type in GgmlType.allCases where !type.isDecodable {
            #expect(throws: QuantcalError.self) { try quantizeGgmlLayout(type, rows: 1, columns: 256) }
        }
        #expect(throws: QuantcalError.self) {
            try quantizeGgmlDecode([0], .q4_0, rows: 1, columns: 32)
        }
    }
}
