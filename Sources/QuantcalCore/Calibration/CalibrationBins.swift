/// Bins of equal width: edges are i / bins, correctly rounded in the type of the probabilities.
enum EqualWidthBins {
    private static let rowsInBlock = 1 << 16

    /// Rows go in blocks whose number does not depend on the threads; their sums are added in order.
    static func fill<T: RankedScalar>(
        _ bins: UnsafeMutableBufferPointer<CalibrationError.Bin>, _ forecasts: Forecasts<T>,
        _ pick: Forecasts<T>.Pick, _ edges: CalibrationError.Edges
    ) throws(QuantcalError) {
        let blocks = min((forecasts.rows + rowsInBlock - 1) / rowsInBlock, max(1, (1 << 20) / bins.count))
        let rowsEach = (forecasts.rows + blocks - 1) / blocks
        let slots = try Scratch<CalibrationError.Bin>(blocks * bins.count)
        slots.buffer.initialize(repeating: .init())
        let borders = try Scratch<T>(bins.count + 1)
        for index in borders.buffer.indices { borders.buffer[index] = T(index) / T(bins.count) }
        let scale = Borders(UnsafePointer(borders.buffer.baseAddress!), bins.count, edges)
        Parallel.forEach(blocks, threads: Parallel.threads(for: blocks, work: forecasts.probabilities.count))
        { block, _ in
            let slot = slots.buffer.baseAddress! + block * bins.count
            let first = min(block * rowsEach, forecasts.rows)
            forecasts.forEach(first..<min(first + rowsEach, forecasts.rows), pick) { row, p, isHit in
                slot[scale.bin(of: p)].add(Double(p), isHit, forecasts.weight(row))
            }
        }
        bins.initialize(repeating: .init())
        for block in 0..<blocks {
            for index in bins.indices { bins[index] += slots.buffer[block * bins.count + index] }
        }
    }

    /// The edges of the bins, first and last included.
    private struct Borders<T: RankedScalar> {
        let borders: UnsafePointer<T>
        let bins: Int
        let width: T
        let edges: CalibrationError.Edges

        init(_ borders: UnsafePointer<T>, _ bins: Int, _ edges: CalibrationError.Edges) {
            (self.borders, self.bins, self.edges) = (borders, bins, edges)
            width = T(bins)
        }

        /// The bin of p: a guess by multiplication, corrected by the exact edges on both sides.
        @inline(__always) func bin(of p: T) -> Int {
            // By way of Double: the generic conversion to Int is slow.
            let bin = min(Int(Double(p * width)), bins - 1)
            let (low, high) = (borders[bin], borders[bin + 1])
            if edges == .right ? p > high : p >= high { return min(bin + 1, bins - 1) }
            if edges == .right ? p <= low : p < low { return max(bin - 1, 0) }
            return bin
        }
    }
}

private struct RankedRow: RadixItem {
    var key: UInt64
    var row: UInt32
}

private struct RankedRows: RadixItems {
    let rows: UnsafeMutableBufferPointer<RankedRow>
    var count: Int { rows.count }
    @inline(__always) func key(_ index: Int) -> UInt64 { rows[index].key }
    @inline(__always) func item(_ index: Int) -> RankedRow { rows[index] }
    @inline(__always) func store(_ item: RankedRow, at place: Int) { rows[place] = item }
}

/// Bins of equal weight, cut between distinct values: bin b ends at the first value that brings the
/// weight so far to (b + 1) / bins of all.
enum EqualMassBins {
    static func fill<T: RankedScalar>(
        _ bins: UnsafeMutableBufferPointer<CalibrationError.Bin>, _ forecasts: Forecasts<T>,
        _ pick: Forecasts<T>.Pick
    ) throws(QuantcalError) {
        guard forecasts.rows <= UInt32.max else {
            throw QuantcalError(
                .size, "rows is \(forecasts.rows); equal-mass bins take at most \(UInt32.max)")
        }
        let items = try Scratch<RankedRow>(forecasts.rows)
        var total = DoubleDouble()
        forecasts.forEach(0..<forecasts.rows, pick) { row, p, _ in
            // +0 and -0 are one value.
            let key = (p + 0).orderedKey
            items.buffer[row] = RankedRow(key: UInt64(key), row: UInt32(row))
            total += forecasts.weight(row)
        }
        try RadixSort.sort(RankedRows(rows: items.buffer))
        bins.initialize(repeating: .init())
        var bin = 0
        var reached = DoubleDouble()
        let ends = Ends(total: total, bins: bins.count)
        for (position, item) in items.buffer.enumerated() {
            let row = Int(item.row)
            let (p, isHit) = forecasts.confidence(row, pick)
            let weight = forecasts.weight(row)
            bins[bin].add(Double(p), isHit, weight)
            reached += weight
            let isLastOfTie = position + 1 == items.buffer.count || items.buffer[position + 1].key != item.key
            if isLastOfTie {
                // The first bin whose end is still ahead.
                while bin < bins.count - 1, ends.isAtOrBeyondEnd(of: bin, reached) { bin += 1 }
            }
        }
    }

    /// Where bins end. Ten weights of 0.1 fill each of ten bins exactly, so sums of weights are kept in
    /// twice the precision, and compared without a division.
    private struct Ends {
        private let total: DoubleDouble
        private let bins: Double
        /// A power of two: products of sums must not leave the range of numbers.
        private let scale: Double

        init(total: DoubleDouble, bins: Int) {
            scale = PowerOfTwo.bringing(total.high, above: -800, below: 800)
            self.total = total
            self.bins = Double(bins)
        }

        /// Whether reached >= (bin + 1) total / bins.
        @inline(__always) func isAtOrBeyondEnd(of bin: Int, _ reached: DoubleDouble) -> Bool {
            let parts = Double(bin + 1)
            // Mostly a glance is enough.
            let left = reached.high * scale * bins
            let right = total.high * scale * parts
            if abs(left - right) > right * 0x1p-40 { return left > right }
            var difference = DoubleDouble()
            difference.addProduct(reached.high * scale, bins)
            difference.addProduct(reached.low * scale, bins)
            difference.addProduct(total.high * scale, -parts)
            difference.addProduct(total.low * scale, -parts)
            return difference.value >= 0
        }
    }
}
