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
        let groupKeys = try Scratch<Double>(keys.count)
        let fitted = try Scratch<Double>(keys.count)
        let groupWeights = try Scratch<Double>(keys.count)
        let groups = Self.pool(keys, y, weights, groupKeys.buffer, fitted.buffer, groupWeights.buffer)
        _ = try IsotonicRegression.fit(
            y: UnsafeBufferPointer(rebasing: fitted.buffer[..<groups]),
            weights: UnsafeBufferPointer(rebasing: groupWeights.buffer[..<groups]), direction: direction,
            output: IsotonicRegression.Output(
                fitted: fitted.buffer.baseAddress!, blockWeights: nil, blocks: nil))
        let kept = Self.trim(groupKeys.buffer, fitted.buffer, groups, shape)
        let keptKeys = try Scratch<Double>(kept)
        let keptValues = try Scratch<Double>(kept)
        for index in 0..<kept {
            keptKeys.buffer[index] = groupKeys.buffer[index]
            keptValues.buffer[index] = fitted.buffer[index]
        }
        self.keys = keptKeys
        values = keptValues
        self.shape = shape
    }

    /// Makes one of points of equal key: their weighted mean and whole weight. Returns how many are left.
    private static func pool(
        _ keys: UnsafeBufferPointer<Double>, _ y: UnsafeBufferPointer<Double>,
        _ weights: UnsafeBufferPointer<Double>, _ groupKeys: UnsafeMutableBufferPointer<Double>,
        _ means: UnsafeMutableBufferPointer<Double>, _ groupWeights: UnsafeMutableBufferPointer<Double>
    ) -> Int {
        var groups = 0
        var start = 0
        while start < keys.count {
            var end = start + 1
            while end < keys.count, keys[end] == keys[start] { end += 1 }
            groupKeys[groups] = keys[start]
            (means[groups], groupWeights[groups]) = (y[start], weights[start])
            if end - start > 1 {
                var sum = DoubleDouble()
                var weight = DoubleDouble()
                for index in start..<end {
                    sum.addProduct(weights[index], y[index])
                    weight += weights[index]
                }
                (means[groups], groupWeights[groups]) = (sum / weight, weight.value)
            }
            groups += 1
            start = end
        }
        return groups
    }

    /// Drops keys that the function does not need. Returns how many are left, at the front.
    private static func trim(
        _ keys: UnsafeMutableBufferPointer<Double>, _ values: UnsafeMutableBufferPointer<Double>,
        _ count: Int,
        _ shape: Shape
    ) -> Int {
        var kept = 0
        for index in 0..<count {
            let continues = index > 0 && values[index] == values[index - 1]
            let isInside =
                shape == .steps
                ? continues : continues && index + 1 < count && values[index] == values[index + 1]
            if isInside { continue }
            // The value before was read already, and what lies below `index` is free.
            (keys[kept], values[kept]) = (keys[index], values[index])
            kept += 1
        }
        return kept
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
