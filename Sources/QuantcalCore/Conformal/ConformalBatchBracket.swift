/// Two calibration scores between which two quantiles of a batch lie together.
///
/// With ranks lower < upper, the zetaLow-th smallest test score is below the lower score, or the zetaHigh-th above
/// the upper one, with probability
///
///     P(R_low <= lower) + P(R_high > upper) - P(R_low <= lower, R_high > upper).
///
/// Brackets widen around the ranks where the two quantiles are expected, (n + 1) zeta / (m + 1), rounded outwards:
/// one rank up, one down, and so on, until the probability is at most alpha. It falls with each step, so halving
/// finds the first.
///
/// Source: Lee, Tchetgen Tchetgen, Dobriban (2024), the case of two quantiles.
public struct ConformalBatchBracket: Sendable {
    /// Probabilities of pairs are sums of up to m terms.
    public static let greatestCount = 1 << 20
    /// Orders are counted for this many test scores and no more.
    private static let greatestCounted = 1 << 9

    private let low: ConformalBatchLaw
    private let high: ConformalBatchLaw
    private var n: Int { low.n }
    private var m: Int { low.m }

    public init(n: Int, m: Int, zetaLow: Int, zetaHigh: Int) throws(QuantcalError) {
        for (count, name) in [(n, "n"), (m, "m")] where count < 0 || count > Self.greatestCount {
            throw QuantcalError(.size, "\(name) is \(UInt(bitPattern: count)); \(name) must be at most 2^20")
        }
        try ConformalBatchLaw.requirePlace(zetaLow, m, "zeta_low")
        try ConformalBatchLaw.requirePlace(zetaHigh, m, "zeta_high")
        guard zetaLow <= zetaHigh else {
            throw QuantcalError(
                .domain, "zeta_low is \(zetaLow); it must be at most zeta_high, which is \(zetaHigh)")
        }
        low = try ConformalBatchLaw(n: n, m: m, zeta: zetaLow)
        high = try ConformalBatchLaw(n: n, m: m, zeta: zetaHigh)
    }

    public func bounds(
        alpha: Double
    ) throws(QuantcalError) -> (bounds: ConformalBatchRank.Bounds, probability: Double) {
        let level = try ConformalLevel(alpha)
        var admitted: BigNatural?
        var (below, above) = (-1, 2 * n + 2)
        while above - below > 1 {
            let middle = below + (above - below) / 2
            let bounds = widened(middle)
            var isAdmitted = level.admits(try missing(bounds))
            if isAdmitted == nil, m <= Self.greatestCounted {
                let all = admitted ?? level.share(of: .choose(n + m, m))
                admitted = all
                isAdmitted = ordersMissing(bounds) <= all
            }
            (below, above) = isAdmitted ?? false ? (below, middle) : (middle, above)
        }
        let bounds = widened(above)
        return (bounds, 1 - (try missing(bounds)))
    }

    private func widened(_ steps: Int) -> ConformalBatchRank.Bounds {
        let lower = (n + 1) * low.zeta / (m + 1)
        let upper = n + 1 - (n + 1) * (m + 1 - high.zeta) / (m + 1)
        return ConformalBatchRank.Bounds(
            lower: max(0, lower - steps / 2), upper: min(n + 1, upper + (steps + 1) / 2))
    }

    private func missing(_ bounds: ConformalBatchRank.Bounds) throws(QuantcalError) -> Double {
        let outside = try low.atMost(bounds.lower) + high.atLeast(bounds.upper + 1)
        return outside - (try both(bounds, negligible: 0x1p-60 * outside))
    }

    /// P(R_low <= lower, R_high > upper): b < zetaHigh test scores lie below the upper score and, of these,
    /// at least zetaLow below the lower one.
    private func both(
        _ bounds: ConformalBatchRank.Bounds, negligible: Double
    ) throws(QuantcalError) -> Double {
        guard bounds.lower > 0, bounds.upper <= n else { return 0 }
        let belowUpper = try ConformalCoveredLaw(n: n, rank: bounds.upper, m: m)
        var (sum, last) = (0.0, 0.0)
        for count in stride(from: high.zeta - 1, through: low.zeta, by: -1) {
            let chance = belowUpper.probability(count)
            // Below its mode the law falls.
            if chance < last, chance * Double(count) < negligible { break }
            let belowLower = try ConformalCoveredLaw(n: bounds.upper - 1, rank: bounds.lower, m: count)
            sum += chance * belowLower.atLeast(low.zeta)
            last = chance
        }
        return sum
    }

    private func ordersMissing(_ bounds: ConformalBatchRank.Bounds) -> BigNatural {
        var orders = BigNatural(0)
        if bounds.lower > 0 { orders += ConformalBatchRank.orders(low, atMost: bounds.lower) }
        guard bounds.upper <= n else { return orders }
        orders += ConformalBatchRank.orders(n: n, m: m, rank: bounds.upper, below: high.zeta)
        guard bounds.lower > 0, bounds.lower < bounds.upper else { return orders }
        for count in stride(from: low.zeta, to: high.zeta, by: 1) {
            var inside = BigNatural.choose(bounds.upper - 1 + count, count)
            inside -= ConformalBatchRank.orders(
                n: bounds.upper - 1, m: count, rank: bounds.lower, below: low.zeta)
            orders -= inside * .choose(n - bounds.upper + m - count, m - count)
        }
        return orders
    }
}
