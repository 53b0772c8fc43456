/// How large a calibration set must be, and which rank makes its coverage sure.
public enum ConformalPlanning {
    /// Beyond this many scores nothing is looked for.
    public static let greatestSize = 100_000_000

    /// The smallest rank whose coverage is at least 1 - alpha with probability at least 1 - delta over the
    /// calibration sets: P(Bin(n, 1 - alpha) >= rank) = P(Bin(n, alpha) <= n - rank) <= delta. n + 1 if only
    /// the whole space will do.
    ///
    /// Source: Vovk (2012); Wilks (1941), tolerance limits.
    public static func pacRank(n: Int, alpha: Double, delta: Double) throws(QuantcalError) -> Int {
        try ConformalCoverageLaw.requireCount(n, "n")
        try Require.level(alpha)
        try Require.level(delta, "delta")
        let misses = BinomialDistribution(trials: Double(n), chance: alpha)
        var (low, high) = (1, n + 1)
        while low < high {
            let middle = low + (high - low) / 2
            let isSure = ConformalCoverageLaw.reaches(delta, misses.atMost(Double(n - middle)))
            if isSure { high = middle } else { low = middle + 1 }
        }
        return high
    }

    /// The smallest n that has such a rank below n + 1: (1 - alpha)^n <= delta.
    public static func pacSampleSize(alpha: Double, delta: Double) throws(QuantcalError) -> Int {
        try Require.level(alpha)
        try Require.level(delta, "delta")
        var (low, high) = (1, greatestSize + 1)
        while low < high {
            let middle = low + (high - low) / 2
            let none = BinomialDistribution(trials: Double(middle), chance: alpha).probability(0)
            if ConformalCoverageLaw.reaches(delta, none) { high = middle } else { low = middle + 1 }
        }
        return try found(high)
    }

    /// The smallest n with a finite threshold for which |coverage - (1 - alpha)| <= tolerance with probability
    /// at least 1 - delta. The probability does not rise with n steadily, because the rank goes in steps: so
    /// every n is looked at, each probability following from the one before.
    public static func sampleSize(
        alpha: Double, tolerance: Double, delta: Double
    ) throws(QuantcalError) -> Int {
        try Require.level(alpha)
        try Require.level(tolerance, "tolerance")
        try Require.level(delta, "delta")
        var low = BinomialTailWalk(chance: 1 - alpha - tolerance)
        var high = BinomialTailWalk(chance: 1 - alpha + tolerance)
        var ranks = ConformalRankWalk(alpha: alpha)
        for n in 1...greatestSize {
            let rank = ranks.next()
            low.move(to: n, rank)
            high.move(to: n, rank)
            guard rank <= n else { continue }
            // What the walks leave open is decided by the law itself.
            let outside = low.atLeast + (1 - high.atLeast)
            if outside <= delta + 1e-9 {
                let law = try ConformalCoverageLaw(n: n, rank: rank)
                let exactly = law.atMost(1 - alpha - tolerance) + law.atLeast(1 - alpha + tolerance)
                if ConformalCoverageLaw.reaches(delta, exactly) { return n }
            }
        }
        return try found(greatestSize + 1)
    }

    private static func found(_ n: Int) throws(QuantcalError) -> Int {
        guard n <= greatestSize else {
            throw QuantcalError(.infeasible, "no calibration set of up to 10^8 scores suffices")
        }
        return n
    }
}

/// The ranks of n = 1, 2, ..., as `ConformalRank` has them.
private struct ConformalRankWalk {
    private let step: UInt128
    private let whole: UInt128
    /// (n + 1) alpha, as a whole number and a rest of so many parts of one.
    private var excluded = 0
    private var rest: UInt128
    private var n = 0

    init(alpha: Double) {
        let decimal = ConformalRank.Decimal(shortest: alpha)
        let divisor = decimal.divisor
        // A level too small for the divisor excludes nothing.
        (step, whole) = (divisor == nil ? 0 : UInt128(decimal.digits), divisor ?? 1)
        rest = step
    }

    mutating func next() -> Int {
        n += 1
        rest += step
        if rest >= whole { (rest, excluded) = (rest - whole, excluded + 1) }
        return n + 1 - excluded
    }
}

/// P(Bin(n, chance) >= rank) while n grows by ones and the rank with it by at most one. Rounding errors
/// of the steps add up, so now and then it is computed anew.
private struct BinomialTailWalk {
    private let chance: Double
    private var n = 0
    private var rank = 1
    private(set) var atLeast = 0.0
    /// P(Bin(n, chance) = rank).
    private var equal = 0.0

    init(chance: Double) { self.chance = chance }

    mutating func move(to n: Int, _ rank: Int) {
        defer { (self.n, self.rank) = (n, rank) }
        guard chance > 0, chance < 1 else {
            atLeast = chance <= 0 ? 0 : 1
            return
        }
        // Small probabilities have no digits to lose.
        guard n % 4096 != 0, equal > 1e-280, rank <= self.n else {
            let law = BinomialDistribution(trials: Double(n), chance: chance)
            atLeast = law.atLeast(Double(rank))
            equal = rank <= n ? law.probability(Double(rank)) : 0
            return
        }
        let (n, before) = (Double(n), Double(self.rank))
        // One trial more, the rank being the same: P(n, >= k) = P(n - 1, >= k) + chance P(n - 1, = k - 1).
        let below = equal * (before / (n - before) * ((1 - chance) / chance))
        atLeast += chance * below
        equal = equal * (n / (n - before)) * (1 - chance)
        if rank > self.rank {
            atLeast -= equal
            equal *= (n - before) / (before + 1) * (chance / (1 - chance))
        }
    }
}
