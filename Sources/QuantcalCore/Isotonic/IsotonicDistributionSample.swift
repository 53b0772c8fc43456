/// The observations of an isotonic distributional regression, ready to be fitted: grouped by their
/// covariate, and in ascending order of their outcome. What weighs nothing is left out.
struct IsotonicDistributionSample: ~Copyable {
    struct Observation: BitwiseCopyable {
        var outcome: Double
        var weight: Double
        var group: UInt32
        var isCensored: Bool
    }

    let covariates: IsotonicDistributionCovariates
    let observations: GrowableBuffer<Observation>
    let hasCensored: Bool

    var groups: Int { covariates.count }

    init<T: Scalar>(
        x: UnsafeBufferPointer<T>, dimensions: Int, y: UnsafeBufferPointer<T>,
        weights: UnsafeBufferPointer<T>?, events: UnsafeBufferPointer<UInt8>?,
        direction: IsotonicRegression.Direction
    ) throws(QuantcalError) {
        try IsotonicOrder.requireNumbers(y.count, "n")
        guard y.count > 0 else { throw QuantcalError(.size, "n is 0; at least one observation is needed") }
        let directions = try Scratch<Int32>(dimensions)
        directions.buffer.initialize(repeating: direction.rawValue)
        let points = try OrderPoints(x, y.count, dimensions, UnsafeBufferPointer(directions.buffer))
        try Require.finite(x, "x")
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights).sum }
        // A power of two that keeps sums, and products of a few of them, in range.
        let scale = PowerOfTwo.bringing(total ?? 1, above: -100, below: 100)
        let weight = { (index: Int) in weights.map { Double($0[index]) * scale } ?? 1 }
        let byOutcome = try PredictorOrder(y, "y")
        if let events { try Require.events(events) }
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
        let groups = try Scratch<UInt32>(y.count)
        let covariates = try IsotonicDistributionCovariates(
            points, direction, where: counts, groups: groups.buffer)
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
        self.covariates = covariates
        self.observations = observations
    }
}
