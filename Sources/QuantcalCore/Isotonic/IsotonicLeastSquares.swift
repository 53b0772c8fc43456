/// Weighted least-squares isotonic regression of a sequence by pooling adjacent violators.
///
/// The fit is the left slope of the greatest convex minorant of the cumulative sums; neighbours that
/// are out of order are merged into blocks until none is, O(n).
///
/// Source: Ayer et al. (1955). Departures: points that are above a coarse hull are never looked at one by
/// one (IsotonicElimination); pieces are pooled apart and joined at their seams; sums are centred, the mean
/// of every final block is taken in twice the precision, and numbers near the ends of the range are scaled
/// by powers of two, so neither a common offset nor extreme values cost accuracy; weights of zero are
/// allowed.
enum IsotonicLeastSquares {
    /// Returns the number of blocks. There is at least one point.
    static func fit<T: IsotonicScalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, isReversed: Bool,
        _ output: IsotonicRegression.Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        let size =
            weights == nil
            ? IsotonicCells<T, UnitWeights>.memorySize(for: y.count)
            : IsotonicCells<T, ArrayWeights<T>>.memorySize(for: y.count)
        let cells = try Scratch<Double>(populated: size)
        let marks = try IsotonicPartition.memory(for: y.count)
        let partition = IsotonicPartition(marks, y.count)
        let memory = (cells.buffer.baseAddress!, partition)
        let sign = isReversed ? -1.0 : 1.0
        guard let weights else {
            let first = IsotonicPoints(values: y, weights: UnitWeights(), scale: sign)
            if let count = try attempt(first, memory, output, progress) { return count }
            let points = IsotonicPoints(values: y, weights: UnitWeights(), scale: sign * (try scale(for: y)))
            return try fitted(attempt(points, memory, output, progress))
        }
        let first = IsotonicPoints(
            values: y, weights: ArrayWeights(values: weights.baseAddress!, scale: 1), scale: sign)
        if let count = try attempt(first, memory, output, progress) { return count }
        // The sum of the weights bounds the largest from above, and from below by its share.
        let total = try Require.weights(weights)
        let weightScale = PowerOfTwo.bringing(total.sum, above: -100, below: 100)
        let points = IsotonicPoints(
            values: y, weights: ArrayWeights(values: weights.baseAddress!, scale: weightScale),
            scale: sign * (try scale(for: y)))
        return try fitted(attempt(points, memory, output, progress))
    }

    private static func fitted(_ count: Int?) -> Int {
        precondition(count != nil, "scaled values can be pooled")
        return count!
    }

    /// 1 unless values come so close to the ends of the range that a product of two sums could leave it.
    /// (Values more than 2^800 times smaller than the largest may then count as equal.)
    private static func scale<T: Scalar>(for y: UnsafeBufferPointer<T>) throws(QuantcalError) -> Double {
        try Require.finite(y, "y")
        let largest = y.reduce(0) { max($0, abs(Double($1))) }
        return PowerOfTwo.bringing(largest, above: -400, below: 800)
    }

    /// nil if a value or a weight is not what it may be, or needs another scale. Nothing is written then.
    private static func attempt<T: IsotonicScalar, Weights: IsotonicWeights>(
        _ points: IsotonicPoints<T, Weights>,
        _ memory: (cells: UnsafeMutablePointer<Double>, partition: IsotonicPartition),
        _ output: IsotonicRegression.Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int? {
        var sums = IsotonicBlockSum(cells: IsotonicCells(points: points, memory: memory.cells))
        let survey = try IsotonicPooling(sums, memory.partition).pool(progress)
        guard survey.isPoolable(T.self) else { return nil }
        try IsotonicCancellation(sums: sums, partition: memory.partition).mend(survey)
        if survey.least < 0, survey.most > 0 { sums.faintest = 0x1p-30 * survey.largestMagnitude }
        if points.scale < 0, survey.leastWeight == 0 {
            memory.partition.moveBordersLeft { points.weight($0) == 0 }
        }
        return try IsotonicWriter(sums: sums, output: output).write(memory.partition)
    }
}

extension IsotonicCells.Survey {
    /// Whether values and weights are what they may be, and their sums and products safely in range.
    fileprivate func isPoolable(_ type: T.Type) -> Bool {
        let isLargeEnough = largestMagnitude == 0 || largestMagnitude >= 0x1p-400
        return isFinite && isLargeEnough && largestMagnitude < 0x1p801 && leastWeight >= 0
            && weight >= 0x1p-100 && weight < 0x1p101 && T(weight).isFinite
    }
}
