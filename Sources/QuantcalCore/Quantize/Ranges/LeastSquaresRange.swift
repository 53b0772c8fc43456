/// Scales by alternation: codes for a scale, then the scale (and zero point) of least squares for the
/// codes, from several starts; never worse than min-max. The scheme of ggml's searches, for any grid.
extension RangeFitter {
    func leastSquares(_ sample: RangeSample, _ work: Work) throws(QuantcalError) -> RangeTarget.Parameters {
        // Starts are few and long; the errors of all are kept, and the chosen one is done again.
        let errors = try evaluated(sample, work, rule.steps) {
            descend(sample, scaled(sample, by: rule.factor($0))).error
        }
        let plain = descend(sample, minMax(sample))
        var best: Int?
        var least = plain.error
        for index in 0..<rule.steps where errors.buffer[index] < least {
            (best, least) = (index, errors.buffer[index])
        }
        guard let best else { return plain.parameters }
        return descend(sample, scaled(sample, by: rule.factor(best))).parameters
    }

    private func descend(
        _ sample: RangeSample, _ start: RangeTarget.Parameters
    ) -> (parameters: RangeTarget.Parameters, error: Double) {
        var best = start
        var sums = LevelSums(sample, target.grid, start)
        for _ in 0..<rule.iterations {
            guard let next = sums.solution(target), next != best else { break }
            let nextSums = LevelSums(sample, target.grid, next)
            guard nextSums.error < sums.error else { break }
            (best, sums) = (next, nextSums)
        }
        return (best, sums.error)
    }
}

/// What least squares needs of values x and their levels l.
private struct LevelSums {
    var error = 0.0
    private var (w, wx, wl, wll, wxl) = (0.0, 0.0, 0.0, 0.0, 0.0)

    init(_ sample: RangeSample, _ grid: CompiledGrid, _ parameters: RangeTarget.Parameters) {
        var sums = (error: 0.0, w: 0.0, wx: 0.0, wl: 0.0, wll: 0.0, wxl: 0.0)
        sample.forEachRounded(grid, parameters) { index, value, level, decoded in
            let weight = sample.weight(index)
            let distance = value - decoded
            sums.error += weight * distance * distance
            sums.w += weight
            sums.wx += weight * value
            sums.wl += weight * level
            sums.wll += weight * level * level
            sums.wxl += weight * value * level
        }
        (error, w, wx, wl, wll, wxl) = sums
    }

    /// The scale, and zero point, of least error for these levels; nil if there is none.
    func solution(_ target: RangeTarget) -> RangeTarget.Parameters? {
        guard target.hasZeros else {
            guard wll > 0, wxl > 0 else { return nil }
            return target.parameters(scale: wxl / wll, centre: 0)
        }
        let spread = w * wll - wl * wl
        let joint = w * wxl - wx * wl
        guard spread > 0, joint > 0, w > 0 else { return nil }
        let free = target.parameters(scale: joint / spread, zero: (wl - wx * (spread / joint)) / w)
        // The zero point may have been rounded; then the scale for that.
        let zero = Double(free.zero)
        let around = wll - 2 * zero * wl + zero * zero * w
        let along = wxl - zero * wx
        guard around > 0, along > 0 else { return nil }
        return target.parameters(scale: along / around, zero: zero)
    }
}
