/// Writes the result of a partition into blocks, in the order of memory: every block is summed again
/// from the data, accurately, and its mean written over its points. Pieces do so side by side; they
/// are cut by index, so the result does not depend on threads.
struct IsotonicWriter<T: IsotonicScalar, Weights: IsotonicWeights> {
    let sums: IsotonicBlockSum<T, Weights>
    let output: IsotonicRegression.Output<T>
    private var points: IsotonicPoints<T, Weights> { sums.points }

    private static var pieceSize: Int { 1 << 17 }

    /// What a piece knows of its blocks.
    private struct Piece: BitwiseCopyable {
        /// The number of the first block that begins in the piece, and how many do.
        var firstBlock = 0
        var blockCount = 0
        /// Where that block begins; the end of the piece if there is none.
        var firstBorder = 0
        /// The sum of the points before that block: they belong to one that began earlier.
        var leading = IsotonicBlockSum<T, Weights>.Sum()
        /// The mean of the last block that begins in the piece.
        var lastMean = T.zero
        var isOrdered = true
    }

    /// Returns the number of blocks. Each block is summed and written by the pieces that it lies in.
    func write(_ partition: IsotonicPartition) throws(QuantcalError) -> Int {
        let pieceCount = (points.count + Self.pieceSize - 1) / Self.pieceSize
        let memory = try Scratch<Piece>(pieceCount)
        let pieces = memory.buffer.baseAddress!
        let threads = Parallel.threads(for: pieceCount, work: points.count)
        Parallel.forEach(pieceCount, threads: threads) { index, _ in
            let range = range(index)
            var piece = Piece(
                blockCount: partition.blocks(in: range), firstBorder: partition.firstBorder(in: range))
            if piece.firstBorder > range.lowerBound {
                piece.leading = sums.sum(range.lowerBound..<piece.firstBorder)
            }
            pieces[index] = piece
        }
        for index in 1..<max(pieceCount, 1) {
            pieces[index].firstBlock = pieces[index - 1].firstBlock + pieces[index - 1].blockCount
        }
        Parallel.forEach(pieceCount, threads: threads) { index, _ in writeBlocks(index, pieces, partition) }
        Parallel.forEach(pieceCount, threads: threads) { index, _ in writeLeading(index, pieces) }
        let count = pieces[pieceCount - 1].firstBlock + pieces[pieceCount - 1].blockCount
        output.blocks?[count] = points.count
        let areOrdered = (0..<pieceCount).allSatisfy {
            pieces[$0].isOrdered && isOrdered(at: pieces[$0].firstBorder)
        }
        return areOrdered ? count : settle(partition)
    }

    private func range(_ piece: Int) -> Range<Int> {
        piece * Self.pieceSize..<min((piece + 1) * Self.pieceSize, points.count)
    }

    /// Whether a value may follow another in memory in a block of its own.
    @inline(__always) private func follows(_ value: T, _ last: T) -> Bool {
        points.scale < 0 ? value < last : value > last
    }

    /// Whether the means on both sides of a border are in order.
    private func isOrdered(at border: Int) -> Bool {
        border == 0 || border == points.count || follows(output.fitted[border], output.fitted[border - 1])
    }

