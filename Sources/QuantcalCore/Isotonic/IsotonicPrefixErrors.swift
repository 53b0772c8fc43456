/// For every k, the least squared error of a sequence that rises over its first k points and falls over
/// the rest, the two without regard to each other.
///
/// Points are pooled one at a time, so that after each the blocks are the fit of the points so far.
/// Where two blocks are pooled, the error grows by w_a w_b / (w_a + w_b) (m_a - m_b)²: sums of such terms
/// do not cancel.
struct IsotonicPrefixErrors: ~Copyable {
    private struct Block: BitwiseCopyable {
        var mean: Double
        var weight: Double
    }

    /// An error, and what rounding may have changed it by.
    private struct Total: BitwiseCopyable {
        var (value, slack) = (0.0, 0.0)
    }

    private let totals: Scratch<Total>
    private let stack: Scratch<Block>

    init<T: IsotonicScalar>(
        _ points: IsotonicUnimodalPoints<T>, _ progress: Progress
    ) throws(QuantcalError) {
        let totals = try Scratch<Total>(points.count)
        let stack = try Scratch<Block>(points.count)
        let blocks = stack.buffer.baseAddress!
        func block(_ index: Int) -> Block {
            Block(mean: points.value(index) - points.centre, weight: points.weight(index))
        }
        var height = 0
        var total = Total()
        for index in 0..<points.count {
            totals.buffer[index] = total
            Self.push(block(index), blocks, &height, &total)
        }
        try progress(0.5)
        (height, total) = (0, Total())
        for index in (0..<points.count).reversed() {
            Self.push(block(index), blocks, &height, &total)
            totals.buffer[index].value += total.value
            totals.buffer[index].slack += total.slack
        }
        self.totals = totals
        self.stack = stack
    }

    @inline(__always) private static func push(
        _ point: Block, _ blocks: UnsafeMutablePointer<Block>, _ height: inout Int, _ total: inout Total
    ) {
        guard point.weight > 0 else { return }
        var top = point
        while height > 0 {
            let below = blocks[height - 1]
            let difference = below.mean - top.mean
            guard difference >= 0 else { break }
            let share = top.weight / (below.weight + top.weight)
            let pull = below.weight * share * difference
            total.value += pull * difference
            total.slack +=
                pull * (0x1p-51 * difference + 0x1p-49 * (below.mean.magnitude + top.mean.magnitude))
            top = Block(mean: below.mean - share * difference, weight: below.weight + top.weight)
            height -= 1
        }
        blocks[height] = top
        height += 1
    }

    /// The smallest k below the number of points whose error is the least, as far as rounding can tell.
    var smallestBest: Int {
        var bound = Double.infinity
        for total in totals.buffer { bound = min(bound, total.value + total.slack) }
        return totals.buffer.firstIndex { $0.value - $0.slack <= bound } ?? 0
    }
}
