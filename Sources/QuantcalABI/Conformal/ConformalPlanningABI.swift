import CQuantcal
import QuantcalCore

@c @implementation
public func qc_conformal_coverage_law(
    _ n: Int, _ rank: Int, _ values: UnsafePointer<Double>!, _ count: Int,
    _ atMost: UnsafeMutablePointer<Double>!, _ atLeast: UnsafeMutablePointer<Double>!
) -> qc_status {
    computeProbabilities(values, count, "values", nil, atMost, atLeast) {
        values, _, most, least throws(QuantcalError) in
        try ConformalCoverageLaw(n: n, rank: rank).probabilities(of: values, atMost: most, atLeast: least)
    }
}

@c @implementation
public func qc_conformal_coverage_quantile(
    _ n: Int, _ rank: Int, _ levels: UnsafePointer<Double>!, _ count: Int,
    _ quantiles: UnsafeMutablePointer<Double>!
) -> qc_status {
    computeQuantiles(levels, count, quantiles) { levels, quantiles throws(QuantcalError) in
        try ConformalCoverageLaw(n: n, rank: rank).quantiles(at: levels, quantiles)
    }
}

@c @implementation
public func qc_conformal_covered_law(
    _ n: Int, _ rank: Int, _ m: Int, _ counts: UnsafePointer<Int>!, _ count: Int,
    _ pmf: UnsafeMutablePointer<Double>!, _ atMost: UnsafeMutablePointer<Double>!,
    _ atLeast: UnsafeMutablePointer<Double>!
) -> qc_status {
    computeProbabilities(counts, count, "counts", pmf, atMost, atLeast) {
        counts, pmf, most, least throws(QuantcalError) in
        try ConformalCoveredLaw(n: n, rank: rank, m: m)
            .probabilities(of: counts, pmf: pmf, atMost: most, atLeast: least)
    }
}

@c @implementation
public func qc_conformal_covered_quantile(
    _ n: Int, _ rank: Int, _ m: Int, _ levels: UnsafePointer<Double>!, _ count: Int,
    _ quantiles: UnsafeMutablePointer<Int>!
) -> qc_status {
    computeQuantiles(levels, count, quantiles) { levels, quantiles throws(QuantcalError) in
        try ConformalCoveredLaw(n: n, rank: rank, m: m).quantiles(at: levels, quantiles)
    }
}

/// What a law says of `count` values; not every law has `pmf`.
func computeProbabilities<T>(
    _ values: UnsafePointer<T>?, _ count: Int, _ name: String, _ pmf: UnsafeMutablePointer<Double>?,
    _ atMost: UnsafeMutablePointer<Double>?, _ atLeast: UnsafeMutablePointer<Double>?,
    _ compute: (
        UnsafeBufferPointer<T>, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?,
        UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(count, "count")
        let input = try Boundary.input(values, count, name)
        let equal = try Boundary.optionalOutput(pmf, count, "pmf")
        let most = try Boundary.optionalOutput(atMost, count, "at_most")
        let least = try Boundary.optionalOutput(atLeast, count, "at_least")
        try Region.requireDisjoint(
            outputs: [
                Region(pmf, count, "pmf"), Region(atMost, count, "at_most"),
                Region(atLeast, count, "at_least"),
            ],
            inputs: [Region(values, count, name)])
        try compute(input, equal, most, least)
    }
}

private func computeQuantiles<T>(
    _ levels: UnsafePointer<Double>?, _ count: Int, _ quantiles: UnsafeMutablePointer<T>?,
    _ compute: (UnsafeBufferPointer<Double>, UnsafeMutablePointer<T>) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(count, "count")
        let input = try Boundary.input(levels, count, "levels")
        let output = try Boundary.output(quantiles, count, "quantiles")
        try Region.requireDisjoint(
            outputs: [Region(quantiles, count, "quantiles")], inputs: [Region(levels, count, "levels")])
        try compute(input, output)
    }
}

@c @implementation
public func qc_conformal_pac_rank(
    _ n: Int, _ alpha: Double, _ delta: Double, _ rank: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let rank = try Boundary.output(rank, 1, "rank")
        rank.pointee = try ConformalPlanning.pacRank(n: n, alpha: alpha, delta: delta)
    }
}

@c @implementation
public func qc_conformal_pac_sample_size(
    _ alpha: Double, _ delta: Double, _ n: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let n = try Boundary.output(n, 1, "n")
        n.pointee = try ConformalPlanning.pacSampleSize(alpha: alpha, delta: delta)
    }
}

@c @implementation
public func qc_conformal_sample_size(
    _ alpha: Double, _ tolerance: Double, _ delta: Double, _ n: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let n = try Boundary.output(n, 1, "n")
        n.pointee = try ConformalPlanning.sampleSize(alpha: alpha, tolerance: tolerance, delta: delta)
    }
}
