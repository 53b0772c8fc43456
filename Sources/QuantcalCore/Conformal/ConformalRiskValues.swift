import Glibc

/// p-values of the hypothesis that the risk of a parameter is above alpha, from the mean of n losses.
///
/// Source: Angelopoulos, Bates, Candès, Jordan, Lei (2021), "Learn then Test"; Bates et al. (2021) for the
/// bound of Hoeffding and Bentkus. Departures: 0 log 0 is 0; n times a mean that is a whole number but for
/// its rounding counts as whole, since one success more would be another tail.
public enum ConformalRiskValues {
    public enum Bound: Int32, CaseIterable, Sendable {
        case hoeffdingBentkus = 0
        case hoeffding = 1
        case bentkus = 2
        /// For losses that are 0 or 1.
        case binomial = 3
    }

    public static func values(
        risks: UnsafeBufferPointer<Double>, n: Int, alpha: Double, bound: Bound,
        _ values: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        guard n >= 1, n <= ConformalCoverageLaw.greatestCount else {
            throw QuantcalError(.size, "n is \(UInt(bitPattern: n)); n must be 1 to 2^40")
        }
        try Require.level(alpha)
        try Require.probabilities(risks, "risks")
        if bound == .binomial, let index = risks.firstIndex(where: { !isWhole(Double(n) * $0) }) {
            throw QuantcalError(
                .domain, "risks[\(index)] is \(risks[index]); n times it must be a whole number")
        }
        let law = BinomialDistribution(trials: Double(n), chance: alpha)
        for (index, risk) in risks.enumerated() { values[index] = value(risk, law, bound) }
    }

    private static func value(_ risk: Double, _ law: BinomialDistribution, _ bound: Bound) -> Double {
        switch bound {
        case .hoeffding: hoeffding(risk, law)
        case .bentkus: bentkus(risk, law)
        case .hoeffdingBentkus: min(hoeffding(risk, law), bentkus(risk, law))
        case .binomial: law.atMost((law.trials * risk).rounded())
        }
    }

    /// exp(-n h(min(risk, alpha), alpha)), h being the divergence of two coins.
    private static func hoeffding(_ risk: Double, _ law: BinomialDistribution) -> Double {
        let (a, b) = (risk, law.chance)
        guard a < b else { return 1 }
        let successes = a > 0 ? BinomialDistribution.deviance(a, b) : b
        return exp(-law.trials * (successes + BinomialDistribution.deviance(1 - a, 1 - b)))
    }

    private static func bentkus(_ risk: Double, _ law: BinomialDistribution) -> Double {
        let sum = law.trials * risk
        let successes = isWhole(sum) ? sum.rounded() : sum.rounded(.up)
        return min(1, M_E * law.atMost(successes))
    }

    /// Whether a product of n and a mean is a whole number, but for the rounding of both.
    private static func isWhole(_ sum: Double) -> Bool { abs(sum - sum.rounded()) <= 0x1p-50 * sum }
}
