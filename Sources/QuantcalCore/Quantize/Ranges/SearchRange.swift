/// Ranges by the least error: candidates are the min-max range times numbers from `high` down, and the
/// widest of the best is taken (the search of GPTQ and BRECQ; LiDAR-PTQ's with other numbers).
///
/// The error has several local minima, so golden section, between the best candidate's neighbours, may
/// only replace it by less.
extension RangeFitter {
    func search(_ sample: RangeSample, _ work: Work) throws(QuantcalError) -> RangeTarget.Parameters {
        let errors = try evaluated(sample, work, rule.steps) { index in
            sample.error(target.grid, scaled(sample, by: rule.factor(index)), norm: rule.norm)
        }
        var best = 0
        for index in 1..<max(rule.steps, 1) where errors.buffer[index] < errors.buffer[best] { best = index }
        let refined = refine(sample, best, errors.buffer[best])
        return scaled(sample, by: refined)
    }

    /// The range whose ends are both of a search's candidates, each by itself: RepQuant's dual clipping by a grid.
    func dual(_ sample: RangeSample, _ work: Work) throws(QuantcalError) -> RangeTarget.Parameters {
        let lowers = sample.lower < 0 ? rule.steps : 1
        let uppers = sample.upper > 0 ? rule.steps : 1
        func candidate(_ index: Int) -> RangeTarget.Parameters {
            target.parameters(
                sample.lower * rule.factor(index / uppers), sample.upper * rule.factor(index % uppers))
        }
        let errors = try evaluated(sample, work, lowers * uppers) { index in
            sample.error(target.grid, candidate(index), norm: rule.norm)
        }
        var best = 0
        for index in 1..<max(lowers * uppers, 1) where errors.buffer[index] < errors.buffer[best] {
            best = index
        }
        return candidate(best)
    }

    /// An error for each of so many candidates.
    func evaluated(
        _ sample: RangeSample, _ work: Work, _ candidates: Int, _ error: (Int) -> Double
    ) throws(QuantcalError) -> Scratch<Double> {
        let errors = try Scratch<Double>(candidates)
        let batch = max(work.threads, (1 << 22) / sample.count)
        for first in stride(from: 0, to: candidates, by: batch) {
            try work.progress(Double(first) / Double(candidates))
            let count = min(batch, candidates - first)
            Parallel.forEach(count, threads: min(work.threads, count)) { index, _ in
                errors.buffer[first + index] = error(first + index)
            }
        }
        return errors
    }

    private func refine(_ sample: RangeSample, _ best: Int, _ error: Double) -> Double {
        let start = rule.factor(best)
        guard rule.refinements > 0, rule.steps > 1 else { return start }
        let ends = (
            rule.factor(min(best + 1, rule.steps - 1)), rule.factor(max(best - 1, 0))
        )
        let found = GoldenSection.minimum(from: ends.0, to: ends.1, steps: rule.refinements) {
            sample.error(target.grid, scaled(sample, by: $0), norm: rule.norm)
        }
        return found.value < error ? found.point : start
    }
}

/// The least value of a function that falls and then rises, by golden section.
enum GoldenSection {
    private static let ratio = 0.618_033_988_749_894_85

    /// The best of the points looked at: `steps` + 1 of them, at least 2.
    static func minimum(
        from low: Double, to high: Double, steps: Int, _ function: (Double) -> Double
    ) -> (point: Double, value: Double) {
        var (low, high) = (low, high)
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        var (atLeft, atRight) = (function(left), function(right))
        for _ in 1..<max(steps, 1) {
            if atLeft <= atRight {
                (high, right, atRight) = (right, left, atLeft)
                left = high - ratio * (high - low)
                atLeft = function(left)
            } else {
                (low, left, atLeft) = (left, right, atRight)
                right = low + ratio * (high - low)
                atRight = function(right)
            }
        }
        return atLeft <= atRight ? (left, atLeft) : (right, atRight)
    }
}
