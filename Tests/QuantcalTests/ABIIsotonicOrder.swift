/// Vectors of `isotonic/order` through the C ABI.

import CQuantcal

let abiIsotonicOrderAdapters: [String: VectorAdapter] = [
    "qc_isotonic_order_points": { inputs, type in
        switch type {
        case .f32: try points(inputs, qc_isotonic_order_points_f32)
        default: try points(inputs, qc_isotonic_order_points_f64)
        }
    },
    "qc_isotonic_order_grid": { inputs, type in
        switch type {
        case .f32: try grid(inputs, qc_isotonic_order_grid_f32)
        default: try grid(inputs, qc_isotonic_order_grid_f64)
        }
    },
    "qc_isotonic_order_graph": { inputs, type in
        switch type {
        case .f32: try graph(inputs, qc_isotonic_order_graph_f32)
        default: try graph(inputs, qc_isotonic_order_graph_f64)
        }
    },
    "qc_isotonic_order_predict": { inputs, type in
        switch type {
        case .f32: try predict(inputs, qc_isotonic_order_predict_f32)
        default: try predict(inputs, qc_isotonic_order_predict_f64)
        }
    },
    "qc_isotonic_order_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "loss": .text(word(options.loss, losses)), "solution": .text(word(options.solution, solutions)),
            "level": .float(options.level),
        ]
    },
    "qc_isotonic_order_predict_options_init": { _, _ in
        ["solution": .text(word(try initialPredictOptions().solution, solutions))]
    },
]

private let directions = ["increasing": QC_ISOTONIC_INCREASING, "decreasing": QC_ISOTONIC_DECREASING]
private let losses = [
    "squared": QC_ISOTONIC_SQUARED, "quantile": QC_ISOTONIC_QUANTILE, "chebyshev": QC_ISOTONIC_CHEBYSHEV,
]
private let solutions = [
    "default": QC_ISOTONIC_SOLUTION_DEFAULT, "lower": QC_ISOTONIC_SOLUTION_LOWER,
    "upper": QC_ISOTONIC_SOLUTION_UPPER, "middle": QC_ISOTONIC_SOLUTION_MIDDLE,
]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == constant }?.key ?? "unknown"
}

private func initialOptions() throws -> qc_isotonic_order_options {
    var options = qc_isotonic_order_options()
    try abiCall(qc_isotonic_order_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func initialPredictOptions() throws -> qc_isotonic_order_predict_options {
    var options = qc_isotonic_order_predict_options()
    try abiCall(qc_isotonic_order_predict_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func options(_ inputs: VectorInputs) throws -> qc_isotonic_order_options {
    var options = try initialOptions()
    options.loss = try abiConstant(inputs.word("loss", default: "squared"), losses)
    options.solution = try abiConstant(inputs.word("solution", default: "default"), solutions)
    if inputs.optional("level") != nil { options.level = try inputs.double("level") }
    return options
}

private func directionNumbers(_ inputs: VectorInputs) throws -> [Int32]? {
    guard inputs.optional("directions") != nil else { return nil }
    return try inputs.integers("directions").map { Int32($0) }
}

private typealias Points<T> = (
    UnsafePointer<T>?, Int, Int, UnsafePointer<Int32>?, UnsafePointer<T>?, UnsafePointer<T>?,
    UnsafePointer<qc_isotonic_order_options>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<Int>?,
    UnsafeMutablePointer<Int>?
) -> qc_status

private func points<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Points<T>
) throws -> [String: VectorOutput] {
    let points = try inputs.matrix("points")
    let y: [T] = try inputs.scalars("y")
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try options(inputs)
    let (fitted, blocks, count) = (ABIBuffer<T>(y.count), ABIBuffer<Int>(y.count), ABIBuffer<Int>(1))
    try abiCall(
        function(
            points.elements.map { T($0) }, points.rows, points.columns, directionNumbers(inputs), y, weights,
            &options, fitted.pointer, blocks.pointer, count.pointer),
        fitted, blocks, count)
    return fit(fitted, blocks, count)
}

private func fit<T: BinaryFloatingPoint>(
    _ fitted: ABIBuffer<T>, _ blocks: ABIBuffer<Int>, _ count: ABIBuffer<Int>
) -> [String: VectorOutput] {
    [
        "fitted": .floats(fitted.elements), "blocks": .integers(blocks.elements),
        "block_count": .integers(count.elements),
    ]
}

private typealias Grid<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, Int, Int32, Int32, UnsafePointer<qc_isotonic_order_options>?,
    UnsafeMutablePointer<T>?
) -> qc_status

private func grid<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Grid<T>
) throws -> [String: VectorOutput] {
    let y = try inputs.matrix("y")
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try options(inputs)
    let fitted = ABIBuffer<T>(y.elements.count)
    try abiCall(
        function(
            y.elements.map { T($0) }, weights, y.rows, y.columns,
            abiConstant(inputs.word("row_direction", default: "increasing"), directions),
            abiConstant(inputs.word("column_direction", default: "increasing"), directions), &options,
            fitted.pointer),
        fitted)
    return ["fitted": .floats(fitted.elements)]
}

private typealias Graph<T> = (
    UnsafePointer<Int>?, UnsafePointer<Int>?, Int, UnsafePointer<T>?, UnsafePointer<T>?, Int,
    UnsafePointer<qc_isotonic_order_options>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<Int>?,
    UnsafeMutablePointer<Int>?
) -> qc_status

private func graph<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Graph<T>
) throws -> [String: VectorOutput] {
    let (from, to) = (try inputs.integers("from"), try inputs.integers("to"))
    let y: [T] = try inputs.scalars("y")
    let weights: [T]? = try inputs.optionalScalars("weights")
    var options = try options(inputs)
    let (fitted, blocks, count) = (ABIBuffer<T>(y.count), ABIBuffer<Int>(y.count), ABIBuffer<Int>(1))
    try abiCall(
        function(
            from, to, from.count, y, weights, y.count, &options, fitted.pointer, blocks.pointer, count.pointer
        ),
        fitted, blocks, count)
    return fit(fitted, blocks, count)
}

private typealias Predict<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, Int, UnsafePointer<Int32>?, UnsafePointer<T>?, Int,
    UnsafePointer<qc_isotonic_order_predict_options>?, UnsafeMutablePointer<T>?
) -> qc_status

private func predict<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Predict<T>
) throws -> [String: VectorOutput] {
    let (points, queries) = (try inputs.matrix("points"), try inputs.matrix("queries"))
    let fitted: [T] = try inputs.scalars("fitted")
    var options = try initialPredictOptions()
    options.solution = try abiConstant(inputs.word("solution", default: "middle"), solutions)
    let predictions = ABIBuffer<T>(queries.rows)
    try abiCall(
        function(
            points.elements.map { T($0) }, fitted, points.rows, points.columns, directionNumbers(inputs),
            queries.elements.map { T($0) }, queries.rows, &options, predictions.pointer),
        predictions)
    return ["predictions": .floats(predictions.elements)]
}
