/// The points of a centered isotonic regression: blocks of neighbours in x whose means are out of order,
/// pooled from the left while there are any.
///
/// Means are compared by cross multiplication of sums in twice the precision, which is exact for sums
/// of whole numbers. And what is meant counts: a y that is the number nearest to k / w, for a whole
/// weight w and a whole k, stands for that fraction. So shares of successes tie where the fractions do, though
/// the numbers that came are rounded.
struct IsotonicCenteredPooling<T: Scalar>: ~Copyable {
    struct Block: BitwiseCopyable {
        /// Sums of (scaled) weighted x, weighted y, and weights.
        var x = DoubleDouble()
        var y = DoubleDouble()
        var weight = DoubleDouble()
        /// If all of its points are at one x, that; else NaN.
        var onlyX = T.nan

        static func + (a: Block, b: Block) -> Block {
            var sum = a
            sum.x += b.x
            sum.y += b.y
            sum.weight += b.weight
            sum.onlyX = .nan
            return sum
        }
    }

    /// In the order in which means rise.
    private(set) var count = 0
    /// The least and the largest x of positive weight.
    private(set) var first = T.zero
    private(set) var last = T.zero
    let isReversed: Bool
    private let blocks: Scratch<Block>
    private let xScale: Double
    private let yScale: Double
    private let weightScale: Double
    private let ties: IsotonicCentered.Ties
    private let boundaries: (Double, Double)

    init(
        _ points: borrowing SortedPoints<T>, _ total: Double, _ options: IsotonicCentered.Options
    ) throws(QuantcalError) {
        let groups = try PredictorGroups(points.x)
        let blocks = try Scratch<Block>(groups.count)
        func scale(_ values: UnsafeBufferPointer<T>) -> Double {
            let largest = values.reduce(T.zero) { max($0, $1.magnitude) }
            return PowerOfTwo.bringing(Double(largest), above: -400, below: 800)
        }
        xScale = scale(points.x)
        yScale = scale(points.y)
        weightScale = PowerOfTwo.bringing(total, above: -100, below: 100)
        isReversed = options.direction == .decreasing
        ties = options.ties
        boundaries = (options.rangeLower, options.rangeUpper)
        self.blocks = blocks
        for index in 0..<groups.count {
            let group = groups[isReversed ? groups.count - 1 - index : index]
            let block = sum(points, group)
            if block.weight.value > 0 { pool(block) }
        }
    }

    subscript(block: Int) -> Block { blocks.buffer[block] }

    /// Points of one x.
    private func sum(_ points: borrowing SortedPoints<T>, _ places: Range<Int>) -> Block {
        var block = Block(onlyX: points.x[places.lowerBound])
        for place in places {
            let weight = points.weights.map { Double($0[place]) } ?? 1
            let value = points.y[place]
            let count = (Double(value) * weight).rounded()
            if weight.rounded() == weight, abs(count) <= 0x1p53, T(count / weight) == value {
                block.y += count * (weightScale * yScale)
            } else {
                block.y.addProduct(Double(value) * yScale, weight * weightScale)
            }
            block.x.addProduct(Double(points.x[place]) * xScale, weight * weightScale)
            block.weight += weight * weightScale
        }
        return block
    }

    private mutating func pool(_ next: Block) {
        if count == 0 { first = next.onlyX }
        last = next.onlyX
        var block = next
        while count > 0, violates(blocks.buffer[count - 1], block) {
            count -= 1
            block = blocks.buffer[count] + block
        }
        blocks.buffer[count] = block
        count += 1
    }

    private func violates(_ a: Block, _ b: Block) -> Bool {
        let lead = (a.y * b.weight - b.y * a.weight).value
        if lead != 0 { return lead > 0 }
        switch ties {
        case .never: return false
        case .always: return true
        case .boundary: return !isAt(boundaries.0, a) && !isAt(boundaries.1, a)
        }
    }

    private func isAt(_ boundary: Double, _ block: Block) -> Bool {
        let bound = boundary * yScale
        return bound.isFinite && (block.y - block.weight * DoubleDouble(high: bound)).value == 0
    }

    // MARK: Results

    func x(_ block: Block) -> T {
        block.onlyX.isNaN ? T(block.x / block.weight / xScale) : block.onlyX
    }

    func mean(_ block: Block) -> Double { block.y / block.weight / yScale }
    func weight(_ block: Block) -> Double { block.weight.value / weightScale }
}
