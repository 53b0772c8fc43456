/// Vectors of family `conformal`, the reusable holdout, through the Swift overlay.

import Quantcal

let overlayConformalHoldoutAdapters: [String: VectorAdapter] = [
    "qc_conformal_holdout_options_init": { _, _ in
        let standard = try ConformalHoldout().serialized()
        func field<Choice>(
            _ choices: [Choice], _ make: (Choice) throws -> ConformalHoldout
        ) throws -> Choice {
            try overlayDefault(choices, same: standard) { try make($0).serialized() }
        }
        return [
            "mechanism": .text(
                overlayWord(
                    try field(ConformalHoldoutMechanism.allCases) { try ConformalHoldout(mechanism: $0) })),
            "threshold": .float(try field([0.04, 0.05]) { try ConformalHoldout(threshold: $0) }),
            "sigma": .float(try field([0.01, 0.02]) { try ConformalHoldout(sigma: $0) }),
            "grid": .integer(try field([100, 101]) { try ConformalHoldout(grid: $0) }),
            "budget": .integer(try field([10, 100]) { try ConformalHoldout(budget: $0) }),
            "seed": .integer(try field([0, 1] as [UInt64]) { try ConformalHoldout(seed: $0) }),
        ]
    },
    "qc_conformal_holdout_create": ask,
    "qc_conformal_holdout_destroy": ask,
    "qc_conformal_holdout_ask": ask,
    "qc_conformal_holdout_remaining": ask,
    "qc_conformal_holdout_serialize": { inputs, _ in
        var state = try holdout(inputs)
        _ = try asked(&state, inputs)
        return ["bytes": .integers(state.serialized())]
    },
    "qc_conformal_holdout_deserialize": { inputs, _ in
        _ = (inputs.optional("training"), inputs.optional("holdout"))
        var state = try ConformalHoldout(serialized: inputs.integers("bytes").map { UInt8($0) })
        return try asked(&state, inputs)
    },
    "qc_conformal_holdout_error": { inputs, _ in
        [
            "error": .float(
                try conformalHoldoutError(
                    n: inputs.size("n"), questions: inputs.size("questions"), budget: inputs.size("budget"),
                    grid: inputs.size("grid"), threshold: inputs.double("threshold"),
                    delta: inputs.double("delta")))
        ]
    },
    "qc_conformal_holdout_questions": { inputs, _ in
        [
            "questions": .integer(
                try conformalHoldoutQuestions(
                    n: inputs.size("n"), budget: inputs.size("budget"), grid: inputs.size("grid"),
                    threshold: inputs.double("threshold"), delta: inputs.double("delta"),
                    accuracy: inputs.double("accuracy")))
        ]
    },
]

@Sendable private func ask(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    var state = try holdout(inputs)
    return try asked(&state, inputs)
}

private func holdout(_ inputs: VectorInputs) throws -> ConformalHoldout {
    _ = (inputs.optional("training"), inputs.optional("holdout"))
    let seed = inputs.optional("seed") == nil ? 0 : UInt64(bitPattern: Int64(try inputs.size("seed")))
    return try ConformalHoldout(
        mechanism: overlayCase(inputs.word("mechanism", default: "noise")),
        threshold: inputs.double("threshold", default: 0.04), sigma: inputs.double("sigma", default: 0.01),
        grid: inputs.integer("grid", default: 101), budget: inputs.integer("budget", default: 100),
        seed: seed)
}

/// What a holdout answers to the questions of a case, call by call.
private func asked(_ state: inout ConformalHoldout, _ inputs: VectorInputs) throws -> [String: VectorOutput] {
    let training: [Double] = try inputs.scalars("training")
    let holdout: [Double] = try inputs.scalars("holdout")
    var (values, origins): ([Double], [Bool]) = ([], [])
    for part in try vectorParts(inputs, training.count) {
        let answers = try state.ask(training: Array(training[part]), holdout: Array(holdout[part]))
        values += answers.values
        origins += answers.isFromHoldout
    }
    return [
        "answers": .floats(values), "from_holdout": .integers(origins.map { $0 ? 1 : 0 }),
        "answered": .integer(values.count), "budget_left": .integer(state.remaining.budget),
        "asked": .integer(state.remaining.asked),
    ]
}
