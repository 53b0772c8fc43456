/// The law of how many of m new points one calibration set covers, before the set is drawn.
///
/// It is the beta-binomial law of m trials with the chance of `ConformalCoverageLaw`. Among the n + m scores,
/// all orders are equally likely: at least c new ones lie below the rank-th calibration score if and only if
/// c of the rank + c - 1 smallest are new. So tails are hypergeometric, with far fewer terms than the
/// beta-binomial sum. No ties; with ties the number is stochastically larger.
public struct ConformalCoveredLaw: Sendable {
    private let n: Int
    private let rank: Int
    private let m: Int

    public init(n: Int, rank: Int, m: Int) throws(QuantcalError) {
        let law = try ConformalCoverageLaw(n: n, rank: rank)
        try ConformalCoverageLaw.requireCount(m, "m")
        (self.n, self.rank, self.m) = (law.n, law.rank, m)
    }

    public func probabilities(
        of covered: UnsafeBufferPointer<Int>, pmf: UnsafeMutablePointer<Double>?,
        atMost: UnsafeMutablePointer<Double>?, atLeast: UnsafeMutablePointer<Double>?
    ) {
        for (index, count) in covered.enumerated() {
            // Above Int.max it arrives negative.
            let count = count < 0 ? Int.max : count
            pmf?[index] = probability(count)
            atMost?[index] = self.atMost(count)
            atLeast?[index] = self.atLeast(count)
        }
    }

    public func quantiles(
        at levels: UnsafeBufferPointer<Double>, _ covered: UnsafeMutablePointer<Int>
    ) throws(QuantcalError) {
        try Require.probabilities(levels, "levels")
        for (index, level) in levels.enumerated() { covered[index] = quantile(level) }
    }

    /// Of the `drawn` smallest scores, how many are new.
    private func smallest(_ drawn: Int) -> HypergeometricDistribution {
        HypergeometricDistribution(marked: Double(m), unmarked: Double(n), drawn: Double(drawn))
    }

    /// The `count` new scores and rank - 1 of the others come first, then one of the others.
    func probability(_ count: Int) -> Double {
        guard count <= m else { return 0 }
        if rank > n { return count == m ? 1 : 0 }
        let drawn = rank + count - 1
        let first = drawn == 0 ? 1 : smallest(drawn).probability(Double(count))
        return first * (Double(n - rank + 1) / Double(n + m - drawn))
    }

    func atLeast(_ count: Int) -> Double {
        if count <= 0 { return 1 }
        if count > m { return 0 }
        if rank > n { return 1 }
        return smallest(rank + count - 1).atLeast(Double(count))
    }

    func atMost(_ count: Int) -> Double {
        if count >= m { return 1 }
        if rank > n { return 0 }
        return smallest(rank + count).atMost(Double(count))
    }

    /// The smallest count that is not exceeded with at least this probability.
    func quantile(_ level: Double) -> Int {
        var (low, high) = (0, m)
        while low < high {
            let middle = low + (high - low) / 2
            if isReached(level, middle) { high = middle } else { low = middle + 1 }
        }
        return high
    }

    /// Compares the smaller tails, where numbers are finer.
    private func isReached(_ level: Double, _ count: Int) -> Bool {
        if level <= 0.5 { return ConformalCoverageLaw.reaches(atMost(count), level) }
        return ConformalCoverageLaw.reaches(1 - level, atLeast(count + 1))
    }
}
