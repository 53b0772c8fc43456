import Quantcal
import Testing

@Suite struct ConformalRegressionScoresProperties {
    private static let columns: [RegressionScore: Int] = [
        .absolute: 1, .normalised: 2, .gamma: 1, .cqr: 2, .cqrR: 2, .cqrM: 3, .quantiles: 4,
    ]

    /// y is in its interval if and only if its score is at most the threshold: on a coarse grid, where scores
    /// often equal the threshold, on a fine one, and beside the interval's own ends.
    @Test(arguments: RegressionScore.allCases, [0.1, 0.25, 1e-9])
    func intervalsHoldWhatScoresAllow(kind: RegressionScore, grid: Double) throws {
        var random = TestRandom(seed: 4)
        for trial in 0..<200 {
            let columns = Self.columns[kind]!
            let row = (0..<columns).map { _ in
                kind == .gamma || kind == .normalised
                    ? grid * Double(random.integer(1...50)) : grid * Double(random.integer(-20...20))
            }
            let levels = kind == .quantiles ? [0.1, 0.3, 0.5, 0.8] : []
            let scoring = RegressionScoring(
                kind, sides: trial % 2 == 0 ? .symmetric : .asymmetric, levels: levels)
            let low = kind == .gamma ? 0 : -60
            var y = (0..<8).map { _ in grid * Double(random.integer(low...60)) }
            let own = try conformalRegressionScores(
                y: [y[0]], predictions: Matrix([row]), scoring
            ).elements
            let interval = try conformalRegressionIntervals(
                predictions: Matrix([row]), thresholds: own, scoring, empty: .marked)
            for end in [interval.lower[0], interval.upper[0]] where end.isFinite && end > 0 {
                y += [end, end.nextDown, end.nextUp]
            }
            let scores = try conformalRegressionScores(
                y: y, predictions: Matrix(Array(repeating: row, count: y.count)), scoring)
            for (index, value) in y.enumerated() {
                let isAllowed = (0..<own.count).allSatisfy { scores[index, $0] <= own[$0] }
                let isInside = interval.lower[0] <= value && value <= interval.upper[0]
                #expect(isAllowed == isInside, "\(kind), \(row), y \(value), thresholds \(own)")
            }
        }
    }

    @Test func coverageIsThatOfTheRank() throws {
        var random = TestRandom(seed: 5)
        var covered = 0
        let draws = 3000
        for _ in 0..<draws {
            // Rounded outcomes tie; coverage can then only be more.
            let mean = random.array(10) { $0.normal() }
            let y = mean.map { ($0 + random.normal() * 3).rounded() }
            let predictions = try Matrix(rows: 10, columns: 1, elements: mean)
            let scores = try conformalRegressionScores(y: y, predictions: predictions).elements
            let threshold = try conformalThreshold(Array(scores[..<9]), alpha: 0.25)
            let interval = try conformalRegressionIntervals(
                predictions: Matrix([[mean[9]]]), thresholds: [threshold])
            covered += interval.lower[0] <= y[9] && y[9] <= interval.upper[0] ? 1 : 0
        }
        // Rank 8 of 10; four standard deviations.
        #expect(abs(Double(covered) / Double(draws) - 0.8) < 0.03)
    }
}
