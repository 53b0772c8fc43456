/// Vectors of family `conformal`, circuits of rules, through the C ABI.

import CQuantcal

let abiConformalCircuitAdapters: [String: VectorAdapter] = [
    "qc_conformal_circuit_probabilities": { inputs, _ in
        let leaves = try inputs.matrix("leaves")
        let rules = try Rules(inputs)
        let corrected = ABIBuffer<Double>(leaves.elements.count)
        try abiCall(
            qc_conformal_circuit_probabilities(
                leaves.elements, leaves.rows, leaves.columns, rules.premises, rules.conclusions,
                rules.weights,
                rules.circuits, rules.weights.count, rules.shares, rules.circuitCount, corrected.pointer),
            corrected)
        return ["corrected": .floats(corrected.elements)]
    },
    "qc_conformal_circuit_bounds": { inputs, _ in
        let (lower, upper) = (try inputs.matrix("lower"), try inputs.matrix("upper"))
        let rules = try Rules(inputs)
        let count = lower.elements.count
        let (below, above) = (ABIBuffer<Double>(count), ABIBuffer<Double>(count))
        try abiCall(
            qc_conformal_circuit_bounds(
                lower.elements, upper.elements, lower.rows, lower.columns, rules.premises, rules.conclusions,
                rules.weights, rules.circuits, rules.weights.count, rules.shares, rules.circuitCount,
                below.pointer, above.pointer), below, above)
        return ["corrected_lower": .floats(below.elements), "corrected_upper": .floats(above.elements)]
    },
]

private struct Rules {
    let premises: [Int32]
    let conclusions: [Int32]
    let weights: [Double]
    let circuits: [Int32]?
    let shares: [Double]?
    let circuitCount: Int

    init(_ inputs: VectorInputs) throws {
        premises = try inputs.integers("premises").map { Int32($0) }
        conclusions = try inputs.integers("conclusions").map { Int32($0) }
        weights = try inputs.scalars("weights")
        circuits =
            inputs.optional("circuits") == nil ? nil : try inputs.integers("circuits").map { Int32($0) }
        shares = try inputs.optionalScalars("shares")
        circuitCount = try inputs.integer("circuit_count", default: 1)
    }
}
