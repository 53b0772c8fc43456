/// An isotonic fit as a function of its key: linear between keys, or the value at the largest key that is
/// not above; beyond the keys constant.
struct PooledCurve: ~Copyable {
    enum Shape { case linear, steps }

    private let keys: Scratch<Double>
    private let values: Scratch<Double>
    private let shape: Shape

    /// Fits `y` with `weights` (> 0) on ascending `keys`; points of equal key share one value.
    init(
        keys: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>,
        weights: UnsafeBufferPointer<Double>,
        direction: IsotonicRegression.Direction = .increasing, shape: Shape
    ) throws(QuantcalError) {
        let knots = try Scratch<Double>(keys.count)
        let fitted = try Scratch<Double>(keys.count)
        var options = IsotonicKnots.Options()
        options.direction = direction
        options.ties = .secondary
        let count = try IsotonicKnots.fit(
            x: keys, y: y, weights: weights, options: options,
            output: IsotonicKnots.Output(
                fitted: nil, knots: knots.buffer.baseAddress!, values: fitted.buffer.baseAddress!)
        ).knotCount
        let keptKeys = try Scratch<Double>(count)
        let keptValues = try Scratch<Double>(count)
        for index in 0..<count {
            keptKeys.buffer[index] = knots.buffer[index]
            keptValues.buffer[index] = fitted.buffer[index]
        }
        self.keys = keptKeys
        values = keptValues
        self.shape = shape
    }

    func callAsFunction(_ key: Double) -> Double {
        let count = keys.buffer.count
        var above = 0
        var end = count
        while above < end {
            let middle = (above + end) / 2
            if keys.buffer[middle] <= key { above = middle + 1 } else { end = middle }
        }
        if above == 0 { return values.buffer[0] }
        let value = values.buffer[above - 1]
        if above == count || shape == .steps { return value }
        let next = values.buffer[above]
        let between = value + (next - value) * Self.share(keys.buffer[above - 1], key, keys.buffer[above])
        return min(max(between, min(value, next)), max(value, next))
    }

    /// How far `key` is from `low` to `high`; halved where the distance is no number.
    private static func share(_ low: Double, _ key: Double, _ high: Double) -> Double {
        let distance = high - low
        return distance.isFinite ? (key - low) / distance : (key / 2 - low / 2) / (high / 2 - low / 2)
    }
}
