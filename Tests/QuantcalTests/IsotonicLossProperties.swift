import Quantcal
import Testing

@Suite struct IsotonicLossProperties {
    private static let losses: [IsotonicLoss] = [
        .quantile(), .quantile(level: 0.9), .expectile(level: 0.8), .huber(threshold: 0.5), .power(1.5),
        .power(4),
        .chebyshev,
    ]

    private func options(_ loss: IsotonicLoss, _ solution: IsotonicSolution = .standard) -> IsotonicOptions {
        var options = IsotonicOptions()
        (options.loss, options.solution) = (loss, solution)
        return options
    }

    /// Sequences with ties, trends, offsets and weights, of which some are 0.
    private func cases() -> [(y: [Double], weights: [Double]?)] {
        var random = TestRandom(seed: 11)
        var cases: [(y: [Double], weights: [Double]?)] = []
        for n in [1, 2, 3, 8, 9, 40, 700] {
            for trend in [-1.0, 0, 0.1, 10] {
                let y = (0..<n).map { trend * Double($0) + random.normal() }
                let weights = random.array(n) { $0.integer(0...4) == 0 ? 0 : $0.uniform() + 0.1 }
                cases += [(y, nil), (y.map { $0.rounded() }, nil), (y.map { 1e9 + $0 }, nil)]
                if weights.contains(where: { $0 > 0 }) { cases.append((y, weights)) }
            }
        }
        return cases
    }

    private func cost(_ loss: IsotonicLoss, _ y: [Double], _ x: [Double], _ weights: [Double]?) -> Double {
        let weights = weights ?? Array(repeating: 1, count: y.count)
        let costs = zip(zip(y, x), weights).map { pair, weight in
            let r = pair.0 - pair.1
            switch loss {
            case .squared, .poisson, .binomial: return weight * r * r
            case .quantile(let level): return weight * (r >= 0 ? level * r : (level - 1) * r)
            case .expectile(let level): return weight * (r >= 0 ? level : 1 - level) * r * r
            case .huber(let threshold):
                let size = abs(r)
                return weight * (size <= threshold ? r * r / 2 : threshold * (size - threshold / 2))
            case .power(let power): return weight * pow(abs(r), power)
            case .chebyshev: return weight * abs(r)
            }
        }
        return loss == .chebyshev ? costs.max() ?? 0 : costs.reduce(0, +)
    }

    /// x to a power that is a multiple of a half.
    private func pow(_ x: Double, _ power: Double) -> Double {
        (0..<Int(power)).reduce(power == power.rounded() ? 1 : x.squareRoot()) { value, _ in value * x }
    }

    @Test func fitsRiseInBlocksThatDiffer() throws {
        for (y, weights) in cases() {
            for loss in Self.losses {
                let fit = try isotonicRegression(y, weights: weights, options: options(loss))
                #expect(fit.blocks.first == 0 && fit.blocks.last == y.count)
                let starts = [0] + y.indices.dropFirst().filter { fit.x[$0] != fit.x[$0 - 1] }
                #expect(fit.blocks == starts + [y.count])
                #expect(zip(fit.x, fit.x.dropFirst()).allSatisfy { $0 <= $1 })
            }
        }
    }

    /// The loss is convex: a fit is optimal if no small step towards another rising sequence pays. Steps move a tail of the
    /// sequence up or a head down.
    @Test func noTailAndNoHeadIsBetterElsewhere() throws {
        for (y, weights) in cases() where y.count < 100 {
            for loss in Self.losses {
                let fit = try isotonicRegression(y, weights: weights, options: options(loss))
                let best = cost(loss, y, fit.x, weights)
                for step in [1e-3, 0.1] {
                    for cut in y.indices {
                        let up = fit.x.indices.map { fit.x[$0] + ($0 >= cut ? step : 0) }
                        let down = fit.x.indices.map { fit.x[$0] - ($0 <= cut ? step : 0) }
                        for other in [up, down] {
                            #expect(cost(loss, y, other, weights) >= best * (1 - 1e-9) - 1e-12)
                        }
                    }
                }
            }
        }
    }

