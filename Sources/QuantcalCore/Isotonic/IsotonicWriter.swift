/// Writes the result of a partition into blocks, in the order of memory: every block is summed again
/// from the data, accurately, and its mean written over its points. Pieces do so side by side; they
/// are cut by index, so the result does not depend on threads.
struct IsotonicWriter<T: IsotonicScalar, Weights: IsotonicWeights> {
    let sums: IsotonicBlockSum<T, Weights>
    let output: IsotonicRegression.Output<T>
    private var points: IsotonicPoints<T, Weights> { sums.points }
    private var stores: BulkStores { BulkStores(into: points.count * MemoryLayout<T>.stride) }

    private static var pieceSize: Int { 1 << 17 }

    /// What a piece knows of its blocks.
    private struct Piece: BitwiseCopyable {
        /// The number of the first block that begins in the piece, and how many do.
        var firstBlock = 0
        var blockCount = 0
        /// Where that block begins; the end of the piece if there is none.
        var firstBorder = 0
        /// The sum of the points before that block, which belong to one that began earlier, and its mean.
        var leading = IsotonicBlockSum<T, Weights>.Sum()
        var leadingMean = T.zero
        /// Where the last block begins if it reaches into the next piece, and the sum of its points here;
        /// then its mean and the sum of all its points.
        var openBorder: Int?
        var open = IsotonicBlockSum<T, Weights>.Sum()
        var openMean = T.zero
        var isOrdered = true
    }

    /// Returns the number of blocks. Each block is summed and written by the pieces that it lies in.
    func write(_ partition: IsotonicPartition) throws(QuantcalError) -> Int {
        let pieceCount = (points.count + Self.pieceSize - 1) / Self.pieceSize
        let memory = try Scratch<Piece>(pieceCount)
        let pieces = memory.buffer.baseAddress!
        let threads = Parallel.threads(for: pieceCount, work: points.count)
        Parallel.forEach(pieceCount, threads: threads) { index, _ in
            pieces[index] = survey(range(index), partition)
        }
        for index in 1..<max(pieceCount, 1) {
            pieces[index].firstBlock = pieces[index - 1].firstBlock + pieces[index - 1].blockCount
        }
        for index in 0..<pieceCount where pieces[index].openBorder != nil {
            closeBlock(index, pieces, partition)
        }
        Parallel.forEach(pieceCount, threads: threads) { index, _ in
            pieces[index].isOrdered = writeBlocks(range(index), pieces[index], partition)
        }
        let count = pieces[pieceCount - 1].firstBlock + pieces[pieceCount - 1].blockCount
        output.blocks?[count] = points.count
        let areOrdered = (0..<pieceCount).allSatisfy {
            pieces[$0].isOrdered && (pieces[$0].blockCount == 0 || isOrdered(at: pieces[$0].firstBorder))
        }
        return areOrdered ? count : settle(partition)
    }

    /// Sums up the parts of blocks that reach into a piece or out of it.
    private func survey(_ range: Range<Int>, _ partition: IsotonicPartition) -> Piece {
        var piece = Piece(
            blockCount: partition.blocks(in: range), firstBorder: partition.firstBorder(in: range))
        if piece.firstBorder > range.lowerBound {
            piece.leading = sums.sum(range.lowerBound..<piece.firstBorder)
        }
        if piece.blockCount > 0, !partition.isBorder(range.upperBound) {
            let border = partition.border(before: range.upperBound)
            piece.openBorder = border
            piece.open = sums.sum(border..<range.upperBound)
        }
        return piece
    }

    /// Finds the mean of a block that reaches out of a piece, and tells the pieces that it reaches into.
    private func closeBlock(
        _ index: Int, _ pieces: UnsafeMutablePointer<Piece>, _ partition: IsotonicPartition
    ) {
        var later = index + 1
        while range(later).upperBound < points.count, pieces[later].blockCount == 0 {
            pieces[index].open += pieces[later].leading
            later += 1
        }
        pieces[index].open += pieces[later].leading
        let mean = sums.mean(
            pieces[index].open, of: pieces[index].openBorder!..<pieces[later].firstBorder)
        pieces[index].openMean = mean
        for piece in index + 1...later { pieces[piece].leadingMean = mean }
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

    /// Writes what lies in a piece. Returns false if any two means are equal or out of order by rounding.
    private func writeBlocks(_ range: Range<Int>, _ piece: Piece, _ partition: IsotonicPartition) -> Bool {
        fill(range.lowerBound..<piece.firstBorder, piece.leadingMean)
        var state = State(block: piece.firstBlock)
        var begin = piece.firstBorder
        var end = partition.border(after: begin, limit: range.upperBound)
        while begin < range.upperBound {
            let singles = partition.singles(from: begin, limit: range.upperBound)
            if singles > 0 {
                writeSingles(begin..<begin + singles, &state, isFirst: begin == piece.firstBorder)
                begin += singles
                end = partition.border(after: begin, limit: range.upperBound)
                continue
            }
            let next = partition.border(after: end, limit: range.upperBound)
            let (mean, weight) =
                begin == piece.openBorder
                ? (piece.openMean, piece.open.weights.value) : sums.mean(begin..<end)
            if begin > piece.firstBorder {
                state.isOrdered = state.isOrdered && follows(mean, state.lastMean)
            }
            if next - end >= isotonicCellSize {
                // The next block's sum will look at it.
                sums.cells.fetch(around: next)
                sums.cells.fetchSums(end..<next)
            }
            fill(begin..<end, mean)
            output.blocks?[state.block] = begin
            output.blockWeights?[state.block] = T(weight / points.weights.scale)
            state.lastMean = mean
            state.block += 1
            (begin, end) = (end, next)
        }
        return state.isOrdered
    }

    /// Where the writing of a piece is.
    private struct State {
        var block: Int
        var lastMean = T.zero
        var isOrdered = true
    }

    /// Writes points that are blocks of their own.
    private func writeSingles(_ places: Range<Int>, _ state: inout State, isFirst: Bool) {
        let (begin, block) = (places.lowerBound, state.block)
        if !isFirst { state.isOrdered = state.isOrdered && follows(points.values[begin], state.lastMean) }
        state.lastMean = points.values[places.upperBound - 1]
        state.block += places.count
        stores.copy(output.fitted + begin, points.values.baseAddress! + begin, places.count)
        if let blocks = output.blocks { stores.countUp(blocks + block, from: begin, places.count) }
        guard let blockWeights = output.blockWeights else { return }
        if let weights = points.weightMemory {
            stores.copy(blockWeights + block, weights + begin, places.count)
        } else {
            stores.fill(blockWeights + block, places.count, 1)
        }
    }

    @inline(__always) private func fill(_ places: Range<Int>, _ mean: T) {
        stores.fill(output.fitted + places.lowerBound, places.count, mean)
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