    /// Writes the blocks that begin in a piece, as far as they lie in it, and notes whether any two
    /// means are equal or out of order by rounding.
    private func writeBlocks(
        _ index: Int, _ pieces: UnsafeMutablePointer<Piece>, _ partition: IsotonicPartition
    ) {
        let range = range(index)
        var piece = pieces[index]
        var block = piece.firstBlock
        var begin = piece.firstBorder
        while begin < range.upperBound {
            if partition.areSingles(from: begin), begin + 64 <= range.upperBound {
                writeSingles(begin, block, &piece)
                (begin, block) = (begin + 64, block + 64)
                continue
            }
            let end = partition.border(after: begin, limit: range.upperBound)
            var (mean, weight) = sums.mean(begin..<end)
            if end == range.upperBound, end < points.count, !partition.isBorder(end) {
                let sum = sum(sums.sum(begin..<end), andLeadingAfter: index, pieces)
                mean = sums.mean(sum, of: begin..<partition.border(after: end, limit: points.count))
                weight = sum.weights.value
            }
            piece.isOrdered = piece.isOrdered && (block == piece.firstBlock || follows(mean, piece.lastMean))
            if end - begin >= isotonicCellSize {
                // The next block's sum will look at it.
                sums.cells.fetch(around: partition.border(after: end, limit: range.upperBound))
            }
            fill(begin..<end, mean)
            output.blocks?[block] = begin
            output.blockWeights?[block] = T(weight / points.weights.scale)
            piece.lastMean = mean
            (begin, block) = (end, block + 1)
        }
        // The other fields are being read.
        pieces[index].lastMean = piece.lastMean
        pieces[index].isOrdered = piece.isOrdered
    }

    /// Writes 64 points that are blocks of their own.
    @inline(__always) private func writeSingles(_ begin: Int, _ block: Int, _ piece: inout Piece) {
        if block > piece.firstBlock {
            piece.isOrdered = piece.isOrdered && follows(points.values[begin], piece.lastMean)
        }
        piece.lastMean = points.values[begin + 63]
        (output.fitted + begin).update(from: points.values.baseAddress! + begin, count: 64)
        if let blocks = output.blocks {
            for index in 0..<64 { blocks[block + index] = begin + index }
        }
        if let weights = output.blockWeights {
            for index in 0..<64 {
                weights[block + index] = T(points.weight(begin + index) / points.weights.scale)
            }
        }
    }

    /// A sum up to the end of a piece, and those of the pieces after it up to the next border.
    private func sum(
        _ start: IsotonicBlockSum<T, Weights>.Sum, andLeadingAfter index: Int, _ pieces: UnsafePointer<Piece>
    ) -> IsotonicBlockSum<T, Weights>.Sum {
        var sum = start
        var later = index + 1
        while later * Self.pieceSize < points.count {
            sum += pieces[later].leading
            if pieces[later].blockCount > 0 { break }
            later += 1
        }
        return sum
    }

    /// Writes the rest of a block that began in an earlier piece.
    private func writeLeading(_ index: Int, _ pieces: UnsafeMutablePointer<Piece>) {
        let range = range(index)
        let end = pieces[index].firstBorder
        guard end > range.lowerBound else { return }
        var owner = index - 1
        while pieces[owner].blockCount == 0 { owner -= 1 }
        fill(range.lowerBound..<end, pieces[owner].lastMean)
    }

    @inline(__always) private func fill(_ places: Range<Int>, _ mean: T) {
        if places.count >= 32, let kernel = T.fillKernel {
            kernel(output.fitted + places.lowerBound, places.count, mean)
        } else {
            for place in places { output.fitted[place] = mean }
        }
    }

    /// Joins blocks whose written means are equal, or out of order by less than the accuracy of the
    /// pooling: the later takes the value of the earlier. Returns the number of blocks left.
    private func settle(_ partition: IsotonicPartition) -> Int {
        var kept = 0
        var index = 0
        var begin = 0
        var last = T.zero
        while begin < points.count {
            let end = partition.border(after: begin, limit: points.count)
            let mean = output.fitted[begin]
            if kept > 0, !follows(mean, last) {
                (output.fitted + begin).update(repeating: last, count: end - begin)
                if let weights = output.blockWeights { weights[kept - 1] += weights[index] }
            } else {
                output.blocks?[kept] = begin
                if let weights = output.blockWeights { weights[kept] = weights[index] }
                (last, kept) = (mean, kept + 1)
            }
            (begin, index) = (end, index + 1)
        }
        output.blocks?[kept] = points.count
        return kept
    }
}