    /// All optimal fits cost the same, and none leaves the lower and the upper.
    @Test func solutionsAreOrderedAndEquallyGood() throws {
        for (y, weights) in cases() {
            for loss in Self.losses {
                let fits = try [IsotonicSolution.lower, .middle, .upper].map {
                    try isotonicRegression(y, weights: weights, options: options(loss, $0)).x
                }
                for (low, high) in zip(fits, fits.dropFirst()) {
                    #expect(zip(low, high).allSatisfy { $0 <= $1 + 8 * $1.ulp + 1e-13 })
                }
                let costs = fits.map { cost(loss, y, $0, weights) }
                let slack = 1e-9 * (1 + costs[0])
                #expect(abs(costs[0] - costs[1]) <= slack && abs(costs[1] - costs[2]) <= slack)
            }
        }
    }

    @Test func decreasingIsTheReversedFitReversed() throws {
        for (y, weights) in cases() {
            for loss in Self.losses {
                var falling = options(loss)
                falling.direction = .decreasing
                let fit = try isotonicRegression(y, weights: weights, options: falling)
                let rising = try isotonicRegression(
                    y.reversed(), weights: weights?.reversed(), options: options(loss))
                #expect(fit.x == rising.x.reversed())
            }
        }
    }

    @Test func boundsClip() throws {
        for (y, weights) in cases() {
            for loss in Self.losses + [.squared] {
                var bounded = options(loss)
                (bounded.lowerBound, bounded.upperBound) = (-0.25, 0.5)
                let free = try isotonicRegression(y, weights: weights, options: options(loss)).x
                let fit = try isotonicRegression(y, weights: weights, options: bounded)
                #expect(fit.x == free.map { min(max($0, -0.25), 0.5) })
                #expect(fit.blocks.count == Set(fit.x).count + 1)
            }
        }
    }

    @Test func gapsAreKept() throws {
        for (y, weights) in cases() where abs(y[0]) < 1e6 {
            for loss in Self.losses + [.squared] {
                var apart = options(loss)
                apart.minimumGap = 0.25
                let fit = try isotonicRegression(y, weights: weights, options: apart)
                #expect(zip(fit.x, fit.x.dropFirst()).allSatisfy { $1 - $0 >= 0.25 - 1e-11 })
                let shifted = y.indices.map { y[$0] - 0.25 * Double($0) }
                let z = try isotonicRegression(shifted, weights: weights, options: options(loss)).x
                for (index, x) in fit.x.enumerated() {
                    #expect(abs(x - (z[index] + 0.25 * Double(index))) < 1e-9)
                }
            }
        }
    }

    /// An expectile of level one half, a power of two and a wide Huber loss are least squares.
    @Test func specialCasesAreLeastSquares() throws {
        for (y, weights) in cases() {
            let squared = try isotonicRegression(y, weights: weights).x
            let size = y.reduce(1) { max($0, abs($1)) }
            for loss in [IsotonicLoss.expectile(), .power(), .huber(threshold: 1e12)] {
                let fit = try isotonicRegression(y, weights: weights, options: options(loss)).x
                #expect(zip(fit, squared).allSatisfy { abs($0 - $1) <= 1e-13 * size })
            }
        }
    }

    /// Splits one point at a time would be quadratic here; so would searches for a flat optimum.
    @Test func steepSequencesTakeLinearTime() throws {
        var random = TestRandom(seed: 12)
        let steep = (0..<20_000).map { index in
            Double(sign: .plus, exponent: index / 100, significand: 1 + random.uniform())
        }
        for loss in [IsotonicLoss.expectile(level: 0.8), .huber(threshold: 1e-3), .quantile()] {
            let fit = try isotonicRegression(steep, options: options(loss))
            #expect(zip(fit.x, fit.x.dropFirst()).allSatisfy { $0 <= $1 })
            #expect(cost(loss, steep, fit.x, nil) <= cost(loss, steep, steep.sorted(), nil) * (1 + 1e-9))
        }
    }

    @Test func progressStopsTheWork() throws {
        let y = (0..<140_000).map { Double(-$0 % 1000) }
        for loss in Self.losses {
            var calls = 0
            let error = #expect(throws: QuantcalError.self) {
                try isotonicRegression(y, options: options(loss)) { _ in
                    calls += 1
                    return true
                }
            }
            #expect(error?.kind == .cancelled && calls == 1)
            var fractions: [Double] = []
            _ = try isotonicRegression(y, options: options(loss, .middle)) {
                fractions.append($0)
                return false
            }
            #expect(fractions == fractions.sorted() && fractions.allSatisfy { 0 <= $0 && $0 <= 1 })
        }
    }
}
