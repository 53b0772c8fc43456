/// Vectors of `isotonic/nearly` through the C ABI.

import CQuantcal

let abiIsotonicNearlyAdapters: [String: VectorAdapter] = [
    "qc_isotonic_nearly_options_init": { _, _ in
        let options = try initialOptions()
        let word = directions.first { $0.value == options.direction }?.key
        return ["direction": .text(word ?? "unknown")]
    },
    "qc_isotonic_nearly_create": { inputs, type in try withPath(inputs, type, breakpoints) },
    "qc_isotonic_nearly_breakpoints": { inputs, type in try withPath(inputs, type, breakpoints) },
    "qc_isotonic_nearly_fit": { inputs, type in
        let lambda = try inputs.double("lambda")
        let count = try inputs.value("y").flattened.count
        return try withPath(inputs, type) { path in
            switch type {
            case .f32: try fit(path, lambda, count, qc_isotonic_nearly_fit_f32)
            default: try fit(path, lambda, count, qc_isotonic_nearly_fit_f64)
            }
        }
    },
    "qc_isotonic_nearly_destroy": { inputs, type in
        qc_isotonic_nearly_destroy(nil)
        return try withPath(inputs, type) { _ in [:] }
    },
]

private let directions = ["increasing": QC_ISOTONIC_INCREASING, "decreasing": QC_ISOTONIC_DECREASING]

private func initialOptions() throws -> qc_isotonic_nearly_options {
    var options = qc_isotonic_nearly_options()
    try abiCall(qc_isotonic_nearly_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

/// A path of the case's points, for as long as `body` runs.
private func withPath(
    _ inputs: VectorInputs, _ type: VectorType, _ body: (OpaquePointer?) throws -> [String: VectorOutput]
) throws -> [String: VectorOutput] {
    let path =
        switch type {
        case .f32: try create(inputs, qc_isotonic_nearly_create_f32)
        default: try create(inputs, qc_isotonic_nearly_create_f64)
        }
    defer { qc_isotonic_nearly_destroy(path) }
    return try body(path)
}

private typealias Create<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafePointer<qc_isotonic_nearly_options>?,
    UnsafeMutablePointer<OpaquePointer?>?
) -> qc_status

private func create<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Create<T>
) throws -> OpaquePointer? {
    let y: [T] = try inputs.scalars("y")
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try initialOptions()
    options.direction = try abiConstant(inputs.word("direction", default: "increasing"), directions)
    let path = ABIBuffer<OpaquePointer?>(1)
    try abiCall(function(y, weights, y.count, &options, path.pointer), path)
    return path.elements[0]
}

private func breakpoints(_ path: OpaquePointer?) throws -> [String: VectorOutput] {
    let count = ABIBuffer<Int>(1)
    try abiCall(qc_isotonic_nearly_breakpoints(path, nil, 0, count.pointer), count)
    let lambdas = ABIBuffer<Double>(count.elements[0])
    try abiCall(
        qc_isotonic_nearly_breakpoints(path, lambdas.pointer, lambdas.count, count.pointer), lambdas, count)
    return ["lambdas": .floats(lambdas.elements), "count": .integer(count.elements[0])]
}

private func fit<T: BinaryFloatingPoint>(
    _ path: OpaquePointer?, _ lambda: Double, _ count: Int,
    _ function: (OpaquePointer?, Double, UnsafeMutablePointer<T>?, Int, UnsafeMutablePointer<Int>?) ->
        qc_status
) throws -> [String: VectorOutput] {
    let x = ABIBuffer<T>(count)
    let degrees = ABIBuffer<Int>(1)
    try abiCall(function(path, lambda, x.pointer, count, degrees.pointer), x, degrees)
    return ["x": .floats(x.elements), "degrees_of_freedom": .integer(degrees.elements[0])]
}
