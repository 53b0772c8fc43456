import Testing

@testable import QuantcalCore

/// Quantiles and tails against 40-digit arithmetic (mpmath 1.3: erfinv, and sums of exact probabilities).
@Suite struct ProbabilityTests {
    @Test func normalQuantilesAreRightToAFewUlps() {
        let known: [(Double, Double)] = [
            (0.05, -1.644853626951472688), (0.025, -1.9599639845400542118), (0.005, -2.5758293035489007538),
            (1e-10, -6.3613409024040561991), (0.3, -0.52440051270804081597),
            (0.49, -0.025068908258711058033), (0.4999, -0.00025066283008800749239),
            (0.1, -1.2815515655446004353), (1e-300, -37.047096299361199237),
            (2.7755575615628914e-17, -8.374388923067456451), (0.25, -0.6744897501960817432),
            (0.075, -1.4395314709384559349), (0.45, -0.12566134685507400616),
            (0.499999999, -2.5066283428845326712e-9), (0.5, 0),
        ]
        for (p, quantile) in known {
            #expect(FloatFormat.f64.ulps(from: NormalDistribution.quantile(p), to: quantile)! <= 4, "\(p)")
        }
        for p in [0.75, 0.5625, 0.96875, 1 - 0x1p-30] {
            #expect(NormalDistribution.quantile(p) == -NormalDistribution.quantile(1 - p))
        }
    }

    @Test func binomialTailsAreRight() {
        let known: [(Double, Double, Double, Double, Double, Double)] = [
            (1000, 480, 0.5, 0.0113409823711877275, 0.108724146602070471, 0.902616835769117256),
            (100, 3, 0.05, 0.139575677930895438, 0.25783865911601635, 0.881737018814879088),
            (100, 30, 0.05, 7.54555248695498454e-16, 0.999999999999999899, 8.55638480019728789e-16),
            (100, 0, 1e-9, 0.99999990000000495, 0.99999990000000495, 1),
            (1e6, 10, 2e-5, 0.00581604478573449741, 0.0108111372023988791, 0.995004907583335618),
            (1e6, 300, 2e-4, 9.16626586114108385e-12, 0.999999999982188049, 2.69782164532052775e-11),
            (1e9, 500_000_300, 0.5, 2.52267839840827536e-5, 0.507581556814307895, 0.492443669969676188),
            (25, 24, 0.999, 0.0244068496645907774, 0.0247022874029534013, 0.999704562261637376),
            (60, 59, 0.25, 1.35416949214727521e-34, 1, 1.36169265599253785e-34),
            (1e9, 1, 1e-9, 0.367879441355382042, 0.73575888234288462, 0.632120559012497422),
        ]
        for (trials, successes, chance, probability, atMost, atLeast) in known {
            let distribution = BinomialDistribution(trials: trials, chance: chance)
            // Rounding errors of the sum of up to 10^5 terms.
            let slack = trials < 1e6 ? 2e-14 : 1e-12
            for (value, wanted) in [
                (distribution.probability(successes), probability), (distribution.atMost(successes), atMost),
                (distribution.atLeast(successes), atLeast),
            ] {
                #expect(abs(value - wanted) <= slack * wanted, "\(trials), \(successes): \(value)")
            }
        }
    }

    /// Every number of successes of small experiments, by Pascal's triangle; down to 1e-240, where an ulp of the
    /// logarithm is 1e-13 of the number.
    @Test func smallBinomialsAddUp() {
        for trials in 1...40 {
            for chance in [1e-6, 0.1, 0.37, 0.5, 0.9, 1 - 0x1p-40] {
                var probabilities = [1.0]
                for _ in 0..<trials {
                    let before = [0] + probabilities
                    let after = probabilities + [0]
                    probabilities = zip(before, after).map { $0 * chance + $1 * (1 - chance) }
                }
                let distribution = BinomialDistribution(trials: Double(trials), chance: chance)
                for k in 0...trials {
                    let (below, above) = (probabilities[...k], probabilities[k...])
                    for (value, wanted) in [
                        (distribution.probability(Double(k)), probabilities[k]),
                        (distribution.atMost(Double(k)), below.reduce(0, +)),
                        (distribution.atLeast(Double(k)), above.reversed().reduce(0, +)),
                    ] {
                        #expect(abs(value - wanted) <= 3e-13 * wanted + 1e-300)
                    }
                }
                #expect(distribution.atMost(-1) == 0 && distribution.atLeast(Double(trials + 1)) == 0)
                #expect(distribution.atMost(Double(trials)) == 1 && distribution.atLeast(0) == 1)
            }
        }
    }
}
