/// Vectors of `conformal/martingale` through the Swift overlay.

import Quantcal

let overlayConformalMartingaleAdapters: [String: VectorAdapter] = [
    "qc_conformal_martingale_options_init": { _, _ in
        let options = ConformalMartingale.Options()
        return [
            "betting": .text("\(options.betting)"), "jump": .float(options.jump),
            "epsilon": .float(options.epsilon), "seed": .integer(Int(truncatingIfNeeded: options.seed)),
        ]
    },
    "qc_conformal_martingale_create": summary,
    "qc_conformal_martingale_destroy": summary,
    "qc_conformal_martingale_summarize": summary,
    "qc_conformal_martingale_update": { inputs, _ in
        var martingale = try newMartingale(inputs)
        let path = try martingale.update(inputs.scalars("scores", as: Double.self))
        return ["p_values": .floats(path.pValues), "log_martingale": .floats(path.logMartingale)]
    },
    "qc_conformal_martingale_bet": { inputs, _ in
        var martingale = try newMartingale(inputs)
        return ["log_martingale": .floats(try martingale.bet(inputs.scalars("p_values", as: Double.self)))]
    },
    "qc_conformal_martingale_serialize": { inputs, _ in
        ["bytes": .integers(try afterBets(inputs).serialized())]
    },
    "qc_conformal_martingale_deserialize": { inputs, _ in
        _ = inputs.optional("scores")
        var martingale = try ConformalMartingale(serialized: inputs.integers("bytes").map { UInt8($0) })
        try martingale.update(inputs.scalars("scores", as: Double.self))
        return outputs(martingale.summary)
    },
]

private func newMartingale(_ inputs: VectorInputs) throws -> ConformalMartingale {
    var options = ConformalMartingale.Options()
    let word = try inputs.word("betting", default: "\(options.betting)")
    guard let betting = ConformalMartingaleBetting.allCases.first(where: { "\($0)" == word }) else {
        throw VectorInputs.Malformed(description: "\(word) is no way to bet")
    }
    options.betting = betting
    options.jump = try inputs.double("jump", default: options.jump)
    options.epsilon = try inputs.double("epsilon", default: options.epsilon)
    if inputs.optional("seed") != nil {
        options.seed = UInt64(bitPattern: Int64(try inputs.size("seed")))
    }
    // A case that is refused here does not get to its scores.
    for key in ["scores", "p_values"] { _ = inputs.optional(key) }
    return try ConformalMartingale(options)
}

/// On the p-values of a case, and then on its scores.
private func afterBets(_ inputs: VectorInputs) throws -> ConformalMartingale {
    var martingale = try newMartingale(inputs)
    try martingale.bet(inputs.optionalScalars("p_values") ?? [])
    try martingale.update(inputs.optionalScalars("scores") ?? [])
    return martingale
}

private func outputs(_ summary: ConformalMartingaleSummary) -> [String: VectorOutput] {
    [
        "bets": .integer(summary.bets), "score_count": .integer(summary.scoreCount),
        "log_martingale": .float(summary.logMartingale), "log_maximum": .float(summary.logMaximum),
        "p_value": .float(summary.pValue),
    ]
}

@Sendable private func summary(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    outputs(try afterBets(inputs).summary)
}
