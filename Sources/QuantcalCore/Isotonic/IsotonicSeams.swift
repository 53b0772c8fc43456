/// Joins pieces that are pooled into the fit of all, from left to right.
///
/// Sums of blocks inside a piece are taken from the data again when a seam asks for them; those of each
/// piece's last block and of what was merged are kept. A block that is summed again is merged for good, or
/// ends the search.
///
/// Where a seam takes many blocks in, not each is looked at: means rise from block to block, so if what lies before
/// a block, merged, still has at least its mean, so had every part of it, and all of them go together.
struct IsotonicSeams<T: IsotonicScalar, Weights: IsotonicWeights> {
    typealias Sum = IsotonicBlockSum<T, Weights>.Sum

    /// What is known of neighbouring points that are pooled.
    struct Piece: BitwiseCopyable {
        var survey: IsotonicCells<T, Weights>.Survey
        /// Where its first block starts: points of weight 0 before it belong to the block on their left. The
        /// end if no point has a weight.
        var start: Int
        var end: Int
        /// Where its last block starts, and that block's sum.
        var lastStart: Int
        var last: Sum
    }

    /// A run of points that share one value.
    struct Block: BitwiseCopyable {
        var start: Int
        var end: Int
        /// Of weighted values and of weights.
        let total: Sum
        /// The sum of the centred values is that of the values, less the centre for each unit of weight.
        let sum: Double
        let weight: Double

        init(_ places: Range<Int>, _ total: Sum, _ centre: Double) {
            (start, end, self.total) = (places.lowerBound, places.upperBound, total)
            weight = total.weights.value
            var values = total.values
            values.addProduct(weight, -centre)
            sum = values.value
        }

        /// Whether the mean is at least that of a later block, which it must then join. By cross
        /// multiplication: no division, and exact for small integers.
        @inline(__always) func violates(_ later: Block) -> Bool { sum * later.weight >= later.sum * weight }
    }

    /// So many blocks are merged one by one before several are tried at once.
    private static var singles: Int { 4 }

    private let sums: IsotonicBlockSum<T, Weights>
    private let partition: IsotonicPartition
    private let centre: Double
    /// Where the first block of all starts.
    private let start: Int
    /// What seams before were merged to.
    private let known: UnsafeMutablePointer<Block>
    private var height = 0
    /// The block that ends where the pieces that are joined end.
    private var last: Block

    /// Begins with one piece. Takes memory for as many blocks as pieces are joined with it.
    init(
        _ sums: IsotonicBlockSum<T, Weights>, _ partition: IsotonicPartition, centre: Double, first: Piece,
        known: UnsafeMutablePointer<Block>
    ) {
        (self.sums, self.partition, self.centre, self.known) = (sums, partition, centre, known)
        start = first.start
        last = Block(first.lastStart..<first.end, first.last, centre)
    }

    /// The last block of all that is joined.
    var lastBlock: (start: Int, sum: Sum) { (last.start, last.total) }

    mutating func join(_ piece: Piece) {
        let rightLast = Block(piece.lastStart..<piece.end, piece.last, centre)
        var block = self.last
        block.end = piece.start
        var isMerged = false
        repeat {
            isMerged = absorbRight(&block, rightLast) || isMerged
        } while isMerged && absorbLeft(&block)
        if block.end == piece.end {
            self.last = block
        } else {
            partition.mark(block.end, true)
            known[height] = block
            height += 1
            self.last = rightLast
        }
    }

    /// Brings near what is looked at first when a piece is joined.
    func fetch(_ piece: Piece) {
        var border = piece.start
        for _ in 0..<2 {
            border = partition.border(after: border, limit: piece.lastStart)
            sums.cells.fetch(around: border)
        }
        guard border < piece.lastStart else { return }
        sums.cells.fetch(around: piece.lastStart)
        sums.cells.fetch(around: partition.border(before: piece.lastStart))
    }

    /// Merges a block with those after it while they are out of order. Returns whether there was one.
    private func absorbRight(_ block: inout Block, _ last: Block) -> Bool {
        var merged = 0
        while block.end < last.end {
            if merged == Self.singles { leapRight(&block, last.start) }
            let next =
                last.start <= block.end
                ? last : self.block(block.end..<partition.border(after: block.end, limit: last.start))
            guard block.violates(next) else { break }
            partition.mark(block.end, false)
            block = joined(block, next)
            merged += 1
        }
        return merged > 0
    }

    /// Merges a block with as many of those up to a border as go with it.
    private func leapRight(_ block: inout Block, _ border: Int) {
        var high = border
        var end = high
        while block.end < high {
            let start = max(partition.border(before: end), block.end)
            let before = start > block.end ? joined(block, self.block(block.end..<start)) : block
            let next = self.block(start..<end)
            if before.violates(next) {
                partition.clear(block.end..<end)
                block = joined(before, next)
            } else {
                high = start
            }
            end = partition.border(after: block.end + (high - block.end) / 2, limit: high)
        }
    }

    /// Merges a block with those before it while they are out of order. Returns whether there was one.
    private mutating func absorbLeft(_ block: inout Block) -> Bool {
        var merged = 0
        while block.start > start {
            if merged == Self.singles { leapLeft(&block, height > 0 ? known[height - 1].end : start) }
            guard block.start > start else { break }
            let isKnown = height > 0 && known[height - 1].end == block.start
            let below =
                isKnown
                ? known[height - 1]
                : self.block(partition.border(before: block.start)..<block.start)
            guard below.violates(block) else { break }
            if isKnown { height -= 1 }
            partition.mark(block.start, false)
            block = joined(below, block)
            merged += 1
        }
        return merged > 0
    }

    /// Merges a block with as many of those down to a border as go with it.
    private func leapLeft(_ block: inout Block, _ border: Int) {
        var low = border
        var start = low
        while low < block.start {
            let end = partition.border(after: start, limit: block.start)
            let after = end < block.start ? joined(self.block(end..<block.start), block) : block
            let below = self.block(start..<end)
            if below.violates(after) {
                partition.clear(start + 1..<block.start + 1)
                block = joined(below, after)
            } else {
                low = end
            }
            start = max(partition.border(before: low + (block.start - low) / 2 + 1), low)
        }
    }

    // Functions of their own: inside of each use they would be most of the library's isotonic code.
    @inline(never) private func block(_ places: Range<Int>) -> Block {
        Block(places, sums.sum(places), centre)
    }

    @inline(never) private func joined(_ a: Block, _ b: Block) -> Block {
        var total = a.total
        total += b.total
        return Block(a.start..<b.end, total, centre)
    }
}
