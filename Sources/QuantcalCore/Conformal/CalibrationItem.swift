/// What a calibrator keeps of a point: its score as a key in the order of the numbers, and its weight if
/// there are weights. -0 is stored as 0, so that equal points have equal bytes.
protocol CalibrationItem: RadixItem where Key == UInt64 {
    static var isWeighted: Bool { get }
    var weight: Double { get }
    init(key: UInt64, weight: Double)
}

struct PlainScore: CalibrationItem {
    static var isWeighted: Bool { false }
    let key: UInt64
    @inline(__always) var weight: Double { 1 }
    @inline(__always) init(key: UInt64, weight: Double) { self.key = key }
}

struct WeightedScore: CalibrationItem {
    static var isWeighted: Bool { true }
    let key: UInt64
    let weight: Double
    @inline(__always) init(key: UInt64, weight: Double) {
        // 0 for -0.
        (self.key, self.weight) = (key, weight + 0)
    }
}

extension CalibrationItem {
    @inline(__always) init(score: Double, weight: Double) {
        self.init(key: Self.key(of: score), weight: weight)
    }

    @inline(__always) static func key(of score: Double) -> UInt64 { (score + 0).orderedKey }

    @inline(__always) var score: Double { Double(orderedKey: key) }

    /// The order in which points are kept. It is total, so nothing depends on the order of arrival.
    @inline(__always) static func precedes(_ a: Self, _ b: Self) -> Bool {
        a.key < b.key || (a.key == b.key && a.weight < b.weight)
    }
}

/// Sorts points by score, and those of equal score by weight.
enum CalibrationOrder {
    static func sort<Item: CalibrationItem>(
        _ items: UnsafeMutableBufferPointer<Item>
    ) throws(QuantcalError) {
        guard items.count > 1 else { return }
        try RadixSort.sort(ByScore(items: items))
        guard Item.isWeighted else { return }
        var start = 0
        while start < items.count {
            var end = start + 1
            while end < items.count, items[end].key == items[start].key { end += 1 }
            if end - start > 1 {
                try RadixSort.sort(
                    ByWeight(items: UnsafeMutableBufferPointer(rebasing: items[start..<end])))
            }
            start = end
        }
    }

    private struct ByScore<Item: CalibrationItem>: RadixItems {
        let items: UnsafeMutableBufferPointer<Item>
        var count: Int { items.count }
        @inline(__always) func key(_ index: Int) -> UInt64 { items[index].key }
        @inline(__always) func item(_ index: Int) -> Item { items[index] }
        @inline(__always) func store(_ item: Item, at place: Int) { items[place] = item }
    }

    /// Points of one score. Weights are not negative, so their bits are in the order of the numbers.
    private struct ByWeight<Source: CalibrationItem>: RadixItems {
        struct Item: RadixItem { let key: UInt64 }
        let items: UnsafeMutableBufferPointer<Source>
        var count: Int { items.count }
        @inline(__always) func key(_ index: Int) -> UInt64 { items[index].weight.bitPattern }
        @inline(__always) func item(_ index: Int) -> Item { Item(key: key(index)) }
        @inline(__always) func store(_ item: Item, at place: Int) {
            items[place] = Source(key: items[place].key, weight: Double(bitPattern: item.key))
        }
    }
}
