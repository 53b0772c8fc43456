/// Where the scores of a batch fall among those of the calibration set.
///
/// n calibration and m test scores are exchangeable and do not tie. R, the rank of the zeta-th smallest test score,
/// is 1 and one more for each calibration score below. All (n + m) choose m orders are equally likely:
///
///     P(R = k) = C(k + zeta - 2, zeta - 1) C(n + m - k - zeta + 1, m - zeta) / C(n + m, m).
///
/// R <= k if and only if at least zeta of the test scores lie below the k-th calibration score, so the tails are
/// those of `ConformalCoveredLaw`. Ranks that are drawn independently of each other have another law, with
/// thinner tails.
///
/// Source: Lee, Tchetgen Tchetgen, Dobriban (2024), "Batch predictive inference".
public struct ConformalBatchLaw: Sendable {
    let n: Int
    let m: Int
    let zeta: Int

    public init(n: Int, m: Int, zeta: Int) throws(QuantcalError) {
        try ConformalCoverageLaw.requireCount(n, "n")
        try ConformalCoverageLaw.requireCount(m, "m")
        try Self.requirePlace(zeta, m, "zeta")
        (self.n, self.m, self.zeta) = (n, m, zeta)
    }

    static func requirePlace(_ place: Int, _ m: Int, _ name: String) throws(QuantcalError) {
        guard place >= 1, place <= m else {
            throw QuantcalError(
                .domain, "\(name) is \(UInt(bitPattern: place)); \(name) must be 1 to m, which is \(m)")
        }
    }

    public func probabilities(
        of ranks: UnsafeBufferPointer<Int>, pmf: UnsafeMutablePointer<Double>?,
        atMost: UnsafeMutablePointer<Double>?, atLeast: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) {
        for (index, rank) in ranks.enumerated() {
            // Above Int.max it arrives negative.
            let rank = rank < 0 ? n + 2 : min(rank, n + 2)
            pmf?[index] = probability(rank)
            atMost?[index] = try self.atMost(rank)
            atLeast?[index] = try self.atLeast(rank)
        }
    }

    /// zeta - 1 test scores and rank - 1 of the others come first, then a test score.
    func probability(_ rank: Int) -> Double {
        guard rank >= 1, rank <= n + 1 else { return 0 }
        let drawn = rank + zeta - 2
        var first = 1.0
        if drawn > 0 {
            let urn = HypergeometricDistribution(
                marked: Double(m), unmarked: Double(n), drawn: Double(drawn))
            first = urn.probability(Double(zeta - 1))
        }
        return first * (Double(m - zeta + 1) / Double(n + m - drawn))
    }

    /// P(R <= rank).
    func atMost(_ rank: Int) throws(QuantcalError) -> Double {
        if rank < 1 { return 0 }
        if rank > n { return 1 }
        return try ConformalCoveredLaw(n: n, rank: rank, m: m).atLeast(zeta)
    }

    /// P(R >= rank).
    func atLeast(_ rank: Int) throws(QuantcalError) -> Double {
        if rank <= 1 { return 1 }
        if rank > n + 1 { return 0 }
        return try ConformalCoveredLaw(n: n, rank: rank - 1, m: m).atMost(zeta - 1)
    }
}
