import QuantcalCore

/// The conformal rank: the smallest integer k >= (n + 1)(1 - alpha), exactly, for the decimal alpha that
/// was typed. n + 1 means that the threshold is +infinity. C: `qc_conformal_rank`.
public func conformalRank(n: Int, alpha: Double) throws(QuantcalError) -> Int {
    guard n >= 0 else { throw QuantcalError(.size, "n is \(n); n must be >= 0") }
    return try ConformalRank.rank(n: n, alpha: alpha)
}

/// The conformal threshold: the rank-th smallest of the scores, or +infinity if there are too few.
/// Infinite scores are data; NaN is an error. C: `qc_conformal_threshold_f64`.
public func conformalThreshold(_ scores: [Double], alpha: Double) throws(QuantcalError) -> Double {
    try withBuffer(scores) { scores throws(QuantcalError) in
        try ConformalThreshold.threshold(scores: scores, alpha: alpha)
    }
}

/// The same in single precision. C: `qc_conformal_threshold_f32`.
public func conformalThreshold(_ scores: [Float], alpha: Double) throws(QuantcalError) -> Float {
    try withBuffer(scores) { scores throws(QuantcalError) in
        try ConformalThreshold.threshold(scores: scores, alpha: alpha)
    }
}

/// Prediction sets, one for each row of scores.
public struct PredictionSets: Equatable, Sendable {
    /// Bit j % 8 of byte j / 8 of a row is class j.
    public let mask: Matrix<UInt8>
    /// The number of classes in each set.
    public let sizes: [Int32]
    public let classes: Int

    /// Whether the set of a row holds a class.
    public func contains(row: Int, class index: Int) -> Bool {
        precondition((0..<classes).contains(index), "class out of range")
        return mask[row, index / 8] >> UInt8(index % 8) & 1 == 1
    }
}

/// Prediction sets: class j is in the set of row i if its score is at most the threshold.
/// Infinite scores are data; NaN is an error. C: `qc_conformal_sets_f64`.
public func conformalSets(_ scores: Matrix<Double>, threshold: Double) throws(QuantcalError) -> PredictionSets
{
    try sets(scores) { values, mask, sizes throws(QuantcalError) in
        try ConformalSets.sets(
            scores: values, rows: scores.rows, classes: scores.columns, threshold: threshold, mask: mask,
            sizes: sizes)
    }
}

/// The same in single precision. C: `qc_conformal_sets_f32`.
public func conformalSets(_ scores: Matrix<Float>, threshold: Float) throws(QuantcalError) -> PredictionSets {
    try sets(scores) { values, mask, sizes throws(QuantcalError) in
        try ConformalSets.sets(
            scores: values, rows: scores.rows, classes: scores.columns, threshold: threshold, mask: mask,
            sizes: sizes)
    }
}

private func sets<Scalar>(
    _ scores: Matrix<Scalar>,
    _ call: (UnsafeBufferPointer<Scalar>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Int32>)
        throws(QuantcalError) -> Void
) throws(QuantcalError) -> PredictionSets {
    guard scores.columns >= 1, scores.columns <= Int32.max else {
        throw QuantcalError(.size, "classes is \(scores.columns); classes must be 1 to \(Int32.max)")
    }
    let rowBytes = ConformalSets.rowBytes(classes: scores.columns)
    var sizes: [Int32] = []
    let mask = try filled(scores.rows * rowBytes) {
        (mask: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        sizes = try filled(scores.rows) { (sizes: UnsafeMutablePointer<Int32>) throws(QuantcalError) in
            try withBuffer(scores.elements) { values throws(QuantcalError) in try call(values, mask, sizes) }
        }
    }
    return PredictionSets(
        mask: Matrix(unchecked: scores.rows, rowBytes, mask), sizes: sizes, classes: scores.columns)
}

/// Prediction intervals mean - threshold to mean + threshold. The threshold is >= 0; +infinity gives the
/// whole line. C: `qc_conformal_intervals_f64`.
public func conformalIntervals(
    mean: [Double], threshold: Double
) throws(QuantcalError) -> (lower: [Double], upper: [Double]) {
    try intervals(mean) { mean, lower, upper throws(QuantcalError) in
        try ConformalIntervals.intervals(mean: mean, threshold: threshold, lower: lower, upper: upper)
    }
}

/// The same in single precision. C: `qc_conformal_intervals_f32`.
public func conformalIntervals(
    mean: [Float], threshold: Float
) throws(QuantcalError) -> (lower: [Float], upper: [Float]) {
    try intervals(mean) { mean, lower, upper throws(QuantcalError) in
        try ConformalIntervals.intervals(mean: mean, threshold: threshold, lower: lower, upper: upper)
    }
}

private func intervals<Scalar: BitwiseCopyable>(
    _ mean: [Scalar],
    _ call: (UnsafeBufferPointer<Scalar>, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>)
        throws(QuantcalError) -> Void
) throws(QuantcalError) -> (lower: [Scalar], upper: [Scalar]) {
    let ends = try filledArrays(2, of: mean.count) { ends throws(QuantcalError) in
        try withBuffer(mean) { mean throws(QuantcalError) in try call(mean, ends[0], ends[1]) }
    }
    return (ends[0], ends[1])
}
