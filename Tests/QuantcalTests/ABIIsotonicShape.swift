/// Vectors of `isotonic/shape` through the C ABI.

import CQuantcal

let abiIsotonicShapeAdapters: [String: VectorAdapter] = [
    "qc_isotonic_unimodal": { inputs, type in
        switch type {
        case .f32: try unimodal(inputs, qc_isotonic_unimodal_f32)
        default: try unimodal(inputs, qc_isotonic_unimodal_f64)
        }
    },
    "qc_isotonic_unimodal_options_init": { _, _ in
        ["shape": .text(word(try unimodalOptions().shape, shapes))]
    },
    "qc_isotonic_convex": { inputs, type in
        switch type {
        case .f32: try convex(inputs, qc_isotonic_convex_f32)
        default: try convex(inputs, qc_isotonic_convex_f64)
        }
    },
    "qc_isotonic_convex_options_init": { _, _ in
        let options = try convexOptions()
        return [
            "curvature": .text(word(options.curvature, curvatures)),
            "monotonicity": .text(word(options.monotonicity, monotonicities)),
        ]
    },
]

private let shapes = ["peak": QC_ISOTONIC_PEAK, "valley": QC_ISOTONIC_VALLEY]
private let curvatures = ["convex": QC_ISOTONIC_CONVEX, "concave": QC_ISOTONIC_CONCAVE]
private let monotonicities = [
    "increasing": QC_ISOTONIC_INCREASING, "decreasing": QC_ISOTONIC_DECREASING, "any": QC_ISOTONIC_ANY,
]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == constant }?.key ?? "unknown"
}

private func unimodalOptions() throws -> qc_isotonic_unimodal_options {
    var options = qc_isotonic_unimodal_options()
    try abiCall(qc_isotonic_unimodal_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func convexOptions() throws -> qc_isotonic_convex_options {
    var options = qc_isotonic_convex_options()
    try abiCall(qc_isotonic_convex_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private typealias Unimodal<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafePointer<qc_isotonic_unimodal_options>?,
    UnsafeMutablePointer<T>?, UnsafeMutablePointer<Int>?
) -> qc_status

private func unimodal<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Unimodal<T>
) throws -> [String: VectorOutput] {
    let y: [T] = try inputs.scalars("y")
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try unimodalOptions()
    options.shape = try abiConstant(inputs.word("shape", default: "peak"), shapes)
    options.mode = try inputs.integer("mode", default: options.mode)
    let (x, mode) = (ABIBuffer<T>(y.count), ABIBuffer<Int>(1))
    try abiCall(function(y, weights, y.count, &options, x.pointer, mode.pointer), x, mode)
    return ["x": .floats(x.elements), "mode": .integer(mode.elements[0])]
}

private typealias Convex<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafePointer<qc_isotonic_convex_options>?,
    UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<Int>?
) -> qc_status

private func convex<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Convex<T>
) throws -> [String: VectorOutput] {
    let (x, y): ([T], [T]) = (try inputs.scalars("x"), try inputs.scalars("y"))
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try convexOptions()
    options.curvature = try abiConstant(inputs.word("curvature", default: "convex"), curvatures)
    options.monotonicity = try abiConstant(inputs.word("monotonicity", default: "any"), monotonicities)
    let fitted = ABIBuffer<T>(x.count)
    let (knots, values) = (ABIBuffer<T>(x.count), ABIBuffer<T>(x.count))
    let count = ABIBuffer<Int>(1)
    try abiCall(
        function(
            x, y, weights, x.count, &options, fitted.pointer, knots.pointer, values.pointer, count.pointer),
        fitted, knots, values, count)
    let used = count.elements[0]
    return [
        "fitted": .floats(fitted.elements), "knots": .floats(Array(knots.elements[..<used])),
        "values": .floats(Array(values.elements[..<used])),
    ]
}
