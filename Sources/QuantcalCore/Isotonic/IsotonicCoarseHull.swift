import CQuantcalKernels

/// The first polyline of an elimination: the hull of the cells' ends. Of these, too, almost none is on it: first
/// the hull of every eighth is taken, and of the others those below that.
struct IsotonicCoarseHull {
    typealias Blocks = UnsafeBufferPointer<IsotonicStack.Block>

    /// Knows the centred sums, and the weights, up to each cell.
    let bench: IsotonicBench.Place
    /// The cells that there are.
    let range: Range<Int>
    let pointCount: Int
    let centre: Double
    let tolerance: IsotonicTolerance

    /// The polyline.
    func find() -> Blocks {
        let path = bench.path
        var every = IsotonicStack(blocks: bench.blocks, start: 0)
        for place in stride(from: 0, to: range.count, by: 8) {
            every.push(
                path.heights[place + 8] - path.heights[place], path.before[place + 8] - path.before[place],
                endingAt: min(place + 8, range.count))
        }
        // For now with what lies up to each, in memory that the other hull leaves free.
        let runs = bench.blocks + (range.count + 7) / 8
        var (count, cell) = (0, 0)
        func keep(_ end: Int) {
            runs[count] = .init(end: end, sum: path.heights[end], weight: path.before[end])
            count += 1
        }
        for block in every.finish() {
            let line = quantcal_isotonic_line(first: cell, end: block.end, slope: block.sum / block.weight)
            let found = IsotonicPath.corners(path, below: line, bench.ends)
            for end in UnsafeBufferPointer(start: bench.ends, count: found) { keep(Int(end)) }
            keep(block.end)
            cell = block.end
        }
        return hull(of: runs, count)
    }

    private func hull(of runs: UnsafeMutablePointer<IsotonicStack.Block>, _ count: Int) -> Blocks {
        var (height, before) = (0.0, 0.0)
        for run in 0..<count {
            let end = (height: runs[run].sum, before: runs[run].weight)
            runs[run] = .init(
                end: min((range.lowerBound + runs[run].end) * isotonicCellSize, pointCount),
                sum: end.height - height, weight: end.before - before)
            (height, before) = end
        }
        var stack = IsotonicStack(blocks: bench.coarse, start: range.lowerBound * isotonicCellSize)
        stack.push(UnsafeBufferPointer(start: runs, count: IsotonicStack.thinned(runs, count)))
        return stack.finish()
    }

    /// Of the cells before one, those inside which the path may be below the polyline, and what each is to be
    /// compared with. Returns how many there are.
    func candidates(_ blocks: Blocks, before cell: Int) -> Int {
        var (count, first) = (0, 0)
        for block in blocks {
            let end = (block.end - 1) / isotonicCellSize + 1 - range.lowerBound
            let line = quantcal_isotonic_line(
                first: first, end: min(end, cell - range.lowerBound), slope: block.sum / block.weight)
            count += IsotonicPath.chords(bench.path, below: line, centre, tolerance, bench.chords + count)
            first = end
        }
        return count
    }
}
