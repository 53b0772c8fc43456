/// How the points are divided into blocks: a bit for each gap between places of memory that is a border
/// of two blocks. Threads may mark different words at once.
struct IsotonicPartition {
    private let words: UnsafeMutablePointer<UInt64>
    let count: Int

    static func memory(for count: Int) throws(QuantcalError) -> Scratch<UInt64> {
        try Scratch(count / 64 + 1)
    }

    init(_ memory: borrowing Scratch<UInt64>, _ count: Int) {
        words = memory.buffer.baseAddress!
        self.count = count
    }

    /// Both ends are borders; what follows the last is not.
    func markEnds() {
        words[0] |= 1
        let end = UInt64(1) << UInt64(count & 63)
        words[count >> 6] = words[count >> 6] & (end - 1) | end
    }

    @inline(__always) func mark(_ gap: Int, _ isBorder: Bool) {
        let bit = UInt64(1) << UInt64(gap & 63)
        if isBorder { words[gap >> 6] |= bit } else { words[gap >> 6] &= ~bit }
    }

    @inline(__always) func isBorder(_ gap: Int) -> Bool { words[gap >> 6] >> UInt64(gap & 63) & 1 != 0 }

    /// No gap of a range is a border.
    func clear(_ gaps: Range<Int>) {
        guard !gaps.isEmpty else { return }
        let (first, last) = (gaps.lowerBound >> 6, (gaps.upperBound - 1) >> 6)
        let head = UInt64.max << UInt64(gaps.lowerBound & 63)
        let tail = UInt64.max >> UInt64(63 - (gaps.upperBound - 1) & 63)
        if first == last {
            words[first] &= ~(head & tail)
            return
        }
        words[first] &= ~head
        (words + first + 1).update(repeating: 0, count: last - first - 1)
        words[last] &= ~tail
    }

    /// Every gap of a range that begins with a word is a border.
    func markAll(_ gaps: Range<Int>) {
        for word in gaps.lowerBound >> 6..<gaps.upperBound >> 6 { words[word] = .max }
        let rest = gaps.upperBound & 63
        if rest > 0 { words[gaps.upperBound >> 6] |= 1 << UInt64(rest) - 1 }
    }

    /// How many points are blocks of their own in words that follow each other, from a gap that begins one.
    @inline(__always) func singles(from gap: Int, limit: Int) -> Int {
        guard gap & 63 == 0 else { return 0 }
        var end = gap
        while end + 64 <= limit, words[end >> 6] == .max, words[end >> 6 + 1] & 1 != 0 { end += 64 }
        return end - gap
    }

    /// Whether there is no border in eight words: in long blocks nearly all are empty.
    @inline(__always) private func isEmpty(_ word: Int) -> Bool {
        let first = words[word] | words[word + 1] | words[word + 2] | words[word + 3]
        let second = words[word + 4] | words[word + 5] | words[word + 6] | words[word + 7]
        return first | second == 0
    }

    /// The first border after `gap`, or `limit` if there is none before it.
    @inline(__always) func border(after gap: Int, limit: Int) -> Int {
        let from = gap + 1
        guard from < limit else { return limit }
        let bits = words[from >> 6] >> UInt64(from & 63)
        return bits != 0
            ? min(from + bits.trailingZeroBitCount, limit) : border(fromWord: from >> 6 + 1, limit: limit)
    }

    /// A function of its own: inside of each use it would be most of what looks for borders.
    @inline(never) private func border(fromWord first: Int, limit: Int) -> Int {
        var word = first
        let last = (limit - 1) >> 6
        while word + 8 <= last, isEmpty(word) { word += 8 }
        while word <= last, words[word] == 0 { word += 1 }
        return word <= last ? min(word << 6 + words[word].trailingZeroBitCount, limit) : limit
    }

    /// The last border before `gap`, which is not 0.
    func border(before gap: Int) -> Int {
        var word = (gap - 1) >> 6
        var bits = words[word] << UInt64(63 - (gap - 1) & 63)
        if bits != 0 { return gap - 1 - bits.leadingZeroBitCount }
        word -= 1
        while word >= 8, isEmpty(word - 7) { word -= 8 }
        while words[word] == 0 { word -= 1 }
        bits = words[word]
        return word << 6 + 63 - bits.leadingZeroBitCount
    }

    /// The first border in a range of gaps, or its end.
    func firstBorder(in gaps: Range<Int>) -> Int {
        isBorder(gaps.lowerBound) ? gaps.lowerBound : border(after: gaps.lowerBound, limit: gaps.upperBound)
    }

    /// How many blocks begin at the gaps in a range that begins with a word.
    func blocks(in gaps: Range<Int>) -> Int {
        var blocks = 0
        // Mostly none does, or all do.
        for word in gaps.lowerBound >> 6..<gaps.upperBound >> 6 where words[word] != 0 {
            blocks += words[word] == .max ? 64 : words[word].nonzeroBitCount
        }
        let rest = gaps.upperBound & 63
        if rest > 0 { blocks += (words[gaps.upperBound >> 6] & (1 << UInt64(rest) - 1)).nonzeroBitCount }
        return blocks
    }

    /// Moves each border to the left past points that are said to go with the block on their right.
    func moveBordersLeft(past goesRight: (Int) -> Bool) {
        var gap = border(after: 0, limit: count)
        while gap < count {
            let next = border(after: gap, limit: count)
            var moved = gap
            while goesRight(moved - 1) { moved -= 1 }
            mark(gap, false)
            mark(moved, true)
            gap = next
        }
    }
}
