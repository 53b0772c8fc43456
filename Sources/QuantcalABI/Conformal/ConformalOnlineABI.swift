import CQuantcal
import QuantcalCore

extension qc_conformal_online_options: OptionsStruct {
    static var defaults: Self {
        let core = ConformalOnline.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, method: core.method.rawValue, sides: core.sides.rawValue,
            integrator: core.integrator.rawValue, rate: core.rateOf.rawValue, alpha: core.alpha,
            start: core.start, horizon: core.horizon, score_bound: core.scoreBound,
            learning_rate: core.learningRate, saturation: core.saturation,
            integral_gain: core.integralGain, rho: core.rho, cap: core.cap, window: core.window,
            batch: core.batch, lifetime: core.lifetime)
    }

    fileprivate func core(_ gamma: UnsafeBufferPointer<Double>) throws(QuantcalError)
        -> ConformalOnline.Options
    {
        var core = ConformalOnline.Options()
        core.method = try Structs.value(method, "method")
        core.sides = try Structs.value(sides, "sides")
        core.integrator = try Structs.value(integrator, "integrator")
        core.rateOf = try Structs.value(rate, "rate")
        (core.alpha, core.start, core.horizon) = (alpha, start, horizon)
        (core.scoreBound, core.learningRate, core.saturation) = (score_bound, learning_rate, saturation)
        (core.integralGain, core.rho, core.cap) = (integral_gain, rho, cap)
        (core.window, core.batch, core.lifetime) = (window, batch, lifetime)
        try core.take(gamma: gamma)
        return core
    }
}

extension qc_conformal_online_summary: SizedStruct {
    fileprivate init(_ summary: ConformalOnline.Summary) {
        self.init(
            struct_size: MemoryLayout<Self>.size, observed: summary.observed, misses: summary.misses,
            missing: summary.missing, score_count: summary.scoreCount, expert_count: summary.expertCount,
            lower_position: summary.lowerPosition, upper_position: summary.upperPosition,
            step_size: summary.stepSize)
    }
}

@c @implementation
public func qc_conformal_online_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_online_options>!, _ size: Int
) -> qc_status {
    qc_conformal_online_options.initialise(options, size)
}

@c @implementation
public func qc_conformal_online_create(
    _ options: UnsafePointer<qc_conformal_online_options>!, _ gamma: UnsafePointer<Double>!,
    _ gammaCount: Int, _ state: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try qc_conformal_online_options.given(options)
        let core = try given.core(Boundary.input(gamma, gammaCount, "gamma"))
        try Region.requireDisjoint(
            outputs: [Region(state, 1, "state")], inputs: [Region(gamma, gammaCount, "gamma")])
        try Handles.create(state, "state") { () throws(QuantcalError) in
            try ConformalOnline(core)
        }
    }
}

@c @implementation
public func qc_conformal_online_destroy(_ state: OpaquePointer!) {
    Handles.destroy(state, ConformalOnline.self)
}

@c @implementation
public func qc_conformal_online_calibrate(
    _ state: OpaquePointer!, _ scores: UnsafePointer<Double>!, _ n: Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let state: ConformalOnline = try Handles.object(state, "state")
        try Boundary.length(n, "n")
        try state.calibrate(Boundary.input(scores, n, "scores"))
    }
}

@c @implementation
public func qc_conformal_online_threshold(
    _ state: OpaquePointer!, _ forecast: Double, _ lower: UnsafeMutablePointer<Double>!,
    _ upper: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let state: ConformalOnline = try Handles.object(state, "state")
        let low = try Boundary.optionalOutput(lower, 1, "lower")
        let high = try Boundary.optionalOutput(upper, 1, "upper")
        try Region.requireDisjoint(outputs: [Region(lower, 1, "lower"), Region(upper, 1, "upper")])
        let interval = try state.interval(forecast: forecast)
        low?.pointee = interval.lower
        high?.pointee = interval.upper
    }
}

@c @implementation
public func qc_conformal_online_observe(
    _ state: OpaquePointer!, _ score: Double, _ forecast: Double, _ covered: UnsafeMutablePointer<Int32>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let state: ConformalOnline = try Handles.object(state, "state")
        let place = try Boundary.optionalOutput(covered, 1, "covered")
        let outcome = try state.observe(score, forecast: forecast)
        place?.pointee = outcome.rawValue
    }
}

@c @implementation
public func qc_conformal_online_run(
    _ state: OpaquePointer!, _ scores: UnsafePointer<Double>!, _ forecasts: UnsafePointer<Double>!, _ n: Int,
    _ lower: UnsafeMutablePointer<Double>!, _ upper: UnsafeMutablePointer<Double>!,
    _ covered: UnsafeMutablePointer<Int32>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let state: ConformalOnline = try Handles.object(state, "state")
        try Boundary.length(n, "n")
        let low = try Boundary.optionalOutput(lower, n, "lower")
        let high = try Boundary.optionalOutput(upper, n, "upper")
        let outcomes = try Boundary.optionalOutput(covered, n, "covered")
        let (given, predicted) = (
            try Boundary.input(scores, n, "scores"), try Boundary.optionalInput(forecasts, n, "forecasts")
        )
        try Region.requireDisjoint(
            outputs: [Region(lower, n, "lower"), Region(upper, n, "upper"), Region(covered, n, "covered")],
            inputs: [Region(scores, n, "scores"), Region(forecasts, n, "forecasts")])
        try state.run(scores: given, forecasts: predicted, lower: low, upper: high, outcomes: outcomes)
    }
}

@c @implementation
public func qc_conformal_online_summarize(
    _ state: OpaquePointer!, _ result: UnsafeMutablePointer<qc_conformal_online_summary>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let state: ConformalOnline = try Handles.object(state, "state")
        try ResultPlace(result).write(qc_conformal_online_summary(state.summary))
    }
}

@c @implementation
public func qc_conformal_online_serialize(
    _ state: OpaquePointer!, _ bytes: UnsafeMutablePointer<UInt8>!, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>!
) -> qc_status {
    Handles.serialize(state, "state", as: ConformalOnline.self, bytes, capacity, size)
}

@c @implementation
public func qc_conformal_online_deserialize(
    _ bytes: UnsafePointer<UInt8>!, _ size: Int, _ state: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Handles.deserialize(bytes, size, as: ConformalOnline.self, state, "state")
}
