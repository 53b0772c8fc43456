import Quantcal
import Testing

@Suite struct ConformalRobustProperties {
    /// Draws that come in parts are all the draws.
    @Test func partsOfDrawsAreTheWhole() throws {
        var random = TestRandom(seed: 81)
        for _ in 0..<200 {
            let (n, draws) = (random.integer(1...5), random.integer(2...40))
            let rows = (0..<n).map { _ in random.array(draws) { $0.uniform() } }
            let cut = random.integer(1...(draws - 1))
            let whole = try conformalSmoothedScores(Matrix(rows))
            let first = try conformalSmoothedScores(Matrix(rows.map { Array($0[..<cut]) }))
            let both = try conformalSmoothedScores(Matrix(rows.map { Array($0[cut...]) }), earlier: first)
            #expect(both.draws == draws)
            for (a, b) in zip(whole.means + whole.variances, both.means + both.variances) {
                #expect(abs(a - b) <= 1e-15)
            }
        }
    }

    /// Lower bounds are below, fall with the radius and rise with beta and the draws; upper ones mirror them.
    @Test(arguments: [DrawsCorrectionKind.empiricalBernstein, .hoeffding, .clopperPearson, .exactMeans])
    func boundsAreInOrder(correction: DrawsCorrectionKind) throws {
        var random = TestRandom(seed: 82)
        let draws = 64
        let means = (0...draws).map { Double($0) / Double(draws) }
        let variances = means.map { $0 * (1 - $0) }
        func bounds(
            _ side: RobustSide, _ values: [Double], radius: Double = 0, beta: Double = 0.01,
            draws: Int = draws
        ) throws -> [Double] {
            try conformalRobustBounds(
                means: values, variances: variances, draws: draws, side: side, correction: correction,
                beta: beta, radius: radius, sigma: 0.5)
        }
        for _ in 0..<50 {
            let radius = random.uniform() * 2
            let lower = try bounds(.lower, means, radius: radius)
            #expect(zip(lower, means).allSatisfy { $0 >= 0 && $0 <= $1 })
            #expect(
                zip(lower, lower.dropFirst()).allSatisfy { $0 <= $1 } || correction == .empiricalBernstein)
            #expect(try zip(bounds(.lower, means, radius: radius * 1.01), lower).allSatisfy { $0 <= $1 })
            #expect(try zip(lower, bounds(.lower, means, radius: radius, beta: 0.1)).allSatisfy { $0 <= $1 })
            #expect(
                try zip(lower, bounds(.lower, means, radius: radius, draws: 640)).allSatisfy { $0 <= $1 })
            let upper = try bounds(.upper, means.map { 1 - $0 }, radius: radius)
            #expect(zip(lower, upper).allSatisfy { abs($0 + $1 - 1) < 1e-10 })
        }
    }

    /// There and back again is where it began, but for rounding outwards; nothing else is lost.
    @Test func anAttackAndItsInverseCancel() throws {
        var random = TestRandom(seed: 83)
        let means = random.array(2000) { $0.uniform() * [1, 1e-3, 1e-9][$0.integer(0...2)] }
        for radius in [1e-9, 0.1, 1, 5] {
            let lower = try conformalRobustBounds(
                means: means, draws: 0, correction: .exactMeans, radius: radius)
            let back = try conformalRobustBounds(
                means: lower, draws: 0, side: .upper, correction: .exactMeans, radius: radius)
            #expect(zip(means, lower).allSatisfy { $0 > $1 })
            #expect(zip(means, back).allSatisfy { abs($0 - $1) <= 1e-11 * $0 })
        }
    }

    /// The threshold is a quantile, corrected as any other threshold is.
    @Test func thresholdsOfOtherCalibratorsAreCorrectedAlike() throws {
        var random = TestRandom(seed: 84)
        for n in [19, 40, 333] {
            let scores = random.array(n) { $0.uniform() * 0.5 }
            let own = try conformalRobustThreshold(scores, draws: 500, alpha: 0.2, beta: 0.05)
            let plain = try conformalThreshold(scores, alpha: 0.1)
            let corrected = try conformalRobustBounds(
                means: [plain], draws: 500, side: .upper, correction: .hoeffding, beta: 0.05)
            #expect(own == corrected[0])
        }
    }

    @Test func transformedScoresNeverFall() throws {
        var random = TestRandom(seed: 85)
        let reference = random.array(500) { Double($0.integer(-100...100)) / 8 }
        let scores = (random.array(3000) { $0.normal() * 10 } + reference).sorted()
        for steepness in [0.01, 3, 400, 1e6] {
            let found = try conformalTransformedScores(scores, reference: reference, steepness: steepness)
            #expect(zip(found, found.dropFirst()).allSatisfy { 0 <= $0 && $0 <= $1 && $1 <= 1 })
        }
    }
}
