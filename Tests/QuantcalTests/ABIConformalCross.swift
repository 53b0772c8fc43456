/// Vectors of cross-conformal intervals through the C ABI.

import CQuantcal

let abiConformalCrossAdapters: [String: VectorAdapter] = [
    "qc_conformal_cross_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "method": .text(word(options.method, methods)), "sides": .text(word(options.sides, sides)),
            "aggregation": .text(word(options.aggregation, aggregations)),
        ]
    },
    "qc_conformal_cross_intervals": { inputs, type in
        let fold = inputs.optional("fold") == nil ? nil : try inputs.integers("fold").map { Int32($0) }
        switch type {
        case .f32: return try intervals(inputs, fold, qc_conformal_cross_intervals_f32)
        default: return try intervals(inputs, fold, qc_conformal_cross_intervals_f64)
        }
    },
    "qc_conformal_cross_bootstrap_predictions": { inputs, type in
        switch type {
        case .f32: try predictions(inputs, qc_conformal_cross_bootstrap_predictions_f32)
        default: try predictions(inputs, qc_conformal_cross_bootstrap_predictions_f64)
        }
    },
    "qc_conformal_cross_bootstrap_intervals": { inputs, type in
        let bags = try bags(inputs)
        switch type {
        case .f32: return try intervals(inputs, bags, qc_conformal_cross_bootstrap_intervals_f32)
        default: return try intervals(inputs, bags, qc_conformal_cross_bootstrap_intervals_f64)
        }
    },
]

private let methods = ["plus": QC_CONFORMAL_CROSS_PLUS, "minmax": QC_CONFORMAL_CROSS_MINMAX]
private let sides = [
    "symmetric": QC_CONFORMAL_SYMMETRIC, "asymmetric": QC_CONFORMAL_ASYMMETRIC, "lower": QC_CONFORMAL_LOWER,
    "upper": QC_CONFORMAL_UPPER,
]
private let aggregations = ["mean": QC_CONFORMAL_CROSS_MEAN, "median": QC_CONFORMAL_CROSS_MEDIAN]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == Int(constant) }?.key ?? "unknown"
}

private func initialOptions() throws -> qc_conformal_cross_options {
    var options = qc_conformal_cross_options()
    try abiCall(qc_conformal_cross_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func givenOptions(_ inputs: VectorInputs) throws -> qc_conformal_cross_options {
    var options = try initialOptions()
    options.method = try abiConstant(inputs.word("method", default: "plus"), methods)
    options.sides = try abiConstant(inputs.word("sides", default: "symmetric"), sides)
    options.aggregation = try abiConstant(inputs.word("aggregation", default: "mean"), aggregations)
    return options
}

private func bags(_ inputs: VectorInputs) throws -> [UInt8] {
    try inputs.matrix("in_bag").elements.map { UInt8($0) }
}

private typealias Intervals<T, Belonging> = (
    UnsafePointer<T>?, UnsafePointer<Belonging>?, Int, UnsafePointer<T>?, Int, Int, Double,
    UnsafePointer<qc_conformal_cross_options>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?
) -> qc_status

private func intervals<T: BinaryFloatingPoint, Belonging>(
    _ inputs: VectorInputs, _ belonging: [Belonging]?, _ function: Intervals<T, Belonging>
) throws -> [String: VectorOutput] {
    let residuals: [T] = try inputs.scalars("residuals")
    let predictions = try inputs.matrix("predictions")
    let values = predictions.elements.map { T($0) }
    let alpha = try inputs.double("alpha")
    var options = try givenOptions(inputs)
    let (lower, upper) = (ABIBuffer<T>(predictions.rows), ABIBuffer<T>(predictions.rows))
    try abiCall(
        function(
            residuals, belonging, residuals.count, values, predictions.rows, predictions.columns, alpha,
            &options, lower.pointer, upper.pointer), lower, upper)
    return ["lower": .floats(lower.elements), "upper": .floats(upper.elements)]
}

private func predictions<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        UnsafePointer<UInt8>?, UnsafePointer<T>?, Int, Int, UnsafePointer<qc_conformal_cross_options>?,
        UnsafeMutablePointer<T>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let predictions = try inputs.matrix("predictions")
    let values = predictions.elements.map { T($0) }
    var options = try givenOptions(inputs)
    let aggregated = ABIBuffer<T>(predictions.rows)
    try abiCall(
        function(
            bags(inputs), values, predictions.rows, predictions.columns, &options, aggregated.pointer),
        aggregated)
    return ["aggregated": .floats(aggregated.elements)]
}
