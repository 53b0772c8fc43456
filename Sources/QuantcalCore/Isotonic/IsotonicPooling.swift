/// Pooling in pieces: each piece of the points is surveyed and pooled by itself, on any thread, and then
/// the seams are mended in order. Two ranges that are fitted join into the fit of both by merging at their
/// seam only: the last block of the left with the first of the right while they are out of order, and
/// then whichever neighbour the merged block is out of order with. Pieces are cut by index, so the
/// result does not depend on threads.
struct IsotonicPooling<T: IsotonicScalar, Weights: IsotonicWeights> {
    /// What is known of a piece when it is pooled.
    struct Piece: BitwiseCopyable {
        var survey: IsotonicCells<T, Weights>.Survey
        /// Where its last block starts, and that block's sum.
        var lastStart: Int
        var last: IsotonicBlockSum<T, Weights>.Sum
    }

    /// A multiple of the cells' size; a piece with its weights fits a core's own cache.
    private static var pieceSize: Int { 1 << 15 }
    /// How many pieces lie between two reports of progress: some ten milliseconds of work.
    private static var piecesInWave: Int { 384 }

    let sums: IsotonicBlockSum<T, Weights>
    let partition: IsotonicPartition
    private let pieceCount: Int
    private var cells: IsotonicCells<T, Weights> { sums.cells }
    private var points: IsotonicPoints<T, Weights> { sums.points }

    init(_ sums: IsotonicBlockSum<T, Weights>, _ partition: IsotonicPartition) {
        self.sums = sums
        self.partition = partition
        pieceCount = (sums.points.count + Self.pieceSize - 1) / Self.pieceSize
    }

    /// Surveys the points and marks the borders of the fit's blocks. Where the survey finds what cannot be
    /// pooled, the partition says nothing.
    func pool(_ progress: Progress) throws(QuantcalError) -> IsotonicCells<T, Weights>.Survey {
        let memory = try Scratch<Piece>(pieceCount)
        let pieces = memory.buffer.baseAddress!
        let threads = Parallel.threads(for: pieceCount, work: points.count)
        let longest = min(Self.pieceSize, points.count)
        let benches = try IsotonicBench(
            threads: threads, points: longest, cells: IsotonicCells<T, Weights>.count(of: longest))
        for wave in Swift.stride(from: 0, to: pieceCount, by: Self.piecesInWave) {
            try progress(0.75 * Double(wave) / Double(pieceCount))
            let count = min(Self.piecesInWave, pieceCount - wave)
            Parallel.forEach(count, threads: min(threads, count)) { index, thread in
                pieces[wave + index] = pool(range(wave + index), benches[thread])
            }
        }
        // What is left is to write the result.
        if pieceCount > 1 { try progress(0.75) }
        var survey = pieces[0].survey
        for piece in 1..<max(pieceCount, 1) { survey.add(pieces[piece].survey) }
        if survey.isFinite, survey.leastWeight >= 0 { try mendSeams(pieces, survey.centre) }
        return survey
    }

    private func range(_ piece: Int) -> Range<Int> {
        piece * Self.pieceSize..<min((piece + 1) * Self.pieceSize, points.count)
    }

    /// Surveys and pools one piece.
    private func pool(_ range: Range<Int>, _ bench: IsotonicBench.Place) -> Piece {
        let size = isotonicCellSize
        let cellRange = range.lowerBound / size..<(range.upperBound + size - 1) / size
        let survey = cells.survey(cellRange, .init(least: bench.least, most: bench.most))
        var lastStart = range.upperBound - 1
        if survey.rises, survey.leastWeight > 0 {
            partition.markAll(range)
        } else if survey.isFinite {
            let elimination = IsotonicElimination(cells: cells, survey: survey)
            let start = firstBlock(range)
            var stack = IsotonicStack(blocks: bench.blocks, start: start)
            if elimination.survivors(in: cellRange, bench) {
                push(survivorsOf: cellRange, elimination, bench, &stack)
            } else {
                push(start..<range.upperBound, survey.centre, &stack)
            }
            let blocks = stack.finish()
            for block in blocks.dropLast() { partition.mark(block.end, true) }
            lastStart = blocks.isEmpty ? range.upperBound : blocks.dropLast().last?.end ?? start
        }
        return Piece(survey: survey, lastStart: lastStart, last: sums.sum(lastStart..<range.upperBound))
    }

    /// Pools points one by one.
    private func push(_ range: Range<Int>, _ centre: Double, _ stack: inout IsotonicStack) {
        for place in range {
            let weight = points.weight(place)
            stack.push((points[place] - centre) * weight, weight, endingAt: place + 1)
        }
    }

    /// Pools the runs of points between survivors. A run's sum is taken from its own points: as a
    /// difference of longer sums it would drown beside a large neighbour.
    private func push(
        survivorsOf range: Range<Int>, _ elimination: IsotonicElimination<T, Weights>,
        _ bench: IsotonicBench.Place, _ stack: inout IsotonicStack
    ) {
        // The runs lie where the stack will: it never reaches a run that is not on it yet.
        let runs = bench.blocks
        var count = 0
        var start = range.lowerBound * isotonicCellSize
        for cell in range {
            var mask = bench.masks[cell - range.lowerBound]
            while mask != 0 {
                let end = cell * isotonicCellSize + mask.trailingZeroBitCount + 1
                mask &= mask - 1
                let run = elimination.runSum(start..<end)
                runs[count] = .init(end: end, sum: run.sum, weight: run.weight)
                (start, count) = (end, count &+ 1)
            }
        }
        if elimination.arePositive { count = IsotonicStack.thinned(runs, count) }
        stack.push(UnsafeBufferPointer(start: runs, count: count))
    }

    /// Where a piece's first block begins: points of weight 0 belong to the block on their left, and only
    /// where there is none to that on their right.
    private func firstBlock(_ range: Range<Int>) -> Int {
        guard !Weights.areOnes, range.lowerBound > 0 else { return range.lowerBound }
        return range.first { points.weight($0) > 0 } ?? range.upperBound
    }

    /// Joins the pieces from left to right.
    private func mendSeams(_ pieces: UnsafePointer<Piece>, _ centre: Double) throws(QuantcalError) {
        var seams = try IsotonicSeams(
            sums, partition, centre: centre, pieces: pieceCount,
            first: (pieces[0].lastStart, pieces[0].last), endingAt: range(0).upperBound)
        for index in 1..<max(pieceCount, 1) {
            let piece = range(index)
            if index + 1 < pieceCount {
                seams.fetch(range(index + 1), lastStart: pieces[index + 1].lastStart)
            }
            seams.join(
                piece, from: firstBlock(piece), last: (pieces[index].lastStart, pieces[index].last))
        }
    }
}
