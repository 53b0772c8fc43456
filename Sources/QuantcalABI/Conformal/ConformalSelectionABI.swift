import CQuantcal
import QuantcalCore

// MARK: Options

extension qc_conformal_select_options: OptionsStruct {
    static var defaults: Self {
        let options = ConformalSelection.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, pruning: options.pruning.rawValue, randomised: 0,
            seed: options.seed)
    }

    static func resolved(_ pointer: UnsafePointer<Self>?) throws(QuantcalError) -> ConformalSelection.Options
    {
        let options = try given(pointer)
        return ConformalSelection.Options(
            pruning: try Structs.value(options.pruning, "pruning"),
            isRandomised: try Structs.flag(options.randomised, "randomised"), seed: options.seed)
    }
}

@c @implementation
public func qc_conformal_select_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_select_options>!, _ size: Int
) -> qc_status {
    qc_conformal_select_options.initialise(options, size)
}

// MARK: p-values

/// Calibration and test points, proven.
private struct PointArguments<T: Scalar> {
    let calibration: ConformalPoints<T>
    let test: ConformalPoints<T>
    let regions: [Region]

    init(
        _ calibration: UnsafePointer<T>?, _ calibrationWeights: UnsafePointer<T>?, _ n: Int,
        _ test: UnsafePointer<T>?, _ testWeights: UnsafePointer<T>?, _ m: Int
    ) throws(QuantcalError) {
        try StepUp.requireNumber(n, "n")
        try StepUp.requireNumber(m, "m")
        self.calibration = ConformalPoints(
            scores: try Boundary.input(calibration, n, "calibration"),
            weights: try Boundary.optionalInput(calibrationWeights, n, "calibration_weights"))
        self.test = ConformalPoints(
            scores: try Boundary.input(test, m, "test"),
            weights: try Boundary.optionalInput(testWeights, m, "test_weights"))
        regions = [
            Region(calibration, n, "calibration"), Region(calibrationWeights, n, "calibration_weights"),
            Region(test, m, "test"), Region(testWeights, m, "test_weights"),
        ]
    }
}

private func pValues<T: Scalar>(
    _ points: @autoclosure () throws(QuantcalError) -> PointArguments<T>, _ m: Int,
    _ options: UnsafePointer<qc_conformal_p_value_options>?, _ p: UnsafeMutablePointer<Double>?,
    _ compute: (
        ConformalPoints<T>, ConformalPoints<T>, ConformalCalibrator.PValueOptions,
        UnsafeMutablePointer<Double>
    )
        throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_conformal_p_value_options.options(options)
        let points = try points()
        let output = try Boundary.output(p, m, "p")
        try Region.requireDisjoint(outputs: [Region(p, m, "p")], inputs: points.regions)
        try compute(points.calibration, points.test, settings, output)
    }
}

@c @implementation
public func qc_conformal_p_values_f64(
    _ calibration: UnsafePointer<Double>!, _ calibration_weights: UnsafePointer<Double>!, _ n: Int,
    _ test: UnsafePointer<Double>!, _ test_weights: UnsafePointer<Double>!, _ m: Int,
    _ options: UnsafePointer<qc_conformal_p_value_options>!, _ p: UnsafeMutablePointer<Double>!
) -> qc_status {
    pValues(
        try PointArguments(calibration, calibration_weights, n, test, test_weights, m), m, options, p,
        ConformalPValues.pValues(calibration:test:options:into:))
}

@c @implementation
public func qc_conformal_p_values_f32(
    _ calibration: UnsafePointer<Float>!, _ calibration_weights: UnsafePointer<Float>!, _ n: Int,
    _ test: UnsafePointer<Float>!, _ test_weights: UnsafePointer<Float>!, _ m: Int,
    _ options: UnsafePointer<qc_conformal_p_value_options>!, _ p: UnsafeMutablePointer<Double>!
) -> qc_status {
    pValues(
        try PointArguments(calibration, calibration_weights, n, test, test_weights, m), m, options, p,
        ConformalPValues.pValues(calibration:test:options:into:))
}

