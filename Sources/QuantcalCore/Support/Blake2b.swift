/// BLAKE2b without a key: digests of 1 to 64 bytes, for what others have keyed on them.
///
/// Source: RFC 7693; its example and the digests of other sizes are in the tests.
struct Blake2b {
    private static let blockBytes = 128
    private static let rounds = 12

    private static let initial: InlineArray<8, UInt64> = [
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
    ]

    /// The order in which each of ten rounds takes the words of a block; then it starts again.
    private static let schedule: [[Int]] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ]

    private var state = initial
    private var block = InlineArray<128, UInt8>(repeating: 0)
    private var filled = 0
    private var total: UInt64 = 0
    private let digestBytes: Int

    init(digestBytes: Int) {
        precondition((1...64).contains(digestBytes))
        self.digestBytes = digestBytes
        state[0] ^= 0x0101_0000 ^ UInt64(digestBytes)
    }

    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            // The last block is marked as such, so a full one waits until more comes.
            if filled == Self.blockBytes {
                compress(isLast: false)
                filled = 0
            }
            block[filled] = byte
            filled += 1
            total &+= 1
        }
    }

    /// The digest of what came; ends the hash.
    consuming func digest() -> [UInt8] {
        for index in filled..<Self.blockBytes { block[index] = 0 }
        compress(isLast: true)
        return (0..<digestBytes).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64($0 % 8 * 8)) }
    }

    private mutating func compress(isLast: Bool) {
        var message = InlineArray<16, UInt64>(repeating: 0)
        for index in 0..<Self.blockBytes {
            message[index / 8] |= UInt64(block[index]) << UInt64(index % 8 * 8)
        }
        var v = InlineArray<16, UInt64> { $0 < 8 ? state[$0] : Self.initial[$0 - 8] }
        v[12] ^= total  // 2^64 bytes do not come, so the upper half of the counter stays 0
        if isLast { v[14] = ~v[14] }
        for round in 0..<Self.rounds {
            let order = Self.schedule[round % Self.schedule.count]
            for column in 0..<4 {
                let x = message[order[2 * column]]
                let y = message[order[2 * column + 1]]
                Self.mix(&v, column, column + 4, column + 8, column + 12, x, y)
            }
            for diagonal in 0..<4 {
                let x = message[order[2 * diagonal + 8]]
                let y = message[order[2 * diagonal + 9]]
                Self.mix(
                    &v, diagonal, 4 + (diagonal + 1) % 4, 8 + (diagonal + 2) % 4, 12 + (diagonal + 3) % 4, x,
                    y)
            }
        }
        for index in 0..<8 { state[index] ^= v[index] ^ v[index + 8] }
    }

    @inline(__always) private static func mix(
        _ v: inout InlineArray<16, UInt64>, _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt64, _ y: UInt64
    ) {
        v[a] = v[a] &+ v[b] &+ x
        v[d] = rotated(v[d] ^ v[a], 32)
        v[c] = v[c] &+ v[d]
        v[b] = rotated(v[b] ^ v[c], 24)
        v[a] = v[a] &+ v[b] &+ y
        v[d] = rotated(v[d] ^ v[a], 16)
        v[c] = v[c] &+ v[d]
        v[b] = rotated(v[b] ^ v[c], 63)
    }

    @inline(__always) private static func rotated(_ x: UInt64, _ bits: UInt64) -> UInt64 {
        x >> bits | x << (64 - bits)
    }
}
