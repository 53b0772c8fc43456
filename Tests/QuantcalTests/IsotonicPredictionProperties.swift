import Quantcal
import Testing

@Suite struct IsotonicPredictionProperties {
    private struct Points {
        var x: [Double]
        var y: [Double]
        var weights: [Double]?
    }

    /// Small integers tie often; some weights are 0.
    private func points(_ random: inout TestRandom, _ n: Int) -> Points {
        let x = random.array(n) { Double($0.integer(-3...3)) }
        let y = random.array(n) { Double($0.integer(-4...4)) }
        guard random.integer(0...1) == 1 else { return Points(x: x, y: y) }
        var weights = random.array(n) { Double($0.integer(0...3)) }
        weights[random.integer(0...(n - 1))] = 2
        return Points(x: x, y: y, weights: weights)
    }

    private func options(_ direction: IsotonicDirection) -> IsotonicOptions {
        var options = IsotonicOptions()
        options.direction = direction
        return options
    }

    /// The fit of ties is that of the sequence of their weighted means.
    @Test func tiesAreFittedByTheirMeans() throws {
        var random = TestRandom(seed: 51)
        for round in 0..<1500 {
            let points = points(&random, random.integer(1...14))
            let weights = points.weights ?? points.x.map { _ in 1 }
            let used = Set(points.x.indices.filter { weights[$0] > 0 }.map { points.x[$0] }).sorted()
            let totals = used.map { x in
                points.x.indices.reduce(0) { $0 + (points.x[$1] == x ? weights[$1] : 0) }
            }
            let means = zip(used, totals).map { x, total in
                points.x.indices.reduce(0) { $0 + (points.x[$1] == x ? weights[$1] * points.y[$1] : 0) }
                    / total
            }
            let direction: IsotonicDirection = round % 2 == 0 ? .increasing : .decreasing
            let wanted = try isotonicRegression(means, weights: totals, direction: direction).x
            let model = try isotonicFit(
                x: points.x, y: points.y, weights: points.weights, options: options(direction),
                keepsFitted: true)
            #expect(model.knots.first == used.first && model.knots.last == used.last)
            let values = try model.predict(used)
            #expect(zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-13 }, "\(points)")
            #expect(try model.predict(points.x, outside: .clip) == model.fitted!)
        }
    }

    private func squaredLoss(_ points: Points, _ fitted: [Double]) -> Double {
        points.x.indices.reduce(0) { sum, index in
            let residual = points.y[index] - fitted[index]
            return sum + (points.weights?[index] ?? 1) * residual * residual
        }
    }

    /// Each kind of ties allows what the one before allows, and more.
    @Test func freedomInTiesNeverCosts() throws {
        var random = TestRandom(seed: 52)
        for _ in 0..<600 {
            let points = points(&random, random.integer(1...14))
            let losses = try [IsotonicTies.secondary, .primary, .tertiary].map { ties in
                var options = IsotonicOptions()
                options.ties = ties
                let model = try isotonicFit(
                    x: points.x, y: points.y, weights: points.weights, options: options, keepsFitted: true)
                #expect(zip(model.values, model.values.dropFirst()).allSatisfy { $0 <= $1 })
                #expect(zip(model.knots, model.knots.dropFirst()).allSatisfy { $0 < $1 })
                return squaredLoss(points, model.fitted!)
            }
            #expect(losses[1] <= losses[0] + 1e-9 && losses[2] <= losses[0] + 1e-9)
        }
    }

    @Test func shiftsAndPowersOfTwoGoThrough() throws {
        var random = TestRandom(seed: 53)
        for _ in 0..<200 {
            let points = points(&random, random.integer(1...30))
            let plain = try isotonicFit(x: points.x, y: points.y, weights: points.weights)
            for scale in [0x1p-1000, 0x1p1000] {
                let scaled = try isotonicFit(
                    x: points.x.map { $0 * scale }, y: points.y.map { $0 * scale }, weights: points.weights)
                #expect(scaled.knots == plain.knots.map { $0 * scale })
                #expect(scaled.values == plain.values.map { $0 * scale })
            }
            let moved = try isotonicFit(x: points.x, y: points.y.map { $0 + 0x1p30 }, weights: points.weights)
            #expect(zip(moved.values, plain.values).allSatisfy { abs($0 - 0x1p30 - $1) <= 0x1p-22 })
        }
    }

    @Test func theGapLiesBetweenDifferentPredictors() throws {
        var random = TestRandom(seed: 54)
        for round in 0..<400 {
            let points = points(&random, random.integer(1...14))
            var options = options(round % 2 == 0 ? .increasing : .decreasing)
            options.minimumGap = 0.25
            options.ties = round % 4 < 2 ? .secondary : .primary
            let model = try isotonicFit(
                x: points.x, y: points.y, weights: points.weights, options: options, keepsFitted: true)
            let sign = round % 2 == 0 ? 1.0 : -1
            for i in points.x.indices where points.weights?[i] != 0 {
                for j in points.x.indices where points.weights?[j] != 0 && points.x[i] < points.x[j] {
                    #expect(sign * (model.fitted![j] - model.fitted![i]) >= 0.25 - 1e-12)
                }
            }
        }
    }

    /// Queries at and beside knots, at both ends of the range of numbers, ascending and not.
    @Test func predictionsStayBetweenTheirKnots() throws {
        var random = TestRandom(seed: 55)
        for scale in [1, 1e-300, 1e300, 4e-324] {
            for _ in 0..<100 {
                let knots = Set(
                    random.array(random.integer(1...40)) { ($0.uniform() - 0.5) * 300 * scale }.filter(
                        \.isFinite)
                )
                .sorted()
                let values = random.array(knots.count) {
                    ($0.uniform() - 0.5) * 1.9 * .greatestFiniteMagnitude
                }
                var queries = knots + knots.map(\.nextUp) + knots.map(\.nextDown)
                queries += zip(knots, knots.dropFirst()).map { $0 / 2 + $1 / 2 }
                for queries in [queries, queries.sorted()] {
                    let linear = try isotonicPredict(
                        knots: knots, values: values, queries: queries, outside: .clip)
                    for (query, value) in zip(queries, linear) {
                        let right = knots.firstIndex { $0 >= query } ?? knots.count - 1
                        let left = knots.lastIndex { $0 <= query } ?? 0
                        let ends = [values[left], values[right]].sorted()
                        #expect(value >= ends[0] && value <= ends[1])
                    }
                }
            }
        }
    }

    @Test func aModelIsAValueThatCanBeCalled() throws {
        let model = try isotonicFit(x: [3.0, 1, 2], y: [5.0, 1, 2])
        #expect(try model(1.5) == 1.5)
        #expect(try model(9).isNaN)
        #expect(try model(9, outside: .clip) == 5)
        #expect(try model(2.9, interpolation: .step) == 2)
        #expect(model.fitted == nil)
        let single = try isotonicFit(x: [3, 1, 2] as [Float], y: [5, 1, 2])
        #expect(try single(1.5) == 1.5)
    }

    @Test func theNumberOfThreadsDoesNotMatter() throws {
        var random = TestRandom(seed: 56)
        let n = 200_000
        let x = random.array(n) { Double($0.integer(0...50_000)) }
        let y = random.array(n) { $0.normal() }
        try ThreadCount.expectNoInfluence {
            let model = try isotonicFit(x: x, y: y)
            return model.values + (try model.predict(x))
        }
    }
}
