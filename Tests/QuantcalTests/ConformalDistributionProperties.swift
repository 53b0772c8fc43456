import Quantcal
import Testing

@testable import QuantcalCore

@Suite struct ConformalDistributionProperties {
    /// On halves, so that there are ties.
    private func residuals(_ count: Int, _ random: inout TestRandom) -> [Double] {
        (0..<count).map { _ in Double(random.integer(-20...20)) / 2 }
    }

    @Test func distributionFunctionsRiseAndHoldTheirBand() throws {
        var random = TestRandom(seed: 71)
        for _ in 0..<200 {
            let given = residuals(random.integer(0...40), &random)
            let thresholds = residuals(15, &random).sorted() + [.infinity]
            let band = try conformalDistributionCDF(
                residuals: given, mean: [0.5, -3], scale: [1, 0.25], thresholds: thresholds,
                seed: UInt64(random.integer(0...1000)))
            for row in 0..<2 {
                var last = (lower: 0.0, upper: 0.0, smoothed: 0.0)
                for column in thresholds.indices {
                    let value = (
                        lower: band.lower[row, column], upper: band.upper[row, column],
                        smoothed: band.smoothed[row, column]
                    )
                    #expect(value.lower <= value.smoothed && value.smoothed <= value.upper)
                    #expect(value.lower >= last.lower && value.upper >= last.upper)
                    #expect(value.smoothed >= last.smoothed)
                    last = value
                }
                #expect(last.upper == 1)
            }
        }
    }

    /// In hundredths of 1 / (n + 1), so that all numbers are whole.
    @Test func quantilesInvertTheDistributionFunction() throws {
        var random = TestRandom(seed: 72)
        for _ in 0..<200 {
            let n = random.integer(1...40)
            let given = residuals(n, &random)
            let percent = random.integer(1...99)
            let quantiles = try conformalDistributionQuantiles(
                residuals: given, mean: [0], levels: [Double(percent) / 100])
            let (lower, upper) = (quantiles.lower[0, 0], quantiles.upper[0, 0])
            let wanted = percent * (n + 1)
            #expect(upper == .infinity ? wanted > 100 * n : 100 * given.count { $0 <= upper } >= wanted)
            #expect(100 * given.count { $0 < upper } < wanted)
            #expect(lower == -.infinity ? wanted < 100 : 100 * given.count { $0 < lower } <= wanted - 100)
            #expect(100 * given.count { $0 <= lower } > wanted - 100)
        }
    }

    @Test func scoresAreMeanDistances() throws {
        var random = TestRandom(seed: 73)
        for _ in 0..<200 {
            let given = residuals(random.integer(1...40), &random)
            let (mean, y) = (Double(random.integer(-9...9)), Double(random.integer(-30...30)))
            let n = Double(given.count)
            let distance = given.reduce(0) { $0 + abs(mean + 2 * $1 - y) } / n
            let apart = given.reduce(0) { sum, a in given.reduce(sum) { $0 + 2 * abs(a - $1) } } / (n * n)
            let score = try conformalDistributionCRPS(residuals: given, mean: [mean], scale: [2], y: [y])[0]
            #expect(abs(score - (distance - apart / 2)) <= 1e-12 * (1 + score))
        }
    }

    /// What a group's predictions have is what its residuals alone would give.
    @Test func groupsAreAsIfAlone() throws {
        var random = TestRandom(seed: 75)
        for _ in 0..<100 {
            let (n, m) = (random.integer(1...60), random.integer(1...20))
            let labels: [Int64] = [.min, -1, 0, 7, .max]
            let given = residuals(n, &random)
            let groups = ConformalDistributionGroups(
                residuals: (0..<n).map { _ in labels[random.integer(0...4)] },
                predictions: (0..<m).map { _ in labels[random.integer(0...4)] })
            let (mean, y) = (residuals(m, &random), residuals(m, &random))
            let levels = [0.07, 0.5, 0.9]
            let band = try conformalDistributionCDF(
                residuals: given, mean: mean, groups: groups, thresholds: y, seed: 3)
            let transform = try conformalDistributionPIT(
                residuals: given, mean: mean, groups: groups, y: y, seed: 3)
            let quantiles = try conformalDistributionQuantiles(
                residuals: given, mean: mean, groups: groups, levels: levels)
            for row in 0..<m {
                let own = zip(given, groups.residuals).filter { $1 == groups.predictions[row] }.map(\.0)
                let below = own.count { $0 < y[row] - mean[row] }
                #expect(transform.lower[row] == Double(below) / Double(own.count + 1))
                #expect(transform.pit[row] == band.smoothed[row, row])
                let alone = try conformalDistributionQuantiles(
                    residuals: own, mean: [mean[row]], levels: levels)
                for column in levels.indices {
                    #expect(quantiles.lower[row, column] == alone.lower[0, column])
                    #expect(quantiles.upper[row, column] == alone.upper[0, column])
                }
                let score = {
                    try conformalDistributionCRPS(
                        residuals: given, mean: [mean[row]],
                        groups: ConformalDistributionGroups(
                            residuals: groups.residuals, predictions: [groups.predictions[row]]),
                        y: [y[row]])
                }
                if own.isEmpty {
                    #expect(throws: QuantcalError.self) { try score() }
                } else {
                    let expected = try conformalDistributionCRPS(
                        residuals: own, mean: [mean[row]], y: [y[row]])
                    #expect(try score() == expected)
                }
            }
        }
    }

    @Test func resultsAreTheSameOnAnyNumberOfThreads() throws {
        var random = TestRandom(seed: 74)
        let given = (0..<300_000).map { _ in random.uniform() - 0.5 }
        let mean = (0..<40_000).map { _ in random.uniform() }
        let y = (0..<40_000).map { _ in random.uniform() }
        try ThreadCount.expectNoInfluence {
            try conformalDistributionPIT(residuals: given, mean: mean, y: y, seed: 5)
        }
        try ThreadCount.expectNoInfluence {
            try conformalDistributionCRPS(residuals: given, mean: mean, y: y)
        }
    }

    @Test func ranksAreTheFloorAndTheCeiling() {
        for n in [0, 1, 9, 24, 99, 999] {
            for percent in 1...99 {
                let ranks = ConformalRank.ranks(
                    n: n, level: ConformalRank.Decimal(shortest: Double(percent) / 100))
                #expect(ranks.lower == percent * (n + 1) / 100)
                #expect(ranks.upper == (percent * (n + 1) + 99) / 100)
            }
        }
    }
}
