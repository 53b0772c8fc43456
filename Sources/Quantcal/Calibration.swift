import QuantcalCore

public typealias FitOutcome = TemperatureScaling.Outcome

/// A fitted temperature. Call it with logits to get probabilities.
public struct TemperatureFit: Sendable {
    /// T; 0, +infinity or 1 if the outcome is separated, inverted or degenerate.
    public let temperature: Double
    public let inverseTemperature: Double
    /// Mean negative log-likelihood (nats) at T = 1 and at the fitted temperature.
    public let nllBefore: Double
    public let nllAfter: Double
    /// The derivative of the mean negative log-likelihood in 1/T at the fitted temperature.
    public let gradient: Double
    public let outcome: FitOutcome
    /// Passes over all rows.
    public let iterations: Int

    init(_ fit: TemperatureScaling.Fit) {
        temperature = fit.temperature
        inverseTemperature = fit.inverseTemperature
        nllBefore = fit.nllBefore
        nllAfter = fit.nllAfter
        gradient = fit.gradient
        outcome = fit.outcome
        iterations = fit.iterations
    }

    public func callAsFunction(_ logits: Matrix<Float>) throws(QuantcalError) -> Matrix<Float> {
        try temperatureApply(logits, temperature: temperature)
    }

    public func callAsFunction(_ logits: Matrix<Double>) throws(QuantcalError) -> Matrix<Double> {
        try temperatureApply(logits, temperature: temperature)
    }
}

/// Temperature scaling: the temperature that minimises the negative log-likelihood of the labels.
/// C: `qc_calibration_temperature_fit_f64`; the default arguments are those of
/// `qc_calibration_temperature_options_init`.
///
/// - Parameters:
///   - logits: rows x classes, finite; at least one row and two classes.
///   - labels: one class index for each row, from 0.
///   - weights: one weight >= 0 for each row; nil for ones.
///   - maximumIterations: passes over the data after which the fit gives up (`.notConverged`).
/// - Returns: a fit whose `outcome` says whether there was a finite positive optimum.
public func temperatureFit(
    logits: Matrix<Double>, labels: [Int64], weights: [Double]? = nil, maximumIterations: Int = 100,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> TemperatureFit {
    try fit(
        logits, labels, weights, maximumIterations, progress,
        TemperatureScaling.fit(logits:labels:weights:classes:options:))
}

/// The same in single precision. C: `qc_calibration_temperature_fit_f32`.
public func temperatureFit(
    logits: Matrix<Float>, labels: [Int64], weights: [Float]? = nil, maximumIterations: Int = 100,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> TemperatureFit {
    try fit(
        logits, labels, weights, maximumIterations, progress,
        TemperatureScaling.fit(logits:labels:weights:classes:options:))
}

private func fit<Scalar>(
    _ logits: Matrix<Scalar>, _ labels: [Int64], _ weights: [Scalar]?, _ maximumIterations: Int,
    _ progress: ProgressReport?,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Int64>, UnsafeBufferPointer<Scalar>?, Int,
        TemperatureScaling.Options
    ) throws(QuantcalError) -> TemperatureScaling.Fit
) throws(QuantcalError) -> TemperatureFit {
    var options = TemperatureScaling.Options()
    options.maximumIterations = maximumIterations
    options.progress = Progress(progress)
    return try withRows(logits, labels, weights) { values, labels, weights throws(QuantcalError) in
        TemperatureFit(try call(values, labels, weights, logits.columns, options))
    }
}

private func withRows<Scalar, Result>(
    _ values: Matrix<Scalar>, _ labels: [Int64], _ weights: [Scalar]?,
    _ call: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Int64>, UnsafeBufferPointer<Scalar>?)
        throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    try requireCount(labels.count, values.rows, "labels")
    if let weights { try requireCount(weights.count, values.rows, "weights") }
    return try withBuffer(values.elements) { elements throws(QuantcalError) in
        try withBuffer(labels) { labels throws(QuantcalError) in
            try withOptionalBuffer(weights) { weights throws(QuantcalError) in
                try call(elements, labels, weights)
            }
        }
    }
}

/// softmax(logits / temperature) for each row; temperature 0 to +infinity, both limits included.
/// C: `qc_calibration_temperature_apply_f64`.
public func temperatureApply(
    _ logits: Matrix<Double>, temperature: Double
) throws(QuantcalError) -> Matrix<Double> {
    try apply(logits, temperature, TemperatureScaling.apply(logits:classes:temperature:probabilities:))
}

/// The same in single precision. C: `qc_calibration_temperature_apply_f32`.
public func temperatureApply(
    _ logits: Matrix<Float>, temperature: Double
) throws(QuantcalError) -> Matrix<Float> {
    try apply(logits, temperature, TemperatureScaling.apply(logits:classes:temperature:probabilities:))
}

