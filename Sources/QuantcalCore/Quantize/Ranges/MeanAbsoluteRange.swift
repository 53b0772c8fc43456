/// Scales from the mean absolute value: times a number (binary weights, BitNet's ternary, StatsQ), or LSQ's
/// start.
extension RangeFitter {
    func meanAbsolute(_ sample: RangeSample) -> RangeTarget.Parameters {
        let centre = target.hasZeros ? sample.mean : 0
        let mean = sample.meanAbsolute(from: centre)
        guard mean > 0 else { return minMax(sample) }
        let outermost = target.highest > target.middle ? target.highest - target.middle : target.reach
        let scale = rule.kind == .meanAbsolute ? rule.high * mean : 2 * mean / outermost.squareRoot()
        return target.parameters(scale: scale, centre: centre)
    }
}