// MARK: Step-up procedures

private func stepUp(
    _ values: UnsafePointer<Double>?, _ name: String, _ m: Int, _ rejected: UnsafeMutablePointer<UInt8>?,
    _ count: UnsafeMutablePointer<Int>?,
    _ reject: (UnsafeBufferPointer<Double>, UnsafeMutablePointer<UInt8>) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try StepUp.requireNumber(m, "m")
        let input = try Boundary.input(values, m, name)
        let mask = try Boundary.output(rejected, m, "rejected")
        let number = try Boundary.optionalOutput(count, 1, "count")
        try Region.requireDisjoint(
            outputs: [Region(rejected, m, "rejected"), Region(count, 1, "count")],
            inputs: [Region(values, m, name)])
        let result = try reject(input, mask)
        number?.pointee = result
    }
}

@c @implementation
public func qc_conformal_benjamini_hochberg(
    _ p: UnsafePointer<Double>!, _ m: Int, _ q: Double, _ rejected: UnsafeMutablePointer<UInt8>!,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    stepUp(p, "p", m, rejected, count) { p, rejected throws(QuantcalError) in
        try StepUp.benjaminiHochberg(p: p, q: q, rejected: rejected)
    }
}

@c @implementation
public func qc_conformal_e_benjamini_hochberg(
    _ e: UnsafePointer<Double>!, _ m: Int, _ q: Double, _ rejected: UnsafeMutablePointer<UInt8>!,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    stepUp(e, "e", m, rejected, count) { e, rejected throws(QuantcalError) in
        try StepUp.benjaminiHochberg(e: e, q: q, rejected: rejected)
    }
}

// MARK: Selection

/// Where a selection goes, proven.
struct SelectionOutputs {
    let output: ConformalSelection.Output
    let chosen: UnsafeMutablePointer<Int>?
    let count: UnsafeMutablePointer<Int>?

    init(
        _ selected: UnsafeMutablePointer<UInt8>?, _ p: UnsafeMutablePointer<Double>?,
        _ e: UnsafeMutablePointer<Double>?, chosen: UnsafeMutablePointer<Int>? = nil,
        _ count: UnsafeMutablePointer<Int>?, _ m: Int, inputs: [Region]
    ) throws(QuantcalError) {
        output = ConformalSelection.Output(
            selected: try Boundary.output(selected, m, "selected"),
            p: try Boundary.optionalOutput(p, m, "p"), e: try Boundary.optionalOutput(e, m, "e"))
        self.chosen = try Boundary.optionalOutput(chosen, m, "chosen")
        self.count = try Boundary.optionalOutput(count, 1, "count")
        try Region.requireDisjoint(
            outputs: [
                Region(selected, m, "selected"), Region(p, m, "p"), Region(e, m, "e"),
                Region(chosen, m, "chosen"), Region(count, 1, "count"),
            ], inputs: inputs)
    }
}

private func select<T: Scalar>(
    _ points: @autoclosure () throws(QuantcalError) -> PointArguments<T>,
    _ outputs: ([Region]) throws(QuantcalError) -> SelectionOutputs, _ q: Double,
    _ options: UnsafePointer<qc_conformal_select_options>?,
    _ compute: (
        ConformalPoints<T>, ConformalPoints<T>, Double, ConformalSelection.Options, ConformalSelection.Output
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_conformal_select_options.resolved(options)
        let points = try points()
        let results = try outputs(points.regions)
        let number = try compute(points.calibration, points.test, q, settings, results.output)
        results.count?.pointee = number
    }
}

@c @implementation
public func qc_conformal_select_f64(
    _ calibration: UnsafePointer<Double>!, _ calibration_weights: UnsafePointer<Double>!, _ n: Int,
    _ test: UnsafePointer<Double>!, _ test_weights: UnsafePointer<Double>!, _ m: Int, _ q: Double,
    _ options: UnsafePointer<qc_conformal_select_options>!, _ selected: UnsafeMutablePointer<UInt8>!,
    _ p: UnsafeMutablePointer<Double>!, _ e: UnsafeMutablePointer<Double>!,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    select(
        try PointArguments(calibration, calibration_weights, n, test, test_weights, m),
        { inputs throws(QuantcalError) in try SelectionOutputs(selected, p, e, count, m, inputs: inputs) }, q,
        options, ConformalSelection.select(calibration:test:q:options:output:))
}

