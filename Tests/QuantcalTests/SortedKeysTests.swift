import Testing

@testable import QuantcalCore

@Suite struct SortedKeysTests {
    private func check<T: Scalar>(_ values: [T], _ asked: [T]) throws {
        try values.withUnsafeBufferPointer { buffer in
            let sorted = try SortedKeys(buffer)
            for x in asked {
                let key = SortedKeys<T>.key(x)
                #expect(sorted.count(below: key) == values.count { $0 < x })
                #expect(sorted.count(upTo: key) == values.count { $0 <= x })
            }
        }
    }

    @Test func countsAreThoseOfTheDefinition() throws {
        var random = TestRandom(seed: 52)
        for count in [0, 1, 2, 3, 17, 400] {
            for spread in [0, 1, 3, 50, 1_000_000] {
                let values = (0..<count).map { _ in Double(random.integer(-spread...spread)) }
                let asked = values.prefix(40) + (0..<40).map { _ in Double(random.integer(-9...60)) + 0.5 }
                try check(values, Array(asked))
                try check(values.map { Float($0) }, asked.map { Float($0) })
            }
        }
    }

    @Test func keysOfAnyDistribution() throws {
        var random = TestRandom(seed: 53)
        let ends: [Double] = [
            .infinity, -.infinity, 0, -0.0, 5e-324, -5e-324, .greatestFiniteMagnitude, 1, 1 + 0x1p-52,
        ]
        // Much in one place, some far away, and ties.
        let crowd = (0..<3000).map { _ in 1 + 0x1p-40 * Double(random.integer(0...500)) }
        let powers = (0..<300).map { _ in
            Double(sign: .plus, exponent: random.integer(-1000...1000), significand: 1)
        }
        try check(ends, ends)
        try check(crowd + ends, ends + crowd.prefix(50))
        try check(powers + crowd, powers.prefix(50) + ends)
        try check([Double](repeating: 3, count: 5000), [2, 3, 4])
        try check(ends.map { Float($0) }, ends.map { Float($0) })
    }
}
