/// Ranks of calibration scores that bound scores of a batch.
///
/// A probability is compared with a level first in doubles. If they cannot tell, orders are counted in whole
/// numbers, which ends every doubt: probabilities of ranks are fractions of few digits for small sets, and
/// often equal a level exactly. A doubt that would take too long to end is decided to the safe side.
public enum ConformalBatchRank {
    /// Ranks of calibration scores, 0 for -infinity, n + 1 for +infinity.
    public struct Bounds: Equatable, Sendable {
        public let lower: Int
        public let upper: Int
    }

    /// Orders are counted if one of the two sets is no larger than this.
    static let greatestCounted = 1 << 12

    /// The zeta-th smallest test score is below the lower score with probability at most alphaLower, and above
    /// the upper one with at most alphaUpper. A level of 0 asks for no bound.
    public static func bounds(
        n: Int, m: Int, zeta: Int, alphaLower: Double, alphaUpper: Double
    ) throws(QuantcalError) -> Bounds {
        let law = try ConformalBatchLaw(n: n, m: m, zeta: zeta)
        try requireLevel(alphaLower, "alpha_lower")
        try requireLevel(alphaUpper, "alpha_upper")
        guard alphaLower + alphaUpper > 0, alphaLower + alphaUpper < 1 else {
            throw QuantcalError(
                .domain,
                "alpha_lower + alpha_upper is \(alphaLower + alphaUpper); it must be strictly between 0 and 1"
            )
        }
        // From above, the zeta-th smallest is the (m + 1 - zeta)-th.
        let mirrored = try ConformalBatchLaw(n: n, m: m, zeta: m + 1 - zeta)
        return Bounds(
            lower: try greatest(law, alphaLower), upper: n + 1 - (try greatest(mirrored, alphaUpper)))
    }

    private static func requireLevel(_ alpha: Double, _ name: String) throws(QuantcalError) {
        if alpha != 0 { try Require.level(alpha, name) }
    }

    /// The greatest rank with P(R <= rank) <= alpha.
    private static func greatest(_ law: ConformalBatchLaw, _ alpha: Double) throws(QuantcalError) -> Int {
        guard alpha > 0 else { return 0 }
        let level = try ConformalLevel(alpha)
        // Of orders there are always as many.
        var admitted: BigNatural?
        var (low, high) = (0, law.n)
        while low < high {
            let middle = high - (high - low) / 2
            var isAdmitted = level.admits(try law.atMost(middle))
            if isAdmitted == nil, min(law.n, law.m) <= greatestCounted {
                let all = admitted ?? level.share(of: .choose(law.n + law.m, law.m))
                admitted = all
                isAdmitted = orders(law, atMost: middle) <= all
            }
            if isAdmitted ?? false { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// How many orders have R <= rank, for 1 <= rank <= n: as many terms as the smaller set has elements.
    static func orders(_ law: ConformalBatchLaw, atMost rank: Int) -> BigNatural {
        if law.n < law.m { return orders(n: law.m, m: law.n, rank: law.zeta, below: rank) }
        var orders = BigNatural.choose(law.n + law.m, law.m)
        orders -= Self.orders(n: law.n, m: law.m, rank: rank, below: law.zeta)
        return orders
    }

    /// How many orders have fewer than `limit` of m things below the rank-th of n others:
    /// the sum of C(rank - 1 + j, j) C(n - rank + m - j, m - j) over j < limit <= m.
    static func orders(n: Int, m: Int, rank: Int, below limit: Int) -> BigNatural {
        var term = BigNatural.choose(n - rank + m, m)
        var sum = BigNatural(0)
        for j in 0..<limit {
            sum += term
            term *= rank + j
            term *= m - j
            term /= j + 1
            term /= n - rank + m - j
        }
        return sum
    }
}
