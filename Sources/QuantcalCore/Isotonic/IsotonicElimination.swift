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

    /// A run of cells under one chord.
    struct Segment: BitwiseCopyable {
        var end: Int
        var sum: Double
        var weight: Double
    }

    let cells: IsotonicCells<T, Weights>
    let centre: Double
    let largestMagnitude: Double
    /// Whether every weight is positive. Then no block ends at a point that is not below the next.
    let arePositive: Bool

    /// Marks the points up to which a block may reach: a bit for each in its cell's mask. nil if so
    /// many corners are left that looking for survivors would not pay. Takes memory for as many segments,
    /// and chords, as there are cells.
    func survivors(
        in range: Range<Int>, _ segments: UnsafeMutablePointer<Segment>,
        _ chords: UnsafeMutablePointer<Chord>,
        _ masks: UnsafeMutablePointer<UInt64>
    ) -> Bool {
        let corners = pool(range, segments)
        guard corners * 2 <= range.count else { return false }
        draw(range, UnsafeBufferPointer(start: segments, count: corners), chords)
        let points = cells.points
        let first = range.lowerBound * isotonicCellSize
        let whole = min(range.upperBound, points.count / isotonicCellSize)
        (T.survivorsKernel ?? T.survivorsReference)(
            points.values.baseAddress! + first, points.weightMemory.map { $0 + first },
            whole - range.lowerBound, points.scale, points.weights.scale, arePositive ? 1 : 0, chords,
            masks)
        for corner in 0..<corners { masks[segments[corner].end - 1 - range.lowerBound] |= 1 << 63 }
        if whole < range.upperBound {
            masks[whole - range.lowerBound] = 1 << UInt64(cells.places(whole).count) - 1
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

    /// The hull of the cells' ends; the number of its chords.
    private func pool(_ range: Range<Int>, _ segments: UnsafeMutablePointer<Segment>) -> Int {
        var height = 0
        // The segment on top is in hand, the others are below it.
        var (sum, weight) = (centredSum(range.lowerBound), cells.cells[range.lowerBound].weight_high)
        for cell in range.dropFirst() {
            let (cellSum, cellWeight) = (centredSum(cell), cells.cells[cell].weight_high)
            if cellSum * weight > sum * cellWeight {
                segments[height] = Segment(end: cell, sum: sum, weight: weight)
                height &+= 1
                (sum, weight) = (cellSum, cellWeight)
                continue
            }
            sum += cellSum
            weight += cellWeight
            while height > 0, segments[height &- 1].sum * weight >= sum * segments[height &- 1].weight {
                height &-= 1
                sum += segments[height].sum
                weight += segments[height].weight
            }
        }
        segments[height] = Segment(end: range.upperBound, sum: sum, weight: weight)
        return height + 1
    }

    /// For each cell its chord's slope, and how far its points must fall below where the cell starts to
    /// be below the chord; -infinity if none can.
    private func draw(
        _ range: Range<Int>, _ segments: UnsafeBufferPointer<Segment>, _ chords: UnsafeMutablePointer<Chord>
    ) {
        var cell = range.lowerBound
        for segment in segments {
            let slope = segment.weight > 0 ? segment.sum / segment.weight : 0
            let steepness = abs(slope) + abs(centre) + largestMagnitude
            // How far the cell's start is above the chord.
            var start = 0.0
            while cell < segment.end {
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

extension IsotonicScalar {
    /// The kernel's reference.
    static func survivorsReference(
        _ values: UnsafePointer<Self>?, _ weights: UnsafePointer<Self>?, _ count: Int, _ scale: Double,
        _ weightScale: Double, _ arePositive: Int32, _ chords: UnsafePointer<quantcal_isotonic_chord>?,
        _ masks: UnsafeMutablePointer<UInt64>?
    ) {
        for cell in 0..<count {
            let chord = chords![cell]
            var mask: UInt64 = 0
            if chord.limit > -.infinity {
                var below = 0.0
                for place in stride(from: 0, to: isotonicCellSize, by: 8) {
                    var lanes = Lanes(at: values! + cell * isotonicCellSize + place) * scale - chord.slope
                    if let weights {
                        lanes *= Lanes(at: weights + cell * isotonicCellSize + place) * weightScale
                    }
                    lanes = lanes.prefixSums + below
                    below = lanes[7]
                    for lane in 0..<8 where lanes[lane] <= chord.limit { mask |= 1 << UInt64(place + lane) }
                }
            }
            if mask != 0, arePositive != 0 {
                for place in 0..<isotonicCellSize - 1 {
                    let here = cell * isotonicCellSize + place
                    let rises = Double(values![here]) * scale < Double(values![here + 1]) * scale
                    if !rises { mask &= ~(1 << UInt64(place)) }
                }
            }
            masks![cell] = mask
        }
    }
}
