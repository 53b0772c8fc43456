import Quantcal
import Testing

@testable import QuantcalCore

@Suite struct ConformalSelectionProperties {
    /// The published example of three points with weights.
    @Test func threePointsWithWeights() throws {
        let points = try conformalSelect(
            calibration: [1, 3, 5, 7, 9] as [Double], test: [0, 2, 4], q: 0.5, testWeights: [1, 2, 1],
            pruning: .deterministic)
        #expect(points.pValues == [1.0 / 6, 3.0 / 7, 0.5])
        // m / (q R): R is 3, 2, 3, and the second point is no candidate.
        #expect(points.eValues == [2, 0, 2])
        #expect(points.indices.isEmpty)
    }

    /// All numbers R_j at once, against one procedure for each point.
    @Test func rejectionsAreThoseOfTheDefinition() throws {
        var random = TestRandom(seed: 41)
        for _ in 0..<600 {
            let (n, m) = (random.integer(1...30), random.integer(1...20))
            let scores = (0..<n).map { _ in Double(random.integer(0...12)) }
            let tests = (0..<m).map { _ in Double(random.integer(-2...9)) }
            let weights = (0..<n).map { _ in Double(random.integer(1...4)) }
            let own = (0..<m).map { _ in Double(random.integer(0...4)) }
            let twentieths = random.integer(1...19)
            let q = Double(twentieths) / 20
            for ties in [ConformalRejections.Ties.after, .before] {
                let expected = (0..<m).map { j in
                    definition(scores, weights, tests, own, point: j, q: twentieths, ties)
                }
                #expect(try rejections(scores, weights, tests, own, q, ties) == expected)
            }
        }
    }

    private func rejections(
        _ scores: [Double], _ weights: [Double], _ tests: [Double], _ own: [Double], _ q: Double,
        _ ties: ConformalRejections.Ties
    ) throws -> [Int] {
        try scores.withUnsafeBufferPointer { scores in
            try weights.withUnsafeBufferPointer { weights in
                try tests.withUnsafeBufferPointer { tests in
                    try own.withUnsafeBufferPointer { own in
                        let masses = try ConformalMasses(
                            calibration: ConformalPoints(scores: scores, weights: weights),
                            test: ConformalPoints(scores: tests, weights: own))
                        let ranking = try ConformalRanking(
                            calibration: scores, test: tests, first: .smallest, masses: masses)
                        let level = try SelectionLevel(q: q, m: tests.count)
                        let counts = try ConformalRejections(
                            ranking, total: masses.total, level: level, ties: ties)
                        var result = [Int](repeating: 0, count: tests.count)
                        var start = 0
                        while start < ranking.count {
                            let group = ranking.group(from: start)
                            for place in group {
                                let index = Int(ranking.order[place].index)
                                result[index] = counts.rejections(
                                    group: group, mass: masses.test(index), ties: ties)
                            }
                            start = group.upperBound
                        }
                        return result
                    }
                }
            }
        }
    }

    /// In whole numbers: q is twentieths.
    private func definition(
        _ scores: [Double], _ weights: [Double], _ tests: [Double], _ own: [Double], point: Int, q: Int,
        _ ties: ConformalRejections.Ties
    ) -> Int {
        func isBefore(_ a: Double, _ b: Double) -> Bool { ties == .after ? a < b : a <= b }
        let m = tests.count
        let whole = weights.reduce(own[point], +)
        var parts = tests.map { t in
            zip(scores, weights).reduce(isBefore(tests[point], t) ? own[point] : 0) {
                $0 + (isBefore($1.0, t) ? $1.1 : 0)
            }
        }
        parts[point] = 0
        parts.sort()
        return (1...m).last { Int(parts[$0 - 1]) * 20 * m <= q * $0 * Int(whole) } ?? 0
    }

    /// Which points are selected is found without p-values, and agrees with them; whether few of the scores are
    /// looked at closely, all, or none.
    @Test func selectionNeedsNoPValues() throws {
        var random = TestRandom(seed: 44)
        for (n, m) in [(0, 1), (1, 1), (9, 40), (3000, 2500), (20_000, 5), (5, 20_000), (9000, 9000)] {
            for spread in [0, 1, 40, 1_000_000] {
                let scores = (0..<n).map { _ in
                    random.integer(0...3) == 0 ? .infinity : Double(random.integer(-spread...spread))
                }
                let shift = Double(random.integer(0...spread))
                let tests = (0..<m).map { _ in Double(random.integer(-spread...spread)) - shift }
                for q in [0.01, 0.1, 0.3333, 0.9] {
                    let points = try conformalSelect(calibration: scores, test: tests, q: q)
                    let bare = try conformalSelect(calibration: scores, test: tests, q: q, values: false)
                    #expect(bare.isSelected == points.isSelected && bare.pValues.isEmpty)
                    #expect(try conformalBenjaminiHochberg(p: points.pValues, q: q) == points.isSelected)
                    #expect(try conformalBenjaminiHochberg(e: points.eValues, q: q) == points.isSelected)
                }
            }
        }
    }

    @Test func seedsDecideAll() throws {
        var random = TestRandom(seed: 42)
        let calibration = (0..<500).map { _ in random.uniform() }
        let test = (0..<200).map { _ in 0.6 * random.uniform() }
        let weights = (0..<200).map { _ in random.uniform() + 0.5 }
        func select(_ seed: UInt64) throws -> SelectedPoints {
            try conformalSelect(
                calibration: calibration, test: test, q: 0.6, testWeights: weights, isRandomised: true,
                seed: seed)
        }
        #expect(try select(1) == select(1))
        #expect(try select(1) != select(2))
        // A point's numbers do not depend on which others there are.
        let few = try conformalPValues(
            calibration: calibration, test: Array(test[..<50]), isRandomised: true, seed: 9)
        let all = try conformalPValues(calibration: calibration, test: test, isRandomised: true, seed: 9)
        #expect(few == Array(all[..<50]))
    }

    @Test func extremeWeightsNeitherOverflowNorVanish() throws {
        for scale in [1e-308, 5e-324, 1, 1e300, 4e307] {
            let p = try conformalPValues(
                calibration: [1, 2, 3], test: [2], calibrationWeights: [scale, scale, 2 * scale],
                testWeights: [scale], tail: .lower)
            #expect(p == [0.6])
        }
        let heavy = try conformalPValues(
            calibration: [1, 2], test: [3, 1.5], calibrationWeights: [1e-300, 1e-300],
            testWeights: [1e300, 1e-300])
        // The weight counts as 2^20 times those of the calibration points.
        #expect(abs(heavy[0] - 1) < 1e-6 && abs(heavy[1] - 2.0 / 3) < 1e-6)
    }

    /// q with more digits than are read exactly, and a level that no double expresses.
    @Test func levelsOfAnyLength() throws {
        for q in [0.1234567890123456789, 1e-300, 1 - 0x1p-53, 5e-324] {
            let level = try SelectionLevel(q: q, m: 1000)
            #expect(level.numerator * 1000 < level.denominator)
            let share = Double(level.numerator) / Double(level.denominator) * 1000
            #expect(share <= q * (1 + 1e-15) && share > q - 1e-13)
            #expect(try conformalBenjaminiHochberg(p: [0, 1, q / 2, q], q: q)[0])
        }
        #expect(try conformalBenjaminiHochberg(p: [2e-30, 1e-30], q: 1e-30) == [false, false])
        #expect(try conformalBenjaminiHochberg(p: [2e-30, 0.5e-30], q: 1e-30) == [false, true])
    }
}
