import Testing

@testable import QuantcalCore

/// Sums of products without rounding: what is left when all else has cancelled must be there to the last bit.
struct ExactSumTests {
    /// Adds terms in one order, and their negatives in another.
    private func sum(
        _ terms: [(Double, Double)], _ rest: [(Double, Double)], _ random: inout SystemRandomNumberGenerator
    ) -> DoubleDouble {
        let all = (terms + terms.map { (-$0.0, $0.1) } + rest).shuffled(using: &random)
        return ExactSum.with { sum in
            for (a, b) in all { sum.addProduct(a, b) }
            return sum.rounded()
        }
    }

    @Test func `what does not cancel is left`() {
        var random = SystemRandomNumberGenerator()
        for rest in [0x1p-1000, 1, 0x1.fffffffffffffp511, -0x1.23456789abcdep-300, 0] {
            for count in [0, 1, 7, 200] {
                let terms = (0..<count).map { _ in
                    (
                        Double(bitPattern: .random(in: 0..<0x7FE0_0000_0000_0000, using: &random)),
                        Double.random(in: -1...1, using: &random)
                    )
                }
                let found = sum(terms, [(rest, 1)], &random)
                #expect(found.high == rest && found.low == 0, "\(count) terms beside \(rest)")
            }
        }
    }

    @Test func `products are kept to twice the places`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let a = Double.random(in: -1...1, using: &random) * 0x1p300
            let b = Double.random(in: -1...1, using: &random) * 0x1p-290
            let (product, error) = DoubleDouble.twoProduct(a, b)
            let found = sum([(1e200, 1e100), (3e-200, 1e-10)], [(a, b)], &random)
            #expect(found.high == product && found.low == error)
        }
    }

    @Test func `subnormal numbers and carries over many digits`() {
        var random = SystemRandomNumberGenerator()
        let least = Double.leastNonzeroMagnitude
        #expect(sum([], [(least, 1), (least, 1), (-least, 1)], &random).high == least)
        // 2^900 - 2^-900 + 2^-900 - 2^900: all digits between are borrowed from, and given back.
        let far = sum([(0x1p900, 1)], [(-0x1p-900, 1)], &random)
        #expect(far.high == -0x1p-900 && far.low == 0)
        let wide = sum([], [(0x1p900, 1), (-0x1p800, 1)], &random)
        #expect(wide.high == 0x1p900 - 0x1p800 || wide.high == 0x1p900)
        #expect(wide.high - 0x1p900 + wide.low == -0x1p800)
    }
}
