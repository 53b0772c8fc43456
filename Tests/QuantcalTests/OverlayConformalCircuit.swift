/// Vectors of family `conformal`, circuits of rules, through the Swift overlay.

import Quantcal

let overlayConformalCircuitAdapters: [String: VectorAdapter] = [
    "qc_conformal_circuit_probabilities": { inputs, _ in
        let corrected = try conformalCircuitProbabilities(
            inputs.overlayMatrix("leaves", of: Double.self), rules: rules(inputs),
            circuits: inputs.integer("circuit_count", default: 1), shares: inputs.optionalScalars("shares"))
        return ["corrected": .floats(corrected.elements)]
    },
    "qc_conformal_circuit_bounds": { inputs, _ in
        let bounds = try conformalCircuitBounds(
            lower: inputs.overlayMatrix("lower", of: Double.self),
            upper: inputs.overlayMatrix("upper", of: Double.self), rules: rules(inputs),
            circuits: inputs.integer("circuit_count", default: 1), shares: inputs.optionalScalars("shares"))
        return [
            "corrected_lower": .floats(bounds.lower.elements),
            "corrected_upper": .floats(bounds.upper.elements),
        ]
    },
]

private func rules(_ inputs: VectorInputs) throws -> [KnowledgeRule] {
    let premises = try inputs.integers("premises")
    let conclusions = try inputs.integers("conclusions")
    let weights: [Double] = try inputs.scalars("weights")
    let circuits = inputs.optional("circuits") == nil ? nil : try inputs.integers("circuits")
    return weights.indices.map { index in
        KnowledgeRule(
            literal(premises[index]), implies: literal(conclusions[index]), weight: weights[index],
            circuit: circuits?[index] ?? 0)
    }
}

private func literal(_ code: Int) -> KnowledgeLiteral { code >= 0 ? .leaf(code) : .not(-1 - code) }
