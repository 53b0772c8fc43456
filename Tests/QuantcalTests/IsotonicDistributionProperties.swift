import Quantcal
import Testing

@Suite struct IsotonicDistributionProperties {
    /// Integers tie often, and their shares are exact: at every threshold by itself the min-max formula.
    @Test func equalsSeparateFits() throws {
        var random = TestRandom(seed: 11)
        for round in 0..<300 {
            let n = random.integer(1...16)
            let x = (0..<n).map { _ in Double(random.integer(0...6)) }
            let y = (0..<n).map { _ in Double(random.integer(0...6)) }
            var weights = (0..<n).map { _ in round % 2 == 0 ? 1.0 : Double(random.integer(0...3)) }
            weights[random.integer(0...(n - 1))] = 1
            let fit = try isotonicDistribution(x, y, weights: weights)
            let knots = Set(zip(x, weights).filter { $0.1 > 0 }.map(\.0)).sorted()
            let values = try fit.cdf(at: knots, thresholds: fit.thresholds)
            for (column, threshold) in fit.thresholds.enumerated() {
                let sums = knots.map { knot in
                    let here = zip(zip(x, y), weights).filter { $0.0.0 == knot }
                    return (
                        part: here.filter { $0.0.1 <= threshold }.map(\.1).reduce(0, +),
                        whole: here.map(\.1).reduce(0, +)
                    )
                }
                for row in knots.indices {
                    let wanted = (0...row).map { first in
                        (row..<knots.count).map { last in
                            sums[first...last].map(\.part).reduce(0, +)
                                / sums[first...last].map(\.whole).reduce(0, +)
                        }.max()!
                    }.min()!
                    #expect(values[row, column] == wanted, "x \(x), y \(y), weights \(weights)")
                }
            }
        }
    }

    /// Data of some shapes, with weights that do not sum exactly.
    private func fits(censored: Bool) throws -> [(x: [Double], y: [Double], fit: IsotonicDistribution)] {
        var random = TestRandom(seed: 12)
        return try [1, 2, 3, 50, 150].flatMap { n in
            try [-3.0, 0, 3].map { slope in
                let x = random.array(n) { $0.uniform() }
                let y = x.map { slope * $0 + random.normal() }
                var events = (0..<n).map { _ in !censored || random.integer(0...2) > 0 }
                events[0] = true
                let weights = random.array(n) { $0.uniform() * ($0.integer(0...1) == 0 ? 1 : 1e-9) }
                return (x, y, try isotonicDistribution(x, y, weights: weights, events: events))
            }
        }
    }

    /// Rising with the threshold, falling with the covariate, to the last bit; also between covariates.
    @Test(arguments: [false, true]) func functionsAreInOrder(censored: Bool) throws {
        for (x, _, fit) in try fits(censored: censored) {
            let queries = (x + x.map { $0 + 0.01 }).sorted()
            let values = try fit.cdf(at: queries, thresholds: fit.thresholds)
            let rows = queries.indices.map { Array(values[row: $0]) }
            #expect(values.elements.allSatisfy { $0 >= 0 && $0 <= 1 })
            #expect(rows.allSatisfy { zip($0, $0.dropFirst()).allSatisfy { $0 <= $1 } })
            #expect(zip(rows, rows.dropFirst()).allSatisfy { zip($0, $1).allSatisfy { $0 >= $1 } })
            #expect(censored || rows.allSatisfy { $0.last == 1 })
        }
    }

    @Test(arguments: [false, true]) func fewThresholdsAreAnsweredLikeMany(censored: Bool) throws {
        for (x, _, fit) in try fits(censored: censored) {
            let all = try fit.cdf(at: x, thresholds: fit.thresholds)
            for (column, threshold) in fit.thresholds.enumerated() {
                let one = try fit.cdf(at: x, thresholds: [threshold]).elements
                #expect(one == x.indices.map { all[$0, column] })
            }
        }
    }

