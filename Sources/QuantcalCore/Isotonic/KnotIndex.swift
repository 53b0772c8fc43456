/// Finds the last knot at or below a query.
///
/// The range of the knots is cut into cells of equal width, and for each is known how many knots lie in cells
/// before it. The cell of a number is a monotone function of it, rounding included; so the knots at or
/// below a query are those of earlier cells and some of its own, which halving finds. Most cells have none.
/// (Compare the index tables of Chen and Asau, 1974.)
struct KnotIndex<T: Scalar>: ~Copyable {
    /// Finite, ascending strictly, at least one.
    let knots: UnsafeBufferPointer<T>
    let low: Double
    let high: Double
    private let starts: Scratch<Int>
    private let cellsPerUnit: Double

    /// A table pays for many queries only: for few there is one cell, and a plain binary search.
    init(_ knots: UnsafeBufferPointer<T>, queries: Int) throws(QuantcalError) {
        let cells = min(4 * knots.count, queries / 4, 1 << 18) + 1
        let starts = try Scratch<Int>(zeroed: cells + 1)
        self.knots = knots
        low = Double(knots[0])
        high = Double(knots[knots.count - 1])
        // Halves, so that the width of the widest range is a number; and if a cell's is none, one cell.
        let perUnit = Double(cells - 1) / (0.5 * high - 0.5 * low)
        cellsPerUnit = perUnit.isFinite ? perUnit : 0
        let counts = starts.buffer
        for knot in knots { counts[Self.cell(Double(knot), low, cellsPerUnit) + 1] += 1 }
        for cell in 1...cells { counts[cell] += counts[cell - 1] }
        self.starts = starts
    }

    /// To the nearest integer, which the sum has in its last bits.
    @inline(__always) private static func cell(_ query: Double, _ low: Double, _ cellsPerUnit: Double) -> Int
    {
        let sum = (0.5 * query - 0.5 * low) * cellsPerUnit + 0x1p52
        return Int(truncatingIfNeeded: sum.bitPattern & (1 << 52 - 1))
    }

    /// The last knot at or below a query from `low` to `high`.
    @inline(__always) func place(_ query: Double) -> Int {
        let cell = Self.cell(query, low, cellsPerUnit)
        // How many knots are at or below the query: at least so many, and at most `length` more.
        var count = starts.buffer[cell]
        var length = starts.buffer[cell &+ 1] &- count
        while length > 0 {
            let half = (length &+ 1) >> 1
            if query >= Double(knots[count &+ half &- 1]) { count &+= half }
            length &-= half
        }
        return count &- 1
    }
}
