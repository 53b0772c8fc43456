import Quantcal
import Testing

/// Scores that do what they can to make a state err: each just above the threshold, or below it, by a plan.
private func adversary(
    _ state: inout ConformalOnline, _ count: Int, _ scoreAt: (Int, Double) -> Double
) throws -> [(share: Double, steps: Int)] {
    var (misses, shares) = (0, [(share: Double, steps: Int)]())
    for step in 1...count {
        let upper = try state.threshold().upper
        if try state.observe(scoreAt(step, upper)) == .missed { misses += 1 }
        shares.append((Double(misses) / Double(step), step))
    }
    return shares
}

/// Plans of an adversary for scores of 0 to `bound`.
private func plans(_ bound: Double, _ seed: UInt64) -> [(Int, Double) -> Double] {
    let clipped = { (score: Double) in min(max(score, 0), bound) }
    var noise = TestRandom(seed: seed)
    let random = noise.array(4000) { bound * $0.uniform() }
    return [
        { _, upper in clipped(upper + 1e-9) },
        { _, upper in clipped(upper) },
        { _, _ in bound },
        { _, _ in 0 },
        { step, _ in step / 100 % 2 == 0 ? 0 : bound },
        { step, upper in step / 300 % 2 == 0 ? clipped(upper + 0.25) : 0 },
        { step, _ in random[step - 1] },
        { step, _ in clipped(random[step - 1] * Double(step) / 3000) },
    ]
}

private func options(
    _ method: ConformalOnlineMethod, alpha: Double,
    _ change: (inout ConformalOnline.Options) -> Void = { _ in }
) -> ConformalOnline.Options {
    var options = ConformalOnline.Options()
    (options.method, options.alpha) = (method, alpha)
    change(&options)
    return options
}

struct ConformalOnlineProperties {
    /// Gibbs and Candes, proposition 4.1: for any data. Of powers of two all arithmetic is exact.
    @Test(arguments: [0.125, 0.5, 0.1, 0.9]) func adaptiveLevelsErrAsOftenAsTheyMay(alpha: Double) throws {
        for gamma in [0.0078125, 0.25, 1.0, 0.005] {
            for (index, plan) in plans(4, 1).enumerated() {
                var state = try ConformalOnline(options(.aci, alpha: alpha) { $0.gamma = [gamma] })
                for (share, steps) in try adversary(&state, 1500, plan) {
                    let bound = (max(alpha, 1 - alpha) + gamma) / (gamma * Double(steps))
                    #expect(abs(share - alpha) <= bound, "plan \(index), gamma \(gamma), \(steps) steps")
                }
                let level = state.summary.upperPosition
                #expect(level >= -gamma && level <= 1 + gamma)
            }
        }
    }

    @Test(arguments: [0.125, 0.1]) func aProportionalControllerErrsAsOftenAsItMay(alpha: Double) throws {
        for rate in [0.0625, 0.5, 4.0] {
            for (index, plan) in plans(4, 2).enumerated() {
                let given = options(.pid, alpha: alpha) {
                    ($0.rateOf, $0.integrator, $0.learningRate) = (.fixed, .none, rate)
                }
                var state = try ConformalOnline(given)
                for (share, steps) in try adversary(&state, 1500, plan) {
                    let bound = (4 + rate) / (rate * Double(steps))
                    #expect(abs(share - alpha) <= bound, "plan \(index), rate \(rate), \(steps) steps")
                }
            }
        }
    }

    /// Whatever the forecasts: the tangent goes to infinity where the excess reaches `saturation` (pi / 2)
    /// t / log t.
    @Test(arguments: [0.0625, 0.25, 1.0]) func anIntegratorErrsAsOftenAsItMay(saturation: Double) throws {
        let alpha = 0.125
        for (index, plan) in plans(4, 3).enumerated() {
            for forecast in [0.0, 100, -100] {
                var state = try ConformalOnline(options(.pid, alpha: alpha) { $0.saturation = saturation })
                var (misses, largest) = (0, 0.0)
                for step in 1...1500 {
                    let upper = try state.threshold(forecast: forecast).upper
                    if try state.observe(plan(step, upper), forecast: forecast) == .missed { misses += 1 }
                    let steps = Double(step)
                    if step >= 2 { largest = max(largest, saturation * .pi / 2 * steps / logarithm(steps)) }
                    // The integrator is 0 until two scores were seen.
                    let bound = (max(largest, 2) + 1) / steps
                    #expect(abs(Double(misses) / steps - alpha) <= bound, "plan \(index), \(step) steps")
                }
            }
        }
    }

    /// Exchangeable scores: the share of hits of a fixed level is that of split conformal prediction.
    @Test func equalWeightsAreSplitConformal() throws {
        var random = TestRandom(seed: 4)
        for alpha in [0.1, 0.3, 0.44] {
            var state = try ConformalOnline(options(.nexcp, alpha: alpha) { $0.rho = 1 })
            var scores: [Double] = []
            for _ in 0..<200 {
                #expect(try state.threshold().upper == conformalThreshold(scores, alpha: alpha))
                let score = Double(random.integer(0...40)) / 8
                scores.append(score)
                try state.observe(score)
            }
        }
    }

