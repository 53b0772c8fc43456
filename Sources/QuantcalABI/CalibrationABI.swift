import CQuantcal
import QuantcalCore

extension qc_calibration_temperature_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size,
            max_iterations: Int32(TemperatureScaling.Options().maximumIterations),
            reserved: 0, progress: qc_progress())
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> TemperatureScaling.Options {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        var result = TemperatureScaling.Options()
        result.maximumIterations = Int(options.max_iterations)
        result.progress = Structs.progress(options.progress)
        return result
    }
}

@c @implementation
public func qc_calibration_temperature_options_init(
    _ options: UnsafeMutablePointer<qc_calibration_temperature_options>!, _ size: Int
) -> qc_status {
    qc_calibration_temperature_options.initialise(options, size)
}

/// Rows of logits or probabilities with labels and weights, proven.
private struct RowArguments<T> {
    let values: UnsafeBufferPointer<T>
    let labels: UnsafeBufferPointer<Int64>
    let weights: UnsafeBufferPointer<T>?
    let classes: Int
    let regions: [Region]

    init(
        _ values: UnsafePointer<T>?, _ name: String, _ labels: UnsafePointer<Int64>?,
        _ weights: UnsafePointer<T>?, _ rows: Int, _ classes: Int, leastClasses: Int
    ) throws(QuantcalError) {
        try Boundary.length(rows, "rows")
        try Boundary.classes(classes, atLeast: leastClasses)
        let count = try Boundary.product(rows, classes, ("rows", "classes"))
        self.values = try Boundary.input(values, count, name)
        self.labels = try Boundary.input(labels, rows, "labels")
        self.weights = try Boundary.optionalInput(weights, rows, "weights")
        self.classes = classes
        regions = [
            Region(values, count, name), Region(labels, rows, "labels"), Region(weights, rows, "weights"),
        ]
    }
}

extension qc_calibration_temperature_result: SizedStruct {
    fileprivate init(_ fit: TemperatureScaling.Fit) {
        self.init(
            struct_size: MemoryLayout<Self>.size, temperature: fit.temperature,
            inverse_temperature: fit.inverseTemperature, nll_before: fit.nllBefore, nll_after: fit.nllAfter,
            gradient: fit.gradient, outcome: fit.outcome.rawValue, iterations: Int32(fit.iterations))
    }
}

@c @implementation
public func qc_calibration_temperature_fit_f64(
    _ logits: UnsafePointer<Double>!, _ labels: UnsafePointer<Int64>!, _ weights: UnsafePointer<Double>!,
    _ rows: Int, _ classes: Int, _ options: UnsafePointer<qc_calibration_temperature_options>!,
    _ result: UnsafeMutablePointer<qc_calibration_temperature_result>!
) -> qc_status {
    temperatureFit(
        try RowArguments(logits, "logits", labels, weights, rows, classes, leastClasses: 2), options, result,
        TemperatureScaling.fit(logits:labels:weights:classes:options:))
}

@c @implementation
public func qc_calibration_temperature_fit_f32(
    _ logits: UnsafePointer<Float>!, _ labels: UnsafePointer<Int64>!, _ weights: UnsafePointer<Float>!,
    _ rows: Int, _ classes: Int, _ options: UnsafePointer<qc_calibration_temperature_options>!,
    _ result: UnsafeMutablePointer<qc_calibration_temperature_result>!
) -> qc_status {
    temperatureFit(
        try RowArguments(logits, "logits", labels, weights, rows, classes, leastClasses: 2), options, result,
        TemperatureScaling.fit(logits:labels:weights:classes:options:))
}

/// A fit with the core's function for the type.
private func temperatureFit<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> RowArguments<T>,
    _ options: UnsafePointer<qc_calibration_temperature_options>?,
    _ result: UnsafeMutablePointer<qc_calibration_temperature_result>?,
    _ fit: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Int64>, UnsafeBufferPointer<T>?, Int,
        TemperatureScaling.Options
    ) throws(QuantcalError) -> TemperatureScaling.Fit
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_calibration_temperature_options.resolved(options)
        let call = try arguments()
        let place = try ResultPlace(result)
        try Region.requireDisjoint(outputs: [place.region], inputs: call.regions)
        let fit = try fit(call.values, call.labels, call.weights, call.classes, settings)
        place.write(qc_calibration_temperature_result(fit))
    }
}

@c @implementation
public func qc_calibration_temperature_apply_f64(
    _ logits: UnsafePointer<Double>!, _ rows: Int, _ classes: Int, _ temperature: Double,
    _ probabilities: UnsafeMutablePointer<Double>!
) -> qc_status {
    temperatureApply(
        logits, rows, classes, temperature, probabilities,
        TemperatureScaling.apply(logits:classes:temperature:probabilities:))
}

