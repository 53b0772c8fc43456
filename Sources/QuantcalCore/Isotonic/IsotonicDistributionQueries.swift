/// What a fitted distribution is asked: each for many covariates at once, row by row, on all threads.
extension IsotonicDistribution {
    /// The distribution function of each query at each threshold, row by row.
    public func cdf(
        at queries: UnsafeBufferPointer<Double>, thresholds: UnsafeBufferPointer<Double>,
        into probabilities: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try writeFunctions(queries, thresholds, probabilities) }

    public func cdf(
        at queries: UnsafeBufferPointer<Float>, thresholds: UnsafeBufferPointer<Float>,
        into probabilities: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try writeFunctions(queries, thresholds, probabilities) }

    /// The least outcome of each query at which its distribution function is at least each level, row by
    /// row; +infinity where it stays below, as it may after censoring.
    public func quantiles(
        at queries: UnsafeBufferPointer<Double>, levels: UnsafeBufferPointer<Double>,
        into quantiles: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try writeQuantiles(queries, levels, quantiles) }

    public func quantiles(
        at queries: UnsafeBufferPointer<Float>, levels: UnsafeBufferPointer<Double>,
        into quantiles: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try writeQuantiles(queries, levels, quantiles) }

    /// The continuous ranked probability score of each query's distribution for its outcome.
    public func crps(
        at queries: UnsafeBufferPointer<Double>, outcomes: UnsafeBufferPointer<Double>,
        into scores: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try writeScores(queries, outcomes, scores) }

    public func crps(
        at queries: UnsafeBufferPointer<Float>, outcomes: UnsafeBufferPointer<Float>,
        into scores: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try writeScores(queries, outcomes, scores) }

    /// The probability integral transform: each query's distribution function at its outcome.
    public func transform(
        at queries: UnsafeBufferPointer<Double>, outcomes: UnsafeBufferPointer<Double>,
        into band: DistributionBand<Double>
    ) throws(QuantcalError) { try writeTransform(queries, outcomes, band) }

    public func transform(
        at queries: UnsafeBufferPointer<Float>, outcomes: UnsafeBufferPointer<Float>,
        into band: DistributionBand<Float>
    ) throws(QuantcalError) { try writeTransform(queries, outcomes, band) }
}

// MARK: For any element type

extension IsotonicDistribution {
    private typealias Place = IsotonicDistributionCovariates.Place

    /// As many queries are worth a thread's while.
    private static let grain = 256

    /// From so many thresholds on, all jumps of a query are found before any is asked for.
    private static let manyThresholds = 16

    private func writeFunctions<T: Scalar>(
        _ queries: UnsafeBufferPointer<T>, _ thresholds: UnsafeBufferPointer<T>,
        _ probabilities: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try Require.notNaN(queries, "queries")
        try Require.notNaN(thresholds, "thresholds")
        let passed = try Scratch<UInt32>(thresholds.count)
        for (index, threshold) in thresholds.enumerated() {
            passed.buffer[index] = UInt32(truncatingIfNeeded: functions.passed(Double(threshold)))
        }
        let counts = UnsafeBufferPointer(passed.buffer)
        guard thresholds.count >= Self.manyThresholds else {
            return try forEachPlace(queries) { query, place in
                let row = probabilities + query * thresholds.count
                for index in counts.indices {
                    row[index] = T(functions.value(place, after: Int(counts[index])))
                }
            }
        }
        try forEachRow(queries) { query, row in
            let target = probabilities + query * thresholds.count
            for index in counts.indices {
                let next = Search.first(in: 0..<row.count) { row[$0].threshold >= counts[index] }
                target[index] = T(next == 0 ? 0 : row[next - 1].value)
            }
        }
    }

    /// Calls `body` with each query's index and place.
    private func forEachPlace<T: Scalar>(
        _ queries: UnsafeBufferPointer<T>, _ body: (Int, Place) -> Void
    ) throws(QuantcalError) {
        try forEach(queries, memory: { () throws(QuantcalError) in () }) { query, place, _ in
            body(query, place)
        }
    }

    /// Calls `body` with each query's index and all its jumps.
    private func forEachRow<T: Scalar>(
        _ queries: UnsafeBufferPointer<T>, _ body: (Int, IsotonicDistributionRows.Jumps) -> Void
    ) throws(QuantcalError) {
        try forEach(queries, memory: { () throws(QuantcalError) in try IsotonicDistributionRows(self) }) {
            query, place, rows in body(query, rows.row(place))
        }
    }

