import Quantcal
import Testing

@testable import QuantcalCore

@Suite struct ConformalBatchProperties {
    /// Numbers of one word multiply, divide and add up as words do.
    @Test func wholeNumbersOfManyWords() {
        var factorial = BigNatural(1)
        for k in 1...300 { factorial *= k }
        var square = factorial * factorial
        for k in 1...300 { square /= k }
        #expect(square.words == factorial.words)
        square += factorial
        square -= factorial
        #expect(square.words == factorial.words)
        for k in stride(from: 300, through: 1, by: -1) { square /= k }
        #expect(square.words == [1])
        square -= BigNatural(1)
        #expect(square.words.isEmpty && square <= factorial && !(factorial <= square))

        var all = BigNatural(0)
        for k in 0...200 { all += .choose(200, k) }
        #expect(all.words == [0, 0, 0, 1 << 8])
        var carried = BigNatural(Int.max)
        for _ in 0..<70 { carried += carried }
        carried += BigNatural(1 << 62)
        #expect(carried.words == [1 << 62, UInt64.max << 6, 31])
    }

    /// One point of a batch is an ordinary point.
    @Test func oneTestScoreHasTheConformalRank() throws {
        for n in [0, 1, 2, 9, 24, 99, 1000, 12_345, 1 << 40] {
            for alpha in [0.0001, 0.05, 0.1, 0.3, 0.44, 0.5, 0.9, 0.99] {
                let rank = try conformalRank(n: n, alpha: alpha)
                #expect(try conformalBatchRank(n: n, m: 1, zeta: 1, alphaUpper: alpha).upper == rank)
                #expect(try conformalBatchRank(n: n, m: 1, zeta: 1, alphaLower: alpha).lower == n + 1 - rank)
                if n < 20_000 {
                    #expect(try conformalBatchRankSum(n: n, m: 1, alpha: alpha) == rank - 1)
                }
            }
        }
    }

    /// From above, and with calibration and test scores exchanged, laws are the same.
    @Test func ranksMirrorEachOther() throws {
        var random = TestRandom(seed: 61)
        for _ in 0..<500 {
            let (n, m) = (random.integer(0...400), random.integer(1...400))
            let zeta = random.integer(1...m)
            let alpha = Double(random.integer(1...49)) / 100
            let bounds = try conformalBatchRank(n: n, m: m, zeta: zeta, alphaLower: alpha, alphaUpper: alpha)
            let mirrored = try conformalBatchRank(
                n: n, m: m, zeta: m + 1 - zeta, alphaLower: alpha, alphaUpper: alpha)
            #expect(bounds.lower == n + 1 - mirrored.upper && bounds.upper == n + 1 - mirrored.lower)
            #expect(bounds.lower < bounds.upper)
            let law = try conformalBatchLaw(n: n, m: m, zeta: zeta, [bounds.lower, bounds.lower + 1])
            #expect(law.tails.atMost[0] <= alpha * (1 + 1e-12))
            #expect(law.tails.atMost[1] >= alpha * (1 - 1e-12))
        }
        for (n, m) in [(7, 3), (12, 20), (1, 30)] {
            #expect(
                try conformalBatchRankSum(n: n, m: m, alpha: 0.07)
                    == conformalBatchRankSum(n: m, m: n, alpha: 0.07))
        }
    }

    /// Halves that only whole numbers tell from what is just above and below them.
    @Test func tiesAreDecidedExactly() throws {
        for size in [1, 3, 99, 4095] {
            let middle = (size + 1) / 2
            let half = try conformalBatchRank(n: size, m: size, zeta: middle, alphaLower: 0.5)
            #expect(half.lower == middle)
            let less = try conformalBatchRank(n: size, m: size, zeta: middle, alphaLower: 0.5.nextDown)
            #expect(less.lower == middle - 1)
        }
        // Beyond what is counted, to the safe side.
        let large = try conformalBatchRank(n: 9999, m: 9999, zeta: 5000, alphaLower: 0.5)
        #expect(large.lower == 4999)
    }

    @Test func bracketsHoldAndWiden() throws {
        var random = TestRandom(seed: 62)
        for _ in 0..<200 {
            let (n, m) = (random.integer(0...300), random.integer(1...800))
            let low = random.integer(1...m)
            let high = random.integer(low...m)
            var before = ConformalRankBounds(lower: n + 1, upper: 0)
            for alpha in [0.9, 0.5, 0.1, 0.01, 1e-6] {
                let (bounds, probability) = try conformalBatchBracket(
                    n: n, m: m, zetaLow: low, zetaHigh: high, alpha: alpha)
                #expect(probability >= (1 - alpha) * (1 - 1e-12))
                #expect(bounds.lower <= before.lower && bounds.upper >= before.upper)
                before = bounds
            }
        }
    }

    /// The majorant is the greatest chord, and never below the best that places can be combined to.
    @Test func meansAreBoundedByChords() throws {
        var random = TestRandom(seed: 63)
        for _ in 0..<2000 {
            let (n, m) = (random.integer(0...9), random.integer(1...5))
            let scores = random.array(n) {
                $0.integer(0...2) == 0 ? Double($0.integer(0...3)) : $0.normal()
            }
            let upper = [5, .infinity, scores.max() ?? 0][random.integer(0...2)]
            let sum = random.integer(0...n * m)
            let bound = try conformalBatchMean(scores, m: m, rankSum: sum, upper: upper)
            let places = (scores.sorted() + [upper])[...min(n, sum)]
            #expect(bound >= best(places, m, sum) / Double(m) - 1e-12)
            if places.last == .infinity {
                #expect(bound == .infinity)
                continue
            }
            let at = Double(sum) / Double(m)
            var chord = -Double.infinity
            for a in 0..<places.count where Double(a) <= at {
                for b in a..<places.count where Double(b) >= at {
                    let part = a == b ? 0 : (at - Double(a)) / Double(b - a)
                    chord = max(chord, places[a] + (places[b] - places[a]) * part)
                }
            }
            #expect(abs(bound - chord) <= 1e-13)
        }
    }

    /// The greatest sum of m places whose indices add up to no more than `sum`.
    private func best(_ places: ArraySlice<Double>, _ m: Int, _ sum: Int) -> Double {
        if m == 0 { return 0 }
        return places.indices.filter { $0 <= sum }
            .map { places[$0] + best(places, m - 1, sum - $0) }.max()!
    }

    @Test func hugeAndTinyScoresKeepTheirScale() throws {
        for scale in [1e308, 1, 1e-308] {
            let scores = [0.1, 0.2, 0.3, 0.5].map { $0 * scale }
            let bound = try conformalBatchMean(scores, m: 3, rankSum: 8, upper: scale)
            #expect(abs(bound / scale - 0.7) < 1e-14)
            let wide = try conformalBatchMean(scores.map { -$0 } + scores, m: 2, rankSum: 7, upper: scale)
            #expect(wide.isFinite && wide > 0)
        }
    }

    @Test func sizesBeyondReachAreRefused() {
        #expect(throws: QuantcalError.self) { try conformalBatchRank(n: -1, m: 2, zeta: 1, alphaUpper: 0.1) }
        #expect(throws: QuantcalError.self) { try conformalBatchLaw(n: 3, m: 2, zeta: 1, [-1]) }
        #expect(throws: QuantcalError.self) { try conformalBatchRankSum(n: 1 << 40, m: 1, alpha: 0.1) }
        #expect(throws: QuantcalError.self) { try conformalBatchMean([1.0], m: -1, rankSum: 0) }
        #expect(throws: QuantcalError.self) { try conformalOrderStatistic([1.0], rank: -1) }
    }
}
