/// Fits of differentiable losses: points of positive weight are copied in the order of the fit, in double
/// precision and far from the ends of the range, and their values replaced by the fit.
struct IsotonicSmoothFit<T: IsotonicScalar> {
    private let points: IsotonicSequence<T>
    private let count: Int
    /// A power of two, after which values are below 2^301, and differences of values too.
    let scale: Double
    private let weightScale: Double
    /// What all values have in common and rounding need not see: subtracting it is exact.
    private let offset: Double

    init(_ points: IsotonicSequence<T>) {
        self.points = points
        count = points.weights.map { $0.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } } ?? points.count
        let (least, largest) = points.y.reduce((T.infinity, -T.infinity)) { (min($0.0, $1), max($0.1, $1)) }
        let low = Double(least)
        let high = Double(largest)
        scale = PowerOfTwo.bringing(max(abs(low), abs(high)), above: -300, below: 299)
        offset = low > 0 && high / 2 <= low ? low * scale : high < 0 && low / 2 >= high ? high * scale : 0
        let heaviest = points.weights.map { $0.reduce(0) { max($0, Double($1)) } } ?? 1
        weightScale = PowerOfTwo.bringing(heaviest, above: -100, below: 0)
    }

    /// Writes the values of points of positive weight to their places.
    func fit<Loss: IsotonicLoss>(
        _ loss: Loss, _ solution: IsotonicRegression.Solution, fitted: UnsafeMutablePointer<T>,
        _ progress: Progress
    ) throws(QuantcalError) {
        let isMiddle = solution == .middle && !loss.isStrictlyConvex
        let isUpper = solution == .upper && !loss.isStrictlyConvex
        let memory = try Scratch<Double>(count + 8)
        let weights = try Scratch<Double>(count + 8)
        let more = try Scratch<Double>(isMiddle ? count + 8 : 0)
        let values = memory.buffer.baseAddress!
        let first = progress.part(from: 0, to: isMiddle ? 0.5 : 1)
        try minimise(loss, values, weights.buffer.baseAddress!, mirrored: isUpper, first)
        if isMiddle {
            let upper = more.buffer.baseAddress!
            let second = progress.part(from: 0.5, to: 1)
            try minimise(loss, upper, weights.buffer.baseAddress!, mirrored: true, second)
            for index in 0..<count { values[index] = values[index].middle(to: -upper[count - 1 - index]) }
        }
        var index = 0
        for point in 0..<points.count where points.weight(point) > 0 {
            let value = isUpper ? -values[count - 1 - index] : values[index]
            fitted[points.place(point)] = T((value + offset) / scale)
            index += 1
        }
    }

    /// The lower fit; if mirrored, of the negated values in reversed order: the upper fit in disguise, as losses that
    /// have several fits are symmetric.
    private func minimise<Loss: IsotonicLoss>(
        _ loss: Loss, _ values: UnsafeMutablePointer<Double>, _ weights: UnsafeMutablePointer<Double>,
        mirrored: Bool, _ progress: Progress
    ) throws(QuantcalError) {
        try progress(0)
        var index = mirrored ? count - 1 : 0
        for point in 0..<points.count where points.weight(point) > 0 {
            let value = Double(points.value(point)) * scale - offset
            values[index] = mirrored ? -value : value
            weights[index] = max(points.weight(point) * weightScale, 0x1p-400)
            index += mirrored ? -1 : 1
        }
        for padding in count..<count + 8 { (values[padding], weights[padding]) = (0, 0) }
        if (1..<count).allSatisfy({ values[$0 - 1] <= values[$0] }) { return }
        try IsotonicSplitting(values: values, weights: weights, count: count, loss: loss).fit(progress)
    }
}
