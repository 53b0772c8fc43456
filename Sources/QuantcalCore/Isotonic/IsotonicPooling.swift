/// Pooling in pieces: each piece of the points is surveyed and pooled by itself, on any thread, and neighbours
/// are joined at their seams, first a few that are still in a core's own cache, then what these came to, and
/// so on. Pieces are cut by index, so the result does not depend on threads.
struct IsotonicPooling<T: IsotonicScalar, Weights: IsotonicWeights> {
    typealias Seams = IsotonicSeams<T, Weights>

    /// A multiple of the cells' size; a piece with its weights fits a core's own cache.
    private static var pieceSize: Int { 1 << 15 }
    /// How many neighbours are joined at once.
    private static var span: Int { 4 }
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
        let memory = try Scratch<Seams.Piece>(pieceCount)
        let pieces = memory.buffer.baseAddress!
        let joints = try Scratch<Seams.Block>(pieceCount)
        let known = joints.buffer.baseAddress!
        let threads = Parallel.threads(for: groups(of: Self.span), work: points.count)
        let longest = min(Self.pieceSize, points.count)
        let benches = try IsotonicBench(
            threads: threads, points: longest, cells: IsotonicCells<T, Weights>.count(of: longest))
        for wave in Swift.stride(from: 0, to: pieceCount, by: Self.piecesInWave) {
            try progress(0.75 * Double(wave) / Double(pieceCount))
            let end = min(wave + Self.piecesInWave, pieceCount)
            Parallel.forEach((end - wave + Self.span - 1) / Self.span, threads: threads) { index, thread in
                let first = wave + index * Self.span
                let neighbours = first..<min(first + Self.span, end)
                for piece in neighbours { pieces[piece] = pool(range(piece), benches[thread]) }
                join(neighbours, step: 1, pieces, known)
            }
        }
        // What is left is to write the result.
        if pieceCount > 1 { try progress(0.75) }
        var joined = Self.span
        while joined < pieceCount {
            let step = joined
            joined *= Self.span
            Parallel.forEach(groups(of: joined), threads: min(threads, groups(of: joined))) {
                [joined] index, _ in
                let neighbours = index * joined..<min((index + 1) * joined, pieceCount)
                join(neighbours, step: step, pieces, known)
            }
        }
        return pieces[0].survey
    }

    private func groups(of pieces: Int) -> Int { (pieceCount + pieces - 1) / pieces }

    private func range(_ piece: Int) -> Range<Int> {
        piece * Self.pieceSize..<min((piece + 1) * Self.pieceSize, points.count)
    }

    /// Surveys and pools one piece.
    private func pool(_ range: Range<Int>, _ bench: IsotonicBench.Place) -> Seams.Piece {
        let size = isotonicCellSize
        let cellRange = range.lowerBound / size..<(range.upperBound + size - 1) / size
        let survey = cells.survey(cellRange, .init(least: bench.least, most: bench.most))
        var lastStart = range.upperBound - 1
        let start = firstBlock(range)
        if survey.rises, survey.leastWeight > 0 {
            partition.markAll(range)
        } else if survey.isFinite {
            let elimination = IsotonicElimination(cells: cells, survey: survey)
            var stack = IsotonicStack(blocks: bench.blocks, start: start)
            if elimination.survivors(in: cellRange, bench) {
                push(survivorsOf: cellRange, elimination, bench, &stack)
            } else {
                push(start..<range.upperBound, survey.centre, &stack)
            }
            let blocks = stack.finish()
            if !blocks.isEmpty { partition.mark(start, true) }
            for block in blocks.dropLast() { partition.mark(block.end, true) }
            lastStart = blocks.isEmpty ? range.upperBound : blocks.dropLast().last?.end ?? start
        }
        return Seams.Piece(
            survey: survey, start: start, end: range.upperBound, lastStart: lastStart,
            last: sums.sum(lastStart..<range.upperBound))
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

    /// Joins every so many of some pieces, from left to right. What is known of all of them is then known of
    /// the first.
    private func join(
        _ range: Range<Int>, step: Int, _ pieces: UnsafeMutablePointer<Seams.Piece>,
        _ known: UnsafeMutablePointer<Seams.Block>
    ) {
        // Points without any weight have no block to begin with.
        var begin = range.lowerBound
        while begin + step < range.upperBound, pieces[begin].start == pieces[begin].end { begin += step }
        var all = pieces[begin]
        for piece in Swift.stride(from: range.lowerBound, to: range.upperBound, by: step) where piece != begin {
            all.survey.add(pieces[piece].survey)
            all.end = max(all.end, pieces[piece].end)
        }
        if all.survey.isFinite, all.survey.leastWeight >= 0 {
            var seams = Seams(
                sums, partition, centre: all.survey.centre, first: pieces[begin],
                known: known + range.lowerBound)
            for piece in Swift.stride(from: begin + step, to: range.upperBound, by: step) {
                // What was pooled just now is near.
                if step > 1, piece + step < range.upperBound { seams.fetch(pieces[piece + step]) }
                seams.join(pieces[piece])
            }
            (all.lastStart, all.last) = seams.lastBlock
        }
        pieces[range.lowerBound] = all
    }
}
