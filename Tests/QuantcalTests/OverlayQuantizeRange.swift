/// Vectors of range rules through the Swift overlay.

import Quantcal

let overlayQuantizeRangeAdapters: [String: VectorAdapter] = [
    "qc_quantize_range_rule_init": { inputs, _ in
        let rule = try namedRule(inputs)
        return [
            "kind": .text(overlayWord(rule.kind)), "scale_form": .text(overlayWord(rule.scaleForm)),
            "definition": .text(overlayWord(rule.definition)), "steps": .integer(rule.steps),
            "refinements": .integer(rule.refinements), "iterations": .integer(rule.iterations),
            "bins": .integer(rule.bins), "percentile": .float(rule.percentile), "norm": .float(rule.norm),
            "low": .float(rule.low), "high": .float(rule.high), "strength": .float(rule.strength),
            "growth": .float(rule.growth),
        ]
    },
    "qc_quantize_range": { inputs, type in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let (grid, groups) = (try overlayGrid(inputs), try overlayGroups(inputs))
        let rule = try overlayRangeRule(inputs)
        let hasImportance = inputs.optional("importance") != nil
        let importance = hasImportance ? try inputs.rounded("importance", to: .f32).map { Float($0) } : nil
        let wantsZeros = try inputs.integer("with_zeros", default: 0) != 0
        let (rows, columns) = (values.rows, values.columns)
        let found =
            switch type {
            case .f16:
                try quantizeRange(
                    Matrix(
                        rows: rows, columns: columns,
                        elements: values.elements.map { HalfBits(bits: Float16($0).bitPattern) }),
                    grid: grid, rule: rule, importance: importance, wantsZeros: wantsZeros, groups: groups)
            case .bf16:
                try quantizeRange(
                    Matrix(
                        rows: rows, columns: columns,
                        elements: values.elements.map { BFloat16Bits(bits: UInt16($0.bitPattern >> 16)) }),
                    grid: grid, rule: rule, importance: importance, wantsZeros: wantsZeros, groups: groups)
            default:
                try quantizeRange(
                    values, grid: grid, rule: rule, importance: importance, wantsZeros: wantsZeros,
                    groups: groups)
            }
        return ["scales": .floats(found.scales)].merging(
            found.zeros.map { ["zeros": .floats($0)] } ?? [:]
        ) { $1 }
    },
]

private func namedRule(_ inputs: VectorInputs) throws -> QuantizationRangeRule {
    inputs.optional("rule") == nil
        ? try quantizationRangeRule() : try quantizationRangeRule(inputs.word("rule", default: ""))
}

/// The rule of the name, with the fields that the case gives.
func overlayRangeRule(_ inputs: VectorInputs) throws -> QuantizationRangeRule {
    var rule = try namedRule(inputs)
    rule.scaleForm = try overlayCase(inputs.word("scale_form", default: overlayWord(rule.scaleForm)))
    rule.definition = try overlayCase(inputs.word("definition", default: overlayWord(rule.definition)))
    rule.steps = try inputs.integer("steps", default: rule.steps)
    rule.refinements = try inputs.integer("refinements", default: rule.refinements)
    rule.iterations = try inputs.integer("iterations", default: rule.iterations)
    rule.bins = try inputs.integer("bins", default: rule.bins)
    rule.percentile = try inputs.double("percentile", default: rule.percentile)
    rule.norm = try inputs.double("norm", default: rule.norm)
    rule.low = try inputs.double("low", default: rule.low)
    rule.high = try inputs.double("high", default: rule.high)
    rule.strength = try inputs.double("strength", default: rule.strength)
    rule.growth = try inputs.double("growth", default: rule.growth)
    return rule
}