@c @implementation
public func qc_calibration_temperature_apply_f32(
    _ logits: UnsafePointer<Float>!, _ rows: Int, _ classes: Int, _ temperature: Double,
    _ probabilities: UnsafeMutablePointer<Float>!
) -> qc_status {
    temperatureApply(
        logits, rows, classes, temperature, probabilities,
        TemperatureScaling.apply(logits:classes:temperature:probabilities:))
}

private func temperatureApply<T>(
    _ logits: UnsafePointer<T>?, _ rows: Int, _ classes: Int, _ temperature: Double,
    _ probabilities: UnsafeMutablePointer<T>?,
    _ apply: (
        UnsafeBufferPointer<T>, Int, Double, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(rows, "rows")
        try Boundary.classes(classes, atLeast: 1)
        let count = try Boundary.product(rows, classes, ("rows", "classes"))
        let input = try Boundary.input(logits, count, "logits")
        let output = try Boundary.output(probabilities, count, "probabilities")
        try Region.requireDisjoint(
            outputs: [Region(probabilities, count, "probabilities")], inPlace: Region(logits, count, "logits")
        )
        try apply(input, classes, temperature, output)
    }
}

extension qc_calibration_error_options: OptionsStruct {
    static var defaults: Self {
        let options = CalibrationError.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, bins: Int32(options.bins), target: options.target.rawValue,
            binning: options.binning.rawValue, norm: options.norm.rawValue, edges: options.edges.rawValue,
            reserved: 0)
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> CalibrationError.Options {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        var result = CalibrationError.Options()
        result.bins = Int(options.bins)
        result.target = try Structs.value(options.target, "target")
        result.binning = try Structs.value(options.binning, "binning")
        result.norm = try Structs.value(options.norm, "norm")
        result.edges = try Structs.value(options.edges, "edges")
        try result.check()
        return result
    }
}

@c @implementation
public func qc_calibration_error_options_init(
    _ options: UnsafeMutablePointer<qc_calibration_error_options>!, _ size: Int
) -> qc_status {
    qc_calibration_error_options.initialise(options, size)
}

/// Where an error and its table go, proven.
private func errorOutputs(
    _ error: UnsafeMutablePointer<Double>?, _ table: UnsafeMutablePointer<Double>?,
    _ options: CalibrationError.Options, _ classes: Int, _ inputs: [Region]
) throws(QuantcalError) -> (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>?) {
    let entries = try Boundary.product(
        options.tableRows(classes: classes), 3, ("rows of bin_table", "columns"))
    let result = try Boundary.output(error, 1, "error")
    let tableOutput = try Boundary.optionalOutput(table, entries, "bin_table")
    try Region.requireDisjoint(
        outputs: [Region(error, 1, "error"), Region(table, entries, "bin_table")], inputs: inputs)
    return (result, tableOutput)
}

@c @implementation
public func qc_calibration_error_f64(
    _ probabilities: UnsafePointer<Double>!, _ labels: UnsafePointer<Int64>!,
    _ weights: UnsafePointer<Double>!, _ rows: Int, _ classes: Int,
    _ options: UnsafePointer<qc_calibration_error_options>!, _ error: UnsafeMutablePointer<Double>!,
    _ bin_table: UnsafeMutablePointer<Double>!
) -> qc_status {
    calibrationError(
        try RowArguments(probabilities, "probabilities", labels, weights, rows, classes, leastClasses: 1),
        options, error, bin_table,
        CalibrationError.error(probabilities:labels:weights:classes:options:table:))
}

@c @implementation
public func qc_calibration_error_f32(
    _ probabilities: UnsafePointer<Float>!, _ labels: UnsafePointer<Int64>!,
    _ weights: UnsafePointer<Float>!, _ rows: Int, _ classes: Int,
    _ options: UnsafePointer<qc_calibration_error_options>!, _ error: UnsafeMutablePointer<Double>!,
    _ bin_table: UnsafeMutablePointer<Double>!
) -> qc_status {
    calibrationError(
        try RowArguments(probabilities, "probabilities", labels, weights, rows, classes, leastClasses: 1),
        options, error, bin_table,
        CalibrationError.error(probabilities:labels:weights:classes:options:table:))
}

/// A measurement with the core's function for the type.
private func calibrationError<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> RowArguments<T>,
    _ options: UnsafePointer<qc_calibration_error_options>?, _ error: UnsafeMutablePointer<Double>?,
    _ table: UnsafeMutablePointer<Double>?,
    _ measure: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Int64>, UnsafeBufferPointer<T>?, Int,
        CalibrationError.Options, UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Double
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_calibration_error_options.resolved(options)
        let call = try arguments()
        let (result, table) = try errorOutputs(error, table, settings, call.classes, call.regions)
        result.pointee = try measure(call.values, call.labels, call.weights, call.classes, settings, table)
    }
}