    @Test(arguments: [false, true]) func bytesKeepEverything(censored: Bool) throws {
        for (x, y, fit) in try fits(censored: censored) {
            let again = try IsotonicDistribution(bytes: fit.bytes)
            #expect(again.bytes == fit.bytes)
            #expect(again.thresholds == fit.thresholds && again.direction == fit.direction)
            let (one, other) = (try again.pit(at: x, y: y, seed: 5), try fit.pit(at: x, y: y, seed: 5))
            #expect(one == other)
            #expect(try again.crps(at: x, y: y) == fit.crps(at: x, y: y))
        }
    }

    @Test func aLargerCovariateDecreasingIsASmallerOneIncreasing() throws {
        var random = TestRandom(seed: 13)
        let x = random.array(200) { Double($0.integer(0...50)) }
        let y = random.array(200) { $0.normal() }
        let rising = try isotonicDistribution(x, y)
        let falling = try isotonicDistribution(x.map { -$0 }, y, direction: .decreasing)
        let queries = random.array(100) { 60 * $0.uniform() - 5 }
        #expect(
            try rising.cdf(at: queries, thresholds: y) == falling.cdf(at: queries.map { -$0 }, thresholds: y))
    }

    @Test func withoutCensoringEventsChangeNothing() throws {
        var random = TestRandom(seed: 14)
        let x = random.array(60) { Double($0.integer(0...20)) }
        let y = random.array(60) { Double($0.integer(0...30)) }
        var events = [Bool](repeating: true, count: 61)
        events[60] = false
        // One that is censored before the first event is ignored, but brings the other algorithm in.
        let censored = try isotonicDistribution(x + [5], y + [-1], events: events)
        let plain = try isotonicDistribution(x, y)
        let queries = (0...20).map { Double($0) }
        let (one, other) = (
            try censored.cdf(at: queries, thresholds: y).elements,
            try plain.cdf(at: queries, thresholds: y).elements
        )
        #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    /// The formula with weights of jumps, which cancels where the integral does not.
    @Test func crpsEqualsTheClosedForm() throws {
        for (x, y, fit) in try fits(censored: false) {
            let outcomes = y.map { $0 + 0.125 }
            let values = try fit.cdf(at: x, thresholds: fit.thresholds)
            let scores = try fit.crps(at: x, y: outcomes)
            for row in x.indices {
                var (score, before) = (0.0, 0.0)
                for (column, place) in fit.thresholds.enumerated() {
                    let value = values[row, column]
                    let weight = value - before
                    let isBelow = outcomes[row] < place ? 1.0 : 0.0
                    score += 2 * weight * (isBelow - value + weight / 2) * (place - outcomes[row])
                    before = value
                }
                #expect(abs(scores[row] - score) < 1e-12)
            }
        }
    }

    @Test func quantilesInvertFunctions() throws {
        for (x, _, fit) in try fits(censored: true) {
            let levels = [0.01, 0.25, 0.5, 0.9]
            let quantiles = try fit.quantiles(at: x, levels: levels)
            let values = try fit.cdf(at: x, thresholds: fit.thresholds)
            for row in x.indices {
                for (column, level) in levels.enumerated() {
                    let first = fit.thresholds.indices.first { values[row, $0] >= level - 1e-15 }
                    #expect(quantiles[row, column] == first.map { fit.thresholds[$0] } ?? .infinity)
                }
            }
        }
    }

    @Test func transformsOfTheRightDistributionAreUniform() throws {
        var random = TestRandom(seed: 15)
        let x = random.array(4000) { $0.uniform() }
        let y = x.map { 4 * $0 + random.normal() }
        let (new, outcomes) = (random.array(2000) { $0.uniform() }, random.array(2000) { $0.normal() })
        let fit = try isotonicDistribution(x, y)
        let pit = try fit.pit(at: new, y: zip(new, outcomes).map { 4 * $0 + $1 }, seed: 3).pit.sorted()
        let distance = pit.enumerated().map { abs($1 - Double($0) / 2000) }.max()!
        #expect(distance < 0.05)
    }

    @Test func callsAsAFunction() throws {
        let fit = try isotonicDistribution([1.0, 2, 3, 4], [2.0, 1, 3, 2])
        #expect(try fit(2, given: 2.5) == 0.75)
    }
}
