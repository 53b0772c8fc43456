/// Grids of powers of 2 and of its square root, for numbers that are not negative (the weights of
/// attention).
///
/// Source: RepQ-ViT (Li et al., 2023), which sets what lies beyond the last code to 0 but has no code
/// for it. Here the last code is 0.
extension ScalarGrid {
    func logarithmicTable(stepsPerOctave steps: Int) throws(QuantcalError) -> GridTable {
        try requireBits(1...7, "a logarithmic grid")
        let last = (1 << bits) - 1
        let powers = (0..<last).reversed().map { k in
            GridTable.Rung(code: UInt8(k), level: powerOfTwo(-k, in: steps))
        }
        let zero = GridTable.Rung(code: UInt8(last), level: 0)
        // Halfway in the logarithm: an irrational number, so that nothing ties.
        return try GridTable(bits: bits, [zero] + powers) { index in
            SplitPoint(at: powerOfTwo(-2 * (last - 1 - index) - 1, in: 2 * steps), tieGoesUp: true)
        }
    }

    /// 0 and the powers of the square root of 2 of either sign; nearest, a tie to the smaller magnitude.
    /// Source: the idea is POST's (Precision Neural Network Quantization via Learnable Adaptive
    /// Modules); the exact levels are ours.
    func sqrt2PowersTable() throws(QuantcalError) -> GridTable {
        try requireBits(2...8, "a grid of powers of sqrt2")
        let sign = UInt8(1) << (bits - 1)
        let codes = 1..<sign
        let negative = codes.map {
            GridTable.Rung(code: sign | $0, level: -powerOfTwo(1 - Int($0), in: 2))
        }
        let positive = codes.reversed().map {
            GridTable.Rung(code: $0, level: powerOfTwo(1 - Int($0), in: 2))
        }
        let rungs = negative + [GridTable.Rung(code: 0, level: 0)] + positive
        return try GridTable(nearest: rungs, bits: bits) { rungs[$0 + 1].level <= 0 }
    }

    /// 2^(numerator / denominator), the denominator being 1, 2 or 4.
    private func powerOfTwo(_ numerator: Int, in denominator: Int) -> Double {
        let (whole, rest) = (numerator >> (denominator.trailingZeroBitCount), numerator & (denominator - 1))
        var fraction = Double(1 << rest)
        for _ in 0..<denominator.trailingZeroBitCount { fraction = fraction.squareRoot() }
        return Double(sign: .plus, exponent: whole, significand: fraction)
    }
}
