/// Weighted least-squares unimodal regression of a sequence: rising up to the mode and falling after it,
/// or the other way round, which is the same of the values turned upside down.
///
/// For a mode at point m the constraints are a tree: two chains that meet in m. Each chain is fitted by
/// itself, and the block of the mode then takes in whichever of its neighbours is above it, the higher first.
///
/// To find the mode, let a sequence rise over its first k points and fall over the rest: two isotonic
/// regressions without regard to each other, which always join to a unimodal fit. Every unimodal fit is of
/// that form, so the best k is that of the least sum of errors; the mode is the first of its highest
/// points, and with the smallest of the best k it is the smallest of the best modes.
///
/// Source: Stout (2008), Unimodal regression via prefix isotonic regression.
public enum IsotonicUnimodal {
    public enum Shape: Int32, CaseIterable, Sendable {
        case peak = 0
        case valley = 1
    }

    /// Returns the mode, which is searched if it is nil. `fitted` may be the memory of `y`.
    public static func fit(
        y: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>?, shape: Shape, mode: Int?,
        fitted: UnsafeMutablePointer<Double>, progress: Progress = .none
    ) throws(QuantcalError) -> Int { try compute(y, weights, shape, mode, fitted, progress) }

    public static func fit(
        y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?, shape: Shape, mode: Int?,
        fitted: UnsafeMutablePointer<Float>, progress: Progress = .none
    ) throws(QuantcalError) -> Int { try compute(y, weights, shape, mode, fitted, progress) }

    private static func compute<T: IsotonicScalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, _ shape: Shape, _ mode: Int?,
        _ fitted: UnsafeMutablePointer<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        if let mode, !(0..<y.count).contains(mode) {
            throw QuantcalError(
                .options, "mode is \(UInt(bitPattern: mode)); it must be below n, which is \(y.count)")
        }
        try Require.finite(y, "y")
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights) }
        try progress(0)
        guard !y.isEmpty else { return 0 }
        let isTurned = shape == .valley
        let turned = try Scratch<T>(isTurned ? y.count : 0)
        for index in turned.buffer.indices { turned.buffer[index] = -y[index] }
        let values = isTurned ? UnsafeBufferPointer(turned.buffer) : y
        // Nothing is written before the end: the work may be stopped, and y may be the output.
        let result = try Scratch<T>(y.count)
        let points = IsotonicUnimodalPoints(values, weights, total)
        let found = try IsotonicUnimodalFit(points: points, x: result.buffer, progress: progress).fit(mode)
        for index in y.indices { fitted[index] = isTurned ? -result.buffer[index] : result.buffer[index] }
        return found
    }
}

/// The points, far from the ends of the number range.
struct IsotonicUnimodalPoints<T: IsotonicScalar> {
    let values: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    /// The value nearest to 0: relative to it a common offset does not drown differences.
    let centre: Double
    private let scale: Double
    private let weightScale: Double

    init(
        _ values: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, _ total: Require.WeightTotal?
    ) {
        self.values = values
        self.weights = weights
        var (largest, nearest) = (0.0, Double.infinity)
        for value in values {
            largest = max(largest, Double(value.magnitude))
            if Double(value.magnitude) < nearest.magnitude { nearest = Double(value) }
        }
        // Errors are squares, and must stay in range.
        scale = PowerOfTwo.bringing(largest, above: -200, below: 200)
        weightScale = total.map { PowerOfTwo.bringing($0.sum, above: -100, below: 100) } ?? 1
        centre = nearest * scale
    }

    var count: Int { values.count }

    @inline(__always) func value(_ index: Int) -> Double { Double(values[index]) * scale }
    @inline(__always) func weight(_ index: Int) -> Double {
        weights.map { Double($0[index]) * weightScale } ?? 1
    }

    /// The weighted mean of a run, as it grows.
    struct Mean {
        private var (sum, weight) = (DoubleDouble(), DoubleDouble())
        var isEmpty: Bool { weight.value == 0 }

