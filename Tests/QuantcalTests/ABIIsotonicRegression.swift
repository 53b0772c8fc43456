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
        let word = directions.first { $0.value == options.direction }?.key
        return ["direction": .text(word ?? "unknown")]
    },
]

private let directions = ["increasing": QC_ISOTONIC_INCREASING, "decreasing": QC_ISOTONIC_DECREASING]

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
