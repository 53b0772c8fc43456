import QuantcalCore

/// Ranks of calibration scores: 0 stands for -infinity, n + 1 for +infinity.
public typealias ConformalRankBounds = ConformalBatchRank.Bounds

/// The rank-th smallest score; rank 0 is -infinity, n + 1 is +infinity. Infinite scores are data; NaN is an
/// error. C: `qc_conformal_order_statistic_f64`.
public func conformalOrderStatistic(_ scores: [Double], rank: Int) throws(QuantcalError) -> Double {
    try withBuffer(scores) { scores throws(QuantcalError) in
        try ConformalThreshold.orderStatistic(scores: scores, rank: rank)
    }
}

/// The same in single precision. C: `qc_conformal_order_statistic_f32`.
public func conformalOrderStatistic(_ scores: [Float], rank: Int) throws(QuantcalError) -> Float {
    try withBuffer(scores) { scores throws(QuantcalError) in
        try ConformalThreshold.orderStatistic(scores: scores, rank: rank)
    }
}

/// The law of the rank, among n calibration scores, of the zeta-th smallest of m test scores, at each of `ranks`.
/// C: `qc_conformal_batch_law`.
public func conformalBatchLaw(
    n: Int, m: Int, zeta: Int, _ ranks: [Int]
) throws(QuantcalError) -> (pmf: [Double], tails: ConformalTails) {
    let law = try ConformalBatchLaw(n: n, m: m, zeta: zeta)
    return try probabilities(of: ranks, "ranks", law.probabilities)
}

/// Ranks of calibration scores that the zeta-th smallest of m test scores is below, and above, with probabilities
/// of at most these levels; a level of 0 asks for no bound. C: `qc_conformal_batch_rank`.
public func conformalBatchRank(
    n: Int, m: Int, zeta: Int, alphaLower: Double = 0, alphaUpper: Double = 0
) throws(QuantcalError) -> ConformalRankBounds {
    try ConformalBatchRank.bounds(n: n, m: m, zeta: zeta, alphaLower: alphaLower, alphaUpper: alphaUpper)
}

/// Ranks between which the zetaLow-th and the zetaHigh-th smallest of m test scores lie together, with
/// probability at least 1 - alpha; and that probability. C: `qc_conformal_batch_bracket`.
public func conformalBatchBracket(
    n: Int, m: Int, zetaLow: Int, zetaHigh: Int, alpha: Double
) throws(QuantcalError) -> (bounds: ConformalRankBounds, probability: Double) {
    try ConformalBatchBracket(n: n, m: m, zetaLow: zetaLow, zetaHigh: zetaHigh).bounds(alpha: alpha)
}

/// The smallest u that the ranks of all m test scores, less 1 each, add up to at most, with probability at least
/// 1 - alpha. C: `qc_conformal_batch_rank_sum`.
public func conformalBatchRankSum(n: Int, m: Int, alpha: Double) throws(QuantcalError) -> Int {
    try ConformalBatchSum.quantile(n: n, m: m, alpha: alpha)
}

/// An upper bound for the mean of m test scores whose ranks, less 1 each, add up to at most rankSum. `upper` is
/// a bound for all scores. C: `qc_conformal_batch_mean_f64`.
public func conformalBatchMean(
    _ scores: [Double], m: Int, rankSum: Int, upper: Double = .infinity
) throws(QuantcalError) -> Double {
    try withBuffer(scores) { scores throws(QuantcalError) in
        try ConformalBatchMean.bound(scores: scores, m: m, rankSum: rankSum, upper: upper)
    }
}

/// The same in single precision, rounded upwards. C: `qc_conformal_batch_mean_f32`.
public func conformalBatchMean(
    _ scores: [Float], m: Int, rankSum: Int, upper: Float = .infinity
) throws(QuantcalError) -> Float {
    try withBuffer(scores) { scores throws(QuantcalError) in
        try ConformalBatchMean.bound(scores: scores, m: m, rankSum: rankSum, upper: upper)
    }
}
