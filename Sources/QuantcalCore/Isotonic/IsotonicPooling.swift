/// Pooling in pieces: each piece of the points is surveyed and pooled by itself, on any thread, and then
/// the seams are mended in order. Two ranges that are fitted join into the fit of both by merging at their
/// seam only: the last block of the left with the first of the right while they are out of order, and
/// then whichever neighbour the merged block is out of order with. Pieces are cut by index, so the
/// result does not depend on threads.
struct IsotonicPooling<T: IsotonicScalar, Weights: IsotonicWeights> {
    /// A run of points that share one value; the sum is of centred, weighted values.
    struct Block: BitwiseCopyable {
        var start: Int
        var end: Int
        var sum: Double
        var weight: Double

        /// Whether the mean is at least that of a later block, which it must then join. By cross
        /// multiplication: no division, and exact for small integers.
        @inline(__always) func violates(_ later: Block) -> Bool { sum * later.weight >= later.sum * weight }

        @inline(__always) static func + (a: Block, b: Block) -> Block {
            Block(start: a.start, end: b.end, sum: a.sum + b.sum, weight: a.weight + b.weight)
        }
    }

    /// What is known of a piece when it is pooled.
    struct Piece: BitwiseCopyable {
        var survey: IsotonicCells<T, Weights>.Survey
        /// Where its last block starts, and that block's sum.
        var lastStart: Int
        var last: IsotonicBlockSum<T, Weights>.Sum
    }

    /// A multiple of the cells' size; a piece with its weights fits a core's own cache.
    private static var pieceSize: Int { 1 << 15 }
    /// How many pieces lie between two reports of progress.
    private static var piecesInWave: Int { 128 }

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
            try progress(Double(wave) / Double(pieceCount))
            let count = min(Self.piecesInWave, pieceCount - wave)
            Parallel.forEach(count, threads: min(threads, count)) { index, thread in
                pieces[wave + index] = pool(range(wave + index), benches[thread])
            }
        }
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
        let survey = cells.survey(cellRange)
        var lastStart = range.upperBound - 1
        if survey.rises, survey.leastWeight > 0 {
            partition.markAll(range)
        } else if survey.isFinite {
            let elimination = IsotonicElimination(cells: cells, survey: survey)
            let start = firstBlock(range)
            var stack = IsotonicStack(blocks: bench.blocks, start: start)
            if elimination.survivors(in: cellRange, bench) {
                push(survivors: bench.masks, of: cellRange, elimination, &stack)
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
        survivors masks: UnsafePointer<UInt64>, of range: Range<Int>,
        _ elimination: IsotonicElimination<T, Weights>, _ stack: inout IsotonicStack
    ) {
        // What follows the last survivor.
        var (sum, weight) = (0.0, 0.0)
        for cell in range {
            var mask = masks[cell - range.lowerBound]
            let places = cells.places(cell)
            if mask & ~(1 << 63) == 0 {
                sum += elimination.centredSum(cell)
                weight += cells.cells[cell].weight_high
                guard mask != 0 else { continue }
                stack.push(sum, weight, endingAt: places.upperBound)
                (sum, weight) = (0, 0)
                continue
            }
            var start = places.lowerBound
            while mask != 0 {
                let end = places.lowerBound + mask.trailingZeroBitCount + 1
                mask &= mask - 1
                let run = elimination.runSum(start..<end)
                stack.push(sum + run.sum, weight + run.weight, endingAt: end)
                (sum, weight, start) = (0, 0, end)
            }
            (sum, weight) = elimination.runSum(start..<places.upperBound)
        }
    }

    /// Where a piece's first block begins: points of weight 0 belong to the block on their left, and only
    /// where there is none to that on their right.
    private func firstBlock(_ range: Range<Int>) -> Int {
        guard !Weights.areOnes, range.lowerBound > 0 else { return range.lowerBound }
        return range.first { points.weight($0) > 0 } ?? range.upperBound
    }

    /// Joins the pieces from left to right. Sums of blocks inside a piece are taken from the data again
    /// when a seam asks for them; those of each piece's last block and of what was merged are kept.
    /// A block that is summed again is merged for good, or ends the search: the work is linear.
    private func mendSeams(_ pieces: UnsafePointer<Piece>, _ centre: Double) throws(QuantcalError) {
        let known = try Scratch<Block>(pieceCount)
        var height = 0
        var last = self.last(0, pieces[0], centre)
        for piece in 1..<max(pieceCount, 1) {
            let right = range(piece)
            let rightLast = self.last(piece, pieces[piece], centre)
            var block = last
            block.end = firstBlock(right)
            var isMerged = false
            while true {
                if block.end < right.upperBound {
                    let next =
                        rightLast.start <= block.end
                        ? rightLast
                        : self.block(
                            block.end..<partition.border(after: block.end, limit: rightLast.start), centre)
                    if block.violates(next) {
                        partition.mark(block.end, false)
                        block = block + next
                        isMerged = true
                        continue
                    }
                }
                guard isMerged, block.start > 0 else { break }
                let isKnown = height > 0 && known.buffer[height - 1].end == block.start
                let below =
                    isKnown
                    ? known.buffer[height - 1]
                    : self.block(partition.border(before: block.start)..<block.start, centre)
                guard below.violates(block) else { break }
                if isKnown { height -= 1 }
                partition.mark(block.start, false)
                block = below + block
            }
            if block.end == right.upperBound {
                last = block
            } else {
                partition.mark(block.end, true)
                known.buffer[height] = block
                height += 1
                last = rightLast
            }
        }
    }

    /// The last block of a piece.
    private func last(_ index: Int, _ piece: Piece, _ centre: Double) -> Block {
        block(piece.lastStart..<range(index).upperBound, piece.last, centre)
    }

    private func block(_ range: Range<Int>, _ centre: Double) -> Block {
        block(range, sums.sum(range), centre)
    }

    /// The sum of the centred values is that of the values, less the centre for each unit of weight.
    private func block(
        _ range: Range<Int>, _ raw: IsotonicBlockSum<T, Weights>.Sum, _ centre: Double
    ) -> Block {
        var sum = raw.values
        sum.addProduct(raw.weights.value, -centre)
        return Block(
            start: range.lowerBound, end: range.upperBound, sum: sum.value, weight: raw.weights.value)
    }
}
