import Foundation
import Quantcal
import Testing

private func martingale(_ betting: ConformalMartingaleBetting, seed: UInt64 = 0) throws -> ConformalMartingale
{
    try ConformalMartingale(ConformalMartingale.Options(betting: betting, epsilon: 0.5, seed: seed))
}

struct ConformalMartingaleProperties {
    /// The sum over a fine grid of p-values of what one bet makes of the capital is what it was: a fair bet.
    @Test(arguments: [ConformalMartingaleBetting.jumper, .composite]) func betsAreFair(
        betting: ConformalMartingaleBetting
    ) throws {
        var past = try martingale(betting)
        try past.bet([0.01, 0.3, 0.2, 0.9, 0.05])
        // Midpoints: exact for what is linear in p.
        var mean = 0.0
        for step in 0..<64 {
            var next = past
            try next.bet([(Double(step) + 0.5) / 64])
            mean += exp(next.summary.logMartingale - past.summary.logMartingale) / 64
        }
        #expect(abs(mean - 1) < 1e-13)
    }

    /// Ranks see no more than the order of scores.
    @Test(arguments: ConformalMartingaleBetting.allCases) func onlyTheOrderOfScoresCounts(
        betting: ConformalMartingaleBetting
    ) throws {
        var random = TestRandom(seed: 31)
        let scores = random.array(400) { ($0.uniform() * 50).rounded() - 25 }
        var (one, other) = (try martingale(betting, seed: 4), try martingale(betting, seed: 4))
        #expect(try one.update(scores) == other.update(scores.map { $0 * $0 * $0 * 1e300 }))
        #expect(try one.serialized() != other.serialized())
        #expect(one.summary == other.summary)
    }

    /// By counting all pairs; and p-values stay in their cells.
    @Test func pValuesAreRanksAmongThoseSoFar() throws {
        var random = TestRandom(seed: 32)
        let scores = random.array(300) { ($0.uniform() * 20).rounded() }
        var state = try martingale(.jumper, seed: 9)
        let pValues = try state.update(scores).pValues
        for t in scores.indices {
            let above = Double(scores[..<t].filter { $0 > scores[t] }.count)
            let equal = Double(scores[...t].filter { $0 == scores[t] }.count)
            #expect(pValues[t] * Double(t + 1) > above - 1e-9)
            #expect(pValues[t] * Double(t + 1) < above + equal + 1e-9)
            #expect(pValues[t] > 0 && pValues[t] <= 1)
        }
    }

    /// However updates are cut, and whatever else a copy is used for.
    @Test(arguments: ConformalMartingaleBetting.allCases) func cutsAndCopiesChangeNothing(
        betting: ConformalMartingaleBetting
    ) throws {
        var random = TestRandom(seed: 33)
        let scores = random.array(200) { $0.uniform() } + [.infinity, -.infinity, .infinity]
        var whole = try martingale(betting)
        let path = try whole.update(scores)
        var parts = try martingale(betting)
        var logarithms: [Double] = []
        for start in stride(from: 0, to: scores.count, by: 29) {
            let other = parts
            logarithms += try parts.update(Array(scores[start..<min(start + 29, scores.count)])).logMartingale
            #expect(other.summary.bets == start)
            parts = try ConformalMartingale(serialized: parts.serialized())
        }
        #expect(logarithms == path.logMartingale)
        #expect(try parts.serialized() == whole.serialized())
        #expect(whole.summary.logMaximum == max(0, path.logMartingale.max()!))
    }

    /// Far from the range of doubles on either side, and after so many bets that the integral of a mixture is narrow.
    @Test func capitalMayBeAnyNumber() throws {
        for betting in ConformalMartingaleBetting.allCases {
            for p in [1e-300, 1, 0.5, 1e-5] {
                var state = try martingale(betting)
                let path = try state.bet([Double](repeating: p, count: 20_000))
                let areFinite = path.allSatisfy { $0.isFinite }
                #expect(areFinite, "\(betting), \(p)")
                // A mean of power martingales: below the best of them.
                guard betting == .mixture else { continue }
                #expect(p < 1 ? path.last! > -12 : abs(path.last! + log(20_001)) < 1e-9)
            }
        }
    }

    @Test func anErrorChangesNothing() throws {
        var state = try martingale(.composite)
        try state.update([1, 2, 3])
        let bytes = try state.serialized()
        #expect(throws: QuantcalError.self) { try state.update([1, .nan]) }
        #expect(throws: QuantcalError.self) { try state.bet([0.5, -1]) }
        #expect(try state.serialized() == bytes)
        #expect(try state.bet([]) == [])
        #expect(try state.serialized() == bytes)
    }
}
