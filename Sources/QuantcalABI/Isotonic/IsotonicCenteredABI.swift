import CQuantcal
import QuantcalCore

extension qc_isotonic_centered_options: OptionsStruct {
    static var defaults: Self {
        let core = IsotonicCentered.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, direction: core.direction.rawValue,
            ties: core.ties.rawValue,
            interval: core.interval.rawValue, reserved: 0, confidence: core.confidence,
            range_lower: core.rangeLower, range_upper: core.rangeUpper, progress: qc_progress())
    }

    fileprivate func core() throws(QuantcalError) -> IsotonicCentered.Options {
        try Structs.reserved(reserved)
        var options = IsotonicCentered.Options()
        options.direction = try Structs.value(direction, "direction")
        options.ties = try Structs.value(ties, "ties")
        options.interval = try Structs.value(interval, "interval")
        (options.confidence, options.rangeLower, options.rangeUpper) = (confidence, range_lower, range_upper)
        return options
    }
}

@c @implementation
public func qc_isotonic_centered_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_centered_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_centered_options.initialise(options, size)
}

/// The arguments of a centered regression, proven.
private struct CenteredArguments<T> {
    let x: UnsafeBufferPointer<T>
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    let output: IsotonicCentered.Output<T>
    let knotCount: UnsafeMutablePointer<Int>

    init(
        _ x: UnsafePointer<T>?, _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?, _ n: Int,
        _ points: (UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?),
        _ knots: (UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?),
        _ knotBounds: (UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?),
        _ knotCount: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) {
        try Boundary.length(n, "n")
        guard n < Int.max else { throw QuantcalError(.size, "n is \(n); it is too large") }
        self.x = try Boundary.input(x, n, "x")
        self.y = try Boundary.input(y, n, "y")
        self.weights = try Boundary.optionalInput(weights, n, "weights")
        output = IsotonicCentered.Output(
            fitted: try Boundary.output(points.0, n, "fitted"),
            lower: try Boundary.optionalOutput(points.1, n, "lower"),
            upper: try Boundary.optionalOutput(points.2, n, "upper"),
            knots: try Boundary.output(knots.0, n + 1, "knots"),
            values: try Boundary.output(knots.1, n + 1, "values"),
            knotWeights: try Boundary.optionalOutput(knots.2, n + 1, "knot_weights"),
            knotLower: try Boundary.optionalOutput(knotBounds.0, n + 1, "knot_lower"),
            knotUpper: try Boundary.optionalOutput(knotBounds.1, n + 1, "knot_upper"))
        self.knotCount = try Boundary.output(knotCount, 1, "knot_count")
        try Region.requireDisjoint(
            outputs: [
                Region(points.0, n, "fitted"), Region(points.1, n, "lower"), Region(points.2, n, "upper"),
                Region(knots.0, n + 1, "knots"), Region(knots.1, n + 1, "values"),
                Region(knots.2, n + 1, "knot_weights"), Region(knotBounds.0, n + 1, "knot_lower"),
                Region(knotBounds.1, n + 1, "knot_upper"), Region(knotCount, 1, "knot_count"),
            ], inputs: [Region(x, n, "x"), Region(y, n, "y"), Region(weights, n, "weights")])
    }
}

/// A regression with the core's function for the type.
private func centered<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> CenteredArguments<T>,
    _ options: UnsafePointer<qc_isotonic_centered_options>?,
    _ fit: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?, IsotonicCentered.Options,
        IsotonicCentered.Output<T>, Progress
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try qc_isotonic_centered_options.given(options)
        let options = try given.core()
        let call = try arguments()
        let progress = Structs.progress(given.progress)
        let count = try fit(call.x, call.y, call.weights, options, call.output, progress)
        call.knotCount.pointee = count
    }
}

@c @implementation
public func qc_isotonic_centered_f64(
    _ x: UnsafePointer<Double>!, _ y: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_centered_options>!, _ fitted: UnsafeMutablePointer<Double>!,
    _ lower: UnsafeMutablePointer<Double>!, _ upper: UnsafeMutablePointer<Double>!,
    _ knots: UnsafeMutablePointer<Double>!, _ values: UnsafeMutablePointer<Double>!,
    _ knot_weights: UnsafeMutablePointer<Double>!, _ knot_lower: UnsafeMutablePointer<Double>!,
    _ knot_upper: UnsafeMutablePointer<Double>!, _ knot_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    centered(
        try CenteredArguments(
            x, y, weights, n, (fitted, lower, upper), (knots, values, knot_weights),
            (knot_lower, knot_upper), knot_count), options,
        IsotonicCentered.fit(x:y:weights:options:output:progress:))
}

@c @implementation
public func qc_isotonic_centered_f32(
    _ x: UnsafePointer<Float>!, _ y: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_centered_options>!, _ fitted: UnsafeMutablePointer<Float>!,
    _ lower: UnsafeMutablePointer<Float>!, _ upper: UnsafeMutablePointer<Float>!,
    _ knots: UnsafeMutablePointer<Float>!, _ values: UnsafeMutablePointer<Float>!,
    _ knot_weights: UnsafeMutablePointer<Float>!, _ knot_lower: UnsafeMutablePointer<Float>!,
    _ knot_upper: UnsafeMutablePointer<Float>!, _ knot_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    centered(
        try CenteredArguments(
            x, y, weights, n, (fitted, lower, upper), (knots, values, knot_weights),
            (knot_lower, knot_upper), knot_count), options,
        IsotonicCentered.fit(x:y:weights:options:output:progress:))
}
