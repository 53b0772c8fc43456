import Glibc

/// A distribution around 0 of spread 1, by its partial moments.
enum UnitDistribution {
    /// Of standard deviation 1.
    case gaussian
    /// Of mean absolute deviation 1.
    case laplace

    struct Moments {
        var zeroth = 0.0
        var first = 0.0
        var second = 0.0
    }

    /// The integrals of 1, x and x^2 times the density, from x on; x >= 0.
    private func tail(_ x: Double) -> Moments {
        guard x.isFinite else { return Moments() }
        switch self {
        case .gaussian:
            let probability = NormalDistribution.probability(-x)
            let density = exp(-x * x / 2) * 0.398_942_280_401_432_68
            return Moments(zeroth: probability, first: density, second: probability + x * density)
        case .laplace:
            let half = exp(-x) / 2
            return Moments(zeroth: half, first: half * (x + 1), second: half * (x * (x + 2) + 2))
        }
    }

    /// The same from `low` to `high`.
    func moments(from low: Double, to high: Double) -> Moments {
        if high <= 0, low < 0 {
            let mirrored = moments(from: -high, to: -low)
            return Moments(
                zeroth: mirrored.zeroth, first: -mirrored.first, second: mirrored.second)
        }
        if low < 0 {
            let (left, right) = (moments(from: 0, to: -low), moments(from: 0, to: high))
            return Moments(
                zeroth: left.zeroth + right.zeroth, first: right.first - left.first,
                second: left.second + right.second)
        }
        let (near, far) = (tail(low), tail(high))
        return Moments(
            zeroth: near.zeroth - far.zeroth, first: near.first - far.first,
            second: near.second - far.second)
    }
}

/// The scale of least mean squared error of a grid if values have a known distribution, computed from
/// the grid's own levels and intervals: QuEST's clip, exactly and for any grid.
extension RangeTarget {
    func bestScale(_ distribution: UnitDistribution) -> Double {
        let cells = cells
        func error(_ logarithm: Double) -> Double {
            let scale = exp(logarithm) / reach
            var sum = 0.0
            for cell in cells {
                let part = distribution.moments(from: scale * cell.low, to: scale * cell.high)
                let level = scale * cell.level
                sum += part.second - 2 * level * part.first + level * level * part.zeroth
            }
            return sum
        }
        guard reach > 0 else { return 1 }
        // The outermost level, from an eighth of a spread on; the error may have several minima.
        let (first, last, count) = (log(0.125), log(128.0), 140)
        let step = (last - first) / Double(count)
        var best = 0
        var least = Double.infinity
        for index in 0...count {
            let value = error(first + step * Double(index))
            if value < least { (best, least) = (index, value) }
        }
        let found = GoldenSection.minimum(
            from: first + step * Double(best - 1), to: first + step * Double(best + 1), steps: 60, error)
        return exp(found.value < least ? found.point : first + step * Double(best)) / reach
    }

    /// The numbers that go to each level, and the level, both from the middle.
    private var cells: [(low: Double, high: Double, level: Double)] {
        let intervals = grid.nearest.numbered
        return intervals.indices.compactMap { index in
            let level = grid.levels[Int(intervals[index].code)]
            let low = intervals[index].start
            let high = index + 1 < intervals.count ? intervals[index + 1].start : .infinity
            guard level.isFinite, low < high else { return nil }
            return (Double(low) - middle, Double(high) - middle, Double(level) - middle)
        }
    }
}

extension RangeFitter {
    /// No wider than min-max, which short groups often are not.
    func distribution(_ sample: RangeSample) -> RangeTarget.Parameters {
        let centre = target.hasZeros ? sample.mean : 0
        let spread =
            rule.kind == .laplace ? sample.meanAbsolute(from: centre) : sample.deviation(from: centre)
        let scale = unitScale * spread
        let widest =
            target.hasZeros
            ? (sample.upper - sample.lower) / (target.highest - target.lowest)
            : Double(target.grid.scale(below: sample.lower, above: sample.upper))
        guard scale > 0, scale < widest else { return minMax(sample) }
        return target.parameters(scale: scale, centre: centre)
    }
}
