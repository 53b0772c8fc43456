/// The pass that pools, and the one that sums and writes the blocks.
struct IsotonicPooling<T: Scalar, Weights: IsotonicWeights> {
    typealias Points = IsotonicPoints<T, Weights>

    /// How many points lie between two reports of progress.
    private static var stretch: Int { 1 << 20 }

    private let points: Points
    private let survey: Points.Survey
    /// A power of two, 1 unless values come so close to the ends of the range that a product of two sums
    /// could leave it. (Values more than 2^800 times smaller than the largest may then count as equal.)
    private let scale: Double

    /// nil if a value is not finite.
    static func fit(
        _ points: Points, _ output: IsotonicRegression.Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int? {
        let pooling = IsotonicPooling(points)
        guard pooling.survey.isFinite else { return nil }
        if pooling.survey.isStrictlyRising, points.weights.areOnes {
            pooling.writeUnchanged(output)
            return points.count
        }
        var stack = try IsotonicStack(points.count)
        try pooling.pool(&stack, progress)
        return pooling.write(stack, output)
    }

    private init(_ points: Points) {
        self.points = points
        survey = points.survey()
        scale = PowerOfTwo.bringing(survey.largestMagnitude, above: -400, below: 800)
    }

    /// A weighted value, centred so that a common offset does not drown differences.
    @inline(__always) private func term(_ index: Int, _ weight: Double) -> Double {
        (points.value(index) * scale - survey.centre * scale) * weight
    }

    /// Pools the points in order. Means are compared by cross multiplication: no division, and exact
    /// for small integers.
    private func pool(_ stack: inout IsotonicStack, _ progress: Progress) throws(QuantcalError) {
        // The block on top; its weight is 0 before the first point.
        var start = 0
        var sum = 0.0
        var weight = 0.0
        var begin = 0
        while begin < points.count {
            let end = min(begin + Self.stretch, points.count)
            for index in begin..<end {
                let pointWeight = points.weight(index)
                let term = term(index, pointWeight)
                if !points.weights.areOnes && pointWeight == 0 { continue }
                if term * weight > sum * pointWeight {
                    stack.push(start, sum, weight)
                    stack.mark(points.gap(index), true)
                    (start, sum, weight) = (index, term, pointWeight)
                    continue
                }
                sum += term
                weight += pointWeight
                while start > 0 {
                    let below = stack.hasLast ? stack.last : older(stack, start)
                    if below.sum * weight < sum * below.weight { break }
                    if stack.hasLast { stack.dropLast() }
                    stack.mark(points.gap(start), false)
                    (start, sum, weight) = (below.start, sum + below.sum, weight + below.weight)
                }
            }
            begin = end
            if begin < points.count { try progress(Double(begin) / Double(points.count)) }
        }
    }

    /// The block that ends where another starts, summed from the data again.
    @inline(never)
    private func older(_ stack: borrowing IsotonicStack, _ end: Int) -> IsotonicStack.Block {
        var block = IsotonicStack.Block(start: end, sum: 0, weight: 0)
        repeat {
            block.start -= 1
            let weight = points.weight(block.start)
            block.sum += weight == 0 ? 0 : term(block.start, weight)
            block.weight += weight
        } while block.start > 0 && !stack.isBorder(points.gap(block.start))
        return block
    }

    /// The data are the fit: every point is a block.
    private func writeUnchanged(_ output: IsotonicRegression.Output<T>) {
        for place in 0..<points.count { output.fitted[place] = points[place: place] }
        if let weights = output.blockWeights { weights.update(repeating: 1, count: points.count) }
        if let blocks = output.blocks {
            for place in 0...points.count { blocks[place] = place }
        }
    }

    /// Goes through the blocks in the order of memory: sums each again from the data, accurately, and
    /// writes its mean. A mean that rounding makes equal to its neighbour's (or, by less than the
    /// accuracy of the pooling, passes it) joins the neighbour's block. Returns the number of blocks.
    private func write(_ stack: borrowing IsotonicStack, _ output: IsotonicRegression.Output<T>) -> Int {
        let sums = IsotonicBlockSum(points: points, scale: scale)
        var count = 0
        var last = T.zero
        var lastWeight = 0.0
        var begin = 0
        while begin < points.count {
            let end = stack.nextBorder(after: begin)
            var (mean, weight) = sums.mean(begin..<end)
            if count > 0, points.isReversed ? mean >= last : mean <= last {
                mean = last
                weight += lastWeight
            } else {
                output.blocks?[count] = begin
                count += 1
            }
            if end == begin + 1 {
                output.fitted[begin] = mean
            } else {
                (output.fitted + begin).update(repeating: mean, count: end - begin)
            }
            output.blockWeights?[count - 1] = T(weight * points.weights.unit)
            (last, lastWeight, begin) = (mean, weight, end)
        }
        output.blocks?[count] = points.count
        return count
    }
}
