/// Runs of points pooled from left to right: the blocks below the top, and the top, which is being made.
struct IsotonicStack {
    /// A block begins where the one before it ends.
    struct Block: BitwiseCopyable {
        var end: Int
        var sum: Double
        var weight: Double
    }

    private let blocks: UnsafeMutablePointer<Block>
    private var height = 0
    /// The block on top; its weight is 0 before the first point.
    private var sum = 0.0
    private var weight = 0.0
    private var end: Int

    /// Takes memory for as many blocks as there will be runs.
    init(blocks: UnsafeMutablePointer<Block>, start: Int) {
        self.blocks = blocks
        end = start
    }

    /// Adds a run that follows what is there. One of weight 0 goes with the block on its left.
    @inline(__always) mutating func push(_ runSum: Double, _ runWeight: Double, endingAt runEnd: Int) {
        if runWeight == 0 {
            end = max(end, runEnd)
            return
        }
        if runSum * weight > sum * runWeight {
            blocks[height] = Block(end: end, sum: sum, weight: weight)
            height &+= 1
            (sum, weight) = (runSum, runWeight)
        } else {
            sum += runSum
            weight += runWeight
            while height > 0, blocks[height &- 1].sum * weight >= sum * blocks[height &- 1].weight {
                height &-= 1
                sum += blocks[height].sum
                weight += blocks[height].weight
            }
        }
        end = runEnd
    }

    /// Adds runs that follow each other. They may lie where the blocks do.
    mutating func push(_ runs: UnsafeBufferPointer<Block>) {
        // On a copy, as the processor would wait for what is stored in parts and loaded as a whole.
        var stack = self
        for run in runs { stack.push(run.sum, run.weight, endingAt: run.end) }
        self = stack
    }

    /// All blocks; the last ends where the last run did. None if there was no weight.
    mutating func finish() -> UnsafeBufferPointer<Block> {
        guard weight > 0 else { return UnsafeBufferPointer(start: blocks, count: 0) }
        blocks[height] = Block(end: end, sum: sum, weight: weight)
        return UnsafeBufferPointer(start: blocks, count: height + 1)
    }

    /// Joins runs with the next, side by side, where their means are out of order: between such two there
    /// is no border, if all weights are positive. Returns how many are left. Pooling them one by one comes to
    /// the same, but half of its branches are mispredicted; here there is none.
    static func thinned(_ runs: UnsafeMutablePointer<Block>, _ count: Int) -> Int {
        var count = count
        // As long as that takes a good part of them away.
        var isShrinking = count > 1
        while isShrinking {
            let kept = thinnedOnce(runs, count)
            isShrinking = kept > 16 && kept * 4 <= count * 3
            count = kept
        }
        return count
    }

    private static func thinnedOnce(_ runs: UnsafeMutablePointer<Block>, _ count: Int) -> Int {
        var kept = 0
        var (sum, weight) = (0.0, 0.0)
        for index in 0..<count {
            let run = runs[index]
            let next = runs[min(index + 1, count - 1)]
            sum += run.sum
            weight += run.weight
            runs[kept] = Block(end: run.end, sum: sum, weight: weight)
            let isKept = run.sum * next.weight < next.sum * run.weight
            kept &+= isKept ? 1 : 0
            (sum, weight) = isKept ? (0, 0) : (sum, weight)
        }
        return count == 0 ? 0 : kept + 1
    }
}