@c @implementation
public func qc_conformal_select_f32(
    _ calibration: UnsafePointer<Float>!, _ calibration_weights: UnsafePointer<Float>!, _ n: Int,
    _ test: UnsafePointer<Float>!, _ test_weights: UnsafePointer<Float>!, _ m: Int, _ q: Double,
    _ options: UnsafePointer<qc_conformal_select_options>!, _ selected: UnsafeMutablePointer<UInt8>!,
    _ p: UnsafeMutablePointer<Double>!, _ e: UnsafeMutablePointer<Double>!,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    select(
        try PointArguments(calibration, calibration_weights, n, test, test_weights, m),
        { inputs throws(QuantcalError) in try SelectionOutputs(selected, p, e, count, m, inputs: inputs) }, q,
        options, ConformalSelection.select(calibration:test:q:options:output:))
}

// MARK: Selection with several scores

private func selectModels<T: Scalar>(
    _ calibration: UnsafePointer<T>?, _ n: Int, _ test: UnsafePointer<T>?, _ m: Int, _ models: Int,
    _ outputs: ([Region]) throws(QuantcalError) -> SelectionOutputs, _ q: Double,
    _ options: UnsafePointer<qc_conformal_select_options>?,
    _ compute: (
        ConformalModelSelection.Scores<T>, Double, ConformalSelection.Options, ConformalSelection.Output,
        UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_conformal_select_options.resolved(options)
        try StepUp.requireNumber(n, "n")
        try StepUp.requireNumber(m, "m")
        try ConformalModelSelection.requireModels(models)
        let references = try Boundary.product(n, models, ("n", "models"))
        let asked = try Boundary.product(m, models, ("m", "models"))
        let scores = ConformalModelSelection.Scores(
            calibration: try Boundary.input(calibration, references, "calibration"),
            test: try Boundary.input(test, asked, "test"), models: models)
        let results = try outputs([
            Region(calibration, references, "calibration"), Region(test, asked, "test"),
        ])
        let number = try compute(scores, q, settings, results.output, results.chosen)
        results.count?.pointee = number
    }
}

@c @implementation
public func qc_conformal_select_models_f64(
    _ calibration: UnsafePointer<Double>!, _ n: Int, _ test: UnsafePointer<Double>!, _ m: Int, _ models: Int,
    _ q: Double, _ options: UnsafePointer<qc_conformal_select_options>!,
    _ selected: UnsafeMutablePointer<UInt8>!, _ p: UnsafeMutablePointer<Double>!,
    _ e: UnsafeMutablePointer<Double>!, _ chosen: UnsafeMutablePointer<Int>!,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    selectModels(
        calibration, n, test, m, models,
        { inputs throws(QuantcalError) in
            try SelectionOutputs(selected, p, e, chosen: chosen, count, m, inputs: inputs)
        }, q, options, ConformalModelSelection.select(_:q:options:output:chosen:))
}

@c @implementation
public func qc_conformal_select_models_f32(
    _ calibration: UnsafePointer<Float>!, _ n: Int, _ test: UnsafePointer<Float>!, _ m: Int, _ models: Int,
    _ q: Double, _ options: UnsafePointer<qc_conformal_select_options>!,
    _ selected: UnsafeMutablePointer<UInt8>!, _ p: UnsafeMutablePointer<Double>!,
    _ e: UnsafeMutablePointer<Double>!, _ chosen: UnsafeMutablePointer<Int>!,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    selectModels(
        calibration, n, test, m, models,
        { inputs throws(QuantcalError) in
            try SelectionOutputs(selected, p, e, chosen: chosen, count, m, inputs: inputs)
        }, q, options, ConformalModelSelection.select(_:q:options:output:chosen:))
}
