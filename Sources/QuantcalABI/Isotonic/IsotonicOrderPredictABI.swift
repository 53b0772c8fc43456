import CQuantcal
import QuantcalCore

extension qc_isotonic_order_predict_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, solution: Int32(QC_ISOTONIC_SOLUTION_MIDDLE), reserved: 0,
            progress: qc_progress())
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> (IsotonicRegression.Solution, Progress) {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        return (try Structs.value(options.solution, "solution"), Structs.progress(options.progress))
    }
}

@c @implementation
public func qc_isotonic_order_predict_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_order_predict_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_order_predict_options.initialise(options, size)
}

private func predict<T>(
    _ points: UnsafePointer<T>?, _ fitted: UnsafePointer<T>?, _ n: Int, _ dimensions: Int,
    _ directions: UnsafePointer<Int32>?, _ queries: UnsafePointer<T>?, _ m: Int,
    _ options: UnsafePointer<qc_isotonic_order_predict_options>?, _ predictions: UnsafeMutablePointer<T>?,
    _ predict: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, Int, UnsafeBufferPointer<Int32>?,
        UnsafeBufferPointer<T>, Int, IsotonicRegression.Solution, UnsafeMutablePointer<T>, Progress
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (solution, progress) = try qc_isotonic_order_predict_options.resolved(options)
        let known = try OrderCoordinates(points, n, dimensions, directions, ("points", "n"))
        let asked = try OrderCoordinates(queries, m, dimensions, directions, ("queries", "m"))
        let values = try Boundary.input(fitted, n, "fitted")
        let output = try Boundary.output(predictions, m, "predictions")
        try Region.requireDisjoint(
            outputs: [Region(predictions, m, "predictions")],
            inputs: known.regions + asked.regions + [Region(fitted, n, "fitted")])
        try predict(
            known.values, values, dimensions, known.directions, asked.values, m, solution, output, progress)
    }
}

@c @implementation
public func qc_isotonic_order_predict_f64(
    _ points: UnsafePointer<Double>!, _ fitted: UnsafePointer<Double>!, _ n: Int, _ dimensions: Int,
    _ directions: UnsafePointer<Int32>!, _ queries: UnsafePointer<Double>!, _ m: Int,
    _ options: UnsafePointer<qc_isotonic_order_predict_options>!,
    _ predictions: UnsafeMutablePointer<Double>!
) -> qc_status {
    predict(
        points, fitted, n, dimensions, directions, queries, m, options, predictions,
        IsotonicOrder.predict(
            points:fitted:dimensions:directions:queries:count:solution:into:progress:))
}

@c @implementation
public func qc_isotonic_order_predict_f32(
    _ points: UnsafePointer<Float>!, _ fitted: UnsafePointer<Float>!, _ n: Int, _ dimensions: Int,
    _ directions: UnsafePointer<Int32>!, _ queries: UnsafePointer<Float>!, _ m: Int,
    _ options: UnsafePointer<qc_isotonic_order_predict_options>!,
    _ predictions: UnsafeMutablePointer<Float>!
) -> qc_status {
    predict(
        points, fitted, n, dimensions, directions, queries, m, options, predictions,
        IsotonicOrder.predict(
            points:fitted:dimensions:directions:queries:count:solution:into:progress:))
}
