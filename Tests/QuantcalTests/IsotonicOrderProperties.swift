import Quantcal
import Testing

@testable import QuantcalCore

/// Partial orders: the two forms of an order against each other and against exhaustive search, and what every
/// fit has in common.
@Suite struct IsotonicOrderProperties {
    /// Whether point a precedes or equals b.
    private func precedes(_ points: Matrix<Double>, _ a: Int, _ b: Int) -> Bool {
        (0..<points.columns).allSatisfy { points[a, $0] <= points[b, $0] }
    }

    private func points(_ count: Int, _ dimensions: Int, levels: Int, _ random: inout TestRandom) throws
        -> Matrix<Double>
    {
        try Matrix(
            rows: count, columns: dimensions,
            elements: random.array(count * dimensions) { Double($0.integer(0...levels)) })
    }

    // MARK: Cuts

    /// Distinct points of the plane as both kinds of order, numbered alike.
    private func orders(_ points: Matrix<Double>) throws -> (PlaneOrder, GraphOrder, [[Int]]) {
        try points.elements.withUnsafeBufferPointer { values in
            let rows = try OrderPoints(values, points.rows, 2, nil)
            let nodes = try rows.nodes()
            let ranks = try Scratch<Int32>(nodes.count)
            let rankCount = try rows.ranks(nodes, 1, into: ranks.buffer.baseAddress!)
            var pairs: [OrderEdge] = []
            let places = (0..<nodes.count).map { Int(nodes[$0][0]) }
            var above = Array(repeating: [Int](), count: nodes.count)
            for a in places.indices {
                for b in places.indices where a != b && precedes(points, places[a], places[b]) {
                    pairs.append(OrderEdge(from: Int32(a), to: Int32(b)))
                    above[a].append(b)
                }
            }
            let graph = try pairs.withUnsafeBufferPointer { try GraphOrder(count: nodes.count, edges: $0) }
            return (try PlaneOrder(ranks: ranks, rankCount: rankCount), graph, above)
        }
    }

    private func cut(_ order: some PartialOrder, _ gains: [Int], largest: Bool) throws -> [Bool] {
        let members = (0..<order.count).map { Int32($0) }
        var isUpper = Array(repeating: false, count: order.count)
        try members.withUnsafeBufferPointer { members in
            try gains.map { Int128($0) }.withUnsafeBufferPointer { gains in
                try isUpper.withUnsafeMutableBufferPointer { marks in
                    try order.cut(
                        members, gains: gains.baseAddress!, largest: largest, isUpper: marks.baseAddress!
                    ) { () throws(QuantcalError) in }
                }
            }
        }
        return isUpper
    }

    @Test func cutsAreTheExtremeOnesOfGreatestGain() throws {
        var random = TestRandom(seed: 71)
        for _ in 0..<400 {
            let points = try points(random.integer(1...9), 2, levels: 3, &random)
            let (plane, graph, above) = try orders(points)
            let gains = (0..<plane.count).map { _ in random.integer(-3...3) }
            var best = Int.min
            var (smallest, largest) = (0, 0)
            for set in 0..<1 << plane.count {
                let members = (0..<plane.count).filter { set >> $0 & 1 == 1 }
                guard members.allSatisfy({ above[$0].allSatisfy { set >> $0 & 1 == 1 } }) else { continue }
                let gain = members.reduce(0) { $0 + gains[$1] }
                if gain > best { (best, smallest, largest) = (gain, set, set) }
                if gain == best { (smallest, largest) = (smallest & set, largest | set) }
            }
            for (wanted, isLargest) in [(smallest, false), (largest, true)] {
                let expected = (0..<plane.count).map { wanted >> $0 & 1 == 1 }
                #expect(try cut(plane, gains, largest: isLargest) == expected)
                #expect(try cut(graph, gains, largest: isLargest) == expected)
            }
        }
    }

    @Test func sweepsAndFlowsCutAlike() throws {
        var random = TestRandom(seed: 72)
        for _ in 0..<30 {
            let points = try points(200, 2, levels: 20, &random)
            let (plane, graph, _) = try orders(points)
            let gains = (0..<plane.count).map { _ in random.integer(-50...50) }
            for largest in [false, true] {
                let (first, second) = (
                    try cut(plane, gains, largest: largest), try cut(graph, gains, largest: largest)
                )
                #expect(first == second)
            }
        }
    }

    // MARK: Edges

    /// Which points can be reached from each, by way of whatever nodes there are.
    private func reached(_ edges: DominanceEdges) -> [Set<Int>] {
        var next = Array(repeating: [Int](), count: edges.count)
        for edge in edges.edges.all { next[Int(edge.from)].append(Int(edge.to)) }
        return (0..<edges.nodeCount).map { start in
            var seen: Set<Int> = []
            var stack = next[start]
            while let node = stack.popLast() {
                if seen.insert(node).inserted { stack += next[node] }
            }
            return seen.filter { $0 < edges.nodeCount }
        }
    }

