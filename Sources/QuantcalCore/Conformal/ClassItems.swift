/// A class with its value, in rank order: larger values first, equal ones by index.
struct ClassItem<T: Scalar>: RadixItem {
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
struct ClassItems<T: Scalar> {
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
    /// A class is accepted if all that stand before it are. So a pivot, whose score needs only the units of what
    /// precedes it, decides for one side of a partition, and the other is looked at further: the expected time
    /// is linear. A sample tells about where the set ends; the first pivots stand on both sides of that, and
    /// what is behind the rear one is not even copied unless it has to be.
    @inline(__always) func select(
        _ row: UnsafeBufferPointer<T>, _ isAccepted: (_ before: UInt128, _ own: UInt64, _ rank: Int) -> Bool
    ) -> Int {
        var before: UInt128 = 0
        var (low, high) = (0, row.count)
        /// Decides by a pivot that `units` precede, which stands at `place` in rank order.
        func decide(_ pivot: Item, _ place: Int, _ units: UInt128) {
            let own = RankedScore.units(pivot.value)
            if isAccepted(before &+ units, own, place + 1) {
                before = before &+ units &+ UInt128(own)
                low = place + 1
            } else {
                high = place
            }
        }
        var front: Item?
        if row.count > 4 * ClassSample<T>.size {
            let sample = ClassSample(row, isAccepted)
            let (count, units) = fill(row, before: sample.rear)
            decide(sample.rear, count, units)
            if low > 0 {
                items[count] = sample.rear
                fill(row, after: sample.rear, from: low)
            } else {
                front = sample.front
            }
        } else {
            fill(row)
        }
        if let front, high > 32 {
            let (middle, units) = partition(0..<high, before: front)
            // The pivot is the first of those that it does not precede, wherever it lies among them.
            var place = middle
            while place < high, items[place].index != front.index { place += 1 }
            items[place] = items[middle]
            items[middle] = front
            decide(front, middle, units)
        }
        var random: UInt64 = 1
        while high - low > 8 {
            let pivot = takePivot(low, high, &random)
            let (middle, units) = partition(low..<high - 1, before: pivot)
            items[high - 1] = items[middle]
            items[middle] = pivot
            decide(pivot, middle, units)
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

    /// What precedes a pivot, by index; how many, and their units.
    @inline(__always) private func fill(
        _ row: UnsafeBufferPointer<T>, before pivot: Item
    ) -> (Int, UInt128) {
        var units: UInt128 = 0
        var count = 0
        for index in row.indices {
            let item = Item(row[index], index)
            items[count] = item
            let isBefore = item.precedence(over: pivot)
            count &+= Int(truncatingIfNeeded: isBefore)
            units &+= UInt128(RankedScore.units(row[index]) & (0 &- isBefore))
        }
        return (count, units)
    }

    /// What a pivot precedes, from a place on.
    @inline(__always) private func fill(_ row: UnsafeBufferPointer<T>, after pivot: Item, from place: Int) {
        var next = place
        for index in row.indices {
            let item = Item(row[index], index)
            items[next] = item
            next &+= Int(truncatingIfNeeded: pivot.precedence(over: item))
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

    /// Puts what precedes a pivot first in a range; where that ends, and its units.
    @inline(__always) private func partition(_ range: Range<Int>, before pivot: Item) -> (Int, UInt128) {
        var middle = range.lowerBound
        var units: UInt128 = 0
        for place in range {
            let item = items[place]
            let isBefore = item.precedence(over: pivot)
            items[place] = items[middle]
            items[middle] = item
            middle &+= Int(truncatingIfNeeded: isBefore)
            units &+= UInt128(RankedScore.units(item.value) & (0 &- isBefore))
        }
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

/// A few classes of a row, and two of them between which its set probably ends.
private struct ClassSample<T: Scalar> {
    static var size: Int { 16 }

    /// In rank order; `front` is nil if the set probably ends among the first.
    let front: ClassItem<T>?
    let rear: ClassItem<T>

    @inline(__always) init(
        _ row: UnsafeBufferPointer<T>, _ isAccepted: (_ before: UInt128, _ own: UInt64, _ rank: Int) -> Bool
    ) {
        let size = Self.size
        let share = row.count / size
        (front, rear) = withUnsafeTemporaryAllocation(of: ClassItem<T>.self, capacity: size) { sample in
            for number in 0..<size {
                let item = ClassItem(row[number * share], number * share)
                var hole = number
                while hole > 0, item.precedes(sample[hole - 1]) {
                    sample[hole] = sample[hole - 1]
                    hole -= 1
                }
                sample[hole] = item
            }
            // Each stands for as many as there are for each.
            var place = 0
            var before: UInt128 = 0
            while place < size {
                let own = RankedScore.units(sample[place].value)
                guard isAccepted(before, own, place * share + 1) else { break }
                before &+= UInt128(own) &* UInt128(share)
                place += 1
            }
            return (place < 2 ? nil : sample[place - 2], sample[min(place + 1, size - 1)])
        }
    }
}
