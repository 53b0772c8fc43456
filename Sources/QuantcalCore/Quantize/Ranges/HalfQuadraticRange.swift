import Glibc

/// Half-quadratic quantization: zero points that make the error sparse, at the scale of min-max.
///
/// Errors e are split into r + (e - r), r = shrink(e) being what is left to outliers, and the zero point
/// is the mean of what the rest asks for. Source: Badri and Shaji (2023), HQQ. Departures: the public
/// solver returns the zero point of the step that failed, this one the best; a group's range is not
/// floored, and numbers are rounded to levels as `encode` does it.
extension RangeFitter {
    func halfQuadratic(_ sample: RangeSample) -> RangeTarget.Parameters {
        // 0 need not be a level here.
        var (minimum, maximum) = (Double.infinity, -Double.infinity)
        for index in 0..<sample.count {
            minimum = min(minimum, Double(sample.values[index]))
            maximum = max(maximum, Double(sample.values[index]))
        }
        guard minimum < maximum, target.lowest < target.highest else { return minMax(sample) }
        let exact = (maximum - minimum) / (target.highest - target.lowest)
        var tried = target.parameters(scale: exact, zero: 0)
        tried = target.parameters(scale: exact, zero: target.lowest - minimum / Double(tried.scale))
        var best = tried
        var least = Double.infinity
        var strength = rule.strength
        for _ in 0..<rule.iterations {
            let (error, zero) = step(sample, tried, strength)
            guard error < least else { break }
            (best, least) = (tried, error)
            tried = target.parameters(scale: exact, zero: zero)
            strength *= rule.growth
        }
        return best
    }

    /// The sum of |error|, and the next zero point.
    private func step(
        _ sample: RangeSample, _ parameters: RangeTarget.Parameters, _ strength: Double
    ) -> (error: Double, zero: Double) {
        let scale = Double(parameters.scale)
        var (errors, zeros) = (0.0, 0.0)
        sample.forEachRounded(target.grid, parameters) { index, value, level, decoded in
            let error = value - decoded
            let size = abs(error)
            let number = sample.number(index)
            errors += number * size
            let left = size > 0 ? max(size - pow(size, rule.norm - 1) / strength, 0) : 0
            zeros += number * (level - (value - (error < 0 ? -left : left)) / scale)
        }
        return (errors, zeros / sample.total)
    }
}
