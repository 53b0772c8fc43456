import Quantcal
import Testing

@Suite struct ConformalCrossProperties {
    /// All candidates, sorted.
    private func ends(
        _ means: [Double], _ residuals: [Double], rank: Int, _ options: ConformalCrossOptions
    ) -> (Double, Double) {
        let n = residuals.count
        let share = options.sides == .asymmetric ? (n + 1 - rank) / 2 : n + 1 - rank
        let below = options.sides == .symmetric ? residuals.map { -$0 } : residuals
        func ofRank(_ values: [Double], _ rank: Int) -> Double {
            ([-.infinity] + values.sorted() + [.infinity])[rank]
        }
        var lower = ofRank(zip(means, below).map { $0 + $1 }, share)
        var upper = ofRank(zip(means, residuals).map { $0 + $1 }, n + 1 - share)
        if options.method == .minmax {
            lower = (means.min() ?? 0) + ofRank(below, share)
            upper = (means.max() ?? 0) + ofRank(residuals, n + 1 - share)
        }
        return (options.sides == .upper ? -.infinity : lower, options.sides == .lower ? .infinity : upper)
    }

    /// Ties, infinities, sizes over many orders, unequal and empty folds: to the last bit.
    @Test(arguments: IntervalSides.allCases, CrossMethod.allCases)
    func endsAreThoseOfAllCandidates(sides: IntervalSides, method: CrossMethod) throws {
        var random = TestRandom(seed: 6)
        var options = ConformalCrossOptions()
        (options.sides, options.method) = (sides, method)
        for trial in 0..<300 {
            let (n, folds) = (random.integer(0...200), random.integer(1...5))
            let residuals = random.array(n) { random in
                let signed: Double =
                    switch trial % 4 {
                    case 0: Double(random.integer(-3...3))
                    case 1: random.integer(0...9) == 0 ? .infinity : random.normal()
                    case 2:
                        Double(
                            sign: .plus, exponent: random.integer(-900...900), significand: random.normal())
                    default: random.normal()
                    }
                return sides == .symmetric ? abs(signed) : signed
            }
            let fold = (0..<n).map { _ in
                Int32(min(random.integer(0...folds - 1), random.integer(0...folds - 1)))
            }
            let spread = [0, 1e-3, 1, 1e3][trial / 4 % 4]
            let row = random.array(folds) { $0.normal() * spread + 1 }
            let alpha = Double(random.integer(1...99)) / 100
            let found = try conformalCrossIntervals(
                residuals: residuals, fold: fold, predictions: Matrix([row]), alpha: alpha, options: options)
            let expected = ends(
                fold.map { row[Int($0)] }, residuals, rank: try conformalRank(n: n, alpha: alpha), options)
            #expect(
                found.lower[0] == expected.0 && found.upper[0] == expected.1, "\(trial): n \(n), \(alpha)")
        }
    }

    /// A fold for each point is what the bootstrap makes of one model without each.
    @Test func aBagOfAllOthersIsTheJackknife() throws {
        var random = TestRandom(seed: 7)
        for n in [1, 2, 5, 70] {
            let residuals = random.array(n) { abs($0.normal()) }
            let predictions = try Matrix(rows: 3, columns: n, elements: random.array(3 * n) { $0.normal() })
            let bags = (0..<n * n).map { UInt8($0 / n == $0 % n ? 0 : 1) }
            for aggregation in CrossAggregation.allCases {
                var options = ConformalCrossOptions()
                options.aggregation = aggregation
                let apart = try conformalCrossIntervals(
                    residuals: residuals, predictions: predictions, alpha: 0.2, options: options)
                let bagged = try conformalCrossBootstrapIntervals(
                    residuals: residuals, inBag: Matrix(rows: n, columns: n, elements: bags),
                    predictions: predictions, alpha: 0.2, options: options)
                #expect(apart == bagged)
            }
        }
    }

    @Test func workIsReportedAndStops() throws {
        var fractions: [Double] = []
        let predictions = try Matrix(
            rows: 50_000, columns: 2, elements: [Double](repeating: 1, count: 100_000))
        let residuals = (0..<1000).map { Double($0) }
        let fold = residuals.map { Int32($0) % 2 }
        _ = try conformalCrossIntervals(
            residuals: residuals, fold: fold, predictions: predictions, alpha: 0.1
        ) {
            fractions.append($0)
            return false
        }
        #expect(fractions.count > 1 && fractions == fractions.sorted() && fractions[0] == 0)
        #expect(throws: QuantcalError.self) {
            try conformalCrossIntervals(
                residuals: residuals, fold: fold, predictions: predictions, alpha: 0.1
            ) { $0 > 0.2 }
        }
    }
}
