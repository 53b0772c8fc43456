/// Least squares under a partial order, by recursive partitioning.
///
/// The nodes whose fit exceeds t are the upper set of greatest gain, the gain of a node being its weight times its
/// mean less t. With t the mean of a part a cut of gain 0 shows that the part is one block; any other splits it into
/// two that are fitted apart.
///
/// Source: Spouge, Wan, Wilbur (2003); Luss, Rosset (2014). Departures: gains are rounded to integers of 2^-124 of
/// their sum, so a cut is exact for data moved by less than an ulp of the weightiest, and the fit moves no
/// more than the data; a cut whose two means turn out equal is rounding and is not made. Below a depth of 40 cuts at
/// means take turns with cuts that halve the range of the fit, so that no data make the recursion deeper than 300.
final class OrderSquared<Order: PartialOrder> {
    private let parts: OrderParts<Order>
    private let sums: Scratch<Sum>
    private let means: Scratch<Double>

    /// Of the values of some nodes, weighted, and of their weights.
    struct Sum: BitwiseCopyable {
        var values = DoubleDouble()
        var weights = DoubleDouble()

        static func += (a: inout Sum, b: Sum) {
            a.values += b.values
            a.weights += b.weights
        }

        var mean: Double { values / weights }
    }

    /// A part to be fitted, and what is known of its fit.
    private struct Task: BitwiseCopyable {
        var part: OrderPart
        var sum: Sum
        var low: UInt64
        var high: UInt64
        var depth = 0

        /// Half way from the lowest possible fit to the highest in their order as bits; but not so near to 0 that
        /// the gains of values as small would be lost beside those of the largest.
        var halfWay: Double {
            let middle = Double(orderedKey: low + (high - low) / 2)
            let largest = max(abs(Double(orderedKey: low)), abs(Double(orderedKey: high)))
            let least = largest * 0x1p-64
            return abs(middle) < least ? Double(signOf: middle, magnitudeOf: least) : middle
        }
    }

    private static var balancedDepth: Int { 40 }

    /// Nodes without weight.
    init(_ order: Order, progress: Progress) throws(QuantcalError) {
        parts = try OrderParts(order, progress: progress)
        sums = try Scratch(parts.count)
        means = try Scratch(zeroed: parts.count)
        sums.buffer.initialize(repeating: Sum())
    }

    convenience init<T: Scalar>(
        _ data: OrderData<T>, _ order: Order, progress: Progress
    ) throws(QuantcalError) {
        try self.init(order, progress: progress)
        for node in 0..<parts.count {
            let points = data.nodes[node]
            var sum = Sum()
            for point in points {
                sum.values.addProduct(data.value(point), data.weight(point))
                sum.weights += data.weight(point)
            }
            guard sum.weights.high > 0 else { continue }
            // A single point's value is its own, to the last bit.
            set(node, sum, mean: points.count == 1 ? data.value(points[0]) : sum.mean)
        }
    }

    /// What there is at a node; its weight is positive.
    func set(_ node: Int, _ sum: Sum, mean: Double) { (sums.buffer[node], means.buffer[node]) = (sum, mean) }

    func fit(into fit: UnsafeMutablePointer<Double>) throws(QuantcalError) {
        guard parts.count > 0 else { return }
        try self.fit(parts.start()) { nodes, value in
            for node in nodes { fit[Int(node)] = value }
        }
    }

    /// Fits some nodes, ascending, as if there were no others. Calls `block` with the nodes of each block and
    /// their value: -infinity where they have no weight.
    func fit(
        _ nodes: UnsafeBufferPointer<Int32>, _ block: (UnsafeBufferPointer<Int32>, Double) -> Void
    ) throws(QuantcalError) { try fit(parts.start(nodes), block) }