    @Test(arguments: [3, 4, 5]) func edgesMakeTheOrderOfThePoints(dimensions: Int) throws {
        var random = TestRandom(seed: 73)
        for count in [1, 2, 7, 30, 130] {
            let points = try points(count, dimensions, levels: 5, &random)
            try points.elements.withUnsafeBufferPointer { values in
                let rows = try OrderPoints(values, count, dimensions, nil)
                let nodes = try rows.nodes()
                let covers = try DominanceEdges(rows, nodes, progress: .none)
                let rendezvous = try DominanceEdges(rows, nodes, mostRows: 0)
                #expect(covers.count == nodes.count && rendezvous.count >= nodes.count)
                let expected = (0..<nodes.count).map { a in
                    Set(
                        (0..<nodes.count).filter {
                            $0 != a && precedes(points, Int(nodes[a][0]), Int(nodes[$0][0]))
                        })
                }
                #expect(reached(covers) == expected)
                #expect(reached(rendezvous) == expected)
            }
        }
    }

    @Test func manyCoversAreReplacedByRendezvous() throws {
        // Every point of the first half precedes every one of the second, and no other pair is comparable.
        var random = TestRandom(seed: 80)
        let half = 700
        let rows = (0..<2 * half).map { index in
            let (level, place) = (Double(index / half), Double(index % half))
            return [place + level * 1000, -place + level * 1000, place + level * 1000]
        }
        let points = try Matrix(rows.shuffled(using: &random))
        try points.elements.withUnsafeBufferPointer { values in
            let order = try OrderPoints(values, points.rows, 3, nil)
            let edges = try DominanceEdges(order, try order.nodes(), progress: .none)
            #expect(edges.count > points.rows && edges.edges.count < half * half / 2)
        }
    }

    @Test func ranksAreFoundInASet() throws {
        var random = TestRandom(seed: 74)
        for capacity in [1, 2, 63, 64, 65, 4096, 4097, 300_000] {
            let set = try RankSet(capacity: capacity)
            var reference: Set<Int> = []
            #expect(set.first == -1)
            for _ in 0..<300 {
                let member = random.integer(0...capacity - 1)
                if random.integer(0...2) == 0 {
                    set.remove(member)
                    reference.remove(member)
                } else {
                    set.insert(member)
                    reference.insert(member)
                }
                let limit = random.integer(0...capacity - 1)
                #expect(set.last(upTo: limit) == reference.filter { $0 <= limit }.max() ?? -1)
                #expect(set.first == reference.min() ?? -1)
            }
        }
    }

    // MARK: Fits

    private func isFeasible(_ points: Matrix<Double>, _ fitted: [Double]) -> Bool {
        fitted.indices.allSatisfy { a in
            fitted.indices.allSatisfy { !precedes(points, a, $0) || fitted[a] <= fitted[$0] }
        }
    }

    @Test(arguments: [1, 2, 3, 4]) func fitsKeepTheOrderTheMeanAndThemselves(dimensions: Int) throws {
        var random = TestRandom(seed: 75)
        for round in 0..<12 {
            let points = try points(120, dimensions, levels: round.isMultiple(of: 2) ? 3 : 60, &random)
            let y = random.array(120) { $0.normal() }
            let weights = random.array(120) { $0.uniform() + 0.1 }
            let fit = try isotonicOrder(points: points, y: y, weights: weights)
            #expect(isFeasible(points, fit.fitted))
            // Every block's fitted value is the mean of its points.
            for block in 0..<fit.blockCount {
                let members = fit.blocks.indices.filter { fit.blocks[$0] == block }
                let weight = members.reduce(0) { $0 + weights[$1] }
                let mean = members.reduce(0) { $0 + weights[$1] * y[$1] } / weight
                #expect(abs(mean - fit.fitted[members[0]]) < 1e-14)
            }
            // Values rise from block to block.
            let values = Set(fit.fitted).sorted()
            #expect(fit.blocks.indices.allSatisfy { values[fit.blocks[$0]] == fit.fitted[$0] })
            #expect(try isotonicOrder(points: points, y: fit.fitted, weights: weights).fitted == fit.fitted)
            for loss in [IsotonicOrderLoss.quantile(level: 0.3), .chebyshev] {
                let fit = try isotonicOrder(points: points, y: y, weights: weights, loss: loss)
                #expect(isFeasible(points, fit.fitted))
                let again = try isotonicOrder(points: points, y: fit.fitted, weights: weights, loss: loss)
                #expect(again.fitted == fit.fitted)
            }
        }
    }

