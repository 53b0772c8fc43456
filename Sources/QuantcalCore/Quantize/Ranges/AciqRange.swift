import Glibc

/// ACIQ: the clip of least error if values have a known distribution and rounding errors are uniform.
///
/// Source: Banner et al. (2019), whose equations are solved here, not their table looked up. The step is
/// counted as 2 clip / 2^b, so the clip is not quite the best for a grid; see `bestScale`.
extension RangeTarget {
    /// The clip for a spread of 1: of the mean deviation (Laplace) or the standard deviation (Gauss).
    func aciqClip(_ kind: RangeRule.Kind) -> Double {
        // Levels on one side of 0 are those of a grid of one bit more, folded.
        let isOneSided = !hasZeros && (lowest >= 0 || highest <= 0)
        let fourToBits = exp2(2 * Double(grid.grid.bits + (isOneSided ? 1 : 0)))
        // The derivative by the clip, rising.
        func slope(_ clip: Double) -> Double {
            if kind == .aciqLaplace { return 2 * clip / (3 * fourToBits) - 2 * exp(-clip) }
            let tail = NormalDistribution.probability(-clip)
            let density = exp(-clip * clip / 2) * 0.398_942_280_401_432_68
            return 2 * clip / (3 * fourToBits) - 4 * (density - clip * tail)
        }
        var (low, high) = (0.0, 64.0)
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if slope(middle) < 0 { low = middle } else { high = middle }
        }
        return high
    }
}

extension RangeFitter {
    func aciq(_ sample: RangeSample) -> RangeTarget.Parameters {
        let centre = target.hasZeros ? sample.mean : 0
        let spread =
            rule.kind == .aciqLaplace ? sample.meanAbsolute(from: centre) : sample.deviation(from: centre)
        let clip = unitScale * target.reach * spread
        return target.parameters(
            min(0, max(sample.lower, centre - clip)), max(0, min(sample.upper, centre + clip)))
    }
}
