/// Vectors of `conformal/online` through the Swift overlay.

import Quantcal

let overlayConformalOnlineAdapters: [String: VectorAdapter] = [
    "qc_conformal_online_options_init": { _, _ in
        let options = ConformalOnline.Options()
        return [
            "method": .text(word(options.method)), "sides": .text(word(options.sides)),
            "integrator": .text(word(options.integrator)), "rate": .text(word(options.rateOf)),
            "alpha": .float(options.alpha), "start": .float(options.start),
            "horizon": .float(options.horizon), "score_bound": .float(options.scoreBound),
            "learning_rate": .float(options.learningRate), "saturation": .float(options.saturation),
            "integral_gain": .float(options.integralGain), "rho": .float(options.rho),
            "cap": .float(options.cap), "window": .integer(options.window),
            "batch": .integer(options.batch), "lifetime": .integer(options.lifetime),
        ]
    },
    "qc_conformal_online_create": threshold,
    "qc_conformal_online_destroy": threshold,
    "qc_conformal_online_calibrate": threshold,
    "qc_conformal_online_threshold": threshold,
    "qc_conformal_online_observe": { inputs, _ in
        var state = try newState(inputs)
        var outcomes: [Int32] = []
        for score in try inputs.scalars("scores", as: Double.self) {
            outcomes.append(try state.observe(score).rawValue)
        }
        return try ends(state, 0).merging(["covered": .integers(outcomes)]) { $1 }
    },
    "qc_conformal_online_run": { inputs, _ in
        var state = try newState(inputs)
        return try path(&state, inputs)
    },
    "qc_conformal_online_summarize": { inputs, _ in
        let summary = try afterRun(inputs).summary
        return [
            "observed": .integer(summary.observed), "misses": .integer(summary.misses),
            "missing": .integer(summary.missing), "score_count": .integer(summary.scoreCount),
            "expert_count": .integer(summary.expertCount), "lower_position": .float(summary.lowerPosition),
            "upper_position": .float(summary.upperPosition), "step_size": .float(summary.stepSize),
        ]
    },
    "qc_conformal_online_serialize": { inputs, _ in ["bytes": .integers(try afterRun(inputs).serialized())] },
    "qc_conformal_online_deserialize": { inputs, _ in
        _ = inputs.optional("scores")
        var state = try ConformalOnline(serialized: inputs.integers("bytes").map { UInt8($0) })
        return try path(&state, inputs)
    },
]

/// The words of the vectors: "sfOGD" is "sf_ogd".
private func word<Value>(_ value: Value) -> String {
    let word = "\(value)"
    return word == "sfOGD" ? "sf_ogd" : word
}

private func value<Value: CaseIterable>(_ inputs: VectorInputs, _ name: String, _ missing: Value) throws
    -> Value
{
    let wanted = try inputs.word(name, default: word(missing))
    guard let value = Value.allCases.first(where: { word($0) == wanted }) else {
        throw VectorInputs.Malformed(description: "\(wanted) is no \(name)")
    }
    return value
}

/// With the calibration points of a case.
private func newState(_ inputs: VectorInputs) throws -> ConformalOnline {
    var options = ConformalOnline.Options()
    options.method = try value(inputs, "method", options.method)
    options.sides = try value(inputs, "sides", options.sides)
    options.integrator = try value(inputs, "integrator", options.integrator)
    options.rateOf = try value(inputs, "rate", options.rateOf)
    options.alpha = try inputs.double("alpha", default: options.alpha)
    options.start = try inputs.double("start", default: options.start)
    options.horizon = try inputs.double("horizon", default: options.horizon)
    options.scoreBound = try inputs.double("score_bound", default: options.scoreBound)
    options.learningRate = try inputs.double("learning_rate", default: options.learningRate)
    options.saturation = try inputs.double("saturation", default: options.saturation)
    options.integralGain = try inputs.double("integral_gain", default: options.integralGain)
    options.rho = try inputs.double("rho", default: options.rho)
    options.cap = try inputs.double("cap", default: options.cap)
    options.window = try inputs.integer("window", default: options.window)
    options.batch = try inputs.integer("batch", default: options.batch)
    options.lifetime = try inputs.integer("lifetime", default: options.lifetime)
    options.gamma = try inputs.optionalScalars("gamma") ?? []
    // A case that is refused here does not get to its scores.
    for key in ["calibration", "scores", "forecasts", "forecast"] { _ = inputs.optional(key) }
    var state = try ConformalOnline(options)
    if let calibration: [Double] = try inputs.optionalScalars("calibration") {
        try state.calibrate(calibration)
    }
    return state
}

private func path(_ state: inout ConformalOnline, _ inputs: VectorInputs) throws -> [String: VectorOutput] {
    let path = try state.run(
        inputs.optionalScalars("scores") ?? [], forecasts: inputs.optionalScalars("forecasts"))
    return [
        "lower": .floats(path.lower), "upper": .floats(path.upper),
        "covered": .integers(path.outcomes.map(\.rawValue)),
    ]
}

/// And the points.
private func afterRun(_ inputs: VectorInputs) throws -> ConformalOnline {
    var state = try newState(inputs)
    _ = try path(&state, inputs)
    return state
}

private func ends(_ state: ConformalOnline, _ forecast: Double) throws -> [String: VectorOutput] {
    let interval = try state.threshold(forecast: forecast)
    return ["lower": .float(interval.lower), "upper": .float(interval.upper)]
}

@Sendable private func threshold(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    try ends(afterRun(inputs), inputs.double("forecast", default: 0))
}
