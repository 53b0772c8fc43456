import CQuantcalKernels

/// Evenly spaced grids: whole numbers, numbers halfway between them, and the two signs.
extension ScalarGrid {
    func integerTable() throws(QuantcalError) -> GridTable {
        let what =
            !isSigned ? "an integer grid" : isNarrow ? "a narrow integer grid" : "a signed integer grid"
        try requireBits(isSigned && isNarrow ? 2...8 : 1...8, what)
        let half = 1 << (bits - 1)
        let numbers = isSigned ? (isNarrow ? 1 - half : -half)...(half - 1) : 0...(2 * half - 1)
        let rungs = numbers.map { GridTable.Rung(code: code($0), level: Double($0)) }
        var table = try GridTable(nearest: rungs, bits: bits) { rungs[$0 + 1].code & 1 == 0 }
        table.formula = .whole(
            quantcal_whole_grid(
                low: Float(numbers.lowerBound), high: Float(numbers.upperBound), mask: Int32(1 << bits) - 1))
        return table
    }

    /// x goes to rne(x + 1/2) - 1/2.
    func midriseTable() throws(QuantcalError) -> GridTable {
        try requireBits(1...8, "a midrise grid")
        let half = 1 << (bits - 1)
        let rungs = (0..<2 * half).map {
            GridTable.Rung(code: UInt8($0), level: Double($0 - half) + 0.5)
        }
        return try GridTable(nearest: rungs, bits: bits) { ($0 + 1 - half) & 1 != 0 }
    }

    func binaryTable() throws(QuantcalError) -> GridTable {
        try requireBits(1...1, "a binary grid")
        let rungs = [GridTable.Rung(code: 0, level: -1), GridTable.Rung(code: 1, level: 1)]
        return try GridTable(nearest: rungs, bits: bits) { _ in true }
    }
}
