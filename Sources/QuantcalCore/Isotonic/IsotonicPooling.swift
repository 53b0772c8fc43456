/// The pass that pools, and the passes that sum and write the blocks.
struct IsotonicPooling<T: Scalar> {
    /// A run of points that share one value, from `start` to the start of the next block.
    struct Block: BitwiseCopyable {
        var start: Int
        var sum: DoubleDouble
        var weight: Double

        func mean(unscaled: Double) -> T {
            T((sum / DoubleDouble(high: weight)) * unscaled)
        }
    }

    /// How many points lie between two reports of progress.
    private static var stretch: Int { 1 << 20 }

    private let points: IsotonicPoints<T>
    private let survey: IsotonicPoints<T>.Survey
    /// Powers of two. Weights come to about 1. Values are left alone unless they come so close to the
    /// ends of the range that a product of two sums could leave it.
    private let scale: Double
    private let weightScale: Double

    static func fit(
        _ points: IsotonicPoints<T>, _ output: IsotonicRegression.Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        let pooling = IsotonicPooling(points)
        if pooling.survey.isStrictlyRising {
            pooling.writeUnchanged(output)
            return points.count
        }
        let stack = try Scratch<Block>(points.count)
        let blocks = stack.buffer.baseAddress!
        var count = try pooling.pool(blocks, progress)
        count = pooling.summarise(blocks, count)
        pooling.write(blocks, count, output)
        return count
    }

    private init(_ points: IsotonicPoints<T>) {
        self.points = points
        survey = points.survey()
        scale = PowerOfTwo.bringing(survey.largestMagnitude, above: -400, below: 800)
        weightScale = PowerOfTwo.bringing(survey.largestWeight, above: 0, below: 0)
    }

    /// Pools the points in order; returns the number of blocks. Means are compared by cross
    /// multiplication: no division, and exact for small integers. Values are centred, so that a common
    /// offset does not drown their differences.
    private func pool(_ stack: UnsafeMutablePointer<Block>, _ progress: Progress) throws(QuantcalError) -> Int {
        let centre = survey.centre * scale
        var height = 0
        // The block on top lives in registers; its weight is 0 before the first point.
        var start = 0
        var sum = 0.0
        var weight = 0.0
        var begin = 0
        while begin < points.count {
            let end = min(begin + Self.stretch, points.count)
            for index in begin..<end {
                let pointWeight = points.weight(index) * weightScale
                let term = (points.value(index) * scale - centre) * pointWeight
                if pointWeight == 0 { continue }
                if term * weight > sum * pointWeight {
                    stack[height] = Block(start: start, sum: DoubleDouble(high: sum), weight: weight)
                    height += 1
                    (start, sum, weight) = (index, term, pointWeight)
                    continue
                }
                sum += term
                weight += pointWeight
                while height > 0, stack[height - 1].sum.high * weight >= sum * stack[height - 1].weight {
                    height -= 1
                    sum += stack[height].sum.high
                    weight += stack[height].weight
                    start = stack[height].start
                }
            }
            begin = end
            if begin < points.count { try progress(Double(begin) / Double(points.count)) }
        }
        stack[height] = Block(start: start, sum: DoubleDouble(high: sum), weight: weight)
        return height + 1
    }

    /// Sums every block again from the data, accurately, and merges neighbours whose means then do
    /// not rise (by rounding, or because T cannot tell them apart). Returns the number of blocks.
    private func summarise(_ blocks: UnsafeMutablePointer<Block>, _ count: Int) -> Int {
        let unscaled = 1 / scale
        var kept = 0
        var mean = -T.infinity
        for index in 0..<count {
            let end = index + 1 < count ? blocks[index + 1].start : points.count
            var block = sum(blocks[index].start..<end)
            var blockMean = block.mean(unscaled: unscaled)
            while kept > 0, blockMean <= mean {
                kept -= 1
                block.start = blocks[kept].start
                block.sum += blocks[kept].sum
                block.weight += blocks[kept].weight
                blockMean = block.mean(unscaled: unscaled)
                if kept > 0 { mean = blocks[kept - 1].mean(unscaled: unscaled) }
            }
            blocks[kept] = block
            mean = blockMean
            kept += 1
        }
        return kept
    }

    /// The weighted sum of a range, in twice the precision.
    private func sum(_ range: Range<Int>) -> Block {
        var sum = DoubleDouble()
        guard points.hasWeights else {
            for index in range { sum += points.value(index) * scale }
            return Block(start: range.lowerBound, sum: sum, weight: Double(range.count))
        }
        var weight = DoubleDouble()
        for index in range {
            let pointWeight = points.weight(index) * weightScale
            sum.addProduct(points.value(index) * scale, pointWeight)
            weight += pointWeight
        }
        return Block(start: range.lowerBound, sum: sum, weight: weight.value)
    }

    /// The data are the fit: every point is a block.
    private func writeUnchanged(_ output: IsotonicRegression.Output<T>) {
        for index in 0..<points.count {
            let place = points.place(index)
            output.blockWeights?[place] = points.rawWeight(index)
            output.blocks?[index] = index
            output.fitted[place] = points.rawValue(index)
        }
        output.blocks?[points.count] = points.count
    }

    private func write(
        _ blocks: UnsafeMutablePointer<Block>, _ count: Int, _ output: IsotonicRegression.Output<T>
    ) {
        let unscaled = 1 / scale
        for index in 0..<count {
            let block = blocks[index]
            let end = index + 1 < count ? blocks[index + 1].start : points.count
            let mean = block.mean(unscaled: unscaled)
            for point in block.start..<end { output.fitted[points.place(point)] = mean }
            // Blocks too are listed in the order of memory.
            let place = points.isReversed ? count - 1 - index : index
            output.blockWeights?[place] = T(block.weight / weightScale)
            output.blocks?[place] = points.isReversed ? points.count - end : block.start
        }
        output.blocks?[count] = points.count
    }
}
