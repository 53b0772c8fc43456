/// The law of the coverage that one calibration set gives.
///
/// The threshold is the rank-th smallest of n scores, which are drawn independently from a law without ties.
/// Given them, a new score is at most the threshold with a probability that is itself random, with the law
/// Beta(rank, n + 1 - rank): the rank-th smallest of n uniforms. Its tails are binomial, P(coverage <= c) =
/// P(Bin(n, c) >= rank), and are summed as such. With ties the coverage is stochastically larger.
///
/// Source: Vovk (2012), "Conditional validity of inductive conformal predictors".
public struct ConformalCoverageLaw: Sendable {
    /// Sums run over up to as many terms as the square root of this.
    public static let greatestCount = 1 << 40

    let n: Int
    let rank: Int

    /// rank is 1 to n + 1; n + 1 stands for the threshold +infinity.
    public init(n: Int, rank: Int) throws(QuantcalError) {
        try Self.requireCount(n, "n")
        guard rank >= 1, rank <= n + 1 else {
            throw QuantcalError(
                .domain, "rank is \(UInt(bitPattern: rank)); rank must be 1 to n + 1, which is \(n + 1)")
        }
        (self.n, self.rank) = (n, rank)
    }

    static func requireCount(_ count: Int, _ name: String) throws(QuantcalError) {
        guard count >= 0, count <= greatestCount else {
            throw QuantcalError(
                .size, "\(name) is \(UInt(bitPattern: count)); \(name) must be at most 2^40")
        }
    }

    /// Whether a probability reaches a level, which one that agrees with it to 12 digits does: so ties are
    /// decided as in exact arithmetic.
    static func reaches(_ probability: Double, _ level: Double) -> Bool {
        probability >= level * (1 - 1e-12)
    }

    public func probabilities(
        of coverage: UnsafeBufferPointer<Double>, atMost: UnsafeMutablePointer<Double>?,
        atLeast: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) {
        try Require.notNaN(coverage, "values")
        for (index, value) in coverage.enumerated() {
            atMost?[index] = self.atMost(value)
            atLeast?[index] = self.atLeast(value)
        }
    }

    public func quantiles(
        at levels: UnsafeBufferPointer<Double>, _ quantiles: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        try Require.probabilities(levels, "levels")
        for (index, level) in levels.enumerated() { quantiles[index] = quantile(level) }
    }

    func atMost(_ coverage: Double) -> Double {
        if coverage >= 1 { return 1 }
        if coverage <= 0 || rank > n { return 0 }
        return BinomialDistribution(trials: Double(n), chance: coverage).atLeast(Double(rank))
    }

    func atLeast(_ coverage: Double) -> Double {
        if coverage <= 0 || (rank > n && coverage <= 1) { return 1 }
        if coverage >= 1 { return 0 }
        return BinomialDistribution(trials: Double(n), chance: coverage).atMost(Double(rank - 1))
    }

    /// The coverage that is not exceeded with this probability, by halving the bits between 0 and 1; on the
    /// side of the smaller tail, so that both ends are right in relative terms.
    func quantile(_ level: Double) -> Double {
        if level == 1 || rank > n { return 1 }
        if level == 0 { return 0 }
        var (below, above) = (0.0.bitPattern, 1.0.bitPattern)
        while above - below > 1 {
            let middle = below + (above - below) / 2
            let coverage = Double(bitPattern: middle)
            let isReached = level <= 0.5 ? atMost(coverage) >= level : atLeast(coverage) <= 1 - level
            (below, above) = isReached ? (below, middle) : (middle, above)
        }
        return Double(bitPattern: above)
    }
}
