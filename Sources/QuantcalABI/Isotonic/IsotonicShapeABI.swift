import CQuantcal
import QuantcalCore

extension qc_isotonic_unimodal_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, shape: Int32(QC_ISOTONIC_PEAK), reserved: 0, mode: -1,
            progress: qc_progress())
    }
}

extension qc_isotonic_convex_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, curvature: Int32(QC_ISOTONIC_CONVEX),
            monotonicity: Int32(QC_ISOTONIC_ANY), progress: qc_progress())
    }
}

@c @implementation
public func qc_isotonic_unimodal_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_unimodal_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_unimodal_options.initialise(options, size)
}

@c @implementation
public func qc_isotonic_convex_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_convex_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_convex_options.initialise(options, size)
}

private func unimodal<T>(
    _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_unimodal_options>?, _ x: UnsafeMutablePointer<T>?,
    _ mode: UnsafeMutablePointer<Int>?,
    _ fit: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?, IsotonicUnimodal.Shape, Int?,
        UnsafeMutablePointer<T>, Progress
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let options = try qc_isotonic_unimodal_options.given(options)
        try Structs.reserved(options.reserved)
        let shape: IsotonicUnimodal.Shape = try Structs.value(options.shape, "shape")
        let values = try Boundary.input(y, n, "y")
        let pointWeights = try Boundary.optionalInput(weights, n, "weights")
        let fitted = try Boundary.output(x, n, "x")
        let found = try Boundary.optionalOutput(mode, 1, "mode")
        let inPlace = Region(y, n, "y")
        try Region.requireDisjoint(
            outputs: [Region(x, n, "x"), Region(mode, 1, "mode")], inputs: [Region(weights, n, "weights")],
            inPlace: inPlace)
        try Region.requireDisjoint(outputs: [Region(mode, 1, "mode")], inputs: [inPlace])
        let result = try fit(
            values, pointWeights, shape, options.mode == -1 ? nil : options.mode, fitted,
            Structs.progress(options.progress))
        found?.pointee = result
    }
}

@c @implementation
public func qc_isotonic_unimodal_f64(
    _ y: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_unimodal_options>!, _ x: UnsafeMutablePointer<Double>!,
    _ mode: UnsafeMutablePointer<Int>!
) -> qc_status {
    unimodal(y, weights, n, options, x, mode, IsotonicUnimodal.fit(y:weights:shape:mode:fitted:progress:))
}

@c @implementation
public func qc_isotonic_unimodal_f32(
    _ y: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_unimodal_options>!, _ x: UnsafeMutablePointer<Float>!,
    _ mode: UnsafeMutablePointer<Int>!
) -> qc_status {
    unimodal(y, weights, n, options, x, mode, IsotonicUnimodal.fit(y:weights:shape:mode:fitted:progress:))
}

/// The arguments of a convex fit, proven.
private struct ConvexArguments<T> {
    let x: UnsafeBufferPointer<T>
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    let output: IsotonicConvex.Output<T>
    let knotCount: UnsafeMutablePointer<Int>?

    init(
        _ x: UnsafePointer<T>?, _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?, _ n: Int,
        _ fitted: UnsafeMutablePointer<T>?, _ knots: UnsafeMutablePointer<T>?,
        _ values: UnsafeMutablePointer<T>?, _ knotCount: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) {
        self.x = try Boundary.input(x, n, "x")
        self.y = try Boundary.input(y, n, "y")
        self.weights = try Boundary.optionalInput(weights, n, "weights")
        output = IsotonicConvex.Output(
            fitted: try Boundary.optionalOutput(fitted, n, "fitted"),
            knots: try Boundary.optionalOutput(knots, n, "knots"),
            values: try Boundary.optionalOutput(values, n, "values"))
        self.knotCount = try Boundary.optionalOutput(knotCount, 1, "knot_count")
        let others = [
            Region(knots, n, "knots"), Region(values, n, "values"), Region(knotCount, 1, "knot_count"),
        ]
        let inPlace = Region(y, n, "y")
        try Region.requireDisjoint(
            outputs: [Region(fitted, n, "fitted")] + others,
            inputs: [Region(x, n, "x"), Region(weights, n, "weights")], inPlace: inPlace)
        // Only fitted may be y.
        try Region.requireDisjoint(outputs: others, inputs: [inPlace])
    }
}

private func convex<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> ConvexArguments<T>,
    _ options: UnsafePointer<qc_isotonic_convex_options>?,
    _ fit: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?, IsotonicConvex.Curvature,
        IsotonicConvex.Monotonicity, IsotonicConvex.Output<T>, Progress
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let options = try qc_isotonic_convex_options.given(options)
        let curvature: IsotonicConvex.Curvature = try Structs.value(options.curvature, "curvature")
        let monotonicity: IsotonicConvex.Monotonicity = try Structs.value(
            options.monotonicity, "monotonicity")
        let call = try arguments()
        let count = try fit(
            call.x, call.y, call.weights, curvature, monotonicity, call.output,
            Structs.progress(options.progress))
        call.knotCount?.pointee = count
    }
}

@c @implementation
public func qc_isotonic_convex_f64(
    _ x: UnsafePointer<Double>!, _ y: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_convex_options>!, _ fitted: UnsafeMutablePointer<Double>!,
    _ knots: UnsafeMutablePointer<Double>!, _ values: UnsafeMutablePointer<Double>!,
    _ knot_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    convex(
        try ConvexArguments(x, y, weights, n, fitted, knots, values, knot_count), options,
        IsotonicConvex.fit(x:y:weights:curvature:monotonicity:output:progress:))
}

@c @implementation
public func qc_isotonic_convex_f32(
    _ x: UnsafePointer<Float>!, _ y: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ n: Int,
    _ options: UnsafePointer<qc_isotonic_convex_options>!, _ fitted: UnsafeMutablePointer<Float>!,
    _ knots: UnsafeMutablePointer<Float>!, _ values: UnsafeMutablePointer<Float>!,
    _ knot_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    convex(
        try ConvexArguments(x, y, weights, n, fitted, knots, values, knot_count), options,
        IsotonicConvex.fit(x:y:weights:curvature:monotonicity:output:progress:))
}