private func apply<Scalar: BitwiseCopyable>(
    _ logits: Matrix<Scalar>, _ temperature: Double,
    _ call: (UnsafeBufferPointer<Scalar>, Int, Double, UnsafeMutablePointer<Scalar>)
        throws(QuantcalError) -> Void
) throws(QuantcalError) -> Matrix<Scalar> {
    guard logits.columns >= 1 else {
        throw QuantcalError(.size, "classes is 0; classes must be 1 to \(Int32.max)")
    }
    let probabilities = try filled(logits.elements.count) {
        (output: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(logits.elements) { values throws(QuantcalError) in
            try call(values, logits.columns, temperature, output)
        }
    }
    return Matrix(unchecked: logits.rows, logits.columns, probabilities)
}

public typealias CalibrationTarget = CalibrationError.Target
public typealias CalibrationBinning = CalibrationError.Binning
public typealias CalibrationNorm = CalibrationError.Norm
public typealias CalibrationEdges = CalibrationError.Edges

/// A binned calibration error with the bins of its reliability diagram.
public struct CalibrationErrorResult: Sendable {
    public struct Bin: Sendable {
        public let weight: Double
        /// Means over the bin; NaN if it is empty.
        public let confidence: Double
        public let outcome: Double
    }

    public let error: Double
    /// For the classwise target: the bins of class 0, then those of class 1, and so on.
    public let bins: [Bin]
}

/// Binned calibration error (expected calibration error for the L1 norm).
/// C: `qc_calibration_error_f64`; the default arguments are those of `qc_calibration_error_options_init`.
///
/// - Parameters:
///   - probabilities: rows x classes, each 0 to 1; one column is the probability of class 1.
///   - labels: one class index for each row, from 0.
///   - weights: one weight >= 0 for each row; nil for ones.
///   - bins: 1 to 1,000,000.
///   - target: the highest probability of a row, or each class by itself.
///   - binning: bins of equal width, or of equal weight (ties are never split).
///   - norm: how the bins' gaps become one number.
///   - edges: which bin an equal-width edge belongs to.
public func calibrationError(
    probabilities: Matrix<Double>, labels: [Int64], weights: [Double]? = nil, bins: Int = 15,
    target: CalibrationTarget = .topLabel, binning: CalibrationBinning = .equalWidth,
    norm: CalibrationNorm = .l1, edges: CalibrationEdges = .right
) throws(QuantcalError) -> CalibrationErrorResult {
    try measure(
        probabilities, labels, weights, errorOptions(bins, target, binning, norm, edges),
        CalibrationError.error(probabilities:labels:weights:classes:options:table:))
}

/// The same in single precision. C: `qc_calibration_error_f32`.
public func calibrationError(
    probabilities: Matrix<Float>, labels: [Int64], weights: [Float]? = nil, bins: Int = 15,
    target: CalibrationTarget = .topLabel, binning: CalibrationBinning = .equalWidth,
    norm: CalibrationNorm = .l1, edges: CalibrationEdges = .right
) throws(QuantcalError) -> CalibrationErrorResult {
    try measure(
        probabilities, labels, weights, errorOptions(bins, target, binning, norm, edges),
        CalibrationError.error(probabilities:labels:weights:classes:options:table:))
}

private func errorOptions(
    _ bins: Int, _ target: CalibrationTarget, _ binning: CalibrationBinning, _ norm: CalibrationNorm,
    _ edges: CalibrationEdges
) -> CalibrationError.Options {
    var options = CalibrationError.Options()
    options.bins = bins
    options.target = target
    options.binning = binning
    options.norm = norm
    options.edges = edges
    return options
}

private func measure<Scalar>(
    _ probabilities: Matrix<Scalar>, _ labels: [Int64], _ weights: [Scalar]?,
    _ options: CalibrationError.Options,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Int64>, UnsafeBufferPointer<Scalar>?, Int,
        CalibrationError.Options, UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Double
) throws(QuantcalError) -> CalibrationErrorResult {
    try withRows(probabilities, labels, weights) { values, labels, weights throws(QuantcalError) in
        try options.check()
        let rows = options.tableRows(classes: probabilities.columns)
        var error = 0.0
        let table: [Double] = try filled(3 * rows) { table throws(QuantcalError) in
            error = try call(values, labels, weights, probabilities.columns, options, table)
        }
        let bins = (0..<rows).map {
            CalibrationErrorResult.Bin(
                weight: table[3 * $0], confidence: table[3 * $0 + 1], outcome: table[3 * $0 + 2])
        }
        return CalibrationErrorResult(error: error, bins: bins)
    }
}
