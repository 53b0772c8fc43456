/// Vectors of family `conformal`, policies of abstention, through the Swift overlay.

import Quantcal

let overlayConformalPolicyAdapters: [String: VectorAdapter] = [
    "qc_conformal_policy_options_init": { _, _ in
        let options = PolicyOptions()
        return [
            "wrong_cost": .float(options.wrongCost), "size_cost": .float(options.sizeCost),
            "abstention_cost": .float(options.abstentionCost),
            "single_low": .float(options.singleRange.lowerBound),
            "single_high": .float(options.singleRange.upperBound),
            "abstention_low": .float(options.abstentionRange.lowerBound),
            "abstention_high": .float(options.abstentionRange.upperBound),
            "candidates": .integer(options.candidates), "rounds": .integer(options.rounds),
            "seed": .integer(options.seed),
        ]
    },
    "qc_conformal_policy_value": { inputs, type in
        let labels = try inputs.integers("labels").map { Int64($0) }
        let (single, abstention) = (try inputs.double("single_alpha"), try inputs.double("abstention_alpha"))
        let options = try options(inputs)
        switch type {
        case .f32:
            return policy(
                try conformalPolicyValue(
                    scores: inputs.overlayMatrix("scores", of: Float.self), labels: labels,
                    singleAlpha: single, abstentionAlpha: abstention, options: options))
        default:
            return policy(
                try conformalPolicyValue(
                    scores: inputs.overlayMatrix("scores", of: Double.self), labels: labels,
                    singleAlpha: single, abstentionAlpha: abstention, options: options))
        }
    },
    "qc_conformal_policy_learn": { inputs, type in
        let labels = try inputs.integers("labels").map { Int64($0) }
        let options = try options(inputs)
        switch type {
        case .f32:
            return policy(
                try conformalPolicyLearn(
                    scores: inputs.overlayMatrix("scores", of: Float.self), labels: labels, options: options))
        default:
            return policy(
                try conformalPolicyLearn(
                    scores: inputs.overlayMatrix("scores", of: Double.self), labels: labels, options: options)
            )
        }
    },
]

private func options(_ inputs: VectorInputs) throws -> PolicyOptions {
    var options = PolicyOptions()
    options.wrongCost = try inputs.double("wrong_cost", default: options.wrongCost)
    options.sizeCost = try inputs.double("size_cost", default: options.sizeCost)
    options.abstentionCost = try inputs.double("abstention_cost", default: options.abstentionCost)
    options.singleRange = try range(inputs, "single", options.singleRange)
    options.abstentionRange = try range(inputs, "abstention", options.abstentionRange)
    options.candidates = try inputs.integer("candidates", default: options.candidates)
    options.rounds = try inputs.integer("rounds", default: options.rounds)
    options.seed = try inputs.seed()
    return options
}

private func range(
    _ inputs: VectorInputs, _ name: String, _ absent: ClosedRange<Double>
) throws -> ClosedRange<Double> {
    let low = try inputs.double("\(name)_low", default: absent.lowerBound)
    let high = try inputs.double("\(name)_high", default: absent.upperBound)
    return try PolicyOptions.range(low, high, name)
}

private func policy(_ policy: AbstentionPolicy) -> [String: VectorOutput] {
    [
        "single_alpha": .float(policy.singleAlpha), "abstention_alpha": .float(policy.abstentionAlpha),
        "value": .float(policy.value), "abstained": .integer(policy.abstained),
        "singles": .integer(policy.singles), "singles_right": .integer(policy.singlesRight),
        "sets": .integer(policy.sets), "sets_right": .integer(policy.setsRight),
        "set_sizes": .integer(policy.setSizes),
    ]
}
