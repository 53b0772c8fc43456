import CQuantcal
import QuantcalCore

extension qc_conformal_regression_options: OptionsStruct {
    static var defaults: Self {
        let options = ConformalRegression.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, kind: options.kind.rawValue, sides: options.sides.rawValue,
            threshold_for: options.thresholdFor.rawValue, empty: options.empty.rawValue, beta: options.beta,
            minimum_scale: options.minimumScale)
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> ConformalRegression.Options {
        let options = try given(pointer)
        var result = ConformalRegression.Options()
        result.kind = try Structs.value(options.kind, "kind")
        result.sides = try Structs.value(options.sides, "sides")
        result.thresholdFor = try Structs.value(options.threshold_for, "threshold_for")
        result.empty = try Structs.value(options.empty, "empty")
        result.beta = options.beta
        result.minimumScale = options.minimum_scale
        try result.check()
        return result
    }
}

@c @implementation
public func qc_conformal_regression_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_regression_options>!, _ size: Int
) -> qc_status {
    qc_conformal_regression_options.initialise(options, size)
}

/// Predictions and the levels of their columns, proven.
private struct PredictionArguments<T> {
    let predictions: UnsafeBufferPointer<T>
    let levels: UnsafeBufferPointer<Double>
    let options: ConformalRegression.Options
    let regions: [Region]

    init(
        _ predictions: UnsafePointer<T>?, _ n: Int, _ columns: Int, _ levels: UnsafePointer<Double>?,
        _ options: UnsafePointer<qc_conformal_regression_options>?
    ) throws(QuantcalError) {
        self.options = try qc_conformal_regression_options.resolved(options)
        let count = try Boundary.product(n, columns, ("n", "columns"))
        self.predictions = try Boundary.input(predictions, count, "predictions")
        // Only one kind has levels; those of another are not looked at.
        let levelCount = self.options.kind == .quantiles ? columns : 0
        self.levels = try Boundary.input(levels, levelCount, "levels")
        regions = [Region(predictions, count, "predictions"), Region(levels, levelCount, "levels")]
    }
}

private func regressionScores<T>(
    _ y: UnsafePointer<T>?, _ n: Int, _ columns: Int, _ scores: UnsafeMutablePointer<T>?,
    _ arguments: @autoclosure () throws(QuantcalError) -> PredictionArguments<T>,
    _ compute: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, Int, UnsafeBufferPointer<Double>,
        ConformalRegression.Options, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let outcomes = try Boundary.input(y, n, "y")
        let count = try Boundary.product(n, call.options.sides.count, ("n", "the scores of a row"))
        let output = try Boundary.output(scores, count, "scores")
        try Region.requireDisjoint(
            outputs: [Region(scores, count, "scores")], inputs: call.regions + [Region(y, n, "y")])
        try compute(outcomes, call.predictions, columns, call.levels, call.options, output)
    }
}

@c @implementation
public func qc_conformal_regression_scores_f64(
    _ y: UnsafePointer<Double>!, _ n: Int, _ predictions: UnsafePointer<Double>!, _ columns: Int,
    _ levels: UnsafePointer<Double>!, _ options: UnsafePointer<qc_conformal_regression_options>!,
    _ scores: UnsafeMutablePointer<Double>!
) -> qc_status {
    regressionScores(
        y, n, columns, scores,
        try PredictionArguments(predictions, n, columns, levels, options),
        ConformalRegression.scores(y:predictions:columns:levels:options:scores:))
}

@c @implementation
public func qc_conformal_regression_scores_f32(
    _ y: UnsafePointer<Float>!, _ n: Int, _ predictions: UnsafePointer<Float>!, _ columns: Int,
    _ levels: UnsafePointer<Double>!, _ options: UnsafePointer<qc_conformal_regression_options>!,
    _ scores: UnsafeMutablePointer<Float>!
) -> qc_status {
    regressionScores(
        y, n, columns, scores,
        try PredictionArguments(predictions, n, columns, levels, options),
        ConformalRegression.scores(y:predictions:columns:levels:options:scores:))
}

private func regressionIntervals<T>(
    _ n: Int, _ columns: Int, _ thresholds: UnsafePointer<T>?, _ lower: UnsafeMutablePointer<T>?,
    _ upper: UnsafeMutablePointer<T>?,
    _ arguments: @autoclosure () throws(QuantcalError) -> PredictionArguments<T>,
    _ compute: (
        UnsafeBufferPointer<T>, Int, Int, UnsafeBufferPointer<Double>, UnsafeBufferPointer<T>,
        ConformalRegression.Options, UnsafeMutablePointer<T>, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let count = try Boundary.product(
            call.options.thresholdFor.count(rows: n), call.options.sides.count, ("n", "thresholds of a row"))
        let limits = try Boundary.input(thresholds, count, "thresholds")
        let (below, above) = (try Boundary.output(lower, n, "lower"), try Boundary.output(upper, n, "upper"))
        try Region.requireDisjoint(
            outputs: [Region(lower, n, "lower"), Region(upper, n, "upper")],
            inputs: call.regions + [Region(thresholds, count, "thresholds")])
        try compute(call.predictions, n, columns, call.levels, limits, call.options, below, above)
    }
}

@c @implementation
public func qc_conformal_regression_intervals_f64(
    _ predictions: UnsafePointer<Double>!, _ n: Int, _ columns: Int, _ levels: UnsafePointer<Double>!,
    _ thresholds: UnsafePointer<Double>!, _ options: UnsafePointer<qc_conformal_regression_options>!,
    _ lower: UnsafeMutablePointer<Double>!, _ upper: UnsafeMutablePointer<Double>!
) -> qc_status {
    regressionIntervals(
        n, columns, thresholds, lower, upper,
        try PredictionArguments(predictions, n, columns, levels, options),
        ConformalRegression.intervals(predictions:rows:columns:levels:thresholds:options:lower:upper:))
}

@c @implementation
public func qc_conformal_regression_intervals_f32(
    _ predictions: UnsafePointer<Float>!, _ n: Int, _ columns: Int, _ levels: UnsafePointer<Double>!,
    _ thresholds: UnsafePointer<Float>!, _ options: UnsafePointer<qc_conformal_regression_options>!,
    _ lower: UnsafeMutablePointer<Float>!, _ upper: UnsafeMutablePointer<Float>!
) -> qc_status {
    regressionIntervals(
        n, columns, thresholds, lower, upper,
        try PredictionArguments(predictions, n, columns, levels, options),
        ConformalRegression.intervals(predictions:rows:columns:levels:thresholds:options:lower:upper:))
}
