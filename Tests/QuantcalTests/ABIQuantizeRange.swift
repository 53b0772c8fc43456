/// Vectors of range rules through the C ABI.

import CQuantcal

let abiQuantizeRangeAdapters: [String: VectorAdapter] = [
    "qc_quantize_range_rule_init": { inputs, _ in
        let rule = try namedRule(inputs)
        return [
            "kind": .text(word(rule.kind, kinds)), "scale_form": .text(word(rule.scale_form, forms)),
            "definition": .text(word(rule.definition, definitions)), "steps": .integer(rule.steps),
            "refinements": .integer(rule.refinements), "iterations": .integer(rule.iterations),
            "bins": .integer(rule.bins), "percentile": .floats([rule.percentile]),
            "norm": .floats([rule.norm]), "low": .floats([rule.low]), "high": .floats([rule.high]),
            "strength": .floats([rule.strength]), "growth": .floats([rule.growth]),
        ]
    },
    "qc_quantize_range": { inputs, type in
        switch type {
        case .f16: try range(inputs, { Float16($0).bitPattern }, qc_quantize_range_f16)
        case .bf16: try range(inputs, { UInt16(Float($0).bitPattern >> 16) }, qc_quantize_range_bf16)
        default: try range(inputs, { Float($0) }, qc_quantize_range_f32)
        }
    },
]

private let kinds = [
    "min_max": QC_QUANTIZE_RANGE_MIN_MAX, "percentile": QC_QUANTIZE_RANGE_PERCENTILE,
    "mse": QC_QUANTIZE_RANGE_MSE, "entropy": QC_QUANTIZE_RANGE_ENTROPY,
    "aciq_gaussian": QC_QUANTIZE_RANGE_ACIQ_GAUSSIAN, "aciq_laplace": QC_QUANTIZE_RANGE_ACIQ_LAPLACE,
    "gaussian": QC_QUANTIZE_RANGE_GAUSSIAN, "laplace": QC_QUANTIZE_RANGE_LAPLACE,
    "half_quadratic": QC_QUANTIZE_RANGE_HALF_QUADRATIC,
    "least_squares": QC_QUANTIZE_RANGE_LEAST_SQUARES,
    "mean_absolute": QC_QUANTIZE_RANGE_MEAN_ABSOLUTE, "learned_step": QC_QUANTIZE_RANGE_LEARNED_STEP,
    "dual_clipping": QC_QUANTIZE_RANGE_DUAL_CLIPPING,
]
private let forms = [
    "real": QC_QUANTIZE_SCALE_REAL, "power_of_two": QC_QUANTIZE_SCALE_POWER_OF_TWO,
    "power_of_two_up": QC_QUANTIZE_SCALE_POWER_OF_TWO_UP,
]
private let definitions = [
    "linear": QC_QUANTIZE_PERCENTILE_LINEAR, "lower": QC_QUANTIZE_PERCENTILE_LOWER,
    "higher": QC_QUANTIZE_PERCENTILE_HIGHER, "nearest": QC_QUANTIZE_PERCENTILE_NEAREST,
    "midpoint": QC_QUANTIZE_PERCENTILE_MIDPOINT, "inverted_cdf": QC_QUANTIZE_PERCENTILE_INVERTED_CDF,
]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == Int(constant) }?.key ?? "unknown"
}

private func namedRule(_ inputs: VectorInputs) throws -> qc_quantize_range_rule {
    var rule = qc_quantize_range_rule()
    let name = inputs.optional("rule") == nil ? nil : try inputs.word("rule", default: "")
    try abiCall(qc_quantize_range_rule_init(&rule, MemoryLayout.size(ofValue: rule), name))
    return rule
}

/// The rule of the name, with the fields that the case gives.
func abiRangeRule(_ inputs: VectorInputs) throws -> qc_quantize_range_rule {
    var rule = try namedRule(inputs)
    func count(_ name: String, _ value: Int32) throws -> Int32 {
        Int32(try inputs.integer(name, default: Int(value)))
    }
    rule.scale_form = try abiConstant(
        inputs.word("scale_form", default: word(rule.scale_form, forms)), forms)
    rule.definition = try abiConstant(
        inputs.word("definition", default: word(rule.definition, definitions)), definitions)
    rule.steps = try count("steps", rule.steps)
    rule.refinements = try count("refinements", rule.refinements)
    rule.iterations = try count("iterations", rule.iterations)
    rule.bins = try count("bins", rule.bins)
    rule.percentile = try inputs.double("percentile", default: rule.percentile)
    rule.norm = try inputs.double("norm", default: rule.norm)
    rule.low = try inputs.double("low", default: rule.low)
    rule.high = try inputs.double("high", default: rule.high)
    rule.strength = try inputs.double("strength", default: rule.strength)
    rule.growth = try inputs.double("growth", default: rule.growth)
    return rule
}

private typealias Range<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<Float>?, UnsafePointer<qc_quantize_grid>?,
    UnsafePointer<qc_quantize_grid_options>?, UnsafePointer<qc_quantize_range_rule>?,
    UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?
) -> qc_status

private func range<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Range<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    let elements = values.elements.map(bits)
    let hasImportance = inputs.optional("importance") != nil
    let importance = hasImportance ? try inputs.rounded("importance", to: .f32).map { Float($0) } : nil
    let wantsZeros = try inputs.integer("with_zeros", default: 0) != 0
    var (options, rule) = (try abiGridOptions(inputs), try abiRangeRule(inputs))
    return try abiWithGrid(inputs) { grid in
        let groups = abiGridRoom(grid, values.rows, values.columns, &options).groups
        let (scales, zeros) = (ABIBuffer<Float>(groups), ABIBuffer<Float>(wantsZeros ? groups : 0))
        try abiCall(
            function(
                elements, values.rows, values.columns, importance, grid, &options, &rule, scales.pointer,
                wantsZeros ? zeros.pointer : nil), scales, zeros)
        return ["scales": .floats(scales.elements)].merging(
            wantsZeros ? ["zeros": .floats(zeros.elements)] : [:]
        ) { $1 }
    }
}
