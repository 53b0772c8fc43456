/// Prediction sets straight from probabilities: the classes whose score is at most the threshold, row by row,
/// with no matrix of scores; of ranked scores only as much of a row is ordered as decides.
extension ConformalClasses {
    public static func sets(
        probabilities: UnsafeBufferPointer<Double>, rows: Int, classes: Int,
        thresholds: UnsafeBufferPointer<Double>, options: Options, mask: UnsafeMutablePointer<UInt8>?,
        sizes: UnsafeMutablePointer<Int32>?
    ) throws(QuantcalError) {
        try computeSets(probabilities, rows, classes, thresholds, options, mask, sizes)
    }

    public static func sets(
        probabilities: UnsafeBufferPointer<Float>, rows: Int, classes: Int,
        thresholds: UnsafeBufferPointer<Float>, options: Options, mask: UnsafeMutablePointer<UInt8>?,
        sizes: UnsafeMutablePointer<Int32>?
    ) throws(QuantcalError) {
        try computeSets(probabilities, rows, classes, thresholds, options, mask, sizes)
    }

    private static func computeSets<T: ClassScalar>(
        _ probabilities: UnsafeBufferPointer<T>, _ rows: Int, _ classes: Int,
        _ thresholds: UnsafeBufferPointer<T>, _ options: Options, _ mask: UnsafeMutablePointer<UInt8>?,
        _ sizes: UnsafeMutablePointer<Int32>?
    ) throws(QuantcalError) {
        let rows = try ClassRows(probabilities, rows: rows, classes: classes, options, .test)
        try Require.notNaN(thresholds, "thresholds")
        let limits = ClassLimits(thresholds: thresholds, owner: options.thresholdFor)
        let rowBytes = ConformalSets.rowBytes(classes: classes)
        try rows.forEach(needsItems: options.kind.isRanked || options.kind == .entmax) {
            index, row, scratch in
            var set = ClassSet(mask: mask.map { $0 + index * rowBytes })
            if options.kind.isRanked || options.kind == .entmax {
                set.mask?.update(repeating: 0, count: rowBytes)
                row.putRanked(limits.of(index), scratch, into: &set)
            } else {
                row.putDirect(limits.of(index), into: &set)
            }
            if set.size == 0, options.emptySets == .topLabel { set.insert(row.top()) }
            sizes?[index] = set.size
        }
    }
}

private struct ClassSet {
    let mask: UnsafeMutablePointer<UInt8>?
    var size: Int32 = 0

    @inline(__always) mutating func insert(_ index: Int) {
        mask?[index >> 3] |= 1 << UInt8(truncatingIfNeeded: index & 7)
        size &+= 1
    }
}

/// Thresholds, and whose they are.
private struct ClassLimits<T: ClassScalar> {
    let thresholds: UnsafeBufferPointer<T>
    let owner: ThresholdFor
    private let largest: T

    init(thresholds: UnsafeBufferPointer<T>, owner: ThresholdFor) {
        (self.thresholds, self.owner) = (thresholds, owner)
        largest = owner == .eachClass ? thresholds.max() ?? .infinity : 0
    }

    /// Those of a row: each class's, and the largest of them.
    @inline(__always) func of(_ row: Int) -> RowLimits<T> {
        switch owner {
        case .all: RowLimits(byClass: nil, largest: thresholds[0])
        case .eachRow: RowLimits(byClass: nil, largest: thresholds[row])
        case .eachClass: RowLimits(byClass: thresholds.baseAddress, largest: largest)
        }
    }
}

private struct RowLimits<T: ClassScalar> {
    let byClass: UnsafePointer<T>?
    let largest: T

    @inline(__always) func allow(_ score: Double, _ index: Int) -> Bool {
        T(score) <= (byClass.map { $0[index] } ?? largest)
    }
}

extension ClassRow {
    /// The set of a kind without ranks, each byte of the mask at once.
    @inline(__always) fileprivate func putDirect(_ limits: RowLimits<T>, into set: inout ClassSet) {
        let score = direct()
        for first in stride(from: 0, to: values.count, by: 8) {
            var packed: UInt8 = 0
            for index in first..<min(first + 8, values.count) where limits.allow(score(index), index) {
                packed |= 1 << UInt8(truncatingIfNeeded: index & 7)
            }
            set.mask?[first >> 3] = packed
            set.size &+= Int32(truncatingIfNeeded: packed.nonzeroBitCount)
        }
    }

    /// The set of a kind with ranks, into an empty mask.
    @inline(__always) fileprivate func putRanked(
        _ limits: RowLimits<T>, _ scratch: ClassItems<T>, into set: inout ClassSet
    ) {
        let count = kind == .entmax ? entmaxCandidates(limits, scratch) : rankedCandidates(limits, scratch)
        if kind.isRanked, limits.byClass == nil {
            for place in 0..<count { set.insert(Int(scratch.items[place].index)) }
            return
        }
        walk(scratch.sorted(count), count) { index, score in
            if limits.allow(score, index) { set.insert(index) }
            return T(score) <= limits.largest
        }
    }

    /// The first ranks, as far as the largest threshold allows. They are by index if they are to be sorted.
    @inline(__always) private func rankedCandidates(
        _ limits: RowLimits<T>, _ scratch: ClassItems<T>
    ) -> Int {
        let top = kind == .saps ? Double(topValue()) : 0
        let count = scratch.select(values) { before, own, rank in
            T(ranked(before: before, own: own, rank: rank, top: top, share: share)) <= limits.largest
        }
        guard limits.byClass != nil, count > 0 else { return count }
        var last = scratch.items[0]
        for place in 1..<count where last.precedes(scratch.items[place]) { last = scratch.items[place] }
        return scratch.fill(values) { !last.precedes(ClassItem($0, $1)) }
    }

    /// No score is below the distance of its logit, but for rounding: those whose distance exceeds the
    /// threshold by more than rounding could are out.
    private func entmaxCandidates(_ limits: RowLimits<T>, _ scratch: ClassItems<T>) -> Int {
        let top = Double(topValue())
        let limit = Double(limits.largest) * (1 + 0x1p-20) + 0x1p-500
        return scratch.fill(values) { value, _ in top - Double(value) <= limit }
    }
}
