import CQuantcalKernels

/// Which points of some cells can be borders of blocks.
///
/// The fit is the slope of the greatest convex minorant of the cumulative sums, and almost no point of
/// that diagram is on it. The hull of the cells' ends alone is a polyline through points of the diagram;
/// the minorant is nowhere above it, so a point above it is no border. What is left are its corners and
/// the few points below it. A corner is always kept, for rounding can put it above its own chord; and a
/// point within the rounding of these sums is kept too, which does no harm.
///
/// The polyline need not be convex to the last bit: whatever survives, the hull of a set of points that
/// holds all corners is the same hull.
struct IsotonicElimination<T: IsotonicScalar, Weights: IsotonicWeights> {
    typealias Chord = quantcal_isotonic_chord
    typealias Blocks = UnsafeBufferPointer<IsotonicStack.Block>

    let cells: IsotonicCells<T, Weights>
    let centre: Double
    let largestMagnitude: Double
    /// Whether every weight is positive. Then no block ends at a point that is not below the next.
    let arePositive: Bool

    private var points: IsotonicPoints<T, Weights> { cells.points }

    /// Marks the points up to which a block may reach: a bit for each in its cell's mask. False if so
    /// many corners are left that looking for survivors would not pay.
    func survivors(in range: Range<Int>, _ bench: IsotonicBench.Place) -> Bool {
        let coarse = coarseHull(range, bench)
        guard coarse.count > 0, coarse.count * 2 <= range.count else { return false }
        draw(range, coarse, bench.chords)
        let first = range.lowerBound * isotonicCellSize
        let whole = min(range.upperBound, points.count / isotonicCellSize)
        (T.survivorsKernel ?? T.survivorsReference)(
            points.values.baseAddress! + first, points.weightMemory.map { $0 + first },
            whole - range.lowerBound, points.scale, points.weights.scale, arePositive ? 1 : 0,
            bench.chords, bench.masks)
        for block in coarse { bench.masks[cell(endingAt: block.end) - range.lowerBound] |= 1 << 63 }
        if whole < range.upperBound {
            bench.masks[whole - range.lowerBound] = 1 << UInt64(cells.places(whole).count) - 1
        }
        return true
    }

    /// The centred sum of a cell.
    @inline(__always) func centredSum(_ cell: Int) -> Double {
        let cell = cells.cells[cell]
        // 64 times a number is exact.
        guard !Weights.areOnes || cell.weight_high != Double(isotonicCellSize) else {
            let product = centre * Double(isotonicCellSize)
            return (cell.high - product) + cell.low
        }
        let (product, error) = DoubleDouble.twoProduct(centre, cell.weight_high)
        return (cell.high - product) + (cell.low - error - centre * cell.weight_low)
    }

    /// The centred sum, and the weight, of a run inside a cell.
    @inline(__always) func runSum(_ places: Range<Int>) -> (sum: Double, weight: Double) {
        var (sum, weight) = (0.0, 0.0)
        var place = places.lowerBound
        if places.count >= 16 {
            var (sums, weights) = (Lanes.zero, Lanes.zero)
            while place + 8 <= places.upperBound {
                let lanes = Lanes(at: points.values.baseAddress! + place) * points.scale - centre
                if let memory = points.weightMemory {
                    let weightLanes = Lanes(at: memory + place) * points.weights.scale
                    sums += lanes * weightLanes
                    weights += weightLanes
                } else {
                    sums += lanes
                }
                place += 8
            }
            (sum, weight) = (sums.foldedSum, weights.foldedSum)
        }
        while place < places.upperBound {
            let pointWeight = points.weight(place)
            sum += (points[place] - centre) * pointWeight
            weight += pointWeight
            place += 1
        }
        return (sum, Weights.areOnes ? Double(places.count) : weight)
    }

    private func cell(endingAt end: Int) -> Int { (end - 1) / isotonicCellSize }

    /// The hull of the cells' ends.
    private func coarseHull(_ range: Range<Int>, _ bench: IsotonicBench.Place) -> Blocks {
        var stack = IsotonicStack(blocks: bench.coarse, start: range.lowerBound * isotonicCellSize)
        for cell in range {
            stack.push(
                centredSum(cell), cells.cells[cell].weight_high, endingAt: cells.places(cell).upperBound)
        }
        return stack.finish()
    }

    /// For each cell its chord's slope, and how far its points must fall below where the cell starts to
    /// be below the chord; -infinity if none can.
    private func draw(_ range: Range<Int>, _ blocks: Blocks, _ chords: UnsafeMutablePointer<Chord>) {
        var cell = range.lowerBound
        for block in blocks {
            let slope = block.sum / block.weight
            let steepness = abs(slope) + abs(centre) + largestMagnitude
            let end = self.cell(endingAt: block.end) + 1
            // How far the cell's start is above the chord.
            var start = 0.0
            while cell < end {
                let weight = cells.cells[cell].weight_high
                let end = start + (centredSum(cell) - slope * weight)
                let tolerance = 2048 * 0x1p-53 * weight * steepness
                let isAbove = leastHeight(cells.cells[cell], start, end, slope + centre, weight) > tolerance
                chords[cell - range.lowerBound] = Chord(
                    slope: slope + centre, limit: isAbove ? -.infinity : tolerance - start)
                start = end
                cell += 1
            }
        }
    }

    /// How low a path can get between two heights with the slopes that the cell's values allow.
    @inline(__always) private func leastHeight(
        _ cell: quantcal_isotonic_cell, _ start: Double, _ end: Double, _ slope: Double, _ weight: Double
    ) -> Double {
        let fall = max(slope - cell.least, 0)
        let rise = max(cell.most - slope, 0)
        let turn = (start - end + weight * rise) / (fall + rise)
        if !(turn > 0) { return min(start, end - weight * rise) }
        return start - min(turn, weight) * fall
    }
}
