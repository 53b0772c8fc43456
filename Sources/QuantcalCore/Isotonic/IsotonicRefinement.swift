import CQuantcalKernels

/// The second polyline of an elimination: the hull of the first one's corners and of the lowest points of
/// the cells that reach below it.
struct IsotonicRefinement {
    typealias Blocks = UnsafeBufferPointer<IsotonicStack.Block>

    /// What lies between two points of which the hull is taken, and whether the second is a cell's lowest.
    struct Run: BitwiseCopyable {
        var end: Int
        var sum: Double
        var weight: Double
        var isDip: Bool
    }

    let bench: IsotonicBench.Place
    let firstCell: Int
    let centre: Double
    let tolerance: IsotonicTolerance
    let dipCount: Int

    /// Finds the second polyline from the first, and what each cell with a dip is to be compared with.
    func refine(_ coarse: Blocks) -> Blocks {
        var stack = IsotonicStack(blocks: bench.blocks, start: firstCell * isotonicCellSize)
        let count = cut(coarse)
        for run in UnsafeBufferPointer(start: bench.runs, count: count) {
            stack.push(run.sum, run.weight, endingAt: run.end)
        }
        let fine = stack.finish()
        bend(fine, count)
        return fine
    }

    /// Cuts the points at the corners and dips into runs. Along a chord a run's sum is what its heights
    /// differ by, and the chord's slope for each unit of weight. Returns the number of runs.
    private func cut(_ coarse: Blocks) -> Int {
        var (count, dip, firstOfBlock) = (0, 0, 0)
        var before = 0.0
        for block in coarse {
            let slope = block.sum / block.weight
            let lastCell = (block.end - 1) / isotonicCellSize - firstCell
            let first = (height: bench.path.heights[firstOfBlock], before: bench.path.before[firstOfBlock])
            var height = 0.0
            while dip < dipCount, bench.dips[dip].cell <= lastCell {
                let lowest = bench.dips[dip]
                let cell = Int(lowest.cell)
                let place = (firstCell + cell) * isotonicCellSize + Int(lowest.place)
                let end = max(bench.path.before[cell] + lowest.weight, before)
                // How far the cell's start is above the chord, and its lowest point.
                let start =
                    (bench.path.heights[cell] - first.height) - slope
                    * (bench.path.before[cell] - first.before)
                let fall = start + lowest.height
                bench.runs[count] = Run(
                    end: place + 1, sum: (fall - height) + slope * (end - before), weight: end - before,
                    isDip: true)
                (height, before, count, dip) = (fall, end, count + 1, dip + 1)
            }
            firstOfBlock = lastCell + 1
            // The corner may be a dip itself.
            guard count == 0 || bench.runs[count - 1].end != block.end else { continue }
            let end = max(bench.path.before[lastCell + 1], before)
            bench.runs[count] = Run(
                end: block.end, sum: slope * (end - before) - height, weight: end - before, isDip: false)
            (before, count) = (end, count + 1)
        }
        return count
    }

    /// A cell with a dip is compared with the polyline, which can only bend at the dip. That its lowest
    /// point is at a known height says where the cell starts.
    private func bend(_ fine: Blocks, _ count: Int) {
        var (run, dip) = (0, 0)
        for (index, block) in fine.enumerated() {
            let slope = block.sum / block.weight
            let next = index + 1 < fine.count ? fine[index + 1].sum / fine[index + 1].weight : slope
            // How far the end of a run is above the polyline.
            var height = 0.0
            while run < count, bench.runs[run].end <= block.end {
                let piece = bench.runs[run]
                height = piece.end == block.end ? 0 : height + (piece.sum - slope * piece.weight)
                run += 1
                guard piece.isDip else { continue }
                let lowest = bench.dips[dip]
                let cell = Int(lowest.cell)
                let turn = (lowest.slope - (slope + centre)) * lowest.weight
                bench.bends[dip] = quantcal_isotonic_bend(
                    slope: slope + centre, after: (piece.end == block.end ? next : slope) + centre,
                    limit: lowest.height + turn - height + tolerance.of(bench.path.weights[cell]),
                    cell: lowest.cell, place: lowest.place)
                dip += 1
            }
        }
    }
}
