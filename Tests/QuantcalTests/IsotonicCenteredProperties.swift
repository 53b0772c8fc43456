import Quantcal
import Testing

@Suite struct IsotonicCenteredProperties {
    private struct Study {
        var x: [Double]
        var y: [Double]
        var weights: [Double]
    }

    /// Shares of successes at doses in no order, of which some are equal.
    private func studies() -> [Study] {
        var random = TestRandom(seed: 71)
        return (0..<300).map { _ in
            let n = random.integer(1...12)
            let trials = random.array(n) { Double($0.integer(1...20)) }
            let x = random.array(n) { Double($0.integer(0...15)) }
            let y = zip(x, trials).map { x, trials in
                (0..<Int(trials)).reduce(0.0) { sum, _ in sum + (random.uniform() * 16 < x ? 1 : 0) } / trials
            }
            return Study(x: x, y: y, weights: trials)
        }
    }

    private func options(_ change: (inout IsotonicCenteredOptions) -> Void) -> IsotonicCenteredOptions {
        var options = IsotonicCenteredOptions()
        change(&options)
        return options
    }

    @Test func knotsAscendAndValuesRiseStrictlyInside() throws {
        for study in studies() {
            let fit = try isotonicCentered(study.x, study.y, weights: study.weights)
            let rises = zip(fit.knots, fit.knots.dropFirst()).allSatisfy { $0 < $1 }
            #expect(rises && fit.knots.first == study.x.min() && fit.knots.last == study.x.max())
            for index in fit.values.indices.dropFirst() {
                let (before, value) = (fit.values[index - 1], fit.values[index])
                let isEnd = fit.knotWeights[index - 1] == 0 || fit.knotWeights[index] == 0
                #expect(before < value || (before == value && (isEnd || value == 0 || value == 1)))
            }
        }
    }

    /// Pools keep the weight and both means.
    @Test func keepsTheMeans() throws {
        for study in studies() {
            let fit = try isotonicCentered(study.x, study.y, weights: study.weights)
            func sum(_ values: [Double], _ weights: [Double]) -> Double {
                zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
            }
            let total = study.weights.reduce(0, +)
            #expect(fit.knotWeights.reduce(0, +) == total)
            #expect(abs(sum(fit.knots, fit.knotWeights) - sum(study.x, study.weights)) <= 1e-12 * total)
            #expect(abs(sum(fit.values, fit.knotWeights) - sum(study.y, study.weights)) <= 1e-12 * total)
        }
    }

    /// With all ties pooled there is a knot of some weight for each step of isotonic regression.
    @Test func hasTheValuesOfIsotonicRegression() throws {
        var random = TestRandom(seed: 72)
        for _ in 0..<200 {
            let y = random.array(random.integer(1...40)) { Double($0.integer(-9...9)) }
            let weights = random.array(y.count) { Double($0.integer(1...3)) }
            let fit = try isotonicCentered(
                y.indices.map { Double($0) }, y, weights: weights,
                options: options { ($0.ties, $0.interval) = (.always, .none) })
            let regression = try isotonicRegression(y, weights: weights)
            let used = fit.values.indices.filter { fit.knotWeights[$0] > 0 }
            #expect(used.map { fit.values[$0] } == regression.blocks.dropLast().map { regression.x[$0] })
            #expect(used.map { fit.knotWeights[$0] } == regression.weights)
        }
    }

    @Test func orderOfInputDoesNotMatter() throws {
        var random = TestRandom(seed: 73)
        for study in studies() {
            let fit = try isotonicCentered(study.x, study.y, weights: study.weights)
            let order = study.x.indices.shuffled(using: &random)
            let again = try isotonicCentered(
                order.map { study.x[$0] }, order.map { study.y[$0] }, weights: order.map { study.weights[$0] }
            )
            #expect(again.knots == fit.knots && again.values == fit.values)
            #expect(again.knotLower == fit.knotLower && again.knotUpper == fit.knotUpper)
            #expect(again.fitted == order.map { fit.fitted[$0] })
        }
    }