    private func fit(
        _ whole: OrderPart, _ block: (UnsafeBufferPointer<Int32>, Double) -> Void
    ) throws(QuantcalError) {
        // The smaller of two parts goes first, so that few wait.
        let waiting = try Scratch<Task>(64)
        var count = 1
        waiting.buffer[0] = task(whole)
        while count > 0 {
            count -= 1
            var task = waiting.buffer[count]
            while let (lower, upper) = try split(&task) {
                let lowerIsLarger = lower.part.count > upper.part.count
                waiting.buffer[count] = lowerIsLarger ? lower : upper
                count += 1
                task = lowerIsLarger ? upper : lower
            }
            let mean =
                task.part.count == 1 ? means.buffer[Int(parts.members[task.part.lowerBound])] : task.sum.mean
            let nodes = UnsafeBufferPointer(
                start: parts.members + task.part.lowerBound, count: task.part.count)
            block(nodes, task.sum.weights.high > 0 ? mean : -.infinity)
            parts.note(task.part.count, share: 1)
        }
    }

    private func task(_ part: OrderPart) -> Task {
        var sum = Sum()
        var (low, high) = (Double.infinity, -Double.infinity)
        for place in part.places {
            let node = Int(parts.members[place])
            guard sums.buffer[node].weights.high > 0 else { continue }
            sum += sums.buffer[node]
            (low, high) = (min(low, means.buffer[node]), max(high, means.buffer[node]))
        }
        return Task(part: part, sum: sum, low: low.orderedKey, high: high.orderedKey)
    }

    /// Two parts to be fitted apart, or nil if the part is a block.
    private func split(_ task: inout Task) throws(QuantcalError) -> (Task, Task)? {
        while task.part.count > 1, task.sum.weights.high > 0, task.low < task.high {
            let isHalving = task.depth > Self.balancedDepth && task.depth & 1 == 1
            let threshold = isHalving ? task.halfWay : task.sum.mean
            guard setGains(task.part, threshold) else { return nil }
            let middle = try parts.divide(task.part, largest: false)
            task.depth += 1
            if middle == task.part.lowerBound || middle == task.part.upperBound {
                guard isHalving else { return nil }
                let key = threshold.orderedKey
                if middle == task.part.lowerBound { task.low = key + 1 } else { task.high = key }
                continue
            }
            let lower = OrderPart(lowerBound: task.part.lowerBound, upperBound: middle)
            let upper = OrderPart(lowerBound: middle, upperBound: task.part.upperBound)
            let (lowerSum, upperSum) = (sum(lower), sum(upper))
            if !isHalving {
                let isReal =
                    lowerSum.weights.high > 0 && upperSum.weights.high > 0 && lowerSum.mean < upperSum.mean
                guard isReal else { return nil }
            }
            let key = threshold.orderedKey
            return (
                Task(part: lower, sum: lowerSum, low: task.low, high: min(task.high, key), depth: task.depth),
                Task(part: upper, sum: upperSum, low: max(task.low, key), high: task.high, depth: task.depth)
            )
        }
        return nil
    }

    private func sum(_ part: OrderPart) -> Sum {
        var sum = Sum()
        for place in part.places { sum += sums.buffer[Int(parts.members[place])] }
        return sum
    }

    /// Returns false if no node gains or loses.
    private func setGains(_ part: OrderPart, _ threshold: Double) -> Bool {
        let members = parts.members + part.lowerBound
        var total = 0.0
        for place in 0..<part.count { total += abs(gain(members[place], threshold)) }
        guard total > 0 else { return false }
        let shift = 124 - Int(total.exponent)
        for place in 0..<part.count {
            parts.gains[place] = Int128(scaling: gain(members[place], threshold), shift: shift)
        }
        return true
    }

    @inline(__always) private func gain(_ node: Int32, _ threshold: Double) -> Double {
        sums.buffer[Int(node)].weights.high * (means.buffer[Int(node)] - threshold)
    }
}

extension Int128 {
    /// value * 2^shift as an integer: rounded to zero, but for what is not 0 never to 0. The magnitude must be
    /// below 2^126.
    @inline(__always) init(scaling value: Double, shift: Int) {
        let exponentBits = Int(value.exponentBitPattern)
        let significand = value.significandBitPattern | (exponentBits == 0 ? 0 : 1 << 52)
        let left = Swift.max(exponentBits, 1) - 1075 + shift
        let magnitude: Int128
        if left >= 0 {
            magnitude = Int128(significand) << Int128(left)
        } else {
            magnitude = Int128(Swift.max(significand >> UInt64(Swift.min(63, -left)), value == 0 ? 0 : 1))
        }
        self = value < 0 ? -magnitude : magnitude
    }
}
