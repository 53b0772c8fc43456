/// A scalar grid ready for use.
public struct CompiledGrid: Sendable {
    public let grid: ScalarGrid
    /// The level of each code; NaN for codes that are NaN or are not used.
    public let levels: [Float]
    /// The outermost finite levels.
    let lowest: Float
    let highest: Float
    let nearest: GridIntervals
    /// `levels` to 16 or 256 of them, which is what kernels read.
    let readableLevels: [Float]
    /// The bits of the largest magnitude that may be encoded.
    let largestBits: UInt32

    init(_ grid: ScalarGrid, _ table: GridTable) {
        self.grid = grid
        levels = table.levels
        let finite = levels.filter(\.isFinite)
        lowest = finite.min() ?? 0
        highest = finite.max() ?? 0
        nearest = GridIntervals(starts: table.starts, codes: table.codes, formula: table.formula)
        readableLevels =
            levels + [Float](repeating: .nan, count: (levels.count > 16 ? 256 : 16) - levels.count)
        let hasNaN = table.codes.contains { table.levels[Int($0)].isNaN }
        let isFloat = grid.kind == .float
        largestBits = hasNaN ? .max : (isFloat ? Float.infinity : .greatestFiniteMagnitude).bitPattern
    }

    public func layout(
        rows: Int, columns: Int, granularity: Granularity, groupSize: Int
    ) throws(QuantcalError) -> GroupLayout {
        try GroupLayout(
            rows: rows, columns: columns, bits: grid.bits, granularity: granularity, groupSize: groupSize)
    }
}