    @Test func decreasingIsTheMirroredFit() throws {
        for study in studies() {
            let fit = try isotonicCentered(study.x, study.y, weights: study.weights)
            let mirrored = try isotonicCentered(
                study.x.map { -$0 }, study.y, weights: study.weights,
                options: options { $0.direction = .decreasing })
            #expect(mirrored.values == fit.values.reversed())
            #expect(mirrored.knotLower == fit.knotLower.reversed())
            #expect(mirrored.knotUpper == fit.knotUpper.reversed())
            for (value, wanted) in zip(mirrored.fitted, fit.fitted) { #expect(abs(value - wanted) <= 1e-15) }
            #expect(mirrored.knots == fit.knots.reversed().map { -$0 })
        }
    }

    /// Failures in the place of successes turn bounds around.
    @Test func boundsOfFailuresAreThoseOfSuccesses() throws {
        for study in studies() {
            let fit = try isotonicCentered(study.x, study.y, weights: study.weights)
            let failures = zip(study.y, study.weights).map { ($1 - ($0 * $1).rounded()) / $1 }
            let mirrored = try isotonicCentered(
                study.x.map { -$0 }, failures, weights: study.weights)
            #expect(mirrored.knots == fit.knots.reversed().map { -$0 })
            for (lower, upper) in zip(mirrored.knotLower, fit.knotUpper.reversed()) {
                #expect(abs(lower - (1 - upper)) <= 1e-14)
            }
        }
    }

    @Test func boundsHoldTheCurveAndWidenWithConfidence() throws {
        for study in studies() {
            for interval in [IsotonicCenteredInterval.wilson, .morris] {
                var narrow = try isotonicCentered(
                    study.x, study.y, weights: study.weights,
                    options: options { ($0.interval, $0.confidence) = (interval, 0.5) })
                for confidence in [0.8, 0.9, 0.99] {
                    let fit = try isotonicCentered(
                        study.x, study.y, weights: study.weights,
                        options: options { ($0.interval, $0.confidence) = (interval, confidence) })
                    for index in study.x.indices {
                        #expect(0 <= fit.lower[index] && fit.lower[index] <= fit.fitted[index])
                        #expect(fit.fitted[index] <= fit.upper[index] && fit.upper[index] <= 1)
                        #expect(fit.lower[index] <= narrow.lower[index])
                        #expect(fit.upper[index] >= narrow.upper[index])
                    }
                    if interval == .morris {
                        #expect(fit.knotLower == fit.knotLower.sorted())
                        #expect(fit.knotUpper == fit.knotUpper.sorted())
                    }
                    narrow = fit
                }
            }
        }
    }

    @Test func aFitCanBeCalled() throws {
        for study in studies() {
            let fit = try isotonicCentered(study.x, study.y, weights: study.weights)
            #expect(try fit(study.x) == fit.fitted)
            let bounds = try fit.interval(study.x)
            #expect(bounds.lower == fit.lower && bounds.upper == fit.upper)
            #expect(try fit([-.infinity, .infinity]) == [fit.values.first!, fit.values.last!])
        }
    }

    @Test func singlePrecisionIsClose() throws {
        for study in studies() {
            let fit = try isotonicCentered(study.x, study.y, weights: study.weights)
            let single = try isotonicCentered(
                study.x.map { Float($0) }, study.y.map { Float($0) }, weights: study.weights.map { Float($0) }
            )
            #expect(single.knots == fit.knots.map { Float($0) })
            #expect(single.values == fit.values.map { Float($0) })
            for (bound, wanted) in zip(single.knotLower + single.knotUpper, fit.knotLower + fit.knotUpper) {
                #expect(abs(bound - Float(wanted)) <= 2e-7)
            }
        }
    }

    @Test func doesNotDependOnThreads() throws {
        var random = TestRandom(seed: 74)
        let x = random.array(300_000) { $0.uniform() }
        let y = x.map { random.uniform() < $0 ? 1.0 : 0 }
        try ThreadCount.expectNoInfluence { try isotonicCentered(x, y) }
    }

    @Test func progressStopsTheWork() throws {
        var random = TestRandom(seed: 75)
        let x = random.array(20_000) { $0.uniform() }
        let y = x.map { random.uniform() < $0 ? 1.0 : 0 }
        var fractions: [Double] = []
        _ = try isotonicCentered(x, y) {
            fractions.append($0)
            return false
        }
        #expect(fractions.count > 2 && fractions == fractions.sorted())
        #expect(fractions.allSatisfy { 0 <= $0 && $0 <= 1 })
        for stop in 1...fractions.count {
            var calls = 0
            let error = #expect(throws: QuantcalError.self) {
                try isotonicCentered(x, y) { _ in
                    calls += 1
                    return calls == stop
                }
            }
            #expect(error?.kind == .cancelled && calls == stop)
        }
    }
}
