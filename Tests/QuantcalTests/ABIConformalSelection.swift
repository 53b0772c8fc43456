/// Vectors of family `conformal`, selection, through the C ABI.

import CQuantcal

let abiConformalSelectionAdapters: [String: VectorAdapter] = [
    "qc_conformal_select_options_init": { _, _ in
        let options = try initialSelectOptions()
        return [
            "pruning": .text(word(options.pruning, prunings)), "randomised": .integer(options.randomised),
            "seed": .integer(options.seed),
        ]
    },
    "qc_conformal_p_values": { inputs, type in
        switch type {
        case .f32: try pValues(inputs, qc_conformal_p_values_f32)
        default: try pValues(inputs, qc_conformal_p_values_f64)
        }
    },
    "qc_conformal_benjamini_hochberg": { inputs, _ in
        try stepUp(inputs, "p", qc_conformal_benjamini_hochberg)
    },
    "qc_conformal_e_benjamini_hochberg": { inputs, _ in
        try stepUp(inputs, "e", qc_conformal_e_benjamini_hochberg)
    },
    "qc_conformal_select": { inputs, type in
        switch type {
        case .f32: try select(inputs, qc_conformal_select_f32)
        default: try select(inputs, qc_conformal_select_f64)
        }
    },
    "qc_conformal_select_models": { inputs, type in
        switch type {
        case .f32: try selectModels(inputs, qc_conformal_select_models_f32)
        default: try selectModels(inputs, qc_conformal_select_models_f64)
        }
    },
    "qc_conformal_select_ridge": { inputs, type in
        switch type {
        case .f32: try selectRidge(inputs, qc_conformal_select_ridge_f32)
        default: try selectRidge(inputs, qc_conformal_select_ridge_f64)
        }
    },
]

private let tails = ["upper": QC_CONFORMAL_TAIL_UPPER, "lower": QC_CONFORMAL_TAIL_LOWER]
private let prunings = [
    "default": QC_CONFORMAL_PRUNING_DEFAULT, "none": QC_CONFORMAL_PRUNING_NONE,
    "heterogeneous": QC_CONFORMAL_PRUNING_HETEROGENEOUS, "homogeneous": QC_CONFORMAL_PRUNING_HOMOGENEOUS,
    "deterministic": QC_CONFORMAL_PRUNING_DETERMINISTIC,
]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == constant }?.key ?? "unknown"
}

