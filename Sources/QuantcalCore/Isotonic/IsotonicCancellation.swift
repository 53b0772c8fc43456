/// Blocks whose sums all but cancel, pooled again.
///
/// Where values of both signs cancel to 1e-17 of themselves, the rounding of a sum is as large as the sum, and
/// decides between blocks. Means rise from block to block, so all such blocks are neighbours: one run of
/// points around the place where the fit changes its sign. That run is pooled anew with sums that are accurate
/// to many more places than a double has, whatever cancels. Ordinary data have no such run, and finding
/// that takes a few looks at blocks.
///
/// Points that are no more than one cell are always pooled so: there near ties of any size count.
struct IsotonicCancellation<T: IsotonicScalar, Weights: IsotonicWeights> {
    let sums: IsotonicBlockSum<T, Weights>
    let partition: IsotonicPartition
    private var points: IsotonicPoints<T, Weights> { sums.points }

    /// Sums are taken again from their points for at most so many looks at each point on average.
    private static var looks: Int { 64 }

    private struct Block: BitwiseCopyable {
        var start: Int
        var sum: IsotonicBlockSum<T, Weights>.Sum
        /// The sum of magnitudes.
        var size: Double
        var isExact: Bool

        /// Whether the mean is at least that of a later block, or so near that no double could tell.
        func violates(_ later: Block) -> Bool {
            let (mine, others) = (sum.values * later.sum.weights, later.sum.values * sum.weights)
            return (mine - others).value >= -0x1p-90 * (abs(mine.high) + abs(others.high))
        }

        /// The rounding of a sum of so many products would show in its last places.
        func isDoubtful(_ count: Int) -> Bool {
            !isExact && abs(sum.values.value) < 0x1p-49 * Double(count) * size
        }
    }

    func mend(_ survey: IsotonicCells<T, Weights>.Survey) throws(QuantcalError) {
        if points.count <= isotonicCellSize { return try pool(0..<points.count) }
        guard survey.least < 0, survey.most > 0 else { return }
        let limit = 0x1p-20 * survey.largestMagnitude
        let start = firstBorder { $0 >= -limit }
        let end = firstBorder { $0 > limit }
        if start < end { try pool(start..<end) }
    }

    /// Where the first block begins whose mean has a property that all later ones have; the end if there is none.
    private func firstBorder(_ isReached: (Double) -> Bool) -> Int {
        var (low, high) = (0, points.count)
        while low < high {
            let middle = low + (high - low) / 2
            let start = partition.isBorder(middle) ? middle : partition.border(before: middle)
            let end = partition.border(after: start, limit: points.count)
            let sum = sums.sum(start..<end)
            if isReached(sum.values / sum.weights) { high = start } else { low = end }
        }
        return low
    }

    /// Pools a run from which no block reaches out, and marks its borders anew.
    private func pool(_ run: Range<Int>) throws(QuantcalError) {
        let memory = try Scratch<Block>(run.count)
        var height = 0
        var budget = run.count * Self.looks
        for place in run {
            // A point of weight 0 goes with its neighbour on the left, or where there is none on the right.
            if height > 0, points.weight(place) == 0 { continue }
            var block = single(place)
            if height == 0 { block.start = run.lowerBound }
            if height == 1, memory.buffer[0].sum.weights.value == 0 {
                (height, block.start) = (0, run.lowerBound)
            }
            while height > 0, memory.buffer[height - 1].violates(block) {
                height -= 1
                block = join(memory.buffer[height], block, endingAt: place + 1, &budget)
            }
            memory.buffer[height] = block
            height += 1
        }
        for gap in run.dropFirst() { partition.mark(gap, false) }
        for index in 1..<max(height, 1) { partition.mark(memory.buffer[index].start, true) }
    }

    private func single(_ place: Int) -> Block {
        var sum = IsotonicBlockSum<T, Weights>.Sum()
        sum.values.addProduct(points[place], points.weight(place))
        sum.weights += points.weight(place)
        return Block(start: place, sum: sum, size: abs(sum.values.high), isExact: true)
    }

    private func join(_ a: Block, _ b: Block, endingAt end: Int, _ budget: inout Int) -> Block {
        var block = a
        block.sum += b.sum
        block.sum = .init(values: block.sum.values.normalized, weights: block.sum.weights.normalized)
        block.size += b.size
        block.isExact = a.isExact && b.isExact && isExact(a.sum.values, b.sum.values)
        let places = a.start..<end
        if block.isDoubtful(places.count), places.count <= budget {
            budget -= places.count
            block.sum.values = sums.exactSum(places)
            block.size = abs(block.sum.values.high)
        }
        return block
    }

    /// Whether the lower parts of two sums, and what the upper parts leave, add up without rounding.
    private func isExact(_ a: DoubleDouble, _ b: DoubleDouble) -> Bool {
        let left = DoubleDouble.twoSum(a.high, b.high).error
        let lower = DoubleDouble.twoSum(a.low, b.low)
        return lower.error == 0 && DoubleDouble.twoSum(lower.sum, left).error == 0
    }
}
