/// Pooling in pieces: each piece of the points is pooled by itself, on any thread, and then the seams
/// are mended in order. Two ranges that are fitted join into the fit of both by merging at
/// their seam only: the last block of the left with the first of the right while they are out of order,
/// and then whichever neighbour the merged block is out of order with. Pieces are cut by index, so the
/// result does not depend on threads.
struct IsotonicPooling<T: SummableScalar, Weights: IsotonicWeights> {
    /// A run of points that share one value; the sum is of centred, weighted values.
    struct Block: BitwiseCopyable {
        var start: Int
        var end: Int
        var sum: Double
        var weight: Double

        /// Whether the mean is at least that of a later block, which it must then join. By cross
        /// multiplication: no division, and exact for small integers.
        @inline(__always) func violates(_ later: Block) -> Bool { sum * later.weight >= later.sum * weight }

        static func + (a: Block, b: Block) -> Block {
            Block(start: a.start, end: b.end, sum: a.sum + b.sum, weight: a.weight + b.weight)
        }
    }

    private static var pieceSize: Int { 1 << 17 }
    /// How many pieces lie between two reports of progress.
    private static var piecesInWave: Int { 32 }

    private let points: IsotonicPoints<T, Weights>
    private let centre: Double
    private let scale: Double
    private let pieceCount: Int
    private let sums: IsotonicBlockSum<T, Weights>

    /// Values are multiplied by `scale`, a power of two, and taken relative to `centre`, so that a common
    /// offset does not drown their differences.
    init(_ points: IsotonicPoints<T, Weights>, scale: Double, centre: Double) {
        self.points = points
        self.scale = scale
        self.centre = centre * scale
        sums = IsotonicBlockSum(points: points, scale: scale)
        pieceCount = (points.count + Self.pieceSize - 1) / Self.pieceSize
    }

    /// Marks the borders of the fit's blocks.
    func pool(_ partition: IsotonicPartition, _ progress: Progress) throws(QuantcalError) {
        let lasts = try Scratch<Block>(pieceCount)
        let threads = Parallel.threads(for: pieceCount, work: points.count)
        // A piece has at most as many blocks as points.
        let stacks = try Scratch<Block>(threads * min(Self.pieceSize, points.count))
        let stride = stacks.buffer.count / threads
        for wave in Swift.stride(from: 0, to: pieceCount, by: Self.piecesInWave) {
            try progress(Double(wave) / Double(pieceCount))
            let pieces = min(Self.piecesInWave, pieceCount - wave)
            Parallel.forEach(pieces, threads: min(threads, pieces)) { piece, thread in
                lasts.buffer[wave + piece] = poolPiece(
                    range(wave + piece), partition, stacks.buffer.baseAddress! + thread * stride)
            }
        }
        try mendSeams(partition, lasts.buffer)
    }

    private func range(_ piece: Int) -> Range<Int> {
        piece * Self.pieceSize..<min((piece + 1) * Self.pieceSize, points.count)
    }

    /// A weighted, centred value.
    @inline(__always) private func term(_ index: Int, _ weight: Double) -> Double {
        (points.value(index) * scale - centre) * weight
    }

    /// Pools one piece and marks its borders; returns its last block.
    private func poolPiece(
        _ range: Range<Int>, _ partition: IsotonicPartition, _ stack: UnsafeMutablePointer<Block>
    ) -> Block {
        var height = 0
        // The block on top; its weight is 0 before the first point.
        var start = firstBlock(range)
        var sum = 0.0
        var weight = 0.0
        for index in start..<range.upperBound {
            let pointWeight = points.weight(index)
            let term = term(index, pointWeight)
            if points.weights.hasZero && pointWeight == 0 { continue }
            if term * weight > sum * pointWeight {
                stack[height] = Block(start: start, end: index, sum: sum, weight: weight)
                height += 1
                partition.mark(points.gap(index), true)
                (start, sum, weight) = (index, term, pointWeight)
                continue
            }
            sum += term
            weight += pointWeight
            while height > 0, stack[height - 1].sum * weight >= sum * stack[height - 1].weight {
                height -= 1
                partition.mark(points.gap(start), false)
                start = stack[height].start
                sum += stack[height].sum
                weight += stack[height].weight
            }
        }
        return Block(start: start, end: range.upperBound, sum: sum, weight: weight)
    }

    /// Where a piece's first block begins: points of weight 0 belong to the block on their left, and only
    /// where there is none to that on their right.
    private func firstBlock(_ range: Range<Int>) -> Int {
        guard points.weights.hasZero, range.lowerBound > 0 else { return range.lowerBound }
        return range.first { points.weight($0) > 0 } ?? range.upperBound
    }

    /// Joins the pieces from left to right. Sums of blocks inside a piece are taken from the data again
    /// when a seam asks for them; those of each piece's last block and of what was merged are kept.
    /// A block that is summed again is merged for good, or ends the search: the work is linear.
    private func mendSeams(
        _ partition: IsotonicPartition, _ lasts: UnsafeMutableBufferPointer<Block>
    ) throws(QuantcalError) {
        let known = try Scratch<Block>(pieceCount)
        var height = 0
        var last = lasts[0]
        for piece in 1..<max(pieceCount, 1) {
            let right = range(piece)
            var block = last
            block.end = firstBlock(right)
            var isMerged = false
            while true {
                if block.end < right.upperBound {
                    let next = blockStarting(at: block.end, partition, lasts[piece])
                    if block.violates(next) {
                        partition.mark(points.gap(block.end), false)
                        block = block + next
                        isMerged = true
                        continue
                    }
                }
                guard isMerged, block.start > 0 else { break }
                let isKnown = height > 0 && known.buffer[height - 1].end == block.start
                let below = isKnown ? known.buffer[height - 1] : blockEnding(at: block.start, partition)
                guard below.violates(block) else { break }
                if isKnown { height -= 1 }
                partition.mark(points.gap(block.start), false)
                block = below + block
            }
            if block.end == right.upperBound {
                last = block
            } else {
                partition.mark(points.gap(block.end), true)
                known.buffer[height] = block
                height += 1
                last = lasts[piece]
            }
        }
    }

    /// The block that begins at a point of a piece whose last block is known.
    private func blockStarting(at start: Int, _ partition: IsotonicPartition, _ last: Block) -> Block {
        if last.start <= start { return last }
        var end = start + 1
        while end < last.start, !partition.isBorder(points.gap(end)) { end += 1 }
        return sum(start..<end)
    }

    /// The block that ends before a point.
    private func blockEnding(at end: Int, _ partition: IsotonicPartition) -> Block {
        var start = end - 1
        while start > 0, !partition.isBorder(points.gap(start)) { start -= 1 }
        return sum(start..<end)
    }

    /// The sum of the centred values is that of the values, less the centre for each unit of weight.
    private func sum(_ range: Range<Int>) -> Block {
        let ends = (points.place(range.lowerBound), points.place(range.upperBound - 1))
        let raw = sums.sum(min(ends.0, ends.1)..<max(ends.0, ends.1) + 1)
        var sum = raw.values
        sum.addProduct(raw.weights.value, -centre)
        return Block(
            start: range.lowerBound, end: range.upperBound, sum: sum.value, weight: raw.weights.value)
    }
}