private func initialPValuesOptions() throws -> qc_conformal_p_value_options {
    var options = qc_conformal_p_value_options()
    try abiCall(qc_conformal_p_value_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func initialSelectOptions() throws -> qc_conformal_select_options {
    var options = qc_conformal_select_options()
    try abiCall(qc_conformal_select_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func selectOptions(_ inputs: VectorInputs) throws -> qc_conformal_select_options {
    var options = try initialSelectOptions()
    options.pruning = try abiConstant(inputs.word("pruning", default: "default"), prunings)
    options.randomised = Int32(try inputs.integer("randomised", default: 0))
    options.seed = UInt64(try inputs.integer("seed", default: 0))
    return options
}

private typealias PValues<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafePointer<T>?, UnsafePointer<T>?, Int,
    UnsafePointer<qc_conformal_p_value_options>?, UnsafeMutablePointer<Double>?
) -> qc_status

private func pValues<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: PValues<T>
) throws -> [String: VectorOutput] {
    let (calibration, test): ([T], [T]) = (try inputs.scalars("calibration"), try inputs.scalars("test"))
    let weights: [T]? = try inputs.optionalScalars("calibration_weights")
    let testWeights: [T]? = try inputs.optionalScalars("test_weights")
    var options = try initialPValuesOptions()
    options.tail = try abiConstant(inputs.word("tail", default: "upper"), tails)
    options.randomised = Int32(try inputs.integer("randomised", default: 0))
    options.seed = UInt64(try inputs.integer("seed", default: 0))
    options.first_point = UInt64(try inputs.integer("first_point", default: 0))
    let p = ABIBuffer<Double>(test.count)
    try abiCall(
        function(
            calibration, weights, calibration.count, test, testWeights, test.count, &options, p.pointer), p)
    return ["p": .floats(p.elements)]
}

private typealias StepUp = (
    UnsafePointer<Double>?, Int, Double, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?
) -> qc_status

private func stepUp(
    _ inputs: VectorInputs, _ name: String, _ function: StepUp
) throws -> [String: VectorOutput] {
    let values: [Double] = try inputs.scalars(name)
    let (rejected, count) = (ABIBuffer<UInt8>(values.count), ABIBuffer<Int>(1))
    try abiCall(
        function(values, values.count, inputs.double("q"), rejected.pointer, count.pointer), rejected, count)
    return ["rejected": .integers(rejected.elements), "count": .integers(count.elements)]
}

/// Where a selection goes.
private struct Buffers {
    let selected: ABIBuffer<UInt8>
    let p, e: ABIBuffer<Double>
    let count = ABIBuffer<Int>(1)

    init(_ m: Int) { (selected, p, e) = (ABIBuffer(m), ABIBuffer(m), ABIBuffer(m)) }

    var outputs: [String: VectorOutput] {
        [
            "selected": .integers(selected.elements), "p": .floats(p.elements), "e": .floats(e.elements),
            "count": .integers(count.elements),
        ]
    }
}

private typealias Select<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafePointer<T>?, UnsafePointer<T>?, Int, Double,
    UnsafePointer<qc_conformal_select_options>?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Double>?,
    UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Int>?
) -> qc_status

private func select<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: Select<T>
) throws -> [String: VectorOutput] {
    let (calibration, test): ([T], [T]) = (try inputs.scalars("calibration"), try inputs.scalars("test"))
    let weights: [T]? = try inputs.optionalScalars("calibration_weights")
    let testWeights: [T]? = try inputs.optionalScalars("test_weights")
    var options = try selectOptions(inputs)
    let out = Buffers(test.count)
    try abiCall(
        function(
            calibration, weights, calibration.count, test, testWeights, test.count, inputs.double("q"),
            &options, out.selected.pointer, out.p.pointer, out.e.pointer, out.count.pointer),
        out.selected, out.p, out.e, out.count)
    return out.outputs
}

private typealias SelectModels<T> = (
    UnsafePointer<T>?, Int, UnsafePointer<T>?, Int, Int, Double, UnsafePointer<qc_conformal_select_options>?,
    UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?,
    UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Int>?
) -> qc_status

private func selectModels<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: SelectModels<T>
) throws -> [String: VectorOutput] {
    let (calibration, test) = (try inputs.matrix("calibration"), try inputs.matrix("test"))
    var options = try selectOptions(inputs)
    let (out, chosen) = (Buffers(test.rows), ABIBuffer<Int>(test.rows))
    try abiCall(
        function(
            calibration.elements.map { T($0) }, calibration.rows, test.elements.map { T($0) }, test.rows,
            test.columns, inputs.double("q"), &options, out.selected.pointer, out.p.pointer, out.e.pointer,
            chosen.pointer, out.count.pointer), out.selected, out.p, out.e, chosen, out.count)
    return out.outputs.merging(["chosen": .integers(chosen.elements)]) { _, new in new }
}

private typealias SelectRidge<T> = (
    UnsafePointer<T>?, UnsafePointer<T>?, Int, UnsafePointer<T>?, Int, Int, UnsafePointer<Double>?, Int,
    Double, UnsafePointer<qc_conformal_select_options>?, UnsafeMutablePointer<UInt8>?,
    UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Int>?,
    UnsafeMutablePointer<Int>?
) -> qc_status

private func selectRidge<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: SelectRidge<T>
) throws -> [String: VectorOutput] {
    let (x, test) = (try inputs.matrix("x"), try inputs.matrix("test"))
    let outcomes: [T] = try inputs.scalars("outcomes")
    let penalties: [Double] = try inputs.scalars("penalties")
    var options = try selectOptions(inputs)
    let (out, chosen) = (Buffers(test.rows), ABIBuffer<Int>(test.rows))
    try abiCall(
        function(
            x.elements.map { T($0) }, outcomes, x.rows, test.elements.map { T($0) }, test.rows, test.columns,
            penalties, penalties.count, inputs.double("q"), &options, out.selected.pointer, out.p.pointer,
            out.e.pointer, chosen.pointer, out.count.pointer), out.selected, out.p, out.e, chosen, out.count)
    return out.outputs.merging(["chosen": .integers(chosen.elements)]) { _, new in new }
}
