/// The observations of an isotonic distributional regression, ready to be fitted: grouped by their
/// covariate, and in ascending order of their outcome. What weighs nothing is left out.
struct IsotonicDistributionSample: ~Copyable {
    struct Observation: BitwiseCopyable {
        var outcome: Double
        var weight: Double
        var group: UInt32
        var isCensored: Bool
    }

    /// The distinct covariates, in the order in which the distributions rise: negated if that is descending.
    let knots: GrowableBuffer<Double>
    let observations: GrowableBuffer<Observation>
    let hasCensored: Bool

    static func checkCount(_ count: Int) throws(QuantcalError) {
        guard count > 0 else { throw QuantcalError(.size, "n is 0; at least one observation is needed") }
        guard count < Int(UInt32.max) else {
            throw QuantcalError(.size, "n is \(count); it must be below 2^32 - 1")
        }
    }

    init<T: Scalar>(
        x: UnsafeBufferPointer<T>, y: UnsafeBufferPointer<T>, weights: UnsafeBufferPointer<T>?,
        events: UnsafeBufferPointer<UInt8>?, isDescending: Bool
    ) throws(QuantcalError) {
        try Self.checkCount(x.count)
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights).sum }
        // A power of two that keeps sums, and products of a few of them, in range.
        let scale = PowerOfTwo.bringing(total ?? 1, above: -100, below: 100)
        let weight = { (index: Int) in weights.map { Double($0[index]) * scale } ?? 1 }
        let byOutcome = try PredictorOrder(y, "y")
        try Self.check(events)
        let isCensored = { (index: Int) in events.map { $0[index] == 0 } ?? false }
        let firstEvent = y.indices.first { place in
            let index = byOutcome.origin(place)
            return weight(index) > 0 && !isCensored(index)
        }
        guard let firstEvent else {
            throw QuantcalError(.domain, "events are 0 wherever weights are not; at least one must be 1")
        }
        let counts = { (index: Int) in
            weight(index) > 0 && !(isCensored(index) && y[index] < byOutcome.x[firstEvent])
        }
        let groups = try Scratch<UInt32>(x.count)
        let knots = try Self.group(x, isDescending: isDescending, where: counts, into: groups.buffer)
        var observations = GrowableBuffer<Observation>()
        for place in y.indices {
            let index = byOutcome.origin(place)
            guard counts(index) else { continue }
            try observations.append(
                Observation(
                    outcome: Double(y[index]) + 0, weight: weight(index), group: groups.buffer[index],
                    isCensored: isCensored(index)))
        }
        hasCensored = observations.buffer.contains { $0.isCensored }
        self.knots = knots
        self.observations = observations
    }

    private static func check(_ events: UnsafeBufferPointer<UInt8>?) throws(QuantcalError) {
        guard let events, let index = events.firstIndex(where: { $0 > 1 }) else { return }
        throw QuantcalError(.domain, "events[\(index)] is \(events[index]); events must be 0 or 1")
    }

    /// Numbers the distinct covariates of those points that count.
    private static func group<T: Scalar>(
        _ x: UnsafeBufferPointer<T>, isDescending: Bool, where counts: (Int) -> Bool,
        into groups: UnsafeMutableBufferPointer<UInt32>
    ) throws(QuantcalError) -> GrowableBuffer<Double> {
        let order = try PredictorOrder(x)
        var knots = GrowableBuffer<Double>()
        for place in x.indices {
            let index = order.origin(isDescending ? x.count - 1 - place : place)
            guard counts(index) else { continue }
            // -0 is 0.
            let knot = (isDescending ? -Double(x[index]) : Double(x[index])) + 0
            if knots.count == 0 || knots.buffer[knots.count - 1] != knot { try knots.append(knot) }
            groups[index] = UInt32(truncatingIfNeeded: knots.count - 1)
        }
        return knots
    }
}
