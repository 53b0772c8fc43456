import Testing

@testable import QuantcalCore

/// The known answers that the authors publish (Random123, kat_vectors, philox4x32 with 10 rounds).
@Suite struct PhiloxTests {
    @Test func knownAnswers() {
        let ones = UInt32.max
        #expect(
            Philox(key: (0, 0), stream: 0, purpose: 0).block(0)
                == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            Philox(key: (ones, ones), stream: ones, purpose: ones).block(.max)
                == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            Philox(key: (0xa409_3822, 0x299f_31d0), stream: 0x1319_8a2e, purpose: 0x0370_7344)
                .block(0x85a3_08d3_243f_6a88)
                == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func theSeedIsTheKey() {
        let seeded = Philox(seed: 0x0000_0006_0000_0005, stream: 3, purpose: .selectionSample)
        let keyed = Philox(key: (5, 6), stream: 3, purpose: Philox.Purpose.selectionSample.rawValue)
        #expect(seeded.block(7) == keyed.block(7))
    }

    @Test func integersAreBelowTheLimitAndReachIt() {
        let random = Philox(seed: 1, purpose: .selectionSample)
        var seen = Set<UInt64>()
        for index in 0..<500 {
            let (first, second) = random.integers(UInt64(index), below: 10)
            seen.formUnion([first, second])
        }
        #expect(seen == Set(0..<10))
    }
}
