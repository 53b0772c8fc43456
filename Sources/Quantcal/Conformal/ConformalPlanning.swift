import QuantcalCore

/// The two tails of a law, each accurate however small.
public struct ConformalTails: Equatable, Sendable {
    /// P(X <= x), for each x that was asked for.
    public let atMost: [Double]
    /// P(X >= x).
    public let atLeast: [Double]
}

/// The law of the coverage of the rank-th smallest of n scores, Beta(rank, n + 1 - rank): the probabilities
/// that it is at most, and at least, each of `values`. C: `qc_conformal_coverage_law`.
public func conformalCoverageLaw(
    n: Int, rank: Int, _ values: [Double]
) throws(QuantcalError) -> ConformalTails {
    let law = try ConformalCoverageLaw(n: n, rank: rank)
    let tails = try filledArrays(2, of: values.count) { tails throws(QuantcalError) in
        try withBuffer(values) { values throws(QuantcalError) in
            try law.probabilities(of: values, atMost: tails[0], atLeast: tails[1])
        }
    }
    return ConformalTails(atMost: tails[0], atLeast: tails[1])
}

/// Quantiles of the coverage: what it does not exceed with the probabilities `levels`.
/// C: `qc_conformal_coverage_quantile`.
public func conformalCoverageQuantile(
    n: Int, rank: Int, levels: [Double]
) throws(QuantcalError) -> [Double] {
    let law = try ConformalCoverageLaw(n: n, rank: rank)
    return try filled(levels.count) { quantiles throws(QuantcalError) in
        try withBuffer(levels) { levels throws(QuantcalError) in
            try law.quantiles(at: levels, quantiles)
        }
    }
}

/// The law of how many of m new points are covered, BetaBinomial(m, rank, n + 1 - rank), at each of `counts`.
/// C: `qc_conformal_covered_law`.
public func conformalCoveredLaw(
    n: Int, rank: Int, m: Int, _ counts: [Int]
) throws(QuantcalError) -> (pmf: [Double], tails: ConformalTails) {
    let law = try ConformalCoveredLaw(n: n, rank: rank, m: m)
    return try probabilities(of: counts, "counts", law.probabilities)
}

/// What a law of the core says of numbers that are not negative.
func probabilities(
    of numbers: [Int], _ name: String,
    _ compute: (
        UnsafeBufferPointer<Int>, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?,
        UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> (pmf: [Double], tails: ConformalTails) {
    if let index = numbers.firstIndex(where: { $0 < 0 }) {
        throw QuantcalError(.domain, "\(name)[\(index)] is \(numbers[index]); \(name) must be >= 0")
    }
    let arrays = try filledArrays(3, of: numbers.count) { arrays throws(QuantcalError) in
        try withBuffer(numbers) { numbers throws(QuantcalError) in
            try compute(numbers, arrays[0], arrays[1], arrays[2])
        }
    }
    return (arrays[0], ConformalTails(atMost: arrays[1], atLeast: arrays[2]))
}

/// Quantiles of the number of covered points: the smallest that is not exceeded with at least the
/// probabilities `levels`. C: `qc_conformal_covered_quantile`.
public func conformalCoveredQuantile(
    n: Int, rank: Int, m: Int, levels: [Double]
) throws(QuantcalError) -> [Int] {
    let law = try ConformalCoveredLaw(n: n, rank: rank, m: m)
    return try filled(levels.count) { quantiles throws(QuantcalError) in
        try withBuffer(levels) { levels throws(QuantcalError) in
            try law.quantiles(at: levels, quantiles)
        }
    }
}

/// The smallest rank whose coverage is at least 1 - alpha with probability at least 1 - delta over the
/// calibration sets; n + 1 if n scores are too few. C: `qc_conformal_pac_rank`.
public func conformalPACRank(n: Int, alpha: Double, delta: Double) throws(QuantcalError) -> Int {
    try ConformalPlanning.pacRank(n: n, alpha: alpha, delta: delta)
}

/// The smallest n for which that rank is at most n. Throws `.infeasible` if none up to 10^8 suffices.
/// C: `qc_conformal_pac_sample_size`.
public func conformalPACSampleSize(alpha: Double, delta: Double) throws(QuantcalError) -> Int {
    try ConformalPlanning.pacSampleSize(alpha: alpha, delta: delta)
}

/// The smallest n for which the coverage is within `tolerance` of 1 - alpha with probability at least
/// 1 - delta. Throws `.infeasible` if none up to 10^8 suffices. C: `qc_conformal_sample_size`.
public func conformalSampleSize(
    alpha: Double, tolerance: Double, delta: Double
) throws(QuantcalError) -> Int {
    try ConformalPlanning.sampleSize(alpha: alpha, tolerance: tolerance, delta: delta)
}
