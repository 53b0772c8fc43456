/// Isotonic distributions under the componentwise order, against fits at every threshold by themselves, and what
/// must hold of any.

import Quantcal
import Testing

@testable import QuantcalCore

struct IsotonicDistributionOrderTests {
    /// Observations with many ties: rows of coordinates, outcomes, weights.
    private func sample(
        _ n: Int, _ dimensions: Int, levels: Int, _ random: inout TestRandom
    ) throws -> (x: Matrix<Double>, y: [Double], weights: [Double]) {
        let x = (0..<n * dimensions).map { _ in Double(random.integer(0...levels)) }
        let y = (0..<n).map { _ in Double(random.integer(0...5)) }
        var weights = (0..<n).map { _ in Double(random.integer(0...3)) }
        weights[0] = 1
        return (try Matrix(rows: n, columns: dimensions, elements: x), y, weights)
    }

    private func precedes(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Bool {
        zip(a, b).allSatisfy { $0 <= $1 }
    }

    @Test(arguments: [2, 3, 4]) func equalsSeparateFits(dimensions: Int) throws {
        var random = TestRandom(seed: UInt64(80 + dimensions))
        for _ in 0..<150 {
            let (x, y, weights) = try sample(random.integer(1...14), dimensions, levels: 3, &random)
            let fit = try isotonicDistribution(x, y, weights: weights)
            let values = try fit.cdf(at: x, thresholds: fit.thresholds)
            for (column, threshold) in fit.thresholds.enumerated() {
                let indicators = y.map { $0 <= threshold ? 1.0 : 0 }
                let wanted = try isotonicOrder(
                    points: x, y: indicators, weights: weights,
                    directions: Array(repeating: .decreasing, count: dimensions)
                ).fitted
                for row in y.indices where weights[row] > 0 {
                    #expect(abs(values[row, column] - wanted[row]) <= 1e-15, "\(x), \(y), \(weights)")
                }
            }
        }
    }

    /// On a line through the plane, or in one dimension: the same, to the last bit.
    @Test func aLineIsOneDimension() throws {
        var random = TestRandom(seed: 84)
        for _ in 0..<200 {
            let (column, y, weights) = try sample(random.integer(1...40), 1, levels: 12, &random)
            let line = try Matrix(column.elements.map { [$0, 2 * $0 - 7] })
            for direction in IsotonicDirection.allCases {
                let one = try isotonicDistribution(column, y, weights: weights, direction: direction)
                let two = try isotonicDistribution(line, y, weights: weights, direction: direction)
                let counts = weights.indices.filter { weights[$0] > 0 }
                let asked = try Matrix(counts.map { Array(line[row: $0]) })
                #expect(
                    try two.cdf(at: asked, thresholds: y)
                        == one.cdf(at: counts.map { column.elements[$0] }, thresholds: y))
            }
        }
    }

    /// To the last bit, with weights that do not sum exactly; and at queries with bounds on both sides.
    @Test(arguments: [2, 3]) func functionsAreInOrder(dimensions: Int) throws {
        var random = TestRandom(seed: UInt64(86 + dimensions))
        for round in 0..<20 {
            let n = round == 0 ? 1 : 120
            let x = try Matrix(
                rows: n, columns: dimensions, elements: random.array(n * dimensions) { 8 * $0.uniform() })
            let y = random.array(n) { $0.normal() }
            let weights = random.array(n) { $0.uniform() * ($0.integer(0...1) == 0 ? 1 : 1e-9) }
            let fit = try isotonicDistribution(x, y, weights: weights)
            let values = try fit.cdf(at: x, thresholds: fit.thresholds)
            for a in 0..<n {
                let row = values[row: a]
                #expect(zip(row, row.dropFirst()).allSatisfy { $0 <= $1 } && row.last == 1)
                for b in 0..<n where precedes(x[row: a], x[row: b]) {
                    #expect(zip(row, values[row: b]).allSatisfy { $0 >= $1 })
                }
            }
        }
    }

    @Test func queriesGetTheMeanOfTheirBounds() throws {
        var random = TestRandom(seed: 90)
        for _ in 0..<60 {
            let (x, y, _) = try sample(30, 2, levels: 6, &random)
            let fit = try isotonicDistribution(x, y)
            let values = try fit.cdf(at: x, thresholds: fit.thresholds)
            let queries = try Matrix(
                (0..<20).map { _ in [8 * random.uniform() - 1, 8 * random.uniform() - 1] })
            let answers = try fit.cdf(at: queries, thresholds: fit.thresholds)
            for query in 0..<queries.rows {
                for (column, threshold) in fit.thresholds.enumerated() {
                    let below = y.indices.filter { precedes(x[row: $0], queries[row: query]) }
                    let above = y.indices.filter { precedes(queries[row: query], x[row: $0]) }
                    let most = below.map { values[$0, column] }.min()
                    let least = above.map { values[$0, column] }.max()
                    let all = Double(y.count { $0 <= threshold }) / Double(y.count)
                    let wanted =
                        most == nil && least == nil ? all : ((most ?? least!) + (least ?? most!)) / 2
                    #expect(abs(answers[query, column] - wanted) < 1e-15)
                }
            }
            for (column, threshold) in fit.thresholds.enumerated() {
                let one = try fit.cdf(at: queries, thresholds: [threshold]).elements
                #expect(one == (0..<queries.rows).map { answers[$0, column] })
            }
            try expectScores(fit, queries, answers)
        }
    }

