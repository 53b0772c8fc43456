/// Learns a policy of abstention by the cross-entropy method: candidates around a mean, the best of which give the
/// next mean and spread. Levels are searched for as shares of their ranges, 0 to 1.
///
/// Draw `index` of a round is block (round * candidates + index) of the generator. Values of policies move in
/// steps, so that many tie; of these the earlier ones count as better.
///
/// Source: Rubinstein (1999). Tayebati et al. (2025) have the two levels as a policy, and climb by REINFORCE.
extension ConformalPolicy {
    /// The most candidates, and the most rounds.
    static var mostDraws: Int { 1 << 16 }

    public static func learn(
        scores: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Int64>, classes: Int,
        options: Options,
        progress: Progress
    ) throws(QuantcalError) -> Outcome { try learned(scores, labels, classes, options, progress) }

    public static func learn(
        scores: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int64>, classes: Int,
        options: Options,
        progress: Progress
    ) throws(QuantcalError) -> Outcome { try learned(scores, labels, classes, options, progress) }

    /// Two shares, of the range of `singleAlpha` and of that of `abstentionAlpha`.
    private typealias Shares = SIMD2<Double>

    private struct Candidate<T: Scalar> {
        let index: Int
        let shares: Shares
        let single: PolicyPoints<T>.Limits
        let abstention: PolicyPoints<T>.Limits
        var value = 0.0

        func isBetter(than other: Candidate) -> Bool {
            value != other.value ? value > other.value : index < other.index
        }
    }

    private static func learned<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ labels: UnsafeBufferPointer<Int64>, _ classes: Int,
        _ options: Options, _ progress: Progress
    ) throws(QuantcalError) -> Outcome {
        let points = try PolicyPoints(scores, labels, classes, options)
        let draws = try Scratch<Candidate<T>>(options.candidates)
        var ranked = draws.buffer
        let best = UnsafeBufferPointer(rebasing: draws.buffer.prefix((options.candidates + 9) / 10))
        let random = Philox(seed: options.seed, purpose: .abstentionPolicy)
        let work = min(scores.count, 1 << 32) * options.candidates
        let threads = Parallel.threads(for: options.candidates, work: work)
        var (mean, deviation) = (Shares(repeating: 0.5), Shares(repeating: 0.5))
        for round in 0..<options.rounds {
            try progress(Double(round) / Double(options.rounds))
            for index in 0..<options.candidates {
                let normal = random.normals(UInt64(round * options.candidates + index))
                let shares = (mean + deviation * normal).clamped(lowerBound: .zero, upperBound: .one)
                let (single, abstention) = options.levels(shares)
                draws.buffer[index] = Candidate(
                    index: index, shares: shares, single: try points.limits(single),
                    abstention: try points.limits(abstention))
            }
            Parallel.forEach(options.candidates, threads: threads) { index, _ in
                let draw = draws.buffer[index]
                draws.buffer[index].value = points.outcome(0, draw.single, 0, draw.abstention).value
            }
            ranked.sort { $0.isBetter(than: $1) }
            let count = Double(best.count)
            mean = best.reduce(.zero) { $0 + $1.shares } / count
            let squares = best.reduce(Shares.zero) { $0 + ($1.shares - mean) * ($1.shares - mean) }
            deviation = (squares / count).squareRoot()
        }
        try progress(1)
        let (single, abstention) = options.levels(mean)
        return points.outcome(
            single, try points.limits(single), abstention, try points.limits(abstention))
    }
}

extension ConformalPolicy.Options {
    public func check() throws(QuantcalError) {
        for (range, name) in [(singleRange, "single"), (abstentionRange, "abstention")] {
            _ = try Self.range(range.lowerBound, range.upperBound, name)
        }
        for (cost, name) in [
            (wrongCost, "wrong_cost"), (sizeCost, "size_cost"), (abstentionCost, "abstention_cost"),
        ] where !(cost >= 0 && cost.isFinite) {
            throw QuantcalError(.options, "\(name) is \(cost); it must be finite and >= 0")
        }
        for (count, name) in [(candidates, "candidates"), (rounds, "rounds")]
        where count < 1 || count > ConformalPolicy.mostDraws {
            throw QuantcalError(.options, "\(name) is \(count); it must be 1 to \(ConformalPolicy.mostDraws)")
        }
    }

    /// A range of levels, or an error that names its end.
    public static func range(
        _ low: Double, _ high: Double, _ name: String
    ) throws(QuantcalError) -> ClosedRange<Double> {
        guard low > 0, low < 1 else {
            throw QuantcalError(.options, "\(name)_low is \(low); it must be strictly between 0 and 1")
        }
        guard high >= low, high < 1 else {
            throw QuantcalError(.options, "\(name)_high is \(high); it must be below 1 and at least \(low)")
        }
        return low...high
    }

    fileprivate func levels(_ shares: SIMD2<Double>) -> (single: Double, abstention: Double) {
        (Self.level(singleRange, shares.x), Self.level(abstentionRange, shares.y))
    }

    private static func level(_ range: ClosedRange<Double>, _ share: Double) -> Double {
        min(range.lowerBound + share * (range.upperBound - range.lowerBound), range.upperBound)
    }
}
