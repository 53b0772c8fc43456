import CQuantcal
import QuantcalCore

@c @implementation
public func qc_conformal_rank(_ n: Int, _ alpha: Double, _ rank: UnsafeMutablePointer<Int>!) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let rank = try Boundary.output(rank, 1, "rank")
        rank.pointee = try ConformalRank.rank(n: n, alpha: alpha)
    }
}

@c @implementation
public func qc_conformal_threshold_f64(
    _ scores: UnsafePointer<Double>!, _ n: Int, _ alpha: Double, _ threshold: UnsafeMutablePointer<Double>!
) -> qc_status {
    conformalThreshold(scores, n, alpha, threshold, ConformalThreshold.threshold(scores:alpha:))
}

@c @implementation
public func qc_conformal_threshold_f32(
    _ scores: UnsafePointer<Float>!, _ n: Int, _ alpha: Double, _ threshold: UnsafeMutablePointer<Float>!
) -> qc_status {
    conformalThreshold(scores, n, alpha, threshold, ConformalThreshold.threshold(scores:alpha:))
}

private func conformalThreshold<T>(
    _ scores: UnsafePointer<T>?, _ n: Int, _ alpha: Double, _ threshold: UnsafeMutablePointer<T>?,
    _ compute: (UnsafeBufferPointer<T>, Double) throws(QuantcalError) -> T
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        let input = try Boundary.input(scores, n, "scores")
        let output = try Boundary.output(threshold, 1, "threshold")
        try Region.requireDisjoint(
            outputs: [Region(threshold, 1, "threshold")], inputs: [Region(scores, n, "scores")])
        output.pointee = try compute(input, alpha)
    }
}

@c @implementation
public func qc_conformal_sets_f64(
    _ scores: UnsafePointer<Double>!, _ rows: Int, _ classes: Int, _ threshold: Double,
    _ mask: UnsafeMutablePointer<UInt8>!, _ sizes: UnsafeMutablePointer<Int32>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try SetArguments(scores, rows, classes, mask, sizes)
        try ConformalSets.sets(
            scores: call.scores, rows: rows, classes: classes, threshold: threshold, mask: call.mask,
            sizes: call.sizes)
    }
}

@c @implementation
public func qc_conformal_sets_f32(
    _ scores: UnsafePointer<Float>!, _ rows: Int, _ classes: Int, _ threshold: Float,
    _ mask: UnsafeMutablePointer<UInt8>!, _ sizes: UnsafeMutablePointer<Int32>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try SetArguments(scores, rows, classes, mask, sizes)
        try ConformalSets.sets(
            scores: call.scores, rows: rows, classes: classes, threshold: threshold, mask: call.mask,
            sizes: call.sizes)
    }
}

private struct SetArguments<T> {
    let scores: UnsafeBufferPointer<T>
    let mask: UnsafeMutablePointer<UInt8>?
    let sizes: UnsafeMutablePointer<Int32>?

    init(
        _ scores: UnsafePointer<T>?, _ rows: Int, _ classes: Int, _ mask: UnsafeMutablePointer<UInt8>?,
        _ sizes: UnsafeMutablePointer<Int32>?
    ) throws(QuantcalError) {
        try Boundary.length(rows, "rows")
        try Boundary.classes(classes, atLeast: 1)
        let count = try Boundary.product(rows, classes, ("rows", "classes"))
        let maskBytes = try Boundary.product(
            rows, ConformalSets.rowBytes(classes: classes), ("rows", "classes"))
        self.scores = try Boundary.input(scores, count, "scores")
        guard mask != nil || sizes != nil || rows == 0 else {
            throw QuantcalError(.nullPointer, "mask and sizes are both NULL")
        }
        self.mask = try Boundary.optionalOutput(mask, maskBytes, "mask")
        self.sizes = try Boundary.optionalOutput(sizes, rows, "sizes")
        try Region.requireDisjoint(
            outputs: [Region(mask, maskBytes, "mask"), Region(sizes, rows, "sizes")],
            inputs: [Region(scores, count, "scores")])
    }
}

@c @implementation
public func qc_conformal_intervals_f64(
    _ mean: UnsafePointer<Double>!, _ n: Int, _ threshold: Double, _ lower: UnsafeMutablePointer<Double>!,
    _ upper: UnsafeMutablePointer<Double>!
) -> qc_status {
    intervals(mean, n, threshold, lower, upper, ConformalIntervals.intervals(mean:threshold:lower:upper:))
}

@c @implementation
public func qc_conformal_intervals_f32(
    _ mean: UnsafePointer<Float>!, _ n: Int, _ threshold: Float, _ lower: UnsafeMutablePointer<Float>!,
    _ upper: UnsafeMutablePointer<Float>!
) -> qc_status {
    intervals(mean, n, threshold, lower, upper, ConformalIntervals.intervals(mean:threshold:lower:upper:))
}

private func intervals<T>(
    _ mean: UnsafePointer<T>?, _ n: Int, _ threshold: T, _ lower: UnsafeMutablePointer<T>?,
    _ upper: UnsafeMutablePointer<T>?,
    _ compute: (
        UnsafeBufferPointer<T>, T, UnsafeMutablePointer<T>, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        let input = try Boundary.input(mean, n, "mean")
        let below = try Boundary.output(lower, n, "lower")
        let above = try Boundary.output(upper, n, "upper")
        try Region.requireDisjoint(
            outputs: [Region(lower, n, "lower"), Region(upper, n, "upper")], inPlace: Region(mean, n, "mean"))
        try compute(input, threshold, below, above)
    }
}
