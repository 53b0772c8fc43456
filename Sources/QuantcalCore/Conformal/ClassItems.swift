/// A class with its value, in rank order: larger values first, equal ones by index.
struct ClassItem<T: ClassScalar>: RadixItem {
    let key: T.Bits
    let index: UInt32

    @inline(__always) init(_ value: T, _ index: Int) {
        // Adding 0 makes the two zeros one.
        key = ~(value + 0).orderedKey
        self.index = UInt32(truncatingIfNeeded: index)
    }

    @inline(__always) var value: T { T(orderedKey: ~key) }

    @inline(__always) func precedes(_ other: Self) -> Bool { precedence(over: other) != 0 }

    /// 1 if it precedes another, else 0, without a branch.
    @inline(__always) func precedence(over other: Self) -> UInt64 {
        let isLarger: UInt64 = key < other.key ? 1 : 0
        let isEqual: UInt64 = key == other.key ? 1 : 0
        let isEarlier: UInt64 = index < other.index ? 1 : 0
        return isLarger | (isEqual & isEarlier)
    }
}

/// One thread's room for the classes of a row, and the ways to order them as far as is needed.
struct ClassItems<T: ClassScalar> {
    typealias Item = ClassItem<T>

    /// Room for one more than a row has, as what is not wanted is written, too, and then written over.
    let items: UnsafeMutablePointer<Item>
    let spare: UnsafeMutablePointer<Item>
    let levels: RadixLevels<Item>

    /// The first items in rank order: a stable sort of items that are by index.
    func sorted(_ count: Int) -> UnsafeMutablePointer<Item> {
        count == 0 ? items : levels.sort(items, spare: spare, count)
    }

    /// All classes, by index.
    func fill(_ row: UnsafeBufferPointer<T>) {
        for index in row.indices { items[index] = Item(row[index], index) }
    }

    /// The classes for which a test holds, by index; how many.
    @inline(__always) func fill(_ row: UnsafeBufferPointer<T>, where isWanted: (T, Int) -> Bool) -> Int {
        var count = 0
        for index in row.indices {
            items[count] = Item(row[index], index)
            count &+= isWanted(row[index], index) ? 1 : 0
        }
        return count
    }

    /// Puts the classes whose ranked score is at most a limit first, in no order; how many.
    ///
    /// A class is accepted if all that stand before it are. A tally tells how probable a class must be to come
    /// into question, and only those are looked at one by one; then a pivot, whose score needs only the units of
    /// what precedes it, decides for one side of a partition, and the other is looked at further. The expected
    /// time is linear.
    @inline(__always) func select(
        _ row: UnsafeBufferPointer<T>, _ isAccepted: (_ before: UInt128, _ own: UInt64, _ rank: Int) -> Bool
    ) -> Int {
        var before: UInt128 = 0
        var (low, high) = (0, candidates(row, isAccepted))
        var random: UInt64 = 1
        while high - low > 8 {
            let pivot = takePivot(low, high, &random)
            let (middle, units) = partition(low..<high - 1, before: pivot)
            items[high - 1] = items[middle]
            items[middle] = pivot
            let own = RankedScore.units(pivot.value)
            if isAccepted(before &+ units, own, middle + 1) {
                before = before &+ units &+ UInt128(own)
                low = middle + 1
            } else {
                high = middle
            }
        }
        insert(low, high)
        while low < high {
            let own = RankedScore.units(items[low].value)
            guard isAccepted(before, own, low + 1) else { break }
            before &+= UInt128(own)
            low += 1
        }
        return low
    }

    /// Puts classes first among which are all that are accepted; how many.
    @inline(__always) private func candidates(
        _ row: UnsafeBufferPointer<T>, _ isAccepted: (_ before: UInt128, _ own: UInt64, _ rank: Int) -> Bool
    ) -> Int {
        if row.count >= 64, let limit = ClassTally(row).limit(isAccepted) {
            let (count, units) = fill(row, above: limit)
            // No score falls as the own probability rises from 0.
            if !isAccepted(units, 0, count + 1) { return count }
        }
        fill(row)
        return row.count
    }

    /// The classes whose value is at least a limit, by index; how many, and their units.
    @inline(__always) private func fill(_ row: UnsafeBufferPointer<T>, above limit: T) -> (Int, UInt128) {
        // The spare items are not in use: their memory holds a place for each class.
        spare.withMemoryRebound(to: UInt32.self, capacity: row.count + 1) { places in
            let count = (T.aboveKernel ?? T.aboveReference)(row.baseAddress, row.count, limit, places)
            var units: UInt128 = 0
            for number in 0..<count {
                let index = Int(places[number])
                items[number] = Item(row[index], index)
                units &+= UInt128(RankedScore.units(row[index]))
            }
            return (count, units)
        }
    }

    /// Takes the middle one of three out of a range, whose last item fills its place. Their places are random,
    /// so no order of the classes is bad; they move no result.
    private func takePivot(_ low: Int, _ high: Int, _ random: inout UInt64) -> Item {
        func draw() -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return low + Int((random >> 32) &* UInt64(high - low) >> 32)
        }
        let (a, b, c) = (draw(), draw(), draw())
        let place: Int
        if items[a].precedes(items[b]) {
            place = items[b].precedes(items[c]) ? b : items[a].precedes(items[c]) ? c : a
        } else {
            place = items[a].precedes(items[c]) ? a : items[b].precedes(items[c]) ? c : b
        }
        let pivot = items[place]
        items[place] = items[high - 1]
        return pivot
    }

    /// Puts what precedes a pivot first in a range; where that ends, and its units. The rest waits beside: an item
    /// that was just written would be slow to read.
    @inline(__always) private func partition(_ range: Range<Int>, before pivot: Item) -> (Int, UInt128) {
        var (middle, rest) = (range.lowerBound, 0)
        var units: UInt128 = 0
        for place in range {
            let item = items[place]
            let isBefore = item.precedence(over: pivot)
            items[middle] = item
            spare[rest] = item
            middle &+= Int(truncatingIfNeeded: isBefore)
            rest &+= Int(truncatingIfNeeded: 1 &- isBefore)
            units &+= UInt128(RankedScore.units(item.value) & (0 &- isBefore))
        }
        (items + middle).update(from: spare, count: rest)
        return (middle, units)
    }

    /// Sorts a short range.
    private func insert(_ low: Int, _ high: Int) {
        for place in stride(from: low + 1, to: high, by: 1) {
            let item = items[place]
            var hole = place
            while hole > low, item.precedes(items[hole - 1]) {
                items[hole] = items[hole - 1]
                hole -= 1
            }
            items[hole] = item
        }
    }
}
