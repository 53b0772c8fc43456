extension ConformalCalibrator {
    /// Which scores count against a test point.
    public enum Tail: Int32, CaseIterable, Sendable {
        /// Those at least as large: a small p-value means a strange point.
        case upper = 0
        /// Those at most as large: a small p-value means a promising point.
        case lower = 1
    }

    public struct PValueOptions: Sendable {
        public let tail: Tail
        /// nil: ties count wholly. Otherwise the seed of the shares in which they count.
        public let seed: UInt64?
        /// The number of the first test point, which with the seed gives its share.
        public let firstPoint: UInt64

        public init(tail: Tail = .upper, seed: UInt64? = nil, firstPoint: UInt64 = 0) {
            (self.tail, self.seed, self.firstPoint) = (tail, seed, firstPoint)
        }
    }

    /// Test points' share of the work of a thread.
    private static var grain: Int { 1 << 12 }

    /// The threshold of each group at each level, for a test point of weight 1: a matrix of
    /// `options.rowCount` rows.
    public func thresholds(
        alphas: UnsafeBufferPointer<Double>, into thresholds: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        switch content {
        case .plain(let store): try self.thresholds(alphas, store, thresholds)
        case .weighted(let store): try self.thresholds(alphas, store, thresholds)
        }
    }

    private func thresholds<Item>(
        _ alphas: UnsafeBufferPointer<Double>, _ store: CalibrationStore<Item>,
        _ thresholds: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        for (index, alpha) in alphas.enumerated() { try Require.level(alpha, "alphas[\(index)]") }
        let scores = try store.scores()
        for (column, alpha) in alphas.enumerated() {
            let level = try ConformalLevel(alpha)
            for row in 0..<options.rowCount {
                thresholds[row * alphas.count + column] = scores.group(row).threshold(1, level)
            }
        }
    }

    /// The threshold of each test point, by its weight and group. Without weights each has weight 1.
    public func pointThresholds(
        weights: UnsafeBufferPointer<Double>?, groups: UnsafeBufferPointer<Int64>?, count: Int, alpha: Double,
        into thresholds: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        switch content {
        case .plain(let store): try pointThresholds(weights, groups, count, alpha, store, thresholds)
        case .weighted(let store): try pointThresholds(weights, groups, count, alpha, store, thresholds)
        }
    }

    private func pointThresholds<Item>(
        _ weights: UnsafeBufferPointer<Double>?, _ groups: UnsafeBufferPointer<Int64>?, _ count: Int,
        _ alpha: Double, _ store: CalibrationStore<Item>, _ thresholds: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        let level = try ConformalLevel(alpha)
        let scores = try store.scores()
        try requirePoints(weights, groups, count, scores)
        Parallel.forEachRange(of: count, grain: Self.grain) { range in
            for index in range {
                thresholds[index] = scores.group(groups.map { Int($0[index]) } ?? 0)
                    .threshold(weights?[index] ?? 1, level)
            }
        }
    }

    /// The p-value of each test point.
    public func pValues(
        scores: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>? = nil,
        groups: UnsafeBufferPointer<Int64>? = nil, options: PValueOptions = PValueOptions(),
        into values: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try pValues(scores, weights, groups, options, values) }

    public func pValues(
        scores: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Double>? = nil,
        groups: UnsafeBufferPointer<Int64>? = nil, options: PValueOptions = PValueOptions(),
        into values: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try pValues(scores, weights, groups, options, values) }

    private func pValues<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<Double>?,
        _ groups: UnsafeBufferPointer<Int64>?, _ options: PValueOptions,
        _ values: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        try Require.notNaN(scores, "scores")
        switch content {
        case .plain(let store): try pValues(scores, weights, groups, options, store, values)
        case .weighted(let store): try pValues(scores, weights, groups, options, store, values)
        }
    }

    private func pValues<T: Scalar, Item>(
        _ scores: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<Double>?,
        _ groups: UnsafeBufferPointer<Int64>?, _ options: PValueOptions, _ store: CalibrationStore<Item>,
        _ values: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        let sorted = try store.scores()
        try requirePoints(weights, groups, scores.count, sorted)
        let random = options.seed.map { Philox(seed: $0, purpose: .conformalPValue) }
        Parallel.forEachRange(of: scores.count, grain: Self.grain) { range in
            for index in range {
                // Above 0, so that no p-value is 0.
                let share = random.map { 1 - $0.uniform(options.firstPoint &+ UInt64(index)) } ?? 1
                values[index] = sorted.group(groups.map { Int($0[index]) } ?? 0).pValue(
                    Double(scores[index]), weights?[index] ?? 1, isUpper: options.tail == .upper,
                    share: share)
            }
        }
    }

    /// Test points whose weights and groups are possible; each has some weight to be compared with.
    private func requirePoints<Item>(
        _ weights: UnsafeBufferPointer<Double>?, _ groups: UnsafeBufferPointer<Int64>?, _ count: Int,
        _ scores: CalibrationScores<Item>
    ) throws(QuantcalError) {
        try requireGroups(groups, count: count)
        guard let weights else { return }
        try Self.requireWeights(weights, "test_weights", upTo: .infinity)
        for index in weights.indices where weights[index] == 0 {
            let group = groups.map { Int($0[index]) } ?? 0
            guard scores.group(group).isWeightless else { continue }
            throw QuantcalError(
                .domain,
                "test_weights[\(index)] is 0 and so is the total weight of its group; "
                    + "one of them must be positive")
        }
    }
}
