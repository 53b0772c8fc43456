import CQuantcalKernels

/// Which points of some cells can be borders of blocks.
///
/// The fit is the slope of the greatest convex minorant of the cumulative sums, and almost no point of
/// that diagram is on it. It is nowhere above any polyline through points of the diagram: a point above
/// one is no border. The first polyline is the hull of the cells' ends (IsotonicCoarseHull); of the few
/// cells that reach below it, the lowest point of each is found, and the hull of those and of the first
/// one's corners is the second polyline (IsotonicRefinement). What is left are its corners and the few
/// points below it.
///
/// Proof. Every point that is dropped is above the second polyline: in a cell with a dip it is compared
/// with that, elsewhere with the first, and the second is nowhere above the first. All of the second one's
/// corners are kept, whatever rounding makes of them; so the hull of what is kept is nowhere above the
/// polyline, nor above what was dropped: it is the hull of all. Neither polyline need be convex, or the lowest that
/// there is, to the last bit, and a point that is kept in vain does no harm.
///
/// A point is dropped only if it is above by more than rounding can do (`tolerance`), in two parts. The
/// path inside a cell has fewer than 1024 roundings, each of at most the cell's weight times twice the
/// largest magnitude: four times that is `grain`. What leads to a cell are centred sums, slopes and
/// heights of the range, so each rounding is of at most its weight times the spread of its values. For each
/// cell there are two roundings in its centred sum, four where that and four where its weight are added to
/// those before it, and all that twice where a difference is taken; and two runs between corners and lowest
/// points: four for each in itself, two in its line's sums, three in a height. Even if all add up they are fewer than
/// 64 for each cell; twice as many is `drift`.
struct IsotonicElimination<T: IsotonicScalar, Weights: IsotonicWeights> {
    let cells: IsotonicCells<T, Weights>
    let centre: Double
    /// Whether every weight is positive. Then no block ends at a point that is not below the next.
    let arePositive: Bool
    private let tolerance: IsotonicTolerance

    private var points: IsotonicPoints<T, Weights> { cells.points }

    /// For the cells of a survey.
    init(cells: IsotonicCells<T, Weights>, survey: IsotonicCells<T, Weights>.Survey, count: Int) {
        self.cells = cells
        centre = survey.centre
        arePositive = survey.leastWeight > 0
        tolerance = IsotonicTolerance(
            grain: 0x1p-41 * (abs(survey.centre) + survey.largestMagnitude),
            drift: 0x1p-46 * Double(count) * survey.weight * (survey.most - survey.least))
    }

    /// Marks the points up to which a block may reach: a bit for each in its cell's mask. Returns how many cells
    /// were looked at for them; nil if so many corners are left that looking for survivors would not pay, or
    /// there would be no room for them.
    func survivors(in range: Range<Int>, _ bench: IsotonicBench.Place) -> Int? {
        let whole = min(range.upperBound, points.count / isotonicCellSize)
        sumUp(range, whole, bench.path)
        let hull = IsotonicCoarseHull(
            bench: bench, range: range, pointCount: points.count, centre: centre, tolerance: tolerance)
        let coarse = hull.find()
        guard coarse.count > 0, coarse.count * 2 <= range.count else { return nil }
        let candidates = hull.candidates(coarse, before: whole)
        let first = range.lowerBound * isotonicCellSize
        let values = points.values.baseAddress! + first
        let weights = points.weightMemory.map { $0 + first }
        let dips = (T.dipsKernel ?? T.dipsReference)(
            values, weights, candidates, points.scale, points.weights.scale, bench.chords, bench.dips)
        let refinement = IsotonicRefinement(
            bench: bench, firstCell: range.lowerBound, centre: centre, tolerance: tolerance, dipCount: dips)
        let fine = refinement.refine(coarse)
        let most = min((dips + 1) * isotonicCellSize + fine.count, cells.places(range).count)
        guard most <= bench.capacity else { return nil }
        bench.masks.update(repeating: 0, count: range.count)
        (T.survivorsKernel ?? T.survivorsReference)(
            values, weights, dips, points.scale, points.weights.scale, arePositive ? 1 : 0, bench.bends,
            bench.masks)
        for block in fine {
            let last = block.end - 1 - first
            bench.masks[last / isotonicCellSize] |= 1 << UInt64(last % isotonicCellSize)
        }
        if whole < range.upperBound {
            bench.masks[whole - range.lowerBound] = 1 << UInt64(cells.places(whole).count) - 1
        }
        return candidates
    }

    /// The path at the ends of the cells.
    private func sumUp(_ range: Range<Int>, _ whole: Int, _ path: quantcal_isotonic_path) {
        IsotonicPath.sumUp(cells.numbers(range.lowerBound), whole - range.lowerBound, centre, into: path)
        guard whole < range.upperBound else { return }
        let weight = cells.weight(whole)
        IsotonicPath.append(
            cells.sum(whole).centred(centre, weight), weight.high, at: whole - range.lowerBound, to: path)
    }

    /// The centred sum, and the weight, of a run: of its cells, and of points before and after them.
    @inline(__always) func runSum(_ places: Range<Int>) -> (sum: Double, weight: Double) {
        let inside = cells.inside(places)
        guard !inside.isEmpty else { return pointSum(places) }
        let start = inside.lowerBound * isotonicCellSize
        let end = min(inside.upperBound * isotonicCellSize, points.count)
        let weight = cells.weight(inside)
        var run = (sum: cells.sum(inside).centred(centre, weight), weight: weight.value)
        for part in [places.lowerBound..<start, end..<places.upperBound] where !part.isEmpty {
            let points = pointSum(part)
            run.sum += points.sum
            run.weight += points.weight
        }
        return run
    }

    /// The same from its points, eight at a time: a branch for each would often be mispredicted.
    @inline(__always) private func pointSum(_ places: Range<Int>) -> (sum: Double, weight: Double) {
        var (sums, weights) = (Lanes.zero, Lanes.zero)
        var (sum, weight) = (0.0, 0.0)
        var place = places.lowerBound
        while place < min(places.upperBound, points.count - 7) {
            var lanes = Lanes(at: points.values.baseAddress! + place) * points.scale - centre
            let isBeyond = Lanes(0, 1, 2, 3, 4, 5, 6, 7) .>= Double(places.upperBound - place)
            if let memory = points.weightMemory {
                var weightLanes = Lanes(at: memory + place) * points.weights.scale
                weightLanes.replace(with: 0, where: isBeyond)
                lanes *= weightLanes
                weights += weightLanes
            }
            lanes.replace(with: 0, where: isBeyond)
            sums += lanes
            place += 8
        }
        while place < places.upperBound {
            let pointWeight = points.weight(place)
            sum += (points[place] - centre) * pointWeight
            weight += pointWeight
            place += 1
        }
        sum += sums.foldedSum
        return (sum, Weights.areOnes ? Double(places.count) : weight + weights.foldedSum)
    }
}
