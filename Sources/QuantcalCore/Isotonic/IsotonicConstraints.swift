/// Bounds on a fit, and a least gap between neighbours.
///
/// *Bounds.* A fit is optimal if and only if almost every set of points above a threshold is an optimal
/// upper set for that threshold. Bounds leave the sets of the thresholds between them alone, and the others are
/// everything or nothing: the bounded fit is the unbounded one, clipped, for every convex loss.
///
/// *Gaps.* With x[i] = z[i] + i * gap the condition x[i + 1] - x[i] >= gap is that z rises, and a loss of the
/// residual y - x is that of (y - i * gap) - z. Only x[0] meets the lower bound and x[n - 1] the upper.
struct IsotonicConstraints {
    let options: IsotonicRegression.Options
    let direction: IsotonicRegression.Direction
    let progress: Progress
    /// How many gaps lie before each place, where that is not one for each point before it: points of one step may
    /// be equal.
    var steps: UnsafeBufferPointer<Int>?

    /// The fit between bounds. Returns the number of blocks.
    func fit<T: IsotonicScalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?,
        _ output: IsotonicRegression.Output<T>
    ) throws(QuantcalError) -> Int {
        let lower = try bound(options.lowerBound, "lower_bound", unreachable: T.infinity)
        let upper = try bound(options.upperBound, "upper_bound", unreachable: -T.infinity)
        if !y.isEmpty {
            let points = IsotonicSequence(y: y, weights: weights, direction: direction)
            try points.minimise(options.loss, options.solution, fitted: output.fitted, progress)
            settle(output.fitted, points, lower, upper)
        }
        return writeBlocks(of: output.fitted, y.count, weights, output)
    }

    /// The fit whose neighbours lie at least the gap apart. Blocks are those of z: runs of neighbours that
    /// lie no further apart.
    func fitWithGaps<T: IsotonicScalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?,
        _ output: IsotonicRegression.Output<T>
    ) throws(QuantcalError) -> Int {
        let lower = Double(try bound(options.lowerBound, "lower_bound", unreachable: T.infinity))
        let upper = Double(try bound(options.upperBound, "upper_bound", unreachable: -T.infinity))
        let gaps = try Gaps(of: options.minimumGap, lastStep: step(y.count - 1, y.count), y, lower, upper)
        guard !y.isEmpty else { return writeBlocks(of: output.fitted, 0, weights, output) }
        let fitted = try Scratch<Double>(y.count)
        let doubles = try Scratch<Double>(weights == nil ? 0 : y.count)
        for place in 0..<doubles.buffer.count { doubles.buffer[place] = Double(weights![place]) }
        let points = IsotonicSequence(
            y: UnsafeBufferPointer(fitted.buffer),
            weights: weights == nil ? nil : UnsafeBufferPointer(doubles.buffer), direction: direction)
        for index in 0..<y.count {
            let place = points.place(index)
            fitted.buffer[place] = Double(y[place]) * gaps.scale - gaps.offset(step(index, y.count))
        }
        let z = fitted.buffer.baseAddress!
        try points.minimise(options.loss.scaled(by: gaps.scale), options.solution, fitted: z, progress)
        let last = step(y.count - 1, y.count)
        settle(z, points, lower * gaps.scale - gaps.offset(0), upper * gaps.scale - gaps.offset(last))
        let value = { (index: Int) in
            let offset = gaps.offset(step(index, y.count))
            return T(min(max((z[points.place(index)] + offset) / gaps.scale, lower), upper))
        }
        for index in [0, y.count - 1] where !value(index).isFinite {
            throw QuantcalError(
                .domain, "x[\(points.place(index))] is \(value(index)); minimum_gap leaves no finite fit")
        }
        let count = writeBlocks(of: z, y.count, weights, output)
        var highest = -T.infinity
        for index in 0..<y.count {
            highest = max(highest, value(index))
            output.fitted[points.place(index)] = highest
        }
        return count
    }

    /// How many gaps lie before a point, in the order in which the fit rises; -1 before the first of none.
    private func step(_ index: Int, _ count: Int) -> Int {
        guard let steps, count > 0 else { return index }
        return direction == .increasing ? steps[index] : steps[count - 1] - steps[count - 1 - index]
    }

    /// What is added to the values of z: multiples of the gap around 0, and the power of two that all is
    /// multiplied by so that nothing leaves the range of numbers.
    private struct Gaps {
        let scale: Double
        private let gap: Double
        private let centre: Double

        init<T: IsotonicScalar>(
            of gap: Double, lastStep: Int, _ y: UnsafeBufferPointer<T>, _ lower: Double, _ upper: Double
        ) throws(QuantcalError) {
            let width = gap * Double(max(lastStep, 0))
            guard width <= Double(T.greatestFiniteMagnitude), width / 2 <= upper / 2 - lower / 2 else {
                throw QuantcalError(
                    .options,
                    "minimum_gap is \(gap); the first and the last of \(max(lastStep, 0) + 1) points cannot lie \(width) apart"
                )
            }
            let largest = y.reduce(width) { max($0, abs(Double($1))) }
            scale = PowerOfTwo.bringing(largest, above: -1074, below: 1000)
            self.gap = gap * scale
            centre = Double(max(lastStep, 0)) / 2
        }

        @inline(__always) func offset(_ step: Int) -> Double { (Double(step) - centre) * gap }
    }

    /// Gives points of weight 0 the value before them, the first ones that after them, and clips all values.
    private func settle<T: IsotonicScalar>(
        _ fitted: UnsafeMutablePointer<T>, _ points: IsotonicSequence<T>, _ lower: T, _ upper: T
    ) {
        var last = fitted[points.place((0..<points.count).first { points.weight($0) > 0 } ?? 0)]
        for index in 0..<points.count {
            if points.weight(index) > 0 { last = fitted[points.place(index)] }
            fitted[points.place(index)] = min(max(last, lower), upper)
        }
    }

    /// Writes the runs of equal values and their weights, and returns their number.
    private func writeBlocks<Z: IsotonicScalar, T: IsotonicScalar>(
        of fitted: UnsafePointer<Z>, _ count: Int, _ weights: UnsafeBufferPointer<T>?,
        _ output: IsotonicRegression.Output<T>
    ) -> Int {
        var (block, begin) = (0, 0)
        while begin < count {
            var weight = DoubleDouble()
            var end = begin
            while end < count, fitted[end] == fitted[begin] {
                weight += weights.map { Double($0[end]) } ?? 1
                end += 1
            }
            output.blocks?[block] = begin
            output.blockWeights?[block] = T(weight.value)
            (begin, block) = (end, block + 1)
        }
        output.blocks?[block] = count
        return block
    }

    /// A bound in the type of the fit.
    private func bound<T: Scalar>(_ value: Double, _ name: String, unreachable: T) throws(QuantcalError) -> T
    {
        let bound = T(value)
        guard bound != unreachable else {
            throw QuantcalError(.options, "\(name) is \(value); no number of this precision lies beyond it")
        }
        return bound
    }
}

extension IsotonicRegression.Options {
    var isUnconstrained: Bool { lowerBound == -.infinity && upperBound == .infinity && minimumGap == 0 }
}

extension IsotonicRegression.Loss {
    /// Whether the fit is that of the squared loss: it is for every Bregman divergence, as each is minimised
    /// over a block by the mean.
    var isLeastSquares: Bool { self == .squared || self == .poisson || self == .binomial }

    /// Values that the loss is defined for.
    func checkDomain<T: Scalar>(_ y: UnsafeBufferPointer<T>) throws(QuantcalError) {
        switch self {
        case .poisson:
            try Require.finite(y, "y")
            guard let place = y.firstIndex(where: { $0 < 0 }) else { return }
            throw QuantcalError(.domain, "y[\(place)] is \(y[place]); y must be >= 0 for the Poisson loss")
        case .binomial: try Require.probabilities(y, "y")
        default: break
        }
    }

    /// The loss in units of which one is `1 / scale` of the caller's.
    func scaled(by scale: Double) -> Self {
        if case .huber(let threshold) = self { return .huber(threshold: threshold * scale) }
        return self
    }
}
