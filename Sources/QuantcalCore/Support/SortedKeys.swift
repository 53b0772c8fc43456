/// Numbers in order, for many questions of how many are below another.
///
/// A table says for each key where to look: the range of keys is cut into cells of equal width, and a cell of c
/// keys into slots of equal width, the last power of two up to c. So a question takes two steps and a search among
/// about two keys, whatever the distribution on the whole; and never more than a binary search, where
/// keys crowd.
struct SortedKeys<T: Scalar>: ~Copyable {
    /// Keys rise with the numbers; the zeros are equal.
    typealias Key = T.Bits

    private struct Cell: BitwiseCopyable {
        /// The cell's first slot, and by how much a key's rest is shifted to give the slot after it.
        var slot: UInt32 = 0
        var shift: UInt32 = 0
    }

    private struct Item: RadixItem { let key: Key }

    private struct Items: RadixItems {
        let values: UnsafeBufferPointer<T>
        let target: UnsafeMutablePointer<Key>
        var count: Int { values.count }
        @inline(__always) func key(_ index: Int) -> Key { SortedKeys.key(values[index]) }
        @inline(__always) func item(_ index: Int) -> Item { Item(key: key(index)) }
        @inline(__always) func store(_ item: Item, at place: Int) { target[place] = item.key }
    }

    private static var cellBits: Int { 11 }
    /// So many keys of a slot are looked at without a search.
    private static var few: Int { 4 }

    let count: Int
    private let keys: Scratch<Key>
    private let cells: Scratch<Cell>
    /// By slot, the first key in it or after it.
    private let starts: Scratch<UInt32>
    private let low: Key
    private let high: Key
    private let cellShift: Key

    /// Fewer than 2^31 numbers, none of them NaN.
    init(_ values: UnsafeBufferPointer<T>) throws(QuantcalError) {
        let count = values.count
        let keys = try Scratch<Key>(count + Self.few)
        try Self.sort(values, to: keys.buffer.baseAddress!)
        keys.buffer[count...].update(repeating: .max)
        let (low, high) = count > 0 ? (keys.buffer[0], keys.buffer[count - 1]) : (0, 0)
        let width = Key.bitWidth - (high - low).leadingZeroBitCount
        let shift = max(0, width - Self.cellBits)
        let cells = try Scratch<Cell>(Int(truncatingIfNeeded: (high - low) >> Key(shift)) + 1)
        var (slots, begin) = (0, 0)
        for index in cells.buffer.indices {
            let end = Search.first(in: begin..<count) { (keys.buffer[$0] - low) >> Key(shift) > Key(index) }
            let bits = min(shift, Int.bitWidth - 1 - max(end - begin, 1).leadingZeroBitCount)
            cells.buffer[index] = Cell(slot: UInt32(slots), shift: UInt32(shift - bits))
            (slots, begin) = (slots + 1 << bits, end)
        }
        starts = try Scratch(slots + 1)
        self.count = count
        self.keys = keys
        self.cells = cells
        (self.low, self.high, cellShift) = (low, high, Key(shift))
        fillStarts()
    }

    /// Puts the keys of numbers, of which none is NaN, in order.
    static func sort(
        _ values: UnsafeBufferPointer<T>, to keys: UnsafeMutablePointer<Key>
    ) throws(QuantcalError) {
        guard values.count > 0 else { return }
        try RadixSort.sort(Items(values: values, target: keys))
    }

    private func fillStarts() {
        let none = UInt32.max
        starts.buffer.update(repeating: none)
        for place in stride(from: count - 1, through: 0, by: -1) {
            starts.buffer[slot(keys.buffer[place])] = UInt32(truncatingIfNeeded: place)
        }
        // A slot without keys is like the next.
        var next = UInt32(truncatingIfNeeded: count)
        for slot in stride(from: starts.buffer.count - 1, through: 0, by: -1) {
            let own = starts.buffer[slot]
            next = own == none ? next : own
            starts.buffer[slot] = next
        }
    }

    @inline(__always) static func key(_ value: T) -> Key { (value + 0).orderedKey }

    /// Of a key from `low` to `high`.
    @inline(__always) private func slot(_ key: Key) -> Int {
        let offset = key &- low
        let cell = cells.buffer[Int(truncatingIfNeeded: offset &>> cellShift)]
        let rest = UInt64(truncatingIfNeeded: offset & ~(Key.max &<< cellShift))
        return Int(cell.slot) &+ Int(truncatingIfNeeded: rest &>> UInt64(cell.shift))
    }

    /// How many are below.
    @inline(__always) func count(below key: Key) -> Int {
        guard key > low else { return 0 }
        guard key <= high else { return count }
        let slot = slot(key)
        let start = Int(starts.buffer[slot])
        // Keys of later slots are larger: no branch asks where the slot ends, unless it is crowded.
        let below = fewBelow(key, from: start)
        guard below == Self.few else { return start + below }
        return Search.first(in: start + below..<Int(starts.buffer[slot + 1])) { keys.buffer[$0] >= key }
    }

    /// How many are at most that; no number has the largest key.
    @inline(__always) func count(upTo key: Key) -> Int { count(below: key + 1) }

    /// Calls `body` for each of the numbers with its index and how many are below it; or are at most it.
    @inline(__always) func count(
        _ numbers: UnsafeBufferPointer<T>, _ range: Range<Int>, orEqual: Bool,
        _ body: (_ index: Int, _ count: Int) -> Void
    ) {
        let step: Key = orEqual ? 1 : 0
        let block = 256
        // In two rounds, so that memory is asked for many numbers at a time.
        withUnsafeTemporaryAllocation(of: (key: Key, start: Int).self, capacity: block) { found in
            for base in stride(from: range.lowerBound, to: range.upperBound, by: block) {
                let part = min(block, range.upperBound - base)
                for offset in 0..<part {
                    let key = Self.key(numbers[base + offset]) + step
                    found[offset] = (key, Int(starts.buffer[slot(min(max(key, low), high))]))
                }
                for offset in 0..<part {
                    let (key, start) = found[offset]
                    let below = fewBelow(key, from: start)
                    body(base + offset, below == Self.few ? count(below: key) : start + below)
                }
            }
        }
    }

    /// How many of the first few keys from a place are below.
    @inline(__always) private func fewBelow(_ key: Key, from start: Int) -> Int {
        let first = keys.buffer.baseAddress! + start
        return (first[0] < key ? 1 : 0) + (first[1] < key ? 1 : 0) + (first[2] < key ? 1 : 0)
            + (first[3] < key ? 1 : 0)
    }
}