    @Test func oneDimensionIsASequence() throws {
        var random = TestRandom(seed: 76)
        for count in [0, 1, 2, 50, 3000] {
            let y = random.array(count) { $0.normal() + 1e9 }
            let weights = count == 0 ? nil : random.array(count) { $0.uniform() + 0.1 }
            let places = try Matrix(rows: count, columns: 1, elements: (0..<count).map { Double($0) })
            let fit = try isotonicOrder(points: places, y: y, weights: weights)
            let expected = try isotonicRegression(y, weights: weights)
            #expect(zip(fit.fitted, expected.x).allSatisfy { abs($0 - $1) <= $1.ulp })
            let falling = try isotonicOrder(points: places, y: y, weights: weights, directions: [.decreasing])
            let down = try isotonicRegression(y, weights: weights, direction: .decreasing)
            #expect(zip(falling.fitted, down.x).allSatisfy { abs($0 - $1) <= $1.ulp })
        }
    }

    /// Means of such data lie above all values but one, so every cut at a mean takes one point.
    @Test func valuesOfAllMagnitudesDoNotMakeTheRecursionDeep() throws {
        let count = 1800
        let y = (0..<count).map { Double(sign: .plus, exponent: $0 - 900, significand: 1) }
        let places = try Matrix(rows: count, columns: 1, elements: (0..<count).map { Double($0) })
        #expect(try isotonicOrder(points: places, y: y).fitted == y)
        let falling = try isotonicOrder(points: places, y: y.reversed())
        #expect(falling.blockCount == 1)
    }

    @Test func gridsAndGraphsAreSpecialPoints() throws {
        var random = TestRandom(seed: 77)
        for (rows, columns) in [(1, 9), (7, 5), (12, 12)] {
            let y = try Matrix(
                rows: rows, columns: columns, elements: random.array(rows * columns) { $0.normal() })
            let cells = (0..<rows).flatMap { i in (0..<columns).map { [Double(i), Double($0)] } }
            var edges: [(from: Int, to: Int)] = []
            for cell in cells.indices {
                if cell % columns + 1 < columns { edges.append((cell, cell + 1)) }
                if cell + columns < cells.count { edges.append((cell, cell + columns)) }
            }
            for loss in [IsotonicOrderLoss.squared, .quantile(level: 0.5), .chebyshev] {
                let grid = try isotonicGrid(y, loss: loss).elements
                #expect(try isotonicOrder(points: Matrix(cells), y: y.elements, loss: loss).fitted == grid)
                #expect(
                    try isotonicGraph(edges: edges.shuffled(using: &random), y: y.elements, loss: loss).fitted
                        == grid)
            }
        }
    }

    @Test func shiftsAndScalesOfTheDataAreThoseOfTheFit() throws {
        var random = TestRandom(seed: 78)
        let points = try points(80, 2, levels: 9, &random)
        let y = random.array(80) { Double($0.integer(-64...64)) }
        let fit = try isotonicOrder(points: points, y: y).fitted
        for scale in [0x1p-1060, 0x1p-500, 0x1p960] {
            let scaled = try isotonicOrder(points: points, y: y.map { $0 * scale }).fitted
            #expect(zip(scaled, fit).allSatisfy { abs($0 - $1 * scale) <= ($1 * scale).ulp })
        }
        let shifted = try isotonicOrder(points: points, y: y.map { $0 + 0x1p40 }).fitted
        #expect(zip(shifted, fit).allSatisfy { abs($0 - ($1 + 0x1p40)) <= 0x1p-12 })
    }

    @Test func lightPointsAreFittedBesideHeavyOnes() throws {
        // The last is 2^60 times lighter, and still apart from the block below it.
        let edges = [(from: 0, to: 1), (from: 1, to: 2)]
        let fit = try isotonicGraph(edges: edges, y: [2, 1, 1.5 + 0x1p-20], weights: [0x1p60, 0x1p60, 1])
        #expect(fit.fitted == [1.5, 1.5, 1.5 + 0x1p-20])
    }

    @Test func predictionsAreTheSameOnAnyNumberOfThreads() throws {
        var random = TestRandom(seed: 79)
        for dimensions in [2, 3] {
            let known = try points(500, dimensions, levels: 30, &random)
            let queries = try points(9000, dimensions, levels: 30, &random)
            let fit = try isotonicOrder(points: known, y: random.array(500) { $0.normal() })
            let lower = try fit.predict(queries, solution: .lower)
            for query in stride(from: 0, to: queries.rows, by: 97) {
                let below = (0..<500).filter { point in
                    (0..<dimensions).allSatisfy { known[point, $0] <= queries[query, $0] }
                }
                let expected = below.map { fit.fitted[$0] }.max()
                #expect(expected == lower[query] || (expected == nil && lower[query].isNaN))
            }
            try ThreadCount.expectNoInfluence { try fit.predict(queries).map(\.bitPattern) }
        }
        let fit = try isotonicOrder(points: Matrix([[0.0, 0], [1, 1]]), y: [1, 3])
        #expect(try fit(0.5, 0.5) == 2)
        #expect(throws: QuantcalError.self) { try fit(0.5) }
    }
}
