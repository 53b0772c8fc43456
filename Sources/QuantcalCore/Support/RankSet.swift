/// A set of small integers that answers "the largest member up to r" in a few steps: a tree of words
/// of 64 bits, where a bit above says that a word below is not empty.
struct RankSet: ~Copyable {
    private let memory: Scratch<UInt64>
    /// Where each level begins; level 0 has a bit for each integer.
    private let starts: (Int, Int, Int, Int, Int, Int)
    private let levels: Int

    /// Empty, for integers below `capacity`, at most 2^36.
    init(capacity: Int) throws(QuantcalError) {
        precondition(capacity <= 1 << 36)
        var starts = [0, 0, 0, 0, 0, 0]
        var total = 0
        var size = max(capacity, 1)
        var levels = 0
        repeat {
            size = (size + 63) / 64
            starts[levels] = total
            total += size
            levels += 1
        } while size > 1
        self.starts = (starts[0], starts[1], starts[2], starts[3], starts[4], starts[5])
        self.levels = levels
        memory = try Scratch(zeroed: total)
    }

    @inline(__always) private func start(_ level: Int) -> Int {
        withUnsafeBytes(of: starts) {
            $0.load(fromByteOffset: level * MemoryLayout<Int>.stride, as: Int.self)
        }
    }

    @inline(__always) func insert(_ member: Int) {
        var position = member
        for level in 0..<levels {
            let word = start(level) + position >> 6
            let old = memory.buffer[word]
            memory.buffer[word] = old | 1 << UInt64(position & 63)
            if old != 0 { return }
            position >>= 6
        }
    }

    @inline(__always) func remove(_ member: Int) {
        var position = member
        for level in 0..<levels {
            let word = start(level) + position >> 6
            memory.buffer[word] &= ~(1 << UInt64(position & 63))
            if memory.buffer[word] != 0 { return }
            position >>= 6
        }
    }

    /// The largest member that is at most `limit`; -1 if there is none.
    @inline(__always) func last(upTo limit: Int) -> Int {
        var position = limit
        for level in 0..<levels {
            guard position >= 0 else { return -1 }
            let bits =
                memory.buffer[start(level) + position >> 6] & (UInt64.max >> UInt64(63 - position & 63))
            if bits != 0 {
                return descend(level, position & ~63 | 63 - bits.leadingZeroBitCount, highest: true)
            }
            position = position >> 6 - 1
        }
        return -1
    }

    /// The smallest member; -1 if there is none.
    @inline(__always) var first: Int {
        let bits = memory.buffer[start(levels - 1)]
        return bits == 0 ? -1 : descend(levels - 1, bits.trailingZeroBitCount, highest: false)
    }

    /// From a bit of a level to the highest or lowest member below it.
    @inline(__always) private func descend(_ level: Int, _ position: Int, highest: Bool) -> Int {
        var position = position
        var level = level
        while level > 0 {
            level -= 1
            let bits = memory.buffer[start(level) + position]
            position = position << 6 | (highest ? 63 - bits.leadingZeroBitCount : bits.trailingZeroBitCount)
        }
        return position
    }
}
