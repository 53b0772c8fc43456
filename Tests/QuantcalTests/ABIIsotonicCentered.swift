/// Vectors of `isotonic/centered` through the C ABI.

import CQuantcal

let abiIsotonicCenteredAdapters: [String: VectorAdapter] = [
    "qc_isotonic_centered": { inputs, type in
        switch type {
        case .f32: try centered(inputs, qc_isotonic_centered_f32)
        default: try centered(inputs, qc_isotonic_centered_f64)
        }
    },
    "qc_isotonic_centered_options_init": { _, _ in
        let options = try initialOptions()
        func word(_ constants: [String: Int], _ value: Int32) -> VectorOutput {
            .text(constants.first { $0.value == value }?.key ?? "unknown")
        }
        return [
            "direction": word(directions, options.direction), "ties": word(ties, options.ties),
            "interval": word(intervals, options.interval), "confidence": .float(options.confidence),
            "range_lower": .float(options.range_lower), "range_upper": .float(options.range_upper),
        ]
    },
]

private let directions = ["increasing": QC_ISOTONIC_INCREASING, "decreasing": QC_ISOTONIC_DECREASING]
private let ties = [
    "boundary": QC_ISOTONIC_CENTERED_TIES_BOUNDARY, "never": QC_ISOTONIC_CENTERED_TIES_NEVER,
    "always": QC_ISOTONIC_CENTERED_TIES_ALWAYS,
]
private let intervals = [
    "none": QC_ISOTONIC_CENTERED_INTERVAL_NONE, "wilson": QC_ISOTONIC_CENTERED_INTERVAL_WILSON,
    "morris": QC_ISOTONIC_CENTERED_INTERVAL_MORRIS,
]

private func initialOptions() throws -> qc_isotonic_centered_options {
    var options = qc_isotonic_centered_options()
    try abiCall(qc_isotonic_centered_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func options(_ inputs: VectorInputs) throws -> qc_isotonic_centered_options {
    var options = try initialOptions()
    options.direction = try abiConstant(inputs.word("direction", default: "increasing"), directions)
    options.ties = try abiConstant(inputs.word("ties", default: "boundary"), ties)
    options.interval = try abiConstant(inputs.word("interval", default: "morris"), intervals)
    options.confidence = try inputs.double("confidence", default: options.confidence)
    options.range_lower = try inputs.double("range_lower", default: options.range_lower)
    options.range_upper = try inputs.double("range_upper", default: options.range_upper)
    return options
}

private typealias Pointer<T> = UnsafeMutablePointer<T>?
private typealias Centered<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<T>?, Int,
    UnsafePointer<qc_isotonic_centered_options>?,
    Pointer<T>, Pointer<T>, Pointer<T>, Pointer<T>, Pointer<T>, Pointer<T>, Pointer<T>, Pointer<T>,
    Pointer<Int>
) -> qc_status

private func centered<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Centered<T>
) throws -> [String: VectorOutput] {
    let x: [T] = try inputs.scalars("x")
    let y: [T] = try inputs.scalars("y")
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try options(inputs)
    let points = (0..<3).map { _ in ABIBuffer<T>(x.count) }
    let knots = (0..<5).map { _ in ABIBuffer<T>(x.count + 1) }
    let count = ABIBuffer<Int>(1)
    let hasInterval = options.interval != QC_ISOTONIC_CENTERED_INTERVAL_NONE
    func bound(_ buffer: ABIBuffer<T>) -> Pointer<T> { hasInterval ? buffer.pointer : nil }
    try abiCall(
        function(
            x, y, weights, x.count, &options, points[0].pointer, bound(points[1]), bound(points[2]),
            knots[0].pointer, knots[1].pointer, knots[2].pointer, bound(knots[3]), bound(knots[4]),
            count.pointer),
        points[0], points[1], points[2], knots[0], knots[1], knots[2], knots[3], knots[4], count)
    var outputs = [
        "fitted": points[0].elements, "lower": points[1].elements, "upper": points[2].elements,
    ]
    for (name, buffer) in zip(["knots", "values", "knot_weights", "knot_lower", "knot_upper"], knots) {
        outputs[name] = Array(buffer.elements.prefix(count.elements[0]))
    }
    return outputs.mapValues { .floats($0) }
}
