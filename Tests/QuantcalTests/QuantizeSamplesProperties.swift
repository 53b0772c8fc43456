/// Properties of calibration samples.

import Testing

@testable import Quantcal
@testable import QuantcalCore

@Suite struct QuantizeSamplesProperties {
    /// The numbers of neighbours, and those by comparing all pairs in double.
    private func counts(
        _ elements: [Float], _ rows: Int, _ columns: Int, _ radius: Double
    ) throws -> (found: [Int], expected: [Int]) {
        try elements.withUnsafeBufferPointer { values in
            let room = try Scratch<Int>(rows)
            let samples = try SampleRows(
                values, count: rows, dimension: columns, kept: nil, room: room.buffer)
            let found = try SampleNeighbours(samples, radius: radius).counts(.none)
            let expected = (0..<rows).map { row in
                (0..<rows).count { other in
                    other != row && samples.squaredDistance(row, other) / Double(columns) <= radius
                }
            }
            return (Array(found.buffer), expected)
        }
    }

    @Test(arguments: [1, 2, 15, 16, 17, 511, 512, 513, 1030])
    func neighboursAreThoseOfAllPairs(rows: Int) throws {
        var random = TestRandom(seed: UInt64(rows))
        for columns in [1, 7, 8, 24] {
            let elements = random.array(rows * columns) { $0.normal() }.map { Float($0) }
            for radius in [0, 0.5, 2, 4] {
                let (found, expected) = try counts(elements, rows, columns, radius)
                #expect(found == expected)
            }
        }
    }

    /// Distances that are the radius itself, which single precision cannot tell.
    @Test(arguments: [Float(0), 1e4, -3e7])
    func distancesAtTheRadiusAreInside(offset: Float) throws {
        var random = TestRandom(seed: 9)
        let (rows, columns) = (200, 5)
        let elements = (0..<rows * columns).map { _ in offset + Float(random.integer(0...3) * 8) }
        for radius in [0, 12.8, 25.6, 64] {
            let (found, expected) = try counts(elements, rows, columns, radius)
            #expect(found == expected)
            #expect(found.contains { $0 > 0 })
        }
    }

    @Test func orderIsThatOfKeysThenPlaces() throws {
        var random = TestRandom(seed: 3)
        for count in [0, 1, 2, 3, 10, 100, 1000] {
            var keys = (0..<count).map { _ in UInt64(random.integer(0...count / 3)) }
            let expected = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
            let order = try keys.withUnsafeMutableBufferPointer {
                let order = try KeyedOrder.ascending($0)
                return Array(order.buffer)
            }
            #expect(order == expected)
        }
    }

    @Test func nothingIsChosenTwice() throws {
        var random = TestRandom(seed: 4)
        for round in 0..<30 {
            let (rows, columns) = (random.integer(1...60), random.integer(0...6))
            let features = try Matrix(
                rows: rows, columns: columns,
                elements: random.array(rows * columns) { Double($0.integer(-2...2)) }.map { Float($0) })
            var options = QuantizeSamples()
            options.method = round % 2 == 0 ? .densityDiversity : .clusters
            options.seed = UInt64(round)
            let kept = (0..<rows).map { $0 == 0 || random.integer(0...2) > 0 }
            let there = kept.count { $0 }
            let choose = random.integer(0...there)
            let chosen = try quantizeSamplesSelect(features, choose: choose, kept: kept, options: options)
            #expect(Set(chosen).count == choose)
            #expect(chosen.allSatisfy { kept[$0] })
            #expect(throws: QuantcalError.self) {
                try quantizeSamplesSelect(features, choose: there + 1, kept: kept, options: options)
            }
        }
    }

    @Test func countsAddUp() throws {
        var random = TestRandom(seed: 5)
        for _ in 0..<60 {
            let (rows, columns) = (random.integer(1...30), random.integer(0...4))
            let features = try Matrix(
                rows: rows, columns: columns,
                elements: random.array(rows * columns) { Double($0.integer(-1...2)) }.map { Float($0) })
            let total = random.integer(0...200)
            let found = try quantizeSamplesAllocate(features, total: total)
            #expect(found.counts.reduce(0, +) == total)
            #expect(abs(found.weights.reduce(0, +) - 1) < 1e-12)
            #expect(found.counts.allSatisfy { $0 >= 0 })
        }
    }
}
