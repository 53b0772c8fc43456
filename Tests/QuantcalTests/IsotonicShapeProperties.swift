import Quantcal
import Testing

@Suite struct IsotonicUnimodalProperties {
    /// Rising over the first k points and falling over the rest, without regard to each other: the best k is
    /// the smallest of the best modes.
    @Test func isTheBestOfAllSplits() throws {
        var random = TestRandom(seed: 31)
        for round in 0..<1000 {
            let n = random.integer(1...16)
            let y = (0..<n).map { _ in Double(random.integer(-4...4)) }
            let weights = (0..<n).map { _ in round % 2 == 0 ? 1 : Double(random.integer(1...3)) }
            let errors = try (0..<n).map { k in
                let rise = try isotonicRegression(Array(y[..<k]), weights: Array(weights[..<k])).x
                let fall = try isotonicRegression(
                    Array(y[k...]), weights: Array(weights[k...]), direction: .decreasing
                ).x
                return error(y, weights, rise + fall)
            }
            let best = errors.min()!
            let fit = try isotonicUnimodal(y, weights: weights)
            #expect(error(y, weights, fit.x) <= best + 1e-12)
            #expect(fit.mode == errors.firstIndex { $0 <= best + 1e-12 })
            #expect(isUnimodal(fit.x, fit.mode))
            let single = try isotonicUnimodal(y.map { Float($0) }, weights: weights.map { Float($0) })
            #expect(single.mode == fit.mode)
            #expect(zip(single.x, fit.x).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        }
    }

    private func error(_ y: [Double], _ weights: [Double], _ x: [Double]) -> Double {
        y.indices.reduce(0) { $0 + weights[$1] * (y[$1] - x[$1]) * (y[$1] - x[$1]) }
    }

    private func isUnimodal(_ x: [Double], _ mode: Int) -> Bool {
        zip(x[...mode], x[...mode].dropFirst()).allSatisfy { $0 <= $1 }
            && zip(x[mode...], x[mode...].dropFirst()).allSatisfy { $0 >= $1 }
    }

    /// At the optimum a unimodal change of the fit in its own direction gains nothing: residuals are
    /// orthogonal to the fit, and to ones.
    @Test func residualsAreOrthogonalToTheFit() throws {
        var random = TestRandom(seed: 32)
        for n in [1, 2, 50, 3000] {
            let y = (0..<n).map { random.normal() - Double($0) / 50 }
            let weights = random.array(n) { $0.integer(0...4) == 0 ? 0 : $0.uniform() + 0.1 }
            guard weights.contains(where: { $0 > 0 }) else { continue }
            for mode in [nil, 0, n / 2, n - 1] {
                let fit = try isotonicUnimodal(y, weights: weights, mode: mode)
                #expect(mode == nil || fit.mode == mode)
                #expect(isUnimodal(fit.x, fit.mode))
                let rest = y.indices.map { weights[$0] * (y[$0] - fit.x[$0]) }
                let size = y.indices.reduce(0) { $0 + weights[$1] * abs(y[$1]) }
                #expect(abs(rest.reduce(0, +)) <= 1e-12 * size)
                #expect(
                    abs(zip(rest, fit.x).reduce(0) { $0 + $1.0 * $1.1 }) <= 1e-11 * size
                        * (1 + Double(n) / 50))
            }
        }
    }

    @Test func ofAValleyIsThatOfThePeakUpsideDown() throws {
        var random = TestRandom(seed: 33)
        let y = random.array(500) { $0.normal() }
        let peak = try isotonicUnimodal(y)
        let valley = try isotonicUnimodal(y.map { -$0 }, shape: .valley)
        #expect(valley.x == peak.x.map { -$0 } && valley.mode == peak.mode)
    }

    @Test func anOffsetMovesNothing() throws {
        var random = TestRandom(seed: 34)
        let y = (0..<2000).map { Double(random.integer(-1000...1000) - abs($0 - 800)) }
        let plain = try isotonicUnimodal(y)
        let shifted = try isotonicUnimodal(y.map { $0 + 1e9 })
        #expect(shifted.mode == plain.mode)
        #expect(zip(shifted.x, plain.x).allSatisfy { abs($0 - 1e9 - $1) <= 2.4e-7 })
    }
}

@Suite struct IsotonicConvexProperties {
    private struct Case {
        let x, y: [Double]
        let weights: [Double]?
    }

    /// Noise of all sizes around functions of all shapes, predictors with ties and very unequal spacing,
    /// weights over many orders of magnitude.
    private func cases() -> [Case] {
        var random = TestRandom(seed: 35)
        var cases: [Case] = []
        for n in [1, 2, 3, 4, 30, 250] {
            for round in 0..<12 {
                let x = random.array(n) { random in
                    switch round % 3 {
                    case 0: random.normal()
                    case 1: Double(random.integer(0...(n / 2 + 1)))
                    default: (0..<6).reduce(1) { product, _ in product * random.uniform() }
                    }
                }
                let noise = [1, 1e-2, 1e-5, 0][round % 4]
                let y = x.map { x in
                    noise * random.normal() + [x * x, abs(x - 0.3), -x * x * x, 2 * x][round / 3]
                }
                let power = round % 5
                let weights = random.array(n) { random in
                    (0..<power).reduce(1) { product, _ in product * random.uniform() * 10 }
                }
                cases.append(Case(x: x, y: y, weights: power == 0 ? nil : weights))
            }
        }
        return cases
    }

