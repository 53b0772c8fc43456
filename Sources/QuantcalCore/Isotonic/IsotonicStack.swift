import Glibc

/// The blocks below the one on top. Where blocks begin is marked for all of them, one byte a point; sums
/// are kept for the last few only, in memory that stays in cache. Those of an older block, if it
/// is ever needed again, are summed from the data once more, and then it is merged for good: so the
/// work stays linear, and no memory is touched for blocks that nobody asks for.
struct IsotonicStack: ~Copyable {
    /// A run of points that share one value; the sum is of centred, weighted values.
    struct Block: BitwiseCopyable {
        var start: Int
        var sum: Double
        var weight: Double
    }

    private static let capacity = 1024
    private static let word = 8

    private let recent: Scratch<Block>
    private let marks: Scratch<UInt8>
    private var height = 0

    /// For `count` points.
    init(_ count: Int) throws(QuantcalError) {
        let recent = try Scratch<Block>(Self.capacity)
        let marks = try Scratch<UInt8>(zeroed: count + 1 + Self.word)
        marks.buffer[count] = 1
        self.recent = recent
        self.marks = marks
    }

    @inline(__always) mutating func push(_ start: Int, _ sum: Double, _ weight: Double) {
        if height == Self.capacity { forgetHalf() }
        recent.buffer.baseAddress![height] = Block(start: start, sum: sum, weight: weight)
        height += 1
    }

    /// Whether the last block pushed is among the recent.
    @inline(__always) var hasLast: Bool { height > 0 }

    /// The last block pushed.
    @inline(__always) var last: Block { recent.buffer.baseAddress![height - 1] }

    @inline(__always) mutating func dropLast() { height -= 1 }

    /// Marks a gap between two places of memory as the border of two blocks, or not.
    @inline(__always) func mark(_ gap: Int, _ isBorder: Bool) { marks.buffer.baseAddress![gap] = isBorder ? 1 : 0 }

    @inline(__always) func isBorder(_ gap: Int) -> Bool { marks.buffer.baseAddress![gap] != 0 }

    /// The first border after `gap`; the end is one.
    @inline(__always) func nextBorder(after gap: Int) -> Int {
        let from = UnsafeRawPointer(marks.buffer.baseAddress! + gap + 1)
        let next = UInt64(littleEndian: from.loadUnaligned(as: UInt64.self))
        if next != 0 { return gap + 1 + next.trailingZeroBitCount / 8 }
        return gap + 1 + (UnsafeRawPointer(memchr(from, 1, marks.buffer.count - gap - 1)!) - from)
    }

    private mutating func forgetHalf() {
        let half = Self.capacity / 2
        let base = recent.buffer.baseAddress!
        base.update(from: base + half, count: half)
        height = half
    }
}
