/// Vectors of `conformal/online` through the C ABI.

import CQuantcal

let abiConformalOnlineAdapters: [String: VectorAdapter] = [
    "qc_conformal_online_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "method": .text(methods[Int(options.method)]), "sides": .text(sides[Int(options.sides)]),
            "integrator": .text(integrators[Int(options.integrator)]),
            "rate": .text(rates[Int(options.rate)]), "alpha": .float(options.alpha),
            "start": .float(options.start), "horizon": .float(options.horizon),
            "score_bound": .float(options.score_bound), "learning_rate": .float(options.learning_rate),
            "saturation": .float(options.saturation), "integral_gain": .float(options.integral_gain),
            "rho": .float(options.rho), "cap": .float(options.cap), "window": .integer(options.window),
            "batch": .integer(options.batch), "lifetime": .integer(options.lifetime),
        ]
    },
    "qc_conformal_online_create": threshold,
    "qc_conformal_online_destroy": threshold,
    "qc_conformal_online_calibrate": threshold,
    "qc_conformal_online_threshold": threshold,
    "qc_conformal_online_observe": { inputs, _ in
        let state = try OnlineHandle(of: inputs)
        var outcomes: [Int32] = []
        for score in try inputs.scalars("scores", as: Double.self) {
            let covered = ABIBuffer<Int32>(1)
            try abiCall(qc_conformal_online_observe(state.pointer, score, 0, covered.pointer), covered)
            outcomes += covered.elements
        }
        return try state.threshold(0).merging(["covered": .integers(outcomes)]) { $1 }
    },
    "qc_conformal_online_run": { inputs, _ in try OnlineHandle(of: inputs).run(inputs) },
    "qc_conformal_online_summarize": { inputs, _ in
        let state = try OnlineHandle(after: inputs)
        var summary = qc_conformal_online_summary()
        summary.struct_size = MemoryLayout.size(ofValue: summary)
        try abiCall(qc_conformal_online_summarize(state.pointer, &summary))
        return [
            "observed": .integer(summary.observed), "misses": .integer(summary.misses),
            "missing": .integer(summary.missing), "score_count": .integer(summary.score_count),
            "expert_count": .integer(summary.expert_count),
            "lower_position": .float(summary.lower_position),
            "upper_position": .float(summary.upper_position), "step_size": .float(summary.step_size),
        ]
    },
    "qc_conformal_online_serialize": { inputs, _ in
        let state = try OnlineHandle(after: inputs)
        let size = ABIBuffer<Int>(1)
        try abiCall(qc_conformal_online_serialize(state.pointer, nil, 0, size.pointer), size)
        let bytes = ABIBuffer<UInt8>(size.elements[0])
        try abiCall(qc_conformal_online_serialize(state.pointer, bytes.pointer, bytes.count, nil), bytes)
        return ["bytes": .integers(bytes.elements)]
    },
    "qc_conformal_online_deserialize": { inputs, _ in
        let bytes = try inputs.integers("bytes").map { UInt8($0) }
        let place = ABIBuffer<OpaquePointer?>(1)
        _ = inputs.optional("scores")
        try abiCall(qc_conformal_online_deserialize(bytes, bytes.count, place.pointer), place)
        return try OnlineHandle(place.elements[0]!).run(inputs)
    },
]

private let methods = ["aci", "agaci", "dtaci", "sf_ogd", "saocp", "pid", "enbpi", "nexcp"]
private let sides = ["one", "two"]
private let integrators = ["tangent", "none"]
private let rates = ["scaled", "fixed"]

private func initialOptions() throws -> qc_conformal_online_options {
    var options = qc_conformal_online_options()
    try abiCall(qc_conformal_online_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func options(_ inputs: VectorInputs) throws -> qc_conformal_online_options {
    var options = try initialOptions()
    let constant = { (name: String, words: [String]) in
        let constants = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) })
        return try abiConstant(inputs.word(name, default: words[0]), constants)
    }
    options.method = try constant("method", methods)
    options.sides = try constant("sides", sides)
    options.integrator = try constant("integrator", integrators)
    options.rate = try constant("rate", rates)
    options.alpha = try inputs.double("alpha", default: options.alpha)
    options.start = try inputs.double("start", default: options.start)
    options.horizon = try inputs.double("horizon", default: options.horizon)
    options.score_bound = try inputs.double("score_bound", default: options.score_bound)
    options.learning_rate = try inputs.double("learning_rate", default: options.learning_rate)
    options.saturation = try inputs.double("saturation", default: options.saturation)
    options.integral_gain = try inputs.double("integral_gain", default: options.integral_gain)
    options.rho = try inputs.double("rho", default: options.rho)
    options.cap = try inputs.double("cap", default: options.cap)
    options.window = try inputs.integer("window", default: options.window)
    options.batch = try inputs.integer("batch", default: options.batch)
    options.lifetime = try inputs.integer("lifetime", default: options.lifetime)
    return options
}

private final class OnlineHandle {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// With the calibration points of a case.
    init(of inputs: VectorInputs) throws {
        var options = try options(inputs)
        let gamma: [Double] = try inputs.optionalScalars("gamma") ?? []
        let place = ABIBuffer<OpaquePointer?>(1)
        // A case that is refused here does not get to its scores.
        for key in ["calibration", "scores", "forecasts", "forecast"] { _ = inputs.optional(key) }
        try abiCall(qc_conformal_online_create(&options, gamma, gamma.count, place.pointer), place)
        pointer = place.elements[0]!
        if let calibration: [Double] = try inputs.optionalScalars("calibration") {
            try abiCall(qc_conformal_online_calibrate(pointer, calibration, calibration.count))
        }
    }

    /// And the points.
    convenience init(after inputs: VectorInputs) throws {
        try self.init(of: inputs)
        _ = try run(inputs)
    }

    deinit { qc_conformal_online_destroy(pointer) }

    func threshold(_ forecast: Double) throws -> [String: VectorOutput] {
        let (lower, upper) = (ABIBuffer<Double>(1), ABIBuffer<Double>(1))
        try abiCall(
            qc_conformal_online_threshold(pointer, forecast, lower.pointer, upper.pointer), lower, upper)
        return ["lower": .floats(lower.elements), "upper": .floats(upper.elements)]
    }

    func run(_ inputs: VectorInputs) throws -> [String: VectorOutput] {
        let scores: [Double] = try inputs.optionalScalars("scores") ?? []
        let forecasts: [Double]? = try inputs.optionalScalars("forecasts")
        let (lower, upper) = (ABIBuffer<Double>(scores.count), ABIBuffer<Double>(scores.count))
        let covered = ABIBuffer<Int32>(scores.count)
        let run = { (forecasts: UnsafePointer<Double>?) in
            qc_conformal_online_run(
                self.pointer, scores, forecasts, scores.count, lower.pointer, upper.pointer,
                covered.pointer)
        }
        let status = forecasts.map { $0.withUnsafeBufferPointer { run($0.baseAddress) } } ?? run(nil)
        try abiCall(status, lower, upper, covered)
        return [
            "lower": .floats(lower.elements), "upper": .floats(upper.elements),
            "covered": .integers(covered.elements),
        ]
    }
}

@Sendable private func threshold(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    let state = try OnlineHandle(after: inputs)
    return try state.threshold(inputs.double("forecast", default: 0))
}
