/// The blocks of a piece while it is pooled: those below the top, and the top, which is being made.
struct IsotonicStack {
    struct Block: BitwiseCopyable {
        var start: Int
        var sum: Double
        var weight: Double
    }

    private let blocks: UnsafeMutablePointer<Block>
    private let partition: IsotonicPartition
    private var height = 0
    /// The block on top; its weight is 0 before the first point.
    private(set) var start: Int
    private var sum = 0.0
    private var weight = 0.0
    private var end: Int

    init(blocks: UnsafeMutablePointer<Block>, start: Int, partition: IsotonicPartition) {
        (self.blocks, self.start, self.partition) = (blocks, start, partition)
        end = start
    }

    /// Adds a run of points that follows what is there. One of weight 0 goes with the block on its left.
    @inline(__always) mutating func push(_ runSum: Double, _ runWeight: Double, endingAt runEnd: Int) {
        if runWeight == 0 {
            end = max(end, runEnd)
            return
        }
        if runSum * weight > sum * runWeight {
            blocks[height] = Block(start: start, sum: sum, weight: weight)
            height &+= 1
            (start, sum, weight) = (end, runSum, runWeight)
        } else {
            sum += runSum
            weight += runWeight
            while height > 0, blocks[height &- 1].sum * weight >= sum * blocks[height &- 1].weight {
                height &-= 1
                start = blocks[height].start
                sum += blocks[height].sum
                weight += blocks[height].weight
            }
        }
        end = runEnd
    }

    /// Marks the borders inside the piece; returns where the last block starts. The piece's own start is left
    /// to whoever joins pieces.
    func finish(_ end: Int) -> Int {
        guard weight > 0 else { return end }
        for block in 1..<max(height, 1) { partition.mark(blocks[block].start, true) }
        if height > 0 { partition.mark(start, true) }
        return start
    }
}
