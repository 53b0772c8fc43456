import Foundation
import Quantcal
import Testing

@Suite struct ConformalPursuitProperties {
    @Test func rowsAreOrdersThatNoPartitionChanges() throws {
        for (queries, length) in [(1, 1), (2, 2), (9, 9), (9, 4), (1000, 3)] {
            let all = try conformalPursuitHistories(points: 50, queries: queries, length: length, seed: 3)
            for row in 0..<50 {
                let order = (0..<length).map { all[row, $0] }
                #expect(Set(order).count == length && order.allSatisfy { 0 <= $0 && $0 < queries })
                let alone = try conformalPursuitHistories(
                    points: 1, queries: queries, length: length, seed: 3, firstPoint: UInt64(row))
                #expect(alone.elements == order)
            }
        }
    }

    /// Each of the six orders of three queries comes as often as any other: chi-squared with 5 degrees of freedom.
    @Test func ordersAreUniform() throws {
        let orders = try conformalPursuitHistories(points: 6000, queries: 3, length: 3, seed: 1)
        var counts: [[Int32]: Double] = [:]
        for row in 0..<6000 { counts[(0..<3).map { orders[row, $0] }, default: 0] += 1 }
        #expect(counts.count == 6)
        #expect(counts.values.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) / 1000 } < 30)
    }

    @Test(arguments: [0x1p-1070, 0x1p-1000, 1, 0x1p1000])
    func theUnitOfWeightsDoesNotMatter(unit: Double) throws {
        var random = TestRandom(seed: 71)
        let sizes = try Matrix((0..<20).map { _ in (0..<8).map { _ in Int32(random.integer(0...12)) } })
        let weights = (0..<20).map { _ in random.array(8) { Double($0.integer(1...9)) } }
        let plain = try conformalPursuitLogSizes(sizes, weights: Matrix(weights))
        let scaled = try conformalPursuitLogSizes(
            sizes, weights: Matrix(weights.map { $0.map { $0 * unit } }))
        #expect(plain == scaled)
    }

    @Test func equalWeightsAreNoWeights() throws {
        var random = TestRandom(seed: 72)
        let sizes = try Matrix((0..<50).map { _ in (0..<7).map { _ in Int32(random.integer(0...5)) } })
        let weights = try Matrix([[Double]](repeating: [Double](repeating: 0.1, count: 7), count: 50))
        let plain = try conformalPursuitLogSizes(sizes)
        let weighted = try conformalPursuitLogSizes(sizes, weights: weights)
        for (a, b) in zip(plain, weighted) { #expect(a == b || abs(a - b) <= 1e-15 * abs(a)) }
    }

    /// Of any joint law of a class and what is known, and of any sets: the entropy is below the bounds, and the
    /// sharp one below the published one.
    @Test func noLawHasMoreEntropyThanTheBounds() throws {
        var random = TestRandom(seed: 73)
        for _ in 0..<3000 {
            let (classes, knowns) = (random.integer(1...5), random.integer(1...4))
            let power = Double(random.integer(1...6))
            var law = (0..<knowns).map { _ in random.array(classes) { Foundation.pow($0.uniform(), power) } }
            let total = law.joined().reduce(0, +)
            law = law.map { $0.map { $0 / total } }
            let sets = (0..<knowns).map { _ in (0..<classes).map { _ in random.uniform() < 0.6 } }
            var (entropy, miss, size) = (0.0, 0.0, 0.0)
            for (row, set) in zip(law, sets) {
                let mass = row.reduce(0, +)
                size += mass * Double(set.count { $0 })
                for (p, isIn) in zip(row, set) {
                    if p > 0 { entropy -= p * Foundation.log(p / mass) }
                    if !isIn { miss += p }
                }
            }
            guard miss > 1e-9, miss < 1 - 1e-9 else { continue }
            let mean = min(size, Double(classes))
            // With misses of exactly `alpha`, as if n were without end; and of at most that.
            for n in [Int.max / 2, 0] {
                let sharp = try conformalPursuitEntropyBound(
                    classes: classes, n: n, alpha: miss, meanSize: mean)
                let published = try conformalPursuitEntropyBound(
                    classes: classes, n: n, alpha: miss, meanSize: mean, kind: .published)
                #expect(entropy <= sharp + 1e-12 && sharp <= published + 1e-12)
            }
        }
    }
}
