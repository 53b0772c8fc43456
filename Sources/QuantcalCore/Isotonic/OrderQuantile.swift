/// Quantile loss under a partial order, by halving the list of values.
///
/// The nodes whose fit exceeds the value v are an upper set of greatest gain, a point above v giving its weight times
/// the level, a point up to v taking its weight times the rest. So the part whose fit lies among values a to b is cut
/// at the middle one, until a = b: one cut of each node for each halving.
///
/// The smallest upper sets make the smallest of all best fits, the largest sets the largest. For that gains must
/// be exact: they are integers, from weights in units of 2^-60 of their sum or less, and from the simple
/// fraction that the level stands for.
///
/// Source: Stout (2013); with minimum cuts as in Picard, Queyranne (1982).
final class OrderQuantile<T: Scalar, Order: PartialOrder> {
    private let data: OrderData<T>
    private let parts: OrderParts<Order>
    /// The level is `numerator / denominator`.
    private let numerator: Int128
    private let denominator: Int128
    /// For each point its weight, and the rank of its value; the values by rank.
    private let weights: Scratch<Int128>
    private let ranks: Scratch<Int32>
    private let values: Scratch<Double>
    private let valueCount: Int

    private struct Task: BitwiseCopyable {
        var part: OrderPart
        var low: Int
        var high: Int
    }

    init(_ data: OrderData<T>, _ order: Order, level: Double, progress: Progress) throws(QuantcalError) {
        self.data = data
        parts = try OrderParts(order, progress: progress)
        let fraction = IsotonicQuantileUnits.fraction(level)
        (numerator, denominator) = (Int128(fraction.numerator), Int128(fraction.denominator))
        weights = try Scratch(data.y.count)
        let shift = denominator.leadingZeroBitCount - 4 - Int(data.totalWeight.exponent)
        for point in data.y.indices {
            let weight = data.weight(Int32(point))
            weights.buffer[point] = Int128(scaling: weight, shift: shift)
        }
        ranks = try Scratch(data.y.count)
        values = try Scratch(data.y.count)
        valueCount = try Self.rank(data, ranks, values)
    }

    /// Ranks the points of positive weight. Returns how many values there are.
    private static func rank(
        _ data: OrderData<T>, _ ranks: borrowing Scratch<Int32>, _ values: borrowing Scratch<Double>
    ) throws(QuantcalError) -> Int {
        let keys = try OrderKeys(data.y.count)
        var count = 0
        for point in data.y.indices where data.weight(Int32(point)) > 0 {
            keys[count] = .init(key: data.value(Int32(point)).rankingKey, index: Int32(point))
            count += 1
        }
        try keys.sort(first: count)
        var rank = -1
        for place in 0..<count {
            let item = keys[place]
            if place == 0 || item.key != keys[place - 1].key {
                rank += 1
                values.buffer[rank] = Double(orderedKey: item.key)
            }
            ranks.buffer[Int(item.index)] = Int32(truncatingIfNeeded: rank)
        }
        return rank + 1
    }

    /// The smallest best fit, or the largest; `share` of all the work.
    func fit(largest: Bool, share: Double, into fit: UnsafeMutablePointer<Double>) throws(QuantcalError) {
        guard parts.count > 0 else { return }
        let waiting = try Scratch<Task>(64)
        var count = 1
        waiting.buffer[0] = Task(part: parts.start(), low: 0, high: valueCount - 1)
        while count > 0 {
            count -= 1
            var task = waiting.buffer[count]
            while task.low < task.high {
                let middle = (task.low + task.high) / 2
                setGains(task.part, middle)
                let cut = try parts.divide(task.part, largest: largest)
                let lower = Task(
                    part: .init(lowerBound: task.part.lowerBound, upperBound: cut), low: task.low,
                    high: middle)
                let upper = Task(
                    part: .init(lowerBound: cut, upperBound: task.part.upperBound), low: middle + 1,
                    high: task.high)
                let lowerIsLarger = lower.part.count > upper.part.count
                let smaller = lowerIsLarger ? upper : lower
                task = lowerIsLarger ? lower : upper
                if smaller.part.count > 0 {
                    waiting.buffer[count] = task
                    count += 1
                    task = smaller
                }
            }
            for place in task.part.places { fit[Int(parts.members[place])] = values.buffer[task.low] }
            parts.note(task.part.count, share: share)
        }
        for node in 0..<parts.count where data.nodes[node].allSatisfy({ data.weight($0) == 0 }) {
            fit[node] = -.infinity
        }
    }

    private func setGains(_ part: OrderPart, _ threshold: Int) {
        for place in part.places {
            var whole: Int128 = 0
            var upTo: Int128 = 0
            for point in data.nodes[Int(parts.members[place])] {
                let weight = weights.buffer[Int(point)]
                whole &+= weight
                if weight > 0, ranks.buffer[Int(point)] <= threshold { upTo &+= weight }
            }
            parts.gains[place - part.lowerBound] = numerator &* whole &- denominator &* upTo
        }
    }
}
