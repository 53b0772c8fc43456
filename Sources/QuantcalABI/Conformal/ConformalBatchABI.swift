import CQuantcal
import QuantcalCore

@c @implementation
public func qc_conformal_batch_law(
    _ n: Int, _ m: Int, _ zeta: Int, _ ranks: UnsafePointer<Int>!, _ count: Int,
    _ pmf: UnsafeMutablePointer<Double>!, _ atMost: UnsafeMutablePointer<Double>!,
    _ atLeast: UnsafeMutablePointer<Double>!
) -> qc_status {
    computeProbabilities(ranks, count, "ranks", pmf, atMost, atLeast) {
        ranks, pmf, most, least throws(QuantcalError) in
        try ConformalBatchLaw(n: n, m: m, zeta: zeta)
            .probabilities(of: ranks, pmf: pmf, atMost: most, atLeast: least)
    }
}

@c @implementation
public func qc_conformal_batch_rank(
    _ n: Int, _ m: Int, _ zeta: Int, _ alphaLower: Double, _ alphaUpper: Double,
    _ lower: UnsafeMutablePointer<Int>!, _ upper: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (below, above) = try rankOutputs(lower, upper)
        let bounds = try ConformalBatchRank.bounds(
            n: n, m: m, zeta: zeta, alphaLower: alphaLower, alphaUpper: alphaUpper)
        (below.pointee, above.pointee) = (bounds.lower, bounds.upper)
    }
}

@c @implementation
public func qc_conformal_batch_bracket(
    _ n: Int, _ m: Int, _ zetaLow: Int, _ zetaHigh: Int, _ alpha: Double,
    _ lower: UnsafeMutablePointer<Int>!, _ upper: UnsafeMutablePointer<Int>!,
    _ probability: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (below, above) = try rankOutputs(lower, upper)
        let chance = try Boundary.optionalOutput(probability, 1, "probability")
        try Region.requireDisjoint(
            outputs: [
                Region(lower, 1, "lower"), Region(upper, 1, "upper"), Region(probability, 1, "probability"),
            ], inputs: [])
        let bracket = try ConformalBatchBracket(n: n, m: m, zetaLow: zetaLow, zetaHigh: zetaHigh)
        let found = try bracket.bounds(alpha: alpha)
        (below.pointee, above.pointee) = (found.bounds.lower, found.bounds.upper)
        chance?.pointee = found.probability
    }
}

private func rankOutputs(
    _ lower: UnsafeMutablePointer<Int>?, _ upper: UnsafeMutablePointer<Int>?
) throws(QuantcalError) -> (UnsafeMutablePointer<Int>, UnsafeMutablePointer<Int>) {
    let outputs = (try Boundary.output(lower, 1, "lower"), try Boundary.output(upper, 1, "upper"))
    try Region.requireDisjoint(
        outputs: [Region(lower, 1, "lower"), Region(upper, 1, "upper")], inputs: [])
    return outputs
}

@c @implementation
public func qc_conformal_batch_rank_sum(
    _ n: Int, _ m: Int, _ alpha: Double, _ rankSum: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let output = try Boundary.output(rankSum, 1, "rank_sum")
        output.pointee = try ConformalBatchSum.quantile(n: n, m: m, alpha: alpha)
    }
}

@c @implementation
public func qc_conformal_batch_mean_f64(
    _ scores: UnsafePointer<Double>!, _ n: Int, _ m: Int, _ rankSum: Int, _ upper: Double,
    _ bound: UnsafeMutablePointer<Double>!
) -> qc_status {
    valueOfScores(scores, n, bound, "bound") { scores throws(QuantcalError) in
        try ConformalBatchMean.bound(scores: scores, m: m, rankSum: rankSum, upper: upper)
    }
}

@c @implementation
public func qc_conformal_batch_mean_f32(
    _ scores: UnsafePointer<Float>!, _ n: Int, _ m: Int, _ rankSum: Int, _ upper: Float,
    _ bound: UnsafeMutablePointer<Float>!
) -> qc_status {
    valueOfScores(scores, n, bound, "bound") { scores throws(QuantcalError) in
        try ConformalBatchMean.bound(scores: scores, m: m, rankSum: rankSum, upper: upper)
    }
}

@c @implementation
public func qc_conformal_order_statistic_f64(
    _ scores: UnsafePointer<Double>!, _ n: Int, _ rank: Int, _ value: UnsafeMutablePointer<Double>!
) -> qc_status {
    valueOfScores(scores, n, value, "value") { scores throws(QuantcalError) in
        try ConformalThreshold.orderStatistic(scores: scores, rank: rank)
    }
}

@c @implementation
public func qc_conformal_order_statistic_f32(
    _ scores: UnsafePointer<Float>!, _ n: Int, _ rank: Int, _ value: UnsafeMutablePointer<Float>!
) -> qc_status {
    valueOfScores(scores, n, value, "value") { scores throws(QuantcalError) in
        try ConformalThreshold.orderStatistic(scores: scores, rank: rank)
    }
}

private func valueOfScores<T>(
    _ scores: UnsafePointer<T>?, _ n: Int, _ value: UnsafeMutablePointer<T>?, _ name: String,
    _ compute: (UnsafeBufferPointer<T>) throws(QuantcalError) -> T
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        let input = try Boundary.input(scores, n, "scores")
        let output = try Boundary.output(value, 1, name)
        try Region.requireDisjoint(outputs: [Region(value, 1, name)], inputs: [Region(scores, n, "scores")])
        output.pointee = try compute(input)
    }
}
