/// Vectors of `isotonic/regression` through the C ABI.

import CQuantcal

let abiIsotonicRegressionAdapters: [String: VectorAdapter] = [
    "qc_isotonic_regression": { inputs, type in
        switch type {
        case .f32: try regression(inputs, qc_isotonic_regression_f32)
        default: try regression(inputs, qc_isotonic_regression_f64)
        }
    },
    "qc_isotonic_regression_options_init": { _, _ in
        let options = try initialOptions()
        let word = { (value: Int32, words: [String: Int]) in
            VectorOutput.text(words.first { $0.value == value }?.key ?? "unknown")
        }
        return [
            "direction": word(options.direction, directions), "loss": word(options.loss, losses),
            "solution": word(options.solution, solutions), "level": .float(options.level),
            "huber_threshold": .float(options.huber_threshold), "power": .float(options.power),
            "lower_bound": .float(options.lower_bound), "upper_bound": .float(options.upper_bound),
            "minimum_gap": .float(options.minimum_gap),
        ]
    },
]

private let directions = [
    "increasing": QC_ISOTONIC_INCREASING, "decreasing": QC_ISOTONIC_DECREASING, "auto": QC_ISOTONIC_AUTO,
]

private let losses = [
    "squared": QC_ISOTONIC_SQUARED, "quantile": QC_ISOTONIC_QUANTILE, "expectile": QC_ISOTONIC_EXPECTILE,
    "huber": QC_ISOTONIC_HUBER, "power": QC_ISOTONIC_POWER, "chebyshev": QC_ISOTONIC_CHEBYSHEV,
    "poisson": QC_ISOTONIC_POISSON, "binomial": QC_ISOTONIC_BINOMIAL,
]

private let solutions = [
    "default": QC_ISOTONIC_SOLUTION_DEFAULT, "lower": QC_ISOTONIC_SOLUTION_LOWER,
    "upper": QC_ISOTONIC_SOLUTION_UPPER, "middle": QC_ISOTONIC_SOLUTION_MIDDLE,
]

private func initialOptions() throws -> qc_isotonic_regression_options {
    var options = qc_isotonic_regression_options()
    try abiCall(qc_isotonic_regression_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private typealias Regression<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafePointer<qc_isotonic_regression_options>?,
    UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Int>?
) -> qc_status

private func regression<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Regression<T>
) throws -> [String: VectorOutput] {
    let y: [T] = try inputs.scalars("y")
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try initialOptions()
    options.direction = try abiConstant(inputs.word("direction", default: "increasing"), directions)
    options.loss = try abiConstant(inputs.word("loss", default: "squared"), losses)
    options.solution = try abiConstant(inputs.word("solution", default: "default"), solutions)
    options.level = try inputs.double("level", default: options.level)
    options.huber_threshold = try inputs.double("huber_threshold", default: options.huber_threshold)
    options.power = try inputs.double("power", default: options.power)
    options.lower_bound = try inputs.double("lower_bound", default: options.lower_bound)
    options.upper_bound = try inputs.double("upper_bound", default: options.upper_bound)
    options.minimum_gap = try inputs.double("minimum_gap", default: options.minimum_gap)
    let (x, blockWeights) = (ABIBuffer<T>(y.count), ABIBuffer<T>(y.count))
    let (blocks, count) = (ABIBuffer<Int>(y.count + 1), ABIBuffer<Int>(1))
    try abiCall(
        function(
            y, weights, y.count, &options, x.pointer, blockWeights.pointer, blocks.pointer, count.pointer),
        x, blockWeights, blocks, count)
    let used = count.elements[0]
    return [
        "x": .floats(x.elements),
        "block_weights": .floats(Array(blockWeights.elements[..<used])),
        "blocks": .integers(Array(blocks.elements[...used])),
    ]
}
