import Testing

@testable import QuantcalCore

@Suite struct PredictorOrderTests {
    /// Predictors of many distributions, sizes below and above what fits a cache, many ties.
    private static func predictors() -> [[Double]] {
        var random = TestRandom(seed: 41)
        var cases: [[Double]] = [[], [3], [2, 1], [1, 1], [0, -0.0, 0, -0.0]]
        for n in [2, 5, 24, 25, 300, 4096, 4097, 20_000] {
            cases.append((0..<n).map { _ in random.normal() })
            cases.append((0..<n).map { _ in Double(random.integer(-3...3)) })
            cases.append((0..<n).map { _ in 1e9 + random.uniform() })
            cases.append((0..<n).map { _ in random.integer(0...9) > 0 ? 0.5 : random.uniform() })
            cases.append(
                (0..<n).map { _ in Double(sign: .plus, exponent: random.integer(-1000...1000), significand: 1)
                })
            cases.append(
                (0..<n).map { _ in (random.integer(0...1) == 0 ? -1e-300 : 1e300) * random.uniform() })
            cases.append((0..<n).map { Double(n - $0 / 2) })
            cases.append((0..<n).map { Double(-$0) })
            cases.append((0..<n).map { Double($0 / 3) })
        }
        return cases
    }

    private func expectSorted<T: Scalar>(_ x: [T]) throws {
        let wanted = x.indices.sorted { (x[$0], $0) < (x[$1], $1) }
        let y = x.indices.map { T($0 % 4001) }
        let weights = x.indices.map { T($0 % 997) }
        try x.withUnsafeBufferPointer { x in
            let order = try PredictorOrder(x)
            #expect(Array(order.x) == wanted.map { x[$0] })
            #expect(x.indices.map { order.origin($0) } == wanted)
            try y.withUnsafeBufferPointer { y in
                let sorted = try SortedPoints(x, y, nil)
                #expect(Array(sorted.x) == wanted.map { x[$0] } && Array(sorted.y) == wanted.map { y[$0] })
                try weights.withUnsafeBufferPointer { weights in
                    let sorted = try SortedPoints(x, y, weights)
                    #expect(
                        Array(sorted.x) == wanted.map { x[$0] } && Array(sorted.y) == wanted.map { y[$0] })
                    #expect(Array(sorted.weights!) == wanted.map { weights[$0] })
                }
            }
        }
    }

    @Test func ordersStably() throws {
        for x in Self.predictors() {
            try expectSorted(x)
            try expectSorted(x.map { Float($0) }.map { $0.isFinite ? $0 : 1 })
        }
    }

    @Test func doesNotDependOnThreads() throws {
        var random = TestRandom(seed: 42)
        for x in [random.array(300_000) { $0.normal() }, random.array(300_000) { Double($0.integer(0...2)) }]
        {
            try ThreadCount.expectNoInfluence {
                try x.withUnsafeBufferPointer { x in
                    let order = try PredictorOrder(x)
                    return x.indices.map { order.origin($0) }
                }
            }
        }
    }

    @Test func refusesWhatIsNotFinite() {
        for bad in [Double.nan, .infinity, -.infinity] {
            let x = [0, 1, bad]
            #expect(throws: QuantcalError(.notFinite, "x[2] is \(bad); x must be finite")) {
                try x.withUnsafeBufferPointer { x in _ = try PredictorOrder(x) }
            }
        }
    }

    private func groups(_ x: [Double], _ tolerance: Double) throws -> [Int] {
        try x.withUnsafeBufferPointer { x in
            let groups = try PredictorGroups(x, tolerance: tolerance)
            return (0..<groups.count).map { groups[$0].lowerBound } + [x.count]
        }
    }

    @Test func groupsAreEqualOrWithinTheToleranceOfTheirFirst() throws {
        #expect(try groups([], 0) == [0])
        #expect(try groups([1, 2, 4], 0) == [0, 1, 2, 3])
        #expect(try groups([1, 1, 2, 2, 2, 3], 0) == [0, 2, 5, 6])
        // An absolute tolerance would make one group of these.
        #expect(try groups([1e-16, 2e-16, 3e-16, 4e-16], 1e-9) == [0, 1, 2, 3, 4])
        // Near neighbours in a chain: only those near the first join it.
        #expect(try groups([1, 1.04, 1.08, 1.12, 1.16], 0.1) == [0, 3, 5])
        #expect(try groups([-1e308, 1e308], 0.5) == [0, 1, 2])
        #expect(try groups([-1, -0.95, 0, 0], 0.06) == [0, 2, 4])
    }
}