    /// Calls `body` with each query's index and place, and with memory that one thread uses at a time.
    private func forEach<T: Scalar, Memory: ~Copyable>(
        _ queries: UnsafeBufferPointer<T>, memory: () throws(QuantcalError) -> Memory,
        _ body: (Int, Place, borrowing Memory) -> Void
    ) throws(QuantcalError) {
        let count = queries.count / dimensions
        let tasks = (count + Self.grain - 1) / Self.grain
        let failures = try Scratch<Bool>(zeroed: tasks)
        Parallel.forEach(tasks, threads: Parallel.threads(for: tasks, work: .max)) { task, _ in
            do throws(QuantcalError) {
                let room = try IsotonicDistributionCovariates.Room(functions.covariates)
                let memory = try memory()
                for query in task * Self.grain..<min((task + 1) * Self.grain, count) {
                    let covariate = queries.baseAddress! + query * dimensions
                    body(query, functions.covariates.place(of: covariate, room), memory)
                }
            } catch {
                failures.buffer[task] = true
            }
        }
        guard !failures.buffer.contains(true) else {
            throw QuantcalError(.noMemory, "no memory for the answers of a distribution")
        }
    }

    private func writeQuantiles<T: Scalar>(
        _ queries: UnsafeBufferPointer<T>, _ levels: UnsafeBufferPointer<Double>,
        _ quantiles: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try Require.notNaN(queries, "queries")
        for (index, level) in levels.enumerated() { try Require.level(level, "levels[\(index)]") }
        try forEachPlace(queries) { query, place in
            for (index, level) in levels.enumerated() {
                // A level that is a share was rounded, and so was the share.
                let least = level * (1 - 4 * Double.ulpOfOne)
                let first = Search.first(in: 0..<functions.outcomes.count) {
                    functions.value(place, after: $0 + 1) >= least
                }
                quantiles[query * levels.count + index] =
                    first < functions.outcomes.count ? T(functions.outcomes.buffer[first]) : .infinity
            }
        }
    }

    private func writeScores<T: Scalar>(
        _ queries: UnsafeBufferPointer<T>, _ observed: UnsafeBufferPointer<T>,
        _ scores: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try Require.notNaN(queries, "queries")
        try Require.finite(observed, "y")
        try forEachRow(queries) { query, row in scores[query] = T(score(row, Double(observed[query]))) }
    }

    /// The integral of (F(z) - [y <= z])^2, step by step: a sum of what is not negative.
    private func score(
        _ row: UnsafeBufferPointer<IsotonicDistributionRows.Jump>, _ y: Double
    ) -> Double {
        let outcomes = functions.outcomes.buffer
        let largest = max(abs(y), abs(outcomes[0]), abs(outcomes[outcomes.count - 1]))
        // 1 unless differences could overflow.
        let scale = PowerOfTwo.bringing(largest, above: -1074, below: 1000)
        let observed = y * scale
        // Before the first jump there is nothing to pay below the outcome.
        var from = min(observed, (row.first.map { outcomes[Int($0.threshold)] } ?? 0) * scale)
        var value = 0.0
        var score = 0.0
        for jump in row {
            let to = outcomes[Int(jump.threshold)] * scale
            score += Self.score(from: from, to: to, value, observed)
            (from, value) = (to, jump.value)
        }
        guard value == 1 else { return .infinity }
        return (score + max(observed - from, 0)) / scale
    }

    @inline(__always)
    private static func score(from: Double, to: Double, _ value: Double, _ observed: Double) -> Double {
        let below = max(min(to, observed) - from, 0)
        let above = max(to - max(from, observed), 0)
        return below * value * value + above * (1 - value) * (1 - value)
    }

    private func writeTransform<T: Scalar>(
        _ queries: UnsafeBufferPointer<T>, _ observed: UnsafeBufferPointer<T>, _ band: DistributionBand<T>
    ) throws(QuantcalError) {
        try Require.notNaN(queries, "queries")
        try Require.notNaN(observed, "y")
        let random = Philox(seed: band.seed, purpose: .integralTransform)
        try forEachPlace(queries) { query, place in
            let outcome = Double(observed[query])
            let lower = functions.value(place, after: functions.passed(before: outcome))
            let upper = functions.value(place, after: functions.passed(outcome))
            band.lower?[query] = T(lower)
            band.upper?[query] = T(upper)
            band.draw?[query] = T(lower + random.uniform(UInt64(query)) * (upper - lower))
        }
    }
}
