/// A bound for the mean of a batch.
///
/// The j-th smallest test score is at most S_(R_j), where S_(n + 1) is a bound for all scores. If the R_j - 1 add
/// up to no more than u, the mean is at most the largest mean of S_(v + 1) over m places v >= 0 that add up to u.
/// By Jensen's inequality this is at most H(u / m), where H is the least concave majorant of the points
/// (v, S_(v + 1)) with v <= u, and equal if the chord that H follows there ends in places that can be combined.
///
/// Source: Lee, Tchetgen Tchetgen, Dobriban (2024). Departure: they find the maximum by dynamic programming, in
/// O(m u n); the majorant takes O(n) after sorting and is never below.
public enum ConformalBatchMean {
    public static func bound(
        scores: UnsafeBufferPointer<Double>, m: Int, rankSum: Int, upper: Double
    ) throws(QuantcalError) -> Double { try compute(scores, m, rankSum, upper) }

    public static func bound(
        scores: UnsafeBufferPointer<Float>, m: Int, rankSum: Int, upper: Float
    ) throws(QuantcalError) -> Float { try compute(scores, m, rankSum, upper) }

    private static func compute<T: SelectableScalar>(
        _ scores: UnsafeBufferPointer<T>, _ m: Int, _ rankSum: Int, _ upper: T
    ) throws(QuantcalError) -> T {
        try ConformalBatchSum.requireBatch(m)
        let (pairs, overflow) = scores.count.multipliedReportingOverflow(by: m)
        guard rankSum >= 0, overflow || rankSum <= pairs else {
            throw QuantcalError(
                .domain,
                "rank_sum is \(UInt(bitPattern: rankSum)); rank_sum must be 0 to n m, which is \(pairs)")
        }
        guard !upper.isNaN else { throw QuantcalError(.notFinite, "upper is nan; upper must not be NaN") }
        try Require.notNaN(scores, "scores")
        if let index = scores.firstIndex(where: { $0 > upper }) {
            throw QuantcalError(
                .domain, "upper is \(upper); it must be at least scores[\(index)], which is \(scores[index])")
        }
        let sorted = try Scratch<Double>(scores.count + 1)
        try RadixSort.sort(Ascending(scores: scores, target: sorted.buffer))
        sorted.buffer[scores.count] = Double(upper)
        let reached = UnsafeBufferPointer(rebasing: sorted.buffer[...min(scores.count, rankSum)])
        let bound = try majorant(reached, m, rankSum)
        // Upwards, so that it is a bound in single precision as well.
        let rounded = T(bound)
        return Double(rounded) < bound ? rounded.nextUp : rounded
    }

    private struct Ascending<T: Scalar>: RadixItems {
        struct Item: RadixItem { let key: T.Bits }
        let scores: UnsafeBufferPointer<T>
        let target: UnsafeMutableBufferPointer<Double>
        var count: Int { scores.count }
        func key(_ index: Int) -> T.Bits { scores[index].orderedKey }
        func item(_ index: Int) -> Item { Item(key: key(index)) }
        func store(_ item: Item, at place: Int) { target[place] = Double(T(orderedKey: item.key)) }
    }

    /// The majorant at u / m of values that ascend.
    private static func majorant(
        _ values: UnsafeBufferPointer<Double>, _ m: Int, _ u: Int
    ) throws(QuantcalError) -> Double {
        let last = values.count - 1
        if values[last] == .infinity { return .infinity }
        // Places of -infinity make the mean -infinity; they are taken only if nothing else is left.
        let first = values.firstIndex { $0 > -.infinity } ?? values.count
        if first > u / m { return -.infinity }
        // Differences, and products with places and m, stay in range.
        let greatest = max(abs(values[first]), abs(values[last]))
        let scale = PowerOfTwo.bringing(greatest, above: -900, below: 900)
        let (left, right) = try chord(values, from: first, at: u / m, scale: scale)
        let (ofLeft, ofRight) = (
            Double(Int128(right) * Int128(m) - Int128(u)), Double(Int128(u) - Int128(left) * Int128(m))
        )
        if ofRight == 0 { return values[left] }
        var sum = DoubleDouble()
        sum.addProduct(values[left] * scale, ofLeft)
        sum.addProduct(values[right] * scale, ofRight)
        let bound = sum / DoubleDouble(high: ofLeft + ofRight) / scale
        return min(max(bound, values[left]), values[right])
    }

    /// Neighbouring vertices of the concave hull: the last one up to a place, and the next, if there is one.
    private static func chord(
        _ values: UnsafeBufferPointer<Double>, from first: Int, at place: Int, scale: Double
    ) throws(QuantcalError) -> (left: Int, right: Int) {
        let hull = try Scratch<Int>(values.count - first)
        var size = 0
        for next in first..<values.count {
            while size >= 2 {
                let (a, b) = (hull.buffer[size - 2], hull.buffer[size - 1])
                let rise = (values[b] * scale - values[a] * scale) * Double(next - a)
                let whole = (values[next] * scale - values[a] * scale) * Double(b - a)
                if rise > whole { break }
                size -= 1
            }
            hull.buffer[size] = next
            size += 1
        }
        var index = 0
        while index + 1 < size, hull.buffer[index + 1] <= place { index += 1 }
        let left = hull.buffer[index]
        return (left, index + 1 < size ? hull.buffer[index + 1] : left)
    }
}
