import CQuantcal
import QuantcalCore

private func refitRank<T: Scalar>(
    _ calibration: UnsafePointer<T>?, _ n: Int, _ test: UnsafePointer<T>?, _ m: Int, _ j: Int, _ q: Double,
    _ rank: UnsafeMutablePointer<Int>?, _ rejections: UnsafeMutablePointer<Int>?,
    _ compute: (UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, Int, Double) throws(QuantcalError)
        -> ConformalRefitSelection.Rank
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try ConformalRefitSelection.requireSizes(n, m)
        let known = try Boundary.input(calibration, n, "calibration")
        let asked = try Boundary.input(test, m, "test")
        let (first, second) = (
            try Boundary.output(rank, 1, "rank"), try Boundary.output(rejections, 1, "rejections")
        )
        try Region.requireDisjoint(
            outputs: [Region(rank, 1, "rank"), Region(rejections, 1, "rejections")],
            inputs: [Region(calibration, n, "calibration"), Region(test, m, "test")])
        let found = try compute(known, asked, j, q)
        (first.pointee, second.pointee) = (found.rank, found.rejections)
    }
}

@c @implementation
public func qc_conformal_refit_rank_f64(
    _ calibration: UnsafePointer<Double>!, _ n: Int, _ test: UnsafePointer<Double>!, _ m: Int, _ j: Int,
    _ q: Double, _ rank: UnsafeMutablePointer<Int>!, _ rejections: UnsafeMutablePointer<Int>!
) -> qc_status {
    refitRank(
        calibration, n, test, m, j, q, rank, rejections,
        ConformalRefitSelection.rank(calibration:test:j:q:))
}

@c @implementation
public func qc_conformal_refit_rank_f32(
    _ calibration: UnsafePointer<Float>!, _ n: Int, _ test: UnsafePointer<Float>!, _ m: Int, _ j: Int,
    _ q: Double, _ rank: UnsafeMutablePointer<Int>!, _ rejections: UnsafeMutablePointer<Int>!
) -> qc_status {
    refitRank(
        calibration, n, test, m, j, q, rank, rejections,
        ConformalRefitSelection.rank(calibration:test:j:q:))
}

@c @implementation
public func qc_conformal_select_refitted(
    _ ranks: UnsafePointer<Int>!, _ rejections: UnsafePointer<Int>!, _ m: Int, _ models: Int, _ n: Int,
    _ q: Double, _ options: UnsafePointer<qc_conformal_select_options>!,
    _ selected: UnsafeMutablePointer<UInt8>!, _ p: UnsafeMutablePointer<Double>!,
    _ e: UnsafeMutablePointer<Double>!, _ chosen: UnsafeMutablePointer<Int>!,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_conformal_select_options.resolved(options)
        try StepUp.requireNumber(m, "m")
        try ConformalModelSelection.requireModels(models)
        let number = try Boundary.product(m, models, ("m", "models"))
        let found = ConformalRefitSelection.Ranks(
            ranks: try Boundary.input(ranks, number, "ranks"),
            rejections: try Boundary.input(rejections, number, "rejections"), models: models)
        let results = try SelectionOutputs(
            selected, p, e, chosen: chosen, count, m,
            inputs: [Region(ranks, number, "ranks"), Region(rejections, number, "rejections")])
        let total = try ConformalRefitSelection.select(
            found, n: n, q: q, options: settings, output: results.output, chosen: results.chosen)
        results.count?.pointee = total
    }
}
