/// The knots of a centered isotonic curve, in ascending order of x: one for each block, and where a block at an
/// end has moved inwards another of weight 0 at that end, with the same value.
struct IsotonicCenteredKnots<T: IsotonicScalar>: ~Copyable {
    private struct Knot: BitwiseCopyable {
        var weight: T
        var lower: T
        var upper: T
    }

    let count: Int
    private let blockCount: Int
    private let isReversed: Bool
    /// Whether there is a knot before the blocks, 1 or 0.
    private let leading: Int
    private let memory: Scratch<T>
    private let rest: Scratch<Knot>

    private var x: UnsafeMutableBufferPointer<T> { .init(rebasing: memory.buffer[..<count]) }
    private var values: UnsafeMutableBufferPointer<T> { .init(rebasing: memory.buffer[count...]) }

    init(_ pooling: borrowing IsotonicCenteredPooling<T>) throws(QuantcalError) {
        blockCount = pooling.count
        isReversed = pooling.isReversed
        let ends = isReversed ? (pooling.last, pooling.first) : (pooling.first, pooling.last)
        let (low, high) = isReversed ? (blockCount - 1, 0) : (0, blockCount - 1)
        leading = ends.0 < pooling.x(pooling[low]) ? 1 : 0
        let trailing = pooling.x(pooling[high]) < ends.1 ? 1 : 0
        let count = leading + blockCount + trailing
        let memory = try Scratch<T>(2 * count)
        let rest = try Scratch<Knot>(count)
        self.count = count
        self.memory = memory
        self.rest = rest
        for index in 0..<blockCount {
            let block = pooling[index]
            let place = place(index)
            x[place] = pooling.x(block)
            values[place] = T(pooling.mean(block))
            self.rest.buffer[place] = Knot(weight: T(pooling.weight(block)), lower: 0, upper: 0)
        }
        if leading == 1 { addEnd(0, ends.0, like: 1) }
        if trailing == 1 { addEnd(count - 1, ends.1, like: count - 2) }
    }

    private func place(_ block: Int) -> Int {
        leading + (isReversed ? blockCount - 1 - block : block)
    }

    private func addEnd(_ place: Int, _ end: T, like neighbour: Int) {
        (x[place], values[place]) = (end, values[neighbour])
        rest.buffer[place] = Knot(weight: 0, lower: 0, upper: 0)
    }

    /// Intervals belong to blocks; a knot at the end has that of its neighbour.
    func setIntervals(
        _ pooling: borrowing IsotonicCenteredPooling<T>, _ options: IsotonicCentered.Options,
        _ progress: Progress
    ) throws(QuantcalError) {
        let groups = try Scratch<OrderedBinomial.Group>(blockCount)
        for index in 0..<blockCount {
            let block = pooling[index]
            groups.buffer[index] = OrderedBinomial.Group(
                trials: pooling.weight(block), share: pooling.mean(block))
        }
        let bounds = OrderedBinomial(groups.buffer, confidence: options.confidence)
        switch options.interval {
        case .none: return
        case .wilson: bounds.setWilson()
        case .morris: try bounds.setMorris(progress)
        }
        for index in 0..<blockCount {
            rest.buffer[place(index)].lower = T(groups.buffer[index].lower)
            rest.buffer[place(index)].upper = T(groups.buffer[index].upper)
        }
        for (end, neighbour) in [(0, 1), (count - 1, count - 2)] where rest.buffer[end].weight == 0 {
            rest.buffer[end].lower = rest.buffer[neighbour].lower
            rest.buffer[end].upper = rest.buffer[neighbour].upper
        }
    }

    /// The curve and its bounds at the points, and the knots.
    func write(
        at points: UnsafeBufferPointer<T>, _ output: IsotonicCentered.Output<T>
    ) throws(QuantcalError) {
        let bounds = try Scratch<T>(2 * count)
        for index in 0..<count {
            bounds.buffer[index] = rest.buffer[index].lower
            bounds.buffer[count + index] = rest.buffer[index].upper
        }
        // All curves first: then nothing can fail any more.
        let fitted = try curve(values, points.count)
        let lower = try curve(.init(rebasing: bounds.buffer[..<count]), points.count)
        let upper = try curve(.init(rebasing: bounds.buffer[count...]), points.count)
        Parallel.forEachRange(of: points.count, grain: 1 << 15) { range in
            fitted.predict(points, range, output.fitted)
            if let target = output.lower { lower.predict(points, range, target) }
            if let target = output.upper { upper.predict(points, range, target) }
        }
        for index in 0..<count {
            output.knots[index] = x[index]
            output.values[index] = values[index]
            output.knotWeights?[index] = rest.buffer[index].weight
            output.knotLower?[index] = rest.buffer[index].lower
            output.knotUpper?[index] = rest.buffer[index].upper
        }
    }

    private func curve(
        _ values: UnsafeMutableBufferPointer<T>, _ queries: Int
    ) throws(QuantcalError) -> IsotonicCurve<T> {
        var options = IsotonicPrediction.Options()
        options.outside = .clip
        return IsotonicCurve(
            index: try KnotIndex(UnsafeBufferPointer(x), queries: queries),
            values: UnsafeBufferPointer(values), options: options)
    }
}
