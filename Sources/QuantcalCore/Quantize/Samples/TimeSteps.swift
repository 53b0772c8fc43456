/// Time steps of a diffusion model at which calibration samples are taken.
///
/// Sources: Li et al. (2023), Q-Diffusion (equal distances); Shang et al. (2023), PTQ4DM (a normal distribution whose
/// mean is before the middle). Departures: Q-Diffusion rounds the distance down, so that there can be too many
/// steps; here there are as many as asked for. The normal distribution is that between the first and the last step,
/// so that none is drawn again or moved to an end.
extension CalibrationSamples {
    /// Steps from 0 on: ascending if `draw` is even, else in the order in which they are drawn.
    public func steps(of steps: Int, count: Int, into chosen: UnsafeMutablePointer<Int>) throws(QuantcalError)
    {
        let mostSteps = 1 << 53
        guard (0...mostSteps).contains(steps), steps > 0 || count == 0 else {
            let reason =
                steps == 0 ? "with none there is nothing to choose" : "it may be \(mostSteps) at most"
            throw QuantcalError(.size, "steps is \(UInt(bitPattern: steps)); \(reason)")
        }
        let random = Philox(seed: seed, purpose: .timeStep)
        switch draw {
        case .even:
            for index in 0..<count {
                let product = index.multipliedFullWidth(by: steps)
                chosen[index] = count.dividingFullWidth(product).quotient
            }
        case .uniform:
            for index in 0..<count {
                chosen[index] = Int(random.integers(UInt64(index), below: UInt64(steps)).0)
            }
        case .normal:
            try Self.require(mean, "mean", 0...1)
            try Self.require(deviation, "deviation", 0x1p-10...0x1p10)
            let low = NormalDistribution.probability(-mean / deviation)
            let high = NormalDistribution.probability((1 - mean) / deviation)
            for index in 0..<count {
                let share = random.uniform(UInt64(index)) + 0x1p-54
                let level = min(low + share * (high - low), 1 - 0x1p-53)
                let place = (mean + deviation * NormalDistribution.quantile(level)) * Double(steps)
                chosen[index] = min(max(Int(place.rounded(.down)), 0), steps - 1)
            }
        }
    }
}