    /// Scores as integrals of the function's steps, quantiles as its inverse.
    private func expectScores(
        _ fit: Quantcal.IsotonicDistribution, _ queries: Matrix<Double>, _ answers: Matrix<Double>
    ) throws {
        let outcomes = (0..<queries.rows).map { Double($0 % 7) - 0.5 }
        let scores = try fit.crps(at: queries, y: outcomes)
        let medians = try fit.quantiles(at: queries, levels: [0.5]).elements
        for query in 0..<queries.rows {
            var score = 0.0
            let places = (fit.thresholds + [outcomes[query]]).sorted()
            for (from, to) in zip(places, places.dropFirst()) {
                let passed = fit.thresholds.count { $0 <= from }
                let value = passed > 0 ? answers[query, passed - 1] : 0
                let miss = value - (outcomes[query] <= from ? 1.0 : 0)
                score += (to - from) * miss * miss
            }
            #expect(abs(scores[query] - score) < 1e-12)
            let first = fit.thresholds.indices.first { answers[query, $0] >= 0.5 - 1e-15 }!
            #expect(medians[query] == fit.thresholds[first])
        }
    }

    @Test func bytesKeepEverything() throws {
        var random = TestRandom(seed: 91)
        for dimensions in 2...4 {
            let (x, y, weights) = try sample(60, dimensions, levels: 4, &random)
            let fit = try isotonicDistribution(x, y, weights: weights, direction: .decreasing)
            let again = try Quantcal.IsotonicDistribution(bytes: fit.bytes)
            #expect(again.bytes == fit.bytes && again.dimensions == dimensions)
            #expect(try again.crps(at: x, y: y) == fit.crps(at: x, y: y))
            #expect(try again.pit(at: x, y: y, seed: 5) == fit.pit(at: x, y: y, seed: 5))
        }
    }

    /// Where the order is given by way of additional nodes, the fit is the same.
    @Test func additionalNodesChangeNothing() throws {
        var random = TestRandom(seed: 92)
        for _ in 0..<60 {
            let (x, y, _) = try sample(random.integer(1...16), 3, levels: 3, &random)
            try x.elements.withUnsafeBufferPointer { values in
                let points = try OrderPoints(values, y.count, 3, nil)
                let nodes = try points.nodes()
                let edges = try DominanceEdges(points, nodes, mostRows: 0)
                let (numbered, joined) = try edges.edges.order(of: nodes, nodeCount: edges.count)
                #expect(try steps(numbered, joined, y) == steps(points.order(progress: .none), y))
            }
        }
    }

    private func steps(_ order: (OrderNodes, any PartialOrder), _ y: [Double]) throws -> [[Double]] {
        func opened(_ partial: some PartialOrder) throws -> [[Double]] { try steps(order.0, partial, y) }
        return try opened(order.1)
    }

    /// The fit after each point by rising y, point by point.
    private func steps(_ nodes: OrderNodes, _ order: some PartialOrder, _ y: [Double]) throws -> [[Double]] {
        let node = try nodes.numbers(points: y.count)
        let refit = try IsotonicDistributionRefit(order, progress: .none)
        for point in y.indices { refit.addWeight(1, to: Int(node.buffer[point])) }
        refit.start()
        return try y.indices.sorted { (y[$0], $0) < (y[$1], $1) }.map { point in
            refit.reach(1, of: Int(node.buffer[point]))
            try refit.settle()
            return y.indices.map { refit.values[Int(node.buffer[$0])] }
        }
    }

    @Test func callsWithSeveralCoordinates() throws {
        let fit = try isotonicDistribution(Matrix([[0.0, 0], [0, 1], [1, 0], [1, 1]]), [2, 1, 3, 4])
        #expect(try fit(1, given: [0.0, 1]) == 0.5)
        #expect(throws: QuantcalError.self) { try fit(1, given: 0.0) }
        #expect(throws: QuantcalError.self) { try fit.cdf(at: [1.0, 2], thresholds: [1.0]) }
    }
}
