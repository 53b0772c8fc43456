/// The points of a calibrator, sorted in each group. It never changes, so any number of threads may ask it at
/// once.
final class CalibrationScores<Item: CalibrationItem>: @unchecked Sendable {
    // Unchecked since memory is not Sendable.

    private let memory: GrowableBuffer<Item>
    private let startMemory: Scratch<Int>
    private let sums: CalibrationSums<Item>

    /// Points that are sorted in groups, where group g has those from starts[g] to starts[g + 1].
    init(
        memory: consuming GrowableBuffer<Item>, starts: consuming Scratch<Int>,
        sums: consuming CalibrationSums<Item>
    ) {
        self.memory = memory
        startMemory = starts
        self.sums = sums
    }

    var items: UnsafeBufferPointer<Item> { memory.elements }
    /// One more than there are groups.
    var starts: UnsafeBufferPointer<Int> { UnsafeBufferPointer(startMemory.buffer) }

    /// A group; one that is negative has no points.
    @inline(__always) func group(_ index: Int) -> CalibrationGroup<Item> {
        guard index >= 0 else { return CalibrationGroup() }
        return sums.group(index, items, starts[index]..<starts[index + 1])
    }
}

/// The sorted points of a group, and the sums of their weights.
struct CalibrationGroup<Item: CalibrationItem> {
    let items: UnsafeBufferPointer<Item>
    private let unit: CalibrationUnit
    /// The sum of the weights, in units, up to and with each point; nil if all are 1.
    private let sums: UnsafePointer<UInt128>?
    private let total: UInt128

    /// Without points.
    init() {
        self.init(
            UnsafeBufferPointer(start: nil, count: 0), CalibrationUnit(largest: 1, count: 0), sums: nil)
    }

    init(_ items: UnsafeBufferPointer<Item>, _ unit: CalibrationUnit, sums: UnsafePointer<UInt128>?) {
        (self.items, self.unit, self.sums) = (items, unit, sums)
        total = Self.sum(items.count, unit, sums)
    }

    @inline(__always) private static func sum(
        _ count: Int, _ unit: CalibrationUnit, _ sums: UnsafePointer<UInt128>?
    ) -> UInt128 {
        guard let sums else { return UInt128(count) << -unit.exponent }
        return count > 0 ? sums[count - 1] : 0
    }

    /// The weight of the lowest `count` points, in units.
    @inline(__always) private func sum(_ count: Int) -> UInt128 { Self.sum(count, unit, sums) }

    /// No point has any weight.
    var isWeightless: Bool { total == 0 }

    /// The smallest score up to which the points have at least 1 - level of all weight, that of the test point
    /// included, which lies at +infinity. The total is not 0.
    ///
    /// A test weight counts as no less than it is, and points as no more, so a tie that rounding hides
    /// gives the larger score.
    @inline(__always) func threshold(_ testWeight: Double, _ level: ConformalLevel) -> Double {
        guard testWeight.isFinite, let own = unit.unitsAbove(testWeight) else { return .infinity }
        let least = level.rest(of: UInt256(total + UInt128(unit.rounded)) + own)
        guard least.high == 0, least.low <= total else { return .infinity }
        return items[Search.first(in: items.indices) { sum($0 + 1) >= least.low }].score
    }

    /// The weight of points beyond a score, and that of the test point and points of equal score times
    /// `share`, in all weight. The total is not 0.
    @inline(__always) func pValue(
        _ score: Double, _ testWeight: Double, isUpper: Bool, share: Double
    ) -> Double {
        let own = unit.scaled(testWeight)
        guard own.isFinite, total > 0 else { return share }
        let key = Item.key(of: score)
        let below = Search.first(in: items.indices) { items[$0].key >= key }
        let upTo = Search.first(in: below..<items.count) { items[$0].key > key }
        let beyond = isUpper ? total - sum(upTo) : sum(below)
        let equal = sum(upTo) - sum(below)
        // Ties that count wholly are added before anything is rounded: p-values never rise with the score.
        let part = share == 1 ? Double(beyond + equal) + own : Double(beyond) + share * (own + Double(equal))
        return min(1, part / (Double(total) + own))
    }
}
