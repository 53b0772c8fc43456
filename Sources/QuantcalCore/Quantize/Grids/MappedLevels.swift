import Glibc

/// Grids that are even after a map: |x|^a, and a tangent.
extension ScalarGrid {
    /// sign(q) |q|^(1/a). Source: PowerQuant and NUPES (Yvinec et al., 2023). Levels are not brought to
    /// 1, so that a = 1 is the integer grid.
    func powerTable() throws(QuantcalError) -> GridTable {
        try requireBits(2...8, "a power grid")
        guard parameter >= 0.0625, parameter <= 1 else {
            throw QuantcalError(.options, "parameter is \(parameter); the exponent must be 1/16 to 1")
        }
        let top = (1 << (bits - 1)) - 1
        let inverse = { (q: Double) in q < 0 ? -pow(-q, 1 / parameter) : pow(q, 1 / parameter) }
        let numbers = Array(-top...top)
        let rungs = numbers.map { GridTable.Rung(code: code($0), level: inverse(Double($0))) }
        return try GridTable(bits: bits, rungs) { index in
            SplitPoint(
                at: inverse(Double(numbers[index]) + 0.5), tieGoesUp: numbers[index + 1] % 2 == 0)
        }
    }

    /// (1 + atan((2q/N - 1) tan t) / t) / 2: finer near 0 and 1. Source: the idea is TanQ's (DopQ-ViT);
    /// the formula is ours.
    func tangentTable() throws(QuantcalError) -> GridTable {
        try requireBits(1...8, "a tangent grid")
        guard parameter >= 0, parameter <= 1.5 else {
            throw QuantcalError(.options, "parameter is \(parameter); the angle must be 0 to 1.5")
        }
        let last = Double((1 << bits) - 1)
        let slope = tan(parameter)
        // Angles whose tangent is the angle give even levels.
        let inverse = { (q: Double) in
            slope > 1e-8 ? (1 + atan((2 * q / last - 1) * slope) / parameter) / 2 : q / last
        }
        let rungs = (0..<1 << bits).map { q in
            // The ends without roundings.
            let level = q == 0 ? 0 : Double(q) == last ? 1 : inverse(Double(q))
            return GridTable.Rung(code: UInt8(q), level: level)
        }
        return try GridTable(bits: bits, rungs) { index in
            SplitPoint(at: inverse(Double(index) + 0.5), tieGoesUp: index % 2 == 1)
        }
    }
}
