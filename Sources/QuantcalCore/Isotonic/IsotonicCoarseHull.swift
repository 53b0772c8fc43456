import CQuantcalKernels

/// The first polyline of an elimination: the hull of the cells' ends. Of these, too, almost none is on it: first
/// the hull of every eighth is taken, and of the others those below that.
///
/// Eight cells are taken at a time. One that does not exist has no weight and ends where the last one does.
struct IsotonicCoarseHull {
    typealias Blocks = UnsafeBufferPointer<IsotonicStack.Block>

    /// Knows the centred sums, and the weights, up to each cell.
    let bench: IsotonicBench.Place
    /// The cells that there are.
    let range: Range<Int>
    let pointCount: Int
    let centre: Double
    let tolerance: IsotonicTolerance

    /// The polyline; and says for each cell which chord it is to be compared with.
    func find() -> Blocks {
        let blocks = hull()
        var cell = 0
        for block in blocks {
            let end = (block.end - 1) / isotonicCellSize + 1 - range.lowerBound
            draw(cell..<end, block.sum / block.weight)
            cell = end
        }
        return blocks
    }

    private func hull() -> Blocks {
        let (heights, before) = (bench.heights, bench.before)
        var every = IsotonicStack(blocks: bench.blocks, start: 0)
        for place in stride(from: 0, to: range.count, by: 8) {
            every.push(
                heights[place + 8] - heights[place], before[place + 8] - before[place],
                endingAt: min(place + 8, range.count))
        }
        // For now with what lies up to each, in memory that the other hull leaves free.
        let runs = bench.blocks + (range.count + 7) / 8
        var count = 0
        func keep(_ end: Int) { runs[count] = .init(end: end, sum: heights[end], weight: before[end]) }
        var cell = 0
        for block in every.finish() {
            let slope = block.sum / block.weight
            let start = (height: heights[cell], before: before[cell])
            while cell < block.end {
                let above =
                    (Lanes(at: heights + cell + 1) - start.height)
                    - (Lanes(at: before + cell + 1) - start.before) * slope
                if any(above .< 0) {
                    for lane in 0..<7 {
                        keep(cell + lane + 1)
                        count += above[lane] < 0 && cell + lane + 1 < block.end ? 1 : 0
                    }
                }
                cell += 8
            }
            keep(block.end)
            count += 1
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

    /// Says for each cell of a block how far its points must fall below where the cell starts to be below the chord;
    /// -infinity if none can. Past the end of the block what is said has no meaning.
    private func draw(_ range: Range<Int>, _ slope: Double) {
        let (height, before) = (bench.heights[range.lowerBound], bench.before[range.lowerBound])
        let sloped = slope + centre
        for cell in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            let starts =
                (Lanes(at: bench.heights + cell) - height) - (Lanes(at: bench.before + cell) - before) * slope
            let ends =
                (Lanes(at: bench.heights + cell + 1) - height)
                - (Lanes(at: bench.before + cell + 1) - before) * slope
            let weights = Lanes(at: bench.weights + cell)
            let tolerances = tolerance.of(weights)
            // How low a path can get between two heights with the slopes that the cell's values allow.
            let falls = (sloped - Lanes(at: bench.least + cell)).orZero
            let rises = (Lanes(at: bench.most + cell) - sloped).orZero
            let lowest = starts * rises + (ends - weights * rises) * falls
            let areAbove =
                (starts .> tolerances) .& (ends .> tolerances) .& (lowest .> tolerances * (falls + rises))
            let limits = (tolerances - starts).replacing(with: -.infinity, where: areAbove)
            for lane in 0..<8 { bench.chords[cell + lane] = .init(slope: sloped, limit: limits[lane]) }
        }
    }
}

extension Lanes {
    /// Negative lanes as 0.
    @inline(__always) fileprivate var orZero: Lanes { replacing(with: 0, where: self .< 0) }
}
