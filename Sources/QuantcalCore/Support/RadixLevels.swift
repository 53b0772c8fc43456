/// The sort of a bucket in cache. A level scatters the items to about as many cells as there are items, by the
/// leading bits in which their keys differ; cells of a few items are then put in order by insertion, and
/// crowded ones are the next level. A level takes at least eight bits off the keys, so there are at
/// most eight, whatever the keys.
struct RadixLevels<Item: RadixItem> {
    private static var fewestBits: Int { 8 }
    private static var mostBits: Int { 13 }
    /// Up to so many items are sorted by insertion.
    static var few: Int { 24 }

    static var countersNeeded: Int { (64 / fewestBits + 1) << mostBits }

    let counters: UnsafeMutablePointer<UInt>

    /// Sorts `count` items, with as many of scratch; returns where they are then, one or the other.
    func sort(
        _ items: UnsafeMutablePointer<Item>, spare: UnsafeMutablePointer<Item>, _ count: Int
    ) -> UnsafeMutablePointer<Item> {
        guard count > Self.few else {
            Self.insert(items, count)
            return items
        }
        return scatter(items, spare, count, counters) ? spare : items
    }

    /// Sorts the items to `target`; false if all keys are equal, and nothing was done.
    private func scatter(
        _ items: UnsafeMutablePointer<Item>, _ target: UnsafeMutablePointer<Item>, _ count: Int,
        _ ends: UnsafeMutablePointer<UInt>
    ) -> Bool {
        var low = items[0].key
        var high = low
        for index in 1..<count {
            low = min(low, items[index].key)
            high = max(high, items[index].key)
        }
        guard low < high else { return false }
        let width = Item.Key.bitWidth - (high - low).leadingZeroBitCount
        let bits = min(max(Int.bitWidth - count.leadingZeroBitCount, Self.fewestBits), Self.mostBits)
        let shift = Item.Key(max(0, width - bits))
        let cells = Int(truncatingIfNeeded: (high - low) >> shift) + 1
        ends.update(repeating: 0, count: cells)
        for index in 0..<count { ends[Int(truncatingIfNeeded: (items[index].key &- low) &>> shift)] &+= 1 }
        var next: UInt = 0
        var most: UInt = 0
        for cell in 0..<cells {
            most = max(most, ends[cell])
            (ends[cell], next) = (next, next &+ ends[cell])
        }
        for index in 0..<count {
            let item = items[index]
            let cell = Int(truncatingIfNeeded: (item.key &- low) &>> shift)
            target[Int(truncatingIfNeeded: ends[cell])] = item
            ends[cell] &+= 1
        }
        if shift > 0 { finish(items, target, count, ends, cells, most) }
        return true
    }

    /// Orders the items within their cells, which end at `ends`.
    private func finish(
        _ spare: UnsafeMutablePointer<Item>, _ items: UnsafeMutablePointer<Item>, _ count: Int,
        _ ends: UnsafeMutablePointer<UInt>, _ cells: Int, _ most: UInt
    ) {
        guard most > UInt(Self.few) else { return Self.insert(items, count) }
        var begin = 0
        for cell in 0..<cells {
            let end = Int(ends[cell])
            if end - begin > Self.few {
                if scatter(items + begin, spare + begin, end - begin, ends + (1 << Self.mostBits)) {
                    (items + begin).update(from: spare + begin, count: end - begin)
                }
            } else {
                Self.insert(items + begin, end - begin)
            }
            begin = end
        }
    }

    /// Insertion sort; quick where every item is near its place.
    static func insert(_ items: UnsafeMutablePointer<Item>, _ count: Int) {
        for index in stride(from: 1, to: count, by: 1) {
            let item = items[index]
            guard item.key < items[index - 1].key else { continue }
            var place = index
            repeat {
                items[place] = items[place - 1]
                place -= 1
            } while place > 0 && item.key < items[place - 1].key
            items[place] = item
        }
    }
}