        mutating func add(_ range: Range<Int>, of points: IsotonicUnimodalPoints) {
            for index in range {
                sum.addProduct(points.value(index), points.weight(index))
                weight += points.weight(index)
            }
        }

        func value(in points: IsotonicUnimodalPoints) -> T { T(sum / weight / points.scale) }
    }
}

/// A fit with a peak.
private struct IsotonicUnimodalFit<T: IsotonicScalar> {
    let points: IsotonicUnimodalPoints<T>
    let x: UnsafeMutableBufferPointer<T>
    let progress: Progress

    func fit(_ mode: Int?) throws(QuantcalError) -> Int {
        if let mode {
            try fit(around: mode)
            return mode
        }
        let errors = try IsotonicPrefixErrors(points, progress)
        return try fit(fallingFrom: errors.smallestBest)
    }

    /// Fits a chain by itself. False if its weights are all 0: then nothing is written.
    private func fitChain(
        _ range: Range<Int>, _ direction: IsotonicRegression.Direction
    ) throws(QuantcalError) -> Bool {
        let chain = points.weights.map { UnsafeBufferPointer(rebasing: $0[range]) }
        guard !range.isEmpty, chain.map({ $0.contains { $0 > 0 } }) ?? true else { return false }
        let output = IsotonicRegression.Output(
            fitted: x.baseAddress! + range.lowerBound, blockWeights: nil, blocks: nil)
        _ = try IsotonicRegression.leastSquares(
            UnsafeBufferPointer(rebasing: points.values[range]), chain, direction, output,
            progress.part(from: 0.5 + 0.5 * Double(range.lowerBound) / Double(points.count), to: 1))
        return true
    }

    private func fill(_ range: Range<Int>, _ value: T) {
        for index in range { x[index] = value }
    }

    /// Rises up to `split` and falls from there. Returns the first of the highest points.
    private func fit(fallingFrom split: Int) throws(QuantcalError) -> Int {
        let isRiseFitted = try fitChain(0..<split, .increasing)
        let isFallFitted = try fitChain(split..<points.count, .decreasing)
        if !isRiseFitted { fill(0..<split, x[split]) }
        if !isFallFitted { fill(split..<points.count, x[split - 1]) }
        var mode = split
        while mode > 0, x[mode - 1] >= x[mode] { mode -= 1 }
        return mode
    }

    /// Rises up to the mode and falls after it.
    private func fit(around mode: Int) throws(QuantcalError) {
        let isRiseFitted = try fitChain(0..<mode, .increasing)
        let isFallFitted = try fitChain(mode + 1..<points.count, .decreasing)
        // What the block of the mode may still take in.
        let free = (isRiseFitted ? 0 : mode)..<(isFallFitted ? points.count : mode + 1)
        var block = mode..<mode + 1
        var mean = IsotonicUnimodalPoints<T>.Mean()
        mean.add(block, of: points)
        while true {
            let left = block.lowerBound > free.lowerBound ? x[block.lowerBound - 1] : nil
            let right = block.upperBound < free.upperBound ? x[block.upperBound] : nil
            let isLeft = right.map { right in left.map { $0 >= right } ?? false } ?? true
            guard let highest = isLeft ? left : right else { break }
            guard mean.isEmpty || highest > mean.value(in: points) else { break }
            let next = neighbour(of: block, isLeft, within: free)
            mean.add(next, of: points)
            block = min(block.lowerBound, next.lowerBound)..<max(block.upperBound, next.upperBound)
        }
        let value = mean.value(in: points)
        fill(block, value)
        if !isRiseFitted { fill(0..<mode, value) }
        if !isFallFitted { fill(mode + 1..<points.count, value) }
    }

    /// The points beside a block that share their value.
    private func neighbour(of block: Range<Int>, _ isLeft: Bool, within free: Range<Int>) -> Range<Int> {
        if isLeft {
            var first = block.lowerBound - 1
            while first > free.lowerBound, x[first - 1] == x[first] { first -= 1 }
            return first..<block.lowerBound
        }
        var end = block.upperBound + 1
        while end < free.upperBound, x[end] == x[end - 1] { end += 1 }
        return block.upperBound..<end
    }
}
