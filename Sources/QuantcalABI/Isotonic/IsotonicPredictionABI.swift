import CQuantcal
import QuantcalCore

extension qc_isotonic_direction_result: SizedStruct {
    fileprivate init(_ trend: IsotonicTrend) {
        self.init(
            struct_size: MemoryLayout<Self>.size, direction: trend.direction.rawValue,
            is_ambiguous: trend.isAmbiguous ? 1 : 0, correlation: trend.correlation,
            interval_lower: trend.lower, interval_upper: trend.upper)
    }
}

/// A decision with the core's function for the type.
private func direction<T>(
    _ x: UnsafePointer<T>?, _ y: UnsafePointer<T>?, _ n: Int,
    _ result: UnsafeMutablePointer<qc_isotonic_direction_result>?,
    _ decide: (UnsafeBufferPointer<T>, UnsafeBufferPointer<T>) throws(QuantcalError) -> IsotonicTrend
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        let (predictors, responses) = (try Boundary.input(x, n, "x"), try Boundary.input(y, n, "y"))
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [place.region], inputs: [Region(x, n, "x"), Region(y, n, "y")])
        place.write(qc_isotonic_direction_result(try decide(predictors, responses)))
    }
}

@c @implementation
public func qc_isotonic_direction_f64(
    _ x: UnsafePointer<Double>!, _ y: UnsafePointer<Double>!, _ n: Int,
    _ result: UnsafeMutablePointer<qc_isotonic_direction_result>!
) -> qc_status { direction(x, y, n, result, IsotonicTrend.decide(x:y:)) }

@c @implementation
public func qc_isotonic_direction_f32(
    _ x: UnsafePointer<Float>!, _ y: UnsafePointer<Float>!, _ n: Int,
    _ result: UnsafeMutablePointer<qc_isotonic_direction_result>!
) -> qc_status { direction(x, y, n, result, IsotonicTrend.decide(x:y:)) }

/// The arguments of a fit, proven.
private struct FitArguments<T> {
    let x: UnsafeBufferPointer<T>
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    let output: IsotonicKnots.Output<T>
    let knotCount: UnsafeMutablePointer<Int>
    /// Where the decision goes; nil for nowhere.
    let decision: ResultPlace<qc_isotonic_direction_result>?

    init(
        _ x: UnsafePointer<T>?, _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?, _ n: Int,
        _ fitted: UnsafeMutablePointer<T>?, _ knots: UnsafeMutablePointer<T>?,
        _ values: UnsafeMutablePointer<T>?, _ knotCount: UnsafeMutablePointer<Int>?,
        _ result: UnsafeMutablePointer<qc_isotonic_direction_result>?
    ) throws(QuantcalError) {
        try Boundary.length(n, "n")
        self.x = try Boundary.input(x, n, "x")
        self.y = try Boundary.input(y, n, "y")
        self.weights = try Boundary.optionalInput(weights, n, "weights")
        output = IsotonicKnots.Output(
            fitted: try Boundary.optionalOutput(fitted, n, "fitted"),
            knots: try Boundary.output(knots, n, "knots"), values: try Boundary.output(values, n, "values"))
        self.knotCount = try Boundary.output(knotCount, 1, "knot_count")
        let inputs = [Region(x, n, "x"), Region(y, n, "y"), Region(weights, n, "weights")]
        let outputs = [
            Region(fitted, n, "fitted"), Region(knots, n, "knots"), Region(values, n, "values"),
            Region(knotCount, 1, "knot_count"),
        ]
        try Region.requireDisjoint(outputs: outputs, inputs: inputs)
        decision = result == nil ? nil : try ResultPlace(result)
        if let decision {
            try Region.requireDisjoint(outputs: [decision.region], inputs: inputs + outputs)
        }
    }
}

/// A fit with the core's function for the type.
private func fit<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> FitArguments<T>,
    _ options: UnsafePointer<qc_isotonic_regression_options>?,
    _ fit: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?, IsotonicKnots.Options,
        IsotonicKnots.Output<T>, Progress
    ) throws(QuantcalError) -> IsotonicKnots.Outcome
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (options, progress) = try qc_isotonic_regression_options.resolved(options)
        let call = try arguments()
        let outcome = try fit(call.x, call.y, call.weights, options, call.output, progress)
        call.knotCount.pointee = outcome.knotCount
        call.decision?.write(qc_isotonic_direction_result(outcome.trend))
    }
}

