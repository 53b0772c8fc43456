import CQuantcal
import QuantcalCore

private func selectRidge<T: Scalar>(
    _ x: UnsafePointer<T>?, _ outcomes: UnsafePointer<T>?, _ n: Int, _ test: UnsafePointer<T>?, _ m: Int,
    _ columns: Int, _ penalties: UnsafePointer<Double>?, _ models: Int,
    _ outputs: ([Region]) throws(QuantcalError) -> SelectionOutputs, _ q: Double,
    _ options: UnsafePointer<qc_conformal_select_options>?,
    _ compute: (
        ConformalRidgeSelection.Points<T>, UnsafeBufferPointer<Double>, Double, ConformalSelection.Options,
        ConformalSelection.Output, UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_conformal_select_options.resolved(options)
        try StepUp.requireNumber(n, "n")
        try StepUp.requireNumber(m, "m")
        try ConformalRidgeSelection.requireColumns(columns)
        try ConformalModelSelection.requireModels(models)
        let known = try Boundary.product(n, columns, ("n", "columns"))
        let asked = try Boundary.product(m, columns, ("m", "columns"))
        let points = ConformalRidgeSelection.Points(
            x: try Boundary.input(x, known, "x"), outcomes: try Boundary.input(outcomes, n, "outcomes"),
            test: try Boundary.input(test, asked, "test"), columns: columns)
        let amounts = try Boundary.input(penalties, models, "penalties")
        let results = try outputs([
            Region(x, known, "x"), Region(outcomes, n, "outcomes"), Region(test, asked, "test"),
            Region(penalties, models, "penalties"),
        ])
        let number = try compute(points, amounts, q, settings, results.output, results.chosen)
        results.count?.pointee = number
    }
}

@c @implementation
public func qc_conformal_select_ridge_f64(
    _ x: UnsafePointer<Double>!, _ outcomes: UnsafePointer<Double>!, _ n: Int, _ test: UnsafePointer<Double>!,
    _ m: Int, _ columns: Int, _ penalties: UnsafePointer<Double>!, _ models: Int, _ q: Double,
    _ options: UnsafePointer<qc_conformal_select_options>!, _ selected: UnsafeMutablePointer<UInt8>!,
    _ p: UnsafeMutablePointer<Double>!, _ e: UnsafeMutablePointer<Double>!,
    _ chosen: UnsafeMutablePointer<Int>!, _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    selectRidge(
        x, outcomes, n, test, m, columns, penalties, models,
        { inputs throws(QuantcalError) in
            try SelectionOutputs(selected, p, e, chosen: chosen, count, m, inputs: inputs)
        }, q, options, ConformalRidgeSelection.select(_:penalties:q:options:output:chosen:))
}

@c @implementation
public func qc_conformal_select_ridge_f32(
    _ x: UnsafePointer<Float>!, _ outcomes: UnsafePointer<Float>!, _ n: Int, _ test: UnsafePointer<Float>!,
    _ m: Int, _ columns: Int, _ penalties: UnsafePointer<Double>!, _ models: Int, _ q: Double,
    _ options: UnsafePointer<qc_conformal_select_options>!, _ selected: UnsafeMutablePointer<UInt8>!,
    _ p: UnsafeMutablePointer<Double>!, _ e: UnsafeMutablePointer<Double>!,
    _ chosen: UnsafeMutablePointer<Int>!, _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    selectRidge(
        x, outcomes, n, test, m, columns, penalties, models,
        { inputs throws(QuantcalError) in
            try SelectionOutputs(selected, p, e, chosen: chosen, count, m, inputs: inputs)
        }, q, options, ConformalRidgeSelection.select(_:penalties:q:options:output:chosen:))
}
