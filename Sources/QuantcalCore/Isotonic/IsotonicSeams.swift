/// Joins pieces that are pooled into the fit of all, from left to right.
///
/// Sums of blocks inside a piece are taken from the data again when a seam asks for them; those of each
/// piece's last block and of what was merged are kept. A block that is summed again is merged for good, or
/// ends the search.
///
/// Where a seam takes many blocks in, not each is looked at: means rise from block to block, so if what lies before
/// a block, merged, still has at least its mean, so had every part of it, and all of them go together.
struct IsotonicSeams<T: IsotonicScalar, Weights: IsotonicWeights>: ~Copyable {
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

    /// So many blocks are merged one by one before several are tried at once.
    private static var singles: Int { 4 }

    let sums: IsotonicBlockSum<T, Weights>
    let partition: IsotonicPartition
    let centre: Double
    /// What seams before were merged to.
    private let known: Scratch<Block>
    private var height = 0
    /// The block that ends where the pieces that are joined end.
    private var last: Block

    /// Begins with the last block of the first piece.
    init(
        _ sums: IsotonicBlockSum<T, Weights>, _ partition: IsotonicPartition, centre: Double, pieces: Int,
        first: (start: Int, sum: IsotonicBlockSum<T, Weights>.Sum), endingAt end: Int
    ) throws(QuantcalError) {
        known = try Scratch<Block>(pieces)
        (self.sums, self.partition, self.centre) = (sums, partition, centre)
        last = Self.block(first.start..<end, first.sum, centre)
    }

    /// Joins a piece, whose first block begins at a place and whose last is given.
    mutating func join(
        _ piece: Range<Int>, from begin: Int, last: (start: Int, sum: IsotonicBlockSum<T, Weights>.Sum)
    ) {
        let rightLast = Self.block(last.start..<piece.upperBound, last.sum, centre)
        var block = self.last
        block.end = begin
        var isMerged = false
        repeat {
            isMerged = absorbRight(&block, rightLast) || isMerged
        } while isMerged && absorbLeft(&block)
        if block.end == piece.upperBound {
            self.last = block
        } else {
            partition.mark(block.end, true)
            known.buffer[height] = block
            height += 1
            self.last = rightLast
        }
    }

    /// Brings near what is looked at first when a piece is joined.
    func fetch(_ piece: Range<Int>, lastStart: Int) {
        var border = piece.lowerBound
        for _ in 0..<2 {
            border = partition.border(after: border, limit: lastStart)
            sums.cells.fetch(around: border)
        }
        guard border < lastStart else { return }
        sums.cells.fetch(around: lastStart)
        sums.cells.fetch(around: partition.border(before: lastStart))
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
            block = block + next
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
            let before = start > block.end ? block + self.block(block.end..<start) : block
            let next = self.block(start..<end)
            if before.violates(next) {
                partition.clear(block.end..<end)
                block = before + next
            } else {
                high = start
            }
            end = partition.border(after: block.end + (high - block.end) / 2, limit: high)
        }
    }

    /// Merges a block with those before it while they are out of order. Returns whether there was one.
    private mutating func absorbLeft(_ block: inout Block) -> Bool {
        var merged = 0
        while block.start > 0 {
            if merged == Self.singles { leapLeft(&block, height > 0 ? known.buffer[height - 1].end : 0) }
            guard block.start > 0 else { break }
            let isKnown = height > 0 && known.buffer[height - 1].end == block.start
            let below =
                isKnown
                ? known.buffer[height - 1]
                : self.block(partition.border(before: block.start)..<block.start)
            guard below.violates(block) else { break }
            if isKnown { height -= 1 }
            partition.mark(block.start, false)
            block = below + block
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
            let after = end < block.start ? self.block(end..<block.start) + block : block
            let below = self.block(start..<end)
            if below.violates(after) {
                partition.clear(start + 1..<block.start + 1)
                block = below + after
            } else {
                low = end
            }
            start = max(partition.border(before: low + (block.start - low) / 2 + 1), low)
        }
    }

    private func block(_ range: Range<Int>) -> Block { Self.block(range, sums.sum(range), centre) }

    /// The sum of the centred values is that of the values, less the centre for each unit of weight.
    private static func block(
        _ range: Range<Int>, _ raw: IsotonicBlockSum<T, Weights>.Sum, _ centre: Double
    ) -> Block {
        var sum = raw.values
        sum.addProduct(raw.weights.value, -centre)
        return Block(
            start: range.lowerBound, end: range.upperBound, sum: sum.value, weight: raw.weights.value)
    }
}
