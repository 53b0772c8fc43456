import Quantcal
import Testing

@testable import QuantcalCore

@Suite struct ConformalPlanningProperties {
    /// Against the counts of subsets, for every small urn.
    @Test func hypergeometricTailsAreSumsOfProbabilities() {
        func choose(_ n: Int, _ k: Int) -> Double {
            k < 0 || k > n ? 0 : (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
        }
        for marked in 0...12 {
            for unmarked in 0...12 where marked + unmarked >= 2 {
                for drawn in 1..<(marked + unmarked) {
                    let law = HypergeometricDistribution(
                        marked: Double(marked), unmarked: Double(unmarked), drawn: Double(drawn))
                    let all = choose(marked + unmarked, drawn)
                    let exact = (0...drawn).map { choose(marked, $0) * choose(unmarked, drawn - $0) / all }
                    for k in 0...drawn {
                        let wanted = [exact[k], exact[...k].reduce(0, +), exact[k...].reduce(0, +)]
                        let got = [
                            law.probability(Double(k)), law.atMost(Double(k)), law.atLeast(Double(k)),
                        ]
                        for (value, wanted) in zip(got, wanted) {
                            #expect(abs(value - wanted) <= 1e-13 * wanted + 1e-16)
                        }
                    }
                }
            }
        }
    }

    @Test func theTwoTailsAreComplements() throws {
        var random = TestRandom(seed: 31)
        for _ in 0..<2000 {
            let n = random.integer(1...100_000)
            let (rank, m) = (random.integer(1...n), random.integer(0...100_000))
            let coverage = random.uniform()
            let law = try conformalCoverageLaw(n: n, rank: rank, [coverage])
            #expect(abs(law.atMost[0] + law.atLeast[0] - 1) < 1e-11)
            let count = random.integer(0...m)
            let covered = try conformalCoveredLaw(n: n, rank: rank, m: m, [count])
            #expect(abs(covered.tails.atMost[0] + covered.tails.atLeast[0] - covered.pmf[0] - 1) < 1e-11)
        }
    }

    @Test func quantilesInvertTheLaw() throws {
        var random = TestRandom(seed: 32)
        for _ in 0..<300 {
            let n = random.integer(1...5000)
            let rank = random.integer(1...n)
            let level = random.uniform()
            let quantile = try conformalCoverageQuantile(n: n, rank: rank, levels: [level])[0]
            let law = try conformalCoverageLaw(n: n, rank: rank, [quantile])
            #expect(abs(law.atMost[0] - level) < 1e-10)
        }
    }

    /// Where the marginal rank suffices for nobody, that for nearly every set is larger.
    @Test func pacRanksGrowAsTheyPromiseMore() throws {
        for n in [0, 1, 5, 58, 59, 100, 1000, 1_000_000, 1 << 40] {
            let ranks = try [0.9, 0.5, 0.1, 1e-3, 1e-9].map {
                try conformalPACRank(n: n, alpha: 0.05, delta: $0)
            }
            #expect(ranks == ranks.sorted() && ranks[0] >= 1 && ranks[4] <= n + 1)
        }
        #expect(try conformalPACRank(n: 58, alpha: 0.05, delta: 0.05) == 59)
        #expect(try conformalPACRank(n: 59, alpha: 0.05, delta: 0.05) == 59)
    }

    @Test func theSmallestSizesAreTheSmallest() throws {
        for (alpha, delta) in [(0.05, 0.05), (0.3, 1e-6), (0.001, 0.5)] {
            let n = try conformalPACSampleSize(alpha: alpha, delta: delta)
            #expect(try conformalPACRank(n: n, alpha: alpha, delta: delta) == n)
            #expect(try conformalPACRank(n: n - 1, alpha: alpha, delta: delta) == n)
        }
    }

    /// The walk from one number to the next loses nothing over many steps.
    @Test func aLargeSampleSizeIsWhereTheLawSays() throws {
        let n = try conformalSampleSize(alpha: 0.1, tolerance: 0.001, delta: 0.05)
        func outside(_ n: Int) throws -> Double {
            let law = try conformalCoverageLaw(n: n, rank: conformalRank(n: n, alpha: 0.1), [0.899, 0.901])
            return law.atMost[0] + law.atLeast[1]
        }
        #expect(try outside(n) <= 0.05 * (1 + 1e-9))
        for before in (n - 2000)..<n { #expect(try outside(before) > 0.05) }
        #expect(n > 345_000 && n < 347_000)
    }
}