@c @implementation
public func qc_isotonic_fit_f64(
    _ x: UnsafePointer<Double>!, _ y: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_regression_options>!, _ fitted: UnsafeMutablePointer<Double>!,
    _ knots: UnsafeMutablePointer<Double>!, _ values: UnsafeMutablePointer<Double>!,
    _ knot_count: UnsafeMutablePointer<Int>!, _ result: UnsafeMutablePointer<qc_isotonic_direction_result>!
) -> qc_status {
    fit(
        try FitArguments(x, y, weights, n, fitted, knots, values, knot_count, result), options,
        IsotonicKnots.fit(x:y:weights:options:output:progress:))
}

@c @implementation
public func qc_isotonic_fit_f32(
    _ x: UnsafePointer<Float>!, _ y: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_regression_options>!, _ fitted: UnsafeMutablePointer<Float>!,
    _ knots: UnsafeMutablePointer<Float>!, _ values: UnsafeMutablePointer<Float>!,
    _ knot_count: UnsafeMutablePointer<Int>!, _ result: UnsafeMutablePointer<qc_isotonic_direction_result>!
) -> qc_status {
    fit(
        try FitArguments(x, y, weights, n, fitted, knots, values, knot_count, result), options,
        IsotonicKnots.fit(x:y:weights:options:output:progress:))
}

extension qc_isotonic_predict_options: OptionsStruct {
    static var defaults: Self {
        let options = IsotonicPrediction.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, interpolation: options.interpolation.rawValue,
            outside: options.outside.rawValue)
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> IsotonicPrediction.Options {
        let options = try given(pointer)
        var result = IsotonicPrediction.Options()
        result.interpolation = try Structs.value(options.interpolation, "interpolation")
        result.outside = try Structs.value(options.outside, "outside")
        return result
    }
}

@c @implementation
public func qc_isotonic_predict_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_predict_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_predict_options.initialise(options, size)
}

/// Predictions with the core's function for the type.
private func predict<T>(
    _ knots: UnsafePointer<T>?, _ values: UnsafePointer<T>?, _ knotCount: Int, _ queries: UnsafePointer<T>?,
    _ n: Int, _ options: UnsafePointer<qc_isotonic_predict_options>?, _ predictions: UnsafeMutablePointer<T>?,
    _ predict: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, IsotonicPrediction.Options,
        UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let options = try qc_isotonic_predict_options.resolved(options)
        try Boundary.length(knotCount, "knot_count")
        try Boundary.length(n, "n")
        let curve = (
            try Boundary.input(knots, knotCount, "knots"), try Boundary.input(values, knotCount, "values")
        )
        let asked = try Boundary.input(queries, n, "queries")
        let target = try Boundary.output(predictions, n, "predictions")
        try Region.requireDisjoint(
            outputs: [Region(predictions, n, "predictions")],
            inputs: [Region(knots, knotCount, "knots"), Region(values, knotCount, "values")],
            inPlace: Region(queries, n, "queries"))
        try predict(curve.0, curve.1, asked, options, target)
    }
}

@c @implementation
public func qc_isotonic_predict_f64(
    _ knots: UnsafePointer<Double>!, _ values: UnsafePointer<Double>!, _ knot_count: Int,
    _ queries: UnsafePointer<Double>!, _ n: Int, _ options: UnsafePointer<qc_isotonic_predict_options>!,
    _ predictions: UnsafeMutablePointer<Double>!
) -> qc_status {
    predict(
        knots, values, knot_count, queries, n, options, predictions,
        IsotonicPrediction.predict(knots:values:queries:options:predictions:))
}

@c @implementation
public func qc_isotonic_predict_f32(
    _ knots: UnsafePointer<Float>!, _ values: UnsafePointer<Float>!, _ knot_count: Int,
    _ queries: UnsafePointer<Float>!, _ n: Int, _ options: UnsafePointer<qc_isotonic_predict_options>!,
    _ predictions: UnsafeMutablePointer<Float>!
) -> qc_status {
    predict(
        knots, values, knot_count, queries, n, options, predictions,
        IsotonicPrediction.predict(knots:values:queries:options:predictions:))
}
