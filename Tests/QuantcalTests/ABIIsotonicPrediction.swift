/// Vectors of `isotonic/prediction` through the C ABI.

import CQuantcal

let abiIsotonicPredictionAdapters: [String: VectorAdapter] = [
    "qc_isotonic_direction": { inputs, type in
        switch type {
        case .f32: try direction(inputs, qc_isotonic_direction_f32)
        default: try direction(inputs, qc_isotonic_direction_f64)
        }
    },
    "qc_isotonic_fit": { inputs, type in
        switch type {
        case .f32: try fit(inputs, qc_isotonic_fit_f32)
        default: try fit(inputs, qc_isotonic_fit_f64)
        }
    },
    "qc_isotonic_predict": { inputs, type in
        switch type {
        case .f32: try predict(inputs, qc_isotonic_predict_f32)
        default: try predict(inputs, qc_isotonic_predict_f64)
        }
    },
    "qc_isotonic_predict_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "interpolation": .text(word(options.interpolation, interpolations)),
            "outside": .text(word(options.outside, outsides)),
        ]
    },
]

private let directions = [
    "increasing": QC_ISOTONIC_INCREASING, "decreasing": QC_ISOTONIC_DECREASING, "auto": QC_ISOTONIC_AUTO,
]
private let losses = [
    "squared": QC_ISOTONIC_SQUARED, "quantile": QC_ISOTONIC_QUANTILE, "poisson": QC_ISOTONIC_POISSON,
]
private let ties = [
    "secondary": QC_ISOTONIC_TIES_SECONDARY, "primary": QC_ISOTONIC_TIES_PRIMARY,
    "tertiary": QC_ISOTONIC_TIES_TERTIARY,
]
private let interpolations = ["linear": QC_ISOTONIC_LINEAR, "step": QC_ISOTONIC_STEP]
private let outsides = [
    "outside_nan": QC_ISOTONIC_OUTSIDE_NAN, "outside_clip": QC_ISOTONIC_OUTSIDE_CLIP,
    "outside_error": QC_ISOTONIC_OUTSIDE_ERROR,
    "outside_extrapolate": QC_ISOTONIC_OUTSIDE_EXTRAPOLATE,
]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == constant }?.key ?? "unknown"
}

private func initialOptions() throws -> qc_isotonic_predict_options {
    var options = qc_isotonic_predict_options()
    try abiCall(qc_isotonic_predict_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func emptyResult() -> qc_isotonic_direction_result {
    var result = qc_isotonic_direction_result()
    result.struct_size = MemoryLayout.size(ofValue: result)
    return result
}

private typealias Direction<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafeMutablePointer<qc_isotonic_direction_result>?
) -> qc_status

private func direction<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Direction<T>
) throws -> [String: VectorOutput] {
    let (x, y): ([T], [T]) = (try inputs.scalars("x"), try inputs.scalars("y"))
    var result = emptyResult()
    try abiCall(function(x, y, x.count, &result))
    return [
        "direction": .text(word(result.direction, directions)),
        "is_ambiguous": .integer(result.is_ambiguous), "correlation": .float(result.correlation),
        "interval_lower": .float(result.interval_lower), "interval_upper": .float(result.interval_upper),
    ]
}

private typealias Fit<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<T>?, Int,
    UnsafePointer<qc_isotonic_regression_options>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?,
    UnsafeMutablePointer<T>?, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<qc_isotonic_direction_result>?
) -> qc_status

private func fit<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Fit<T>
) throws -> [String: VectorOutput] {
    let (x, y): ([T], [T]) = (try inputs.scalars("x"), try inputs.scalars("y"))
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = qc_isotonic_regression_options()
    try abiCall(qc_isotonic_regression_options_init(&options, MemoryLayout.size(ofValue: options)))
    options.direction = try abiConstant(inputs.word("direction", default: "increasing"), directions)
    options.loss = try abiConstant(inputs.word("loss", default: "squared"), losses)
    options.ties = try abiConstant(inputs.word("ties", default: "secondary"), ties)
    let fields: [(String, WritableKeyPath<qc_isotonic_regression_options, Double>)] = [
        ("level", \.level), ("lower_bound", \.lower_bound), ("upper_bound", \.upper_bound),
        ("minimum_gap", \.minimum_gap), ("tie_tolerance", \.tie_tolerance),
    ]
    for (key, field) in fields where inputs.optional(key) != nil {
        options[keyPath: field] = try inputs.double(key)
    }
    let (fitted, knots, values) = (ABIBuffer<T>(x.count), ABIBuffer<T>(x.count), ABIBuffer<T>(x.count))
    let count = ABIBuffer<Int>(1)
    var result = emptyResult()
    try abiCall(
        function(
            x, y, weights, x.count, &options, fitted.pointer, knots.pointer, values.pointer, count.pointer,
            &result), fitted, knots, values, count)
    let used = count.elements[0]
    return [
        "fitted": .floats(fitted.elements), "knots": .floats(Array(knots.elements[..<used])),
        "values": .floats(Array(values.elements[..<used])),
        "direction": .text(word(result.direction, directions)),
    ]
}

private typealias Predict<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafePointer<T>?, Int,
    UnsafePointer<qc_isotonic_predict_options>?, UnsafeMutablePointer<T>?
) -> qc_status

private func predict<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Predict<T>
) throws -> [String: VectorOutput] {
    let (knots, values): ([T], [T]) = (try inputs.scalars("knots"), try inputs.scalars("values"))
    let queries: [T] = try inputs.scalars("queries")
    var options = try initialOptions()
    options.interpolation = try abiConstant(inputs.word("interpolation", default: "linear"), interpolations)
    options.outside = try abiConstant(inputs.word("outside", default: "outside_nan"), outsides)
    let predictions = ABIBuffer<T>(queries.count)
    try abiCall(
        function(knots, values, knots.count, queries, queries.count, &options, predictions.pointer),
        predictions)
    return ["predictions": .floats(predictions.elements)]
}
