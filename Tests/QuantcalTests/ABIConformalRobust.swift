/// Vectors of family `conformal`, robust sets, through the C ABI.

import CQuantcal

let abiConformalRobustAdapters: [String: VectorAdapter] = [
    "qc_conformal_robust_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "side": .text(word(options.side, sides)),
            "correction": .text(word(options.correction, corrections)),
            "beta": .float(options.beta), "radius": .float(options.radius), "sigma": .float(options.sigma),
        ]
    },
    "qc_conformal_smoothed_scores": { inputs, type in
        switch type {
        case .f32: try smoothed(inputs, qc_conformal_smoothed_scores_f32)
        default: try smoothed(inputs, qc_conformal_smoothed_scores_f64)
        }
    },
    "qc_conformal_robust_bounds": { inputs, _ in
        let means: [Double] = try inputs.scalars("means")
        let variances: [Double]? = try inputs.optionalScalars("variances")
        var options = try initialOptions()
        options.side = try abiConstant(inputs.word("side", default: "lower"), sides)
        options.correction = try abiConstant(
            inputs.word("correction", default: "empirical_bernstein"), corrections)
        options.beta = try inputs.double("beta", default: options.beta)
        options.radius = try inputs.double("radius", default: options.radius)
        options.sigma = try inputs.double("sigma", default: options.sigma)
        let bounds = ABIBuffer<Double>(means.count)
        try abiCall(
            qc_conformal_robust_bounds(
                means, variances, means.count, inputs.integer("draws", default: 0), &options, bounds.pointer),
            bounds)
        return ["bounds": .floats(bounds.elements)]
    },
    "qc_conformal_robust_threshold": { inputs, _ in
        let scores: [Double] = try inputs.scalars("scores")
        let threshold = ABIBuffer<Double>(1)
        try abiCall(
            qc_conformal_robust_threshold(
                scores, scores.count, inputs.integer("draws"), inputs.double("alpha"),
                inputs.double("beta", default: 0.001), threshold.pointer), threshold)
        return ["threshold": .floats(threshold.elements)]
    },
    "qc_conformal_transform_options_init": { _, _ in
        let options = try initialTransformOptions()
        return ["steepness": .float(options.steepness), "centre": .float(options.centre)]
    },
    "qc_conformal_transformed_scores": { inputs, type in
        switch type {
        case .f32: try transformed(inputs, qc_conformal_transformed_scores_f32)
        default: try transformed(inputs, qc_conformal_transformed_scores_f64)
        }
    },
]

private let sides = ["lower": QC_CONFORMAL_BOUND_LOWER, "upper": QC_CONFORMAL_BOUND_UPPER]
private let corrections = [
    "empirical_bernstein": QC_CONFORMAL_EMPIRICAL_BERNSTEIN, "hoeffding": QC_CONFORMAL_HOEFFDING,
    "clopper_pearson": QC_CONFORMAL_CLOPPER_PEARSON, "exact_means": QC_CONFORMAL_EXACT_MEANS,
]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == Int(constant) }?.key ?? "unknown"
}

private func initialOptions() throws -> qc_conformal_robust_options {
    var options = qc_conformal_robust_options()
    try abiCall(qc_conformal_robust_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func initialTransformOptions() throws -> qc_conformal_transform_options {
    var options = qc_conformal_transform_options()
    try abiCall(qc_conformal_transform_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private typealias Smoothed<T> = (
    UnsafePointer<T>?, Int, Int, UnsafePointer<Double>?, UnsafePointer<Double>?, Int,
    UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?
) -> qc_status

private func smoothed<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Smoothed<T>
) throws -> [String: VectorOutput] {
    let samples = try inputs.matrix("samples")
    let elements = samples.elements.map { T($0) }
    let earlierMeans: [Double]? = try inputs.optionalScalars("earlier_means")
    let earlierVariances: [Double]? = try inputs.optionalScalars("earlier_variances")
    let (means, variances) = (ABIBuffer<Double>(samples.rows), ABIBuffer<Double>(samples.rows))
    try abiCall(
        function(
            elements, samples.rows, samples.columns, earlierMeans, earlierVariances,
            inputs.integer("earlier_draws", default: 0), means.pointer, variances.pointer), means, variances)
    return ["means": .floats(means.elements), "variances": .floats(variances.elements)]
}

private typealias Transformed<T> = (
    UnsafePointer<T>?, Int, UnsafePointer<T>?, Int, UnsafePointer<qc_conformal_transform_options>?,
    UnsafeMutablePointer<T>?
) -> qc_status

private func transformed<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Transformed<T>
) throws -> [String: VectorOutput] {
    let (scores, reference): ([T], [T]) = (try inputs.scalars("scores"), try inputs.scalars("reference"))
    var options = try initialTransformOptions()
    options.steepness = try inputs.double("steepness", default: options.steepness)
    options.centre = try inputs.double("centre", default: options.centre)
    let transformed = ABIBuffer<T>(scores.count)
    try abiCall(
        function(scores, scores.count, reference, reference.count, &options, transformed.pointer), transformed
    )
    return ["transformed": .floats(transformed.elements)]
}
