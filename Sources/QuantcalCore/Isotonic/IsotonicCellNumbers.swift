import CQuantcalKernels

/// A number for each cell, in two parts, and the totals of every 64 neighbours: a long run is summed up from
/// those.
struct IsotonicCellNumbers {
    let high: UnsafeMutablePointer<Double>
    let low: UnsafeMutablePointer<Double>
    private let totalHigh: UnsafeMutablePointer<Double>
    private let totalLow: UnsafeMutablePointer<Double>

    /// Cells that share a total.
    private static let share = 64

    /// How many doubles are kept for so many cells.
    static func memorySize(_ cells: Int) -> Int { 2 * (cells + cells / share) }

    init(_ memory: UnsafeMutablePointer<Double>, _ cells: Int) {
        high = memory
        low = memory + cells
        totalHigh = memory + 2 * cells
        totalLow = memory + 2 * cells + cells / Self.share
    }

    @inline(__always) subscript(cell: Int) -> DoubleDouble {
        get { DoubleDouble(high: high[cell], low: low[cell]) }
        nonmutating set { (high[cell], low[cell]) = (newValue.high, newValue.low) }
    }

    @inline(__always) func fetch(_ cell: Int) {
        quantcal_prefetch(high + cell)
        quantcal_prefetch(low + cell)
    }

    /// Takes the totals that lie in a range of cells whose numbers are known.
    func fold(_ cells: Range<Int>) {
        for share in shares(cells) {
            var lanes = DoubleDoubleLanes()
            Self.add(high, low, share * Self.share..<(share + 1) * Self.share, &lanes)
            let total = lanes.folded
            (totalHigh[share], totalLow[share]) = (total.high, total.low)
        }
    }

    /// The sum over a range of cells.
    func total(_ cells: Range<Int>) -> DoubleDouble {
        if cells.count < 8 {
            var total = DoubleDouble()
            for cell in cells { total += self[cell] }
            return total
        }
        let shares = shares(cells)
        var lanes = DoubleDoubleLanes()
        if shares.isEmpty {
            Self.add(high, low, cells, &lanes)
        } else {
            Self.add(high, low, cells.lowerBound..<shares.lowerBound * Self.share, &lanes)
            Self.add(totalHigh, totalLow, shares, &lanes)
            Self.add(high, low, shares.upperBound * Self.share..<cells.upperBound, &lanes)
        }
        return lanes.folded
    }

    private func shares(_ cells: Range<Int>) -> Range<Int> {
        let first = (cells.lowerBound + Self.share - 1) / Self.share
        return first..<max(first, cells.upperBound / Self.share)
    }

    /// Eight at a time; in the last eight those that were added before count as 0.
    @inline(__always) private static func add(
        _ high: UnsafePointer<Double>, _ low: UnsafePointer<Double>, _ range: Range<Int>,
        _ lanes: inout DoubleDoubleLanes
    ) {
        var place = range.lowerBound
        while place + 8 <= range.upperBound {
            lanes.add(Lanes(at: high + place))
            lanes.low += Lanes(at: low + place)
            place += 8
        }
        guard place < range.upperBound else { return }
        if range.count < 8 {
            for lane in 0..<range.upperBound - place {
                var one = Lanes.zero
                one[lane] = high[place + lane]
                lanes.add(one)
                lanes.low[lane] += low[place + lane]
            }
            return
        }
        let last = range.upperBound - 8
        let isAdded = Lanes(0, 1, 2, 3, 4, 5, 6, 7) .< Double(place - last)
        lanes.add(Lanes(at: high + last).replacing(with: 0, where: isAdded))
        lanes.low += Lanes(at: low + last).replacing(with: 0, where: isAdded)
    }
}
