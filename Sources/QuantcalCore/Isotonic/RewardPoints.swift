/// Scored points in ascending order of score. Points of weight 0 are left out; the weights have mean 1.
struct RewardPoints: ~Copyable {
    let scores: UnsafeMutableBufferPointer<Double>
    let labels: UnsafeMutableBufferPointer<Double>
    let weights: UnsafeMutableBufferPointer<Double>
    let folds: UnsafeMutableBufferPointer<Int32>
    private let memory: Scratch<Double>
    private let foldMemory: Scratch<Int32>

    /// Room for `count` points, none of which has a value yet.
    init(room count: Int) throws(QuantcalError) {
        let (length, overflow) = count.multipliedReportingOverflow(by: 3)
        let memory = try Scratch<Double>(overflow ? .max : length)
        let foldMemory = try Scratch<Int32>(count)
        scores = UnsafeMutableBufferPointer(rebasing: memory.buffer[..<count])
        labels = UnsafeMutableBufferPointer(rebasing: memory.buffer[count..<2 * count])
        weights = UnsafeMutableBufferPointer(rebasing: memory.buffer[(2 * count)...])
        folds = foldMemory.buffer
        self.memory = memory
        self.foldMemory = foldMemory
    }

    /// The points in order. What they hold is finite, and their weights were checked.
    init<T: Scalar>(
        scores: UnsafeBufferPointer<T>, labels: UnsafeBufferPointer<T>, weights: UnsafeBufferPointer<T>?,
        folds: UnsafeBufferPointer<Int32>
    ) throws(QuantcalError) {
        let weight = { (point: Int) in weights.map { Double($0[point]) } ?? 1 }
        try self.init(sorting: scores, counted: { weight($0) > 0 }) {
            (Double(labels[$0]), weight($0), folds[$0])
        }
        if weights != nil { MeanOne.scale(self.weights) }
    }

    /// Points of weight 1, without folds.
    init<T: Scalar>(
        scores: UnsafeBufferPointer<T>, values: UnsafeBufferPointer<Double>
    ) throws(QuantcalError) {
        try self.init(sorting: scores, counted: { _ in true }) { (values[$0], 1, 0) }
    }

    private init<T: Scalar>(
        sorting scores: UnsafeBufferPointer<T>, counted isCounted: (Int) -> Bool,
        point rest: (Int) -> (label: Double, weight: Double, fold: Int32)
    ) throws(QuantcalError) {
        let order = try PredictorOrder(scores, "scores")
        try self.init(room: scores.indices.count(where: isCounted))
        var kept = 0
        for place in scores.indices {
            let point = order.origin(place)
            if !isCounted(point) { continue }
            self.scores[kept] = Double(order.x[place])
            let (label, weight, fold) = rest(point)
            labels[kept] = label
            weights[kept] = weight
            folds[kept] = fold
            kept += 1
        }
    }

    var count: Int { scores.count }

    /// Copies the points outside of a fold to the front of `target`; returns how many.
    func copy(without fold: Int32, to target: borrowing RewardPoints) -> Int {
        var kept = 0
        for point in 0..<count where folds[point] != fold {
            target.scores[kept] = scores[point]
            target.labels[kept] = labels[point]
            target.weights[kept] = weights[point]
            kept += 1
        }
        return kept
    }

    /// The first points.
    func prefix(_ count: Int) -> Training {
        Training(
            scores: UnsafeBufferPointer(rebasing: scores[..<count]),
            labels: UnsafeBufferPointer(rebasing: labels[..<count]),
            weights: UnsafeBufferPointer(rebasing: weights[..<count]))
    }

    /// What one model is fitted to.
    struct Training {
        let scores, labels, weights: UnsafeBufferPointer<Double>
    }
}

/// Weights scaled to mean 1.
enum MeanOne {
    /// The weights are finite and >= 0, not all zero, and their sum is finite. Returns the factor.
    @discardableResult
    static func scale(_ weights: UnsafeMutableBufferPointer<Double>) -> Double {
        // The sum is far from the ends of the number range when it is taken.
        let largest = weights.reduce(0) { max($0, $1) }
        let power = PowerOfTwo.bringing(largest, above: -100, below: 100)
        var sum = DoubleDouble()
        for weight in weights { sum += weight * power }
        let mean = sum / DoubleDouble(high: Double(weights.count))
        for index in weights.indices { weights[index] = weights[index] * power / mean }
        return power / mean
    }
}