    /// A window is that of the latest scores: a state of these alone says the same.
    @Test(arguments: [ConformalOnlineMethod.nexcp, .enbpi, .aci, .dtaci, .agaci]) func windowsSlide(
        method: ConformalOnlineMethod
    ) throws {
        var random = TestRandom(seed: 5)
        for window in [1, 2, 7, 30] {
            let given = options(method, alpha: 0.2) { ($0.window, $0.rho) = (window, 0.9) }
            var state = try ConformalOnline(given)
            var scores: [Double] = []
            for step in 0..<300 {
                scores.append(Double(random.integer(-20...20)))
                try state.calibrate([scores[step]])
                var fresh = try ConformalOnline(given)
                try fresh.calibrate(Array(scores.suffix(window)))
                #expect(try state.threshold() == fresh.threshold())
                #expect(state.summary.scoreCount == min(step + 1, window))
                #expect(try state.serialized() == fresh.serialized())
            }
        }
    }

    @Test func missingOutcomesMoveNothing() throws {
        for method in ConformalOnlineMethod.allCases where method != .enbpi {
            var state = try ConformalOnline(options(method, alpha: 0.25))
            _ = try state.run([1, 2, 0.5, 3, 1.5])
            let before = (try state.threshold(), state.summary)
            #expect(try state.observe(.nan) == .missing)
            let after = state.summary
            #expect(try state.threshold() == before.0 && after.missing == 1)
            #expect(after.observed == before.1.observed && after.upperPosition.isSame(before.1.upperPosition))
        }
    }

    /// One point at a time, many at once, and by way of bytes at any time: the same, to the last bit.
    @Test(arguments: ConformalOnlineMethod.allCases) func pathsAreTheSameHoweverTheyAreTaken(
        method: ConformalOnlineMethod
    ) throws {
        var random = TestRandom(seed: 6)
        for sides in [ConformalOnlineSides.one, .two] {
            let given = options(method, alpha: 0.15) { ($0.sides, $0.window, $0.batch) = (sides, 23, 4) }
            let scores = random.array(200) { $0.uniform() < 0.05 ? .nan : 3 * $0.normal() }
            var (whole, single) = (try ConformalOnline(given), try ConformalOnline(given))
            let path = try whole.run(scores)
            for (index, score) in scores.enumerated() {
                if index % 7 == 0 { single = try ConformalOnline(serialized: single.serialized()) }
                let copy = single
                let interval = try single.threshold()
                #expect(interval.lower == path.lower[index] && interval.upper == path.upper[index])
                #expect(try single.observe(score) == path.outcomes[index])
                #expect(try copy.threshold() == interval, "a copy goes its own way")
            }
            #expect(try whole.serialized() == single.serialized())
        }
    }

    @Test func anErrorChangesNothing() throws {
        for method in ConformalOnlineMethod.allCases {
            var state = try ConformalOnline(options(method, alpha: 0.25))
            _ = try state.run([1, 2, 0.5])
            let bytes = try state.serialized()
            #expect(throws: QuantcalError.self) { try state.run([1, 2, -.infinity]) }
            #expect(throws: QuantcalError.self) { try state.observe(1, forecast: .nan) }
            #expect(throws: QuantcalError.self) { try state.calibrate([1, .nan]) }
            #expect(try state.serialized() == bytes)
        }
    }

    /// In the long run the share of misses is alpha, for scores that drift and for heavy tails.
    @Test(arguments: ConformalOnlineMethod.allCases) func theShareOfMissesIsNearAlpha(
        method: ConformalOnlineMethod
    ) throws {
        var random = TestRandom(seed: 7)
        let given = options(method, alpha: 0.1) { ($0.window, $0.scoreBound, $0.rho) = (200, 10, 0.98) }
        var state = try ConformalOnline(given)
        let scores = (0..<6000).map { (step: Int) -> Double in
            let scale = 1 + Double(step % 2000) / 1000
            return scale * (abs(random.normal()) + 0.1)
        }
        _ = try state.run(scores)
        let summary = state.summary
        #expect(abs(Double(summary.misses) / Double(summary.observed) - 0.1) < 0.03)
    }

    /// No score, however large or small, stops a path.
    @Test(arguments: ConformalOnlineMethod.allCases) func anySizeOfScore(method: ConformalOnlineMethod) throws
    {
        for unit in [1e308, 1e-308, 5e-324, 0.0] {
            for sides in [ConformalOnlineSides.one, .two] {
                var state = try ConformalOnline(options(method, alpha: 0.2) { $0.sides = sides })
                let scores = (0..<200).map { (step: Int) -> Double in unit * (Double(step * 7 % 13 - 6) / 6) }
                let path = try state.run(scores)
                #expect(!path.upper.contains { $0.isNaN } && !path.lower.contains { $0.isNaN })
                _ = try ConformalOnline(serialized: state.serialized())
            }
        }
    }
}

extension Double {
    fileprivate func isSame(_ other: Double) -> Bool { self == other || (isNaN && other.isNaN) }
}

/// By halving, and the series of the inverse hyperbolic tangent.
private func logarithm(_ x: Double) -> Double {
    var (rest, twos) = (x, 0.0)
    while rest > 1.5 {
        rest /= 2
        twos += 1
    }
    let z = (rest - 1) / (rest + 1)
    var (sum, power) = (0.0, z)
    for k in 0..<40 {
        sum += power / Double(2 * k + 1)
        power *= z * z
    }
    return 2 * sum + twos * 0.693_147_180_559_945_3
}
