import Glibc

/// How the points are divided into blocks: a mark at each gap between places of memory that is a
/// border of two blocks. One byte a point, so threads may mark different points at once.
struct IsotonicPartition {
    private let marks: UnsafeMutablePointer<UInt8>
    let count: Int

    /// Zeroed memory for the marks of `count` points: they are looked at a word at a time.
    static func memory(for count: Int) throws(QuantcalError) -> Scratch<UInt8> {
        try Scratch(zeroed: count + 1 + MemoryLayout<UInt64>.size)
    }

    init(_ memory: borrowing Scratch<UInt8>, _ count: Int) {
        marks = memory.buffer.baseAddress!
        self.count = count
        marks[0] = 1
        marks[count] = 1
    }

    @inline(__always) func mark(_ gap: Int, _ isBorder: Bool) { marks[gap] = isBorder ? 1 : 0 }

    @inline(__always) func isBorder(_ gap: Int) -> Bool { marks[gap] != 0 }

    /// The first border after `gap`, or `limit` if there is none before it.
    @inline(__always) func border(after gap: Int, limit: Int) -> Int {
        let from = UnsafeRawPointer(marks + gap + 1)
        let next = UInt64(littleEndian: from.loadUnaligned(as: UInt64.self))
        if next != 0 { return min(gap + 1 + next.trailingZeroBitCount / 8, limit) }
        guard gap + 1 < limit, let found = memchr(from, 1, limit - gap - 1) else { return limit }
        return gap + 1 + (UnsafeRawPointer(found) - from)
    }

    /// The first border in a range of gaps, or its end.
    func firstBorder(in gaps: Range<Int>) -> Int {
        isBorder(gaps.lowerBound) ? gaps.lowerBound : border(after: gaps.lowerBound, limit: gaps.upperBound)
    }

    /// How many blocks begin at the gaps in a range.
    func blocks(in gaps: Range<Int>) -> Int {
        var blocks = 0
        for gap in gaps { blocks &+= Int(marks[gap]) }
        return blocks
    }
}
