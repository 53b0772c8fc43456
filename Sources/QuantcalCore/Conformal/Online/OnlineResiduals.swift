/// EnbPI's intervals around a centre: of all intervals [S_(a), S_(a + k)] between order statistics of the latest
/// n signed residuals, the narrowest, where k is the conformal rank of n and the target; the lowest of those
/// that are equally narrow. New residuals join `batch` at a time, and as many of the oldest go. A point whose
/// outcome is missing counts as if the last residual had come again.
///
/// Source: Xu, Xie (2021), algorithm 1. Departure: the two levels, which the paper optimises over, are those of
/// order statistics, of which there are finitely many; and ranks are of n + 1, so that for exchangeable
/// residuals each interval holds the next with probability k / (n + 1).
final class OnlineResiduals: OnlineRule {
    private let target: Double
    private let batch: Int
    /// Residuals of the batch that is not yet full.
    private var pending: [Double] = []
    let scores: OnlineScores?
    private let window: OnlineScores

    init(target: Double, batch: Int, window: OnlineScores) {
        (self.target, self.batch, self.window) = (target, batch, window)
        scores = window
    }

    func interval(forecast: Double) throws(QuantcalError) -> OnlineInterval {
        var best = OnlineInterval(upper: .infinity)
        let rank = try ConformalRank.rank(n: window.count, alpha: target)
        for first in stride(from: 0, to: window.count - rank, by: 1) {
            let (lower, upper) = (window.select(first), window.select(first + rank))
            // Halves, because the width may overflow.
            if upper / 2 - lower / 2 < best.upper / 2 - best.lower / 2 {
                best = OnlineInterval(lower: lower, upper: upper)
            }
        }
        return best
    }

    func learn(_ score: Double, isCovered: Bool) {
        pending.append(score + 0)
        guard pending.count == batch else { return }
        for score in pending { window.append(score) }
        pending.removeAll(keepingCapacity: true)
    }

    func learnNothing() {
        guard let last = pending.last ?? (window.count > 0 ? window[window.count - 1] : nil) else { return }
        learn(last, isCovered: true)
    }

    func reserve(_ more: Int) throws(QuantcalError) {
        let (all, overflow) = more.addingReportingOverflow(pending.count)
        try window.reserve(overflow ? Int.max : all)
    }

    var memory: [Double] { pending }

    func restore(_ memory: [Double]) -> Bool {
        pending = memory
        return memory.count < batch && memory.areWritable
    }
}

/// Nonexchangeable conformal prediction with weights that fall with age: the i-th latest score has rho^i, the
/// next point 1, and the threshold is the least score S with
///
///     sum of weights of scores <= S   >=   (1 - target) (sum of all weights + 1),
///
/// +infinity if there is none. The target is the decimal that was meant. Sums have twice the precision of a
/// double; where they are equal but for their error, and not the same, the larger score is taken. Scores whose
/// weight is below 2^-200 are forgotten. For rho = 1 it is the threshold of split conformal prediction.
///
/// Source: Barber, Candes, Ramdas, Tibshirani (2023), theorem 2 and section 4.3.
final class OnlineDecay: OnlineRule {
    private let target: Double
    private let rho: Double
    /// rho^(i + 1), and the sum up to there.
    private var powers = GrowableBuffer<Power>()
    let scores: OnlineScores?
    private let window: OnlineScores

    struct Power: BitwiseCopyable {
        let weight: DoubleDouble
        let sum: DoubleDouble
    }

    init(target: Double, rho: Double, window: OnlineScores) {
        (self.target, self.rho, self.window) = (target, rho, window)
        scores = window
    }

    /// How many scores have a weight that counts.
    static func memory(rho: Double) -> Int {
        guard rho < 1 else { return Int.max }
        let steps = 200 * 0.693_147_180_559_945_3 / -Exponential.log(rho)
        return steps < 0x1p31 ? Int(steps) + 1 : Int.max
    }

    func reserve(_ more: Int) throws(QuantcalError) {
        try window.reserve(more)
        guard rho < 1 else { return }
        let (wanted, overflow) = window.count.addingReportingOverflow(more)
        let count = min(window.limit, overflow ? Int.max : wanted)
        try powers.reserve(count)
        let factor = DoubleDouble(high: rho)
        while powers.count < count {
            let last: Power? = powers.count > 0 ? powers.start[powers.count - 1] : nil
            let weight = last.map { ($0.weight * factor).normalized } ?? factor
            var sum = last?.sum ?? DoubleDouble()
            sum += weight
            powers.start[powers.count] = Power(weight: weight, sum: sum.normalized)
            powers.count += 1
        }
    }

    func interval(forecast: Double) throws(QuantcalError) -> OnlineInterval {
        guard rho < 1, window.count > 0 else {
            return OnlineInterval(upper: try window.threshold(level: target))
        }
        let level = ConformalRank.Decimal(shortest: target)
        // weights above S <= target * total, in units of 10^-digits where those are exact.
        // 10^22 is the last power that a double holds.
        let divisor = level.fractionDigits <= 22 ? level.divisor : nil
        let unit = DoubleDouble(high: divisor.map { Double($0) } ?? 1)
        let share = divisor == nil ? DoubleDouble(high: target) : DoubleDouble(exactly: level.digits)
        var total = powers.start[window.count - 1].sum
        total += 1
        let room = (share * total).normalized
        var (held, upper) = (DoubleDouble(), Double.infinity)
        window.forEach { score, newer in
            held += powers.start[newer].weight
            let rest = (room - unit * (total - held.normalized)).normalized.value
            guard rest == 0 || rest > room.value * 0x1p-80 else { return true }
            upper = score
            return false
        }
        return OnlineInterval(upper: upper)
    }

    func learn(_ score: Double, isCovered: Bool) { window.append(score) }

    var memory: [Double] { [] }
    func restore(_ memory: [Double]) -> Bool { memory.isEmpty }
}

extension DoubleDouble {
    /// Below 2^63.
    fileprivate init(exactly integer: UInt64) {
        let high = Double(integer)
        self.init(high: high, low: Double(Int64(integer) - Int64(high)))
    }
}