    /// The conditions of the optimum (Karush, Kuhn, Tucker), for the fit in its convex, increasing or
    /// unconstrained form: residuals are orthogonal to what is free and to the bends of the fit, and no
    /// other bend would lower the objective.
    @Test func isOptimal() throws {
        for one in cases() {
            for monotonicity in IsotonicMonotonicity.allCases {
                for curvature in IsotonicCurvature.allCases {
                    try expectOptimal(one, curvature, monotonicity)
                }
            }
        }
    }

    private func expectOptimal(
        _ one: Case, _ curvature: IsotonicCurvature, _ monotonicity: IsotonicMonotonicity
    ) throws {
        let fit = try isotonicConvex(
            one.x, one.y, weights: one.weights, curvature: curvature, monotonicity: monotonicity)
        let weights = one.weights ?? Array(repeating: 1, count: one.x.count)
        let sign = curvature == .convex ? 1.0 : -1
        let isTurned = monotonicity != .any && (monotonicity == .decreasing) == (curvature == .convex)
        let rest = one.x.indices.map { sign * weights[$0] * (one.y[$0] - fit.fitted[$0]) }
        let knots = isTurned ? fit.knots.reversed().map { -$0 } : fit.knots
        let x = isTurned ? one.x.map { -$0 } : one.x
        let size = one.y.indices.reduce(0) { $0 + weights[$1] * abs(one.y[$1]) } * 1e-12
        let width = knots.last! - knots.first!
        #expect(abs(rest.reduce(0, +)) <= size)
        let forces = { (knot: Double) in x.indices.reduce(0) { $0 + rest[$1] * max(x[$1] - knot, 0) } }
        for knot in x { #expect(forces(knot) <= size * width) }
        // A flat part at the start has a knot where it begins, but no bend.
        let values = isTurned ? fit.values.reversed() : fit.values
        let isFlat = monotonicity != .any && (values.count == 1 || values[0] == values[1])
        for knot in knots.dropFirst(isFlat ? 1 : 0) { #expect(forces(knot) >= -size * width) }
    }

    @Test func bendsOneWay() throws {
        for one in cases() {
            for curvature in IsotonicCurvature.allCases {
                for monotonicity in IsotonicMonotonicity.allCases {
                    let fit = try isotonicConvex(
                        one.x, one.y, weights: one.weights, curvature: curvature, monotonicity: monotonicity)
                    let order = one.x.indices.sorted { one.x[$0] < one.x[$1] }
                    let steps = zip(order, order.dropFirst()).map { fit.fitted[$1] - fit.fitted[$0] }
                    #expect(monotonicity != .increasing || steps.allSatisfy { $0 >= 0 })
                    #expect(monotonicity != .decreasing || steps.allSatisfy { $0 <= 0 })
                    #expect(zip(fit.knots, fit.knots.dropFirst()).allSatisfy { $0 < $1 })
                    expectBends(fit, curvature == .convex ? 1 : -1)
                }
            }
        }
    }

    /// No knot is on the wrong side of the line through its neighbours, but by rounding.
    private func expectBends(_ fit: IsotonicConvexFit<Double>, _ sign: Double) {
        for k in fit.knots.indices.dropFirst().dropLast() {
            let part = (fit.knots[k] - fit.knots[k - 1]) / (fit.knots[k + 1] - fit.knots[k - 1])
            let chord = fit.values[k - 1] * (1 - part) + fit.values[k + 1] * part
            #expect(sign * (chord - fit.values[k]) >= -1e-14 * (1 + abs(chord)))
        }
    }

    @Test func exactlyConvexDataAreTheirOwnFit() throws {
        let x = (0..<5000).map { Double($0) / 256 }
        let fit = try isotonicConvex(x, x.map { $0 * $0 })
        #expect(zip(fit.fitted, x).allSatisfy { abs($0 - $1 * $1) <= 1e-13 * (1 + $0) })
        #expect(fit.knots == x)
        let bent = x.map { abs($0 - 3) }
        let few = try isotonicConvex(x, bent)
        #expect(few.knots == [0, 3, x.last!])
    }

    /// Data that want the end of the flat part to move far, and as many knots as points.
    @Test func endsSoonWhereManyKnotsMove() throws {
        let n = 20_000
        let x = (0..<n).map { Double($0) / Double(n) * 2 - 1 }
        var reports = 0
        let fit = try isotonicConvex(x, x.map { $0 * $0 }, monotonicity: .increasing) { _ in
            reports += 1
            return false
        }
        #expect(reports < 150)
        #expect(fit.knots.count > n / 5)
    }

    @Test func progressStopsTheWork() throws {
        let x = (0..<1000).map { Double($0) }
        for stop in [1, 2, 5] {
            var calls = 0
            let error = #expect(throws: QuantcalError.self) {
                try isotonicConvex(x, x.map { $0 * $0 }) { _ in
                    calls += 1
                    return calls == stop
                }
            }
            #expect(error?.kind == .cancelled && calls == stop)
        }
    }
}
