import CQuantcal
import QuantcalCore

extension qc_conformal_policy_options: OptionsStruct {
    static var defaults: Self {
        let options = ConformalPolicy.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, wrong_cost: options.wrongCost, size_cost: options.sizeCost,
            abstention_cost: options.abstentionCost, single_low: options.singleRange.lowerBound,
            single_high: options.singleRange.upperBound, abstention_low: options.abstentionRange.lowerBound,
            abstention_high: options.abstentionRange.upperBound, candidates: Int32(options.candidates),
            rounds: Int32(options.rounds), seed: options.seed, progress: qc_progress())
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> (ConformalPolicy.Options, Progress) {
        let options = try given(pointer)
        var result = ConformalPolicy.Options()
        result.wrongCost = options.wrong_cost
        result.sizeCost = options.size_cost
        result.abstentionCost = options.abstention_cost
        result.singleRange = try ConformalPolicy.Options.range(
            options.single_low, options.single_high, "single")
        result.abstentionRange = try ConformalPolicy.Options.range(
            options.abstention_low, options.abstention_high, "abstention")
        result.candidates = Int(options.candidates)
        result.rounds = Int(options.rounds)
        result.seed = options.seed
        try result.check()
        return (result, Structs.progress(options.progress))
    }
}

extension qc_conformal_policy: SizedStruct {
    fileprivate init(_ outcome: ConformalPolicy.Outcome) {
        self.init(
            struct_size: MemoryLayout<Self>.size, single_alpha: outcome.singleAlpha,
            abstention_alpha: outcome.abstentionAlpha, value: outcome.value, abstained: outcome.abstained,
            singles: outcome.singles, singles_right: outcome.singlesRight, sets: outcome.sets,
            sets_right: outcome.setsRight, set_sizes: outcome.setSizes)
    }
}

@c @implementation
public func qc_conformal_policy_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_policy_options>!, _ size: Int
) -> qc_status {
    qc_conformal_policy_options.initialise(options, size)
}

/// Proves the arguments, computes an outcome and writes it.
private func outcome<T>(
    _ scores: UnsafePointer<T>?, _ labels: UnsafePointer<Int64>?, _ rows: Int, _ classes: Int,
    _ options: UnsafePointer<qc_conformal_policy_options>?,
    _ result: UnsafeMutablePointer<qc_conformal_policy>?,
    _ compute: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Int64>, ConformalPolicy.Options, Progress
    ) throws(QuantcalError) -> ConformalPolicy.Outcome
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (settings, progress) = try qc_conformal_policy_options.resolved(options)
        try Boundary.length(rows, "rows")
        try Boundary.classes(classes, atLeast: 1)
        let count = try Boundary.product(rows, classes, ("rows", "classes"))
        let values = try Boundary.input(scores, count, "scores")
        let truth = try Boundary.input(labels, rows, "labels")
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [place.region],
            inputs: [Region(scores, count, "scores"), Region(labels, rows, "labels")])
        place.write(qc_conformal_policy(try compute(values, truth, settings, progress)))
    }
}

@c @implementation
public func qc_conformal_policy_value_f64(
    _ scores: UnsafePointer<Double>!, _ labels: UnsafePointer<Int64>!, _ rows: Int, _ classes: Int,
    _ single_alpha: Double, _ abstention_alpha: Double,
    _ options: UnsafePointer<qc_conformal_policy_options>!,
    _ result: UnsafeMutablePointer<qc_conformal_policy>!
) -> qc_status {
    outcome(scores, labels, rows, classes, options, result) {
        (scores, labels, options, _) throws(QuantcalError) in
        try ConformalPolicy.value(
            scores: scores, labels: labels, classes: classes, singleAlpha: single_alpha,
            abstentionAlpha: abstention_alpha, options: options)
    }
}

@c @implementation
public func qc_conformal_policy_value_f32(
    _ scores: UnsafePointer<Float>!, _ labels: UnsafePointer<Int64>!, _ rows: Int, _ classes: Int,
    _ single_alpha: Double, _ abstention_alpha: Double,
    _ options: UnsafePointer<qc_conformal_policy_options>!,
    _ result: UnsafeMutablePointer<qc_conformal_policy>!
) -> qc_status {
    outcome(scores, labels, rows, classes, options, result) {
        (scores, labels, options, _) throws(QuantcalError) in
        try ConformalPolicy.value(
            scores: scores, labels: labels, classes: classes, singleAlpha: single_alpha,
            abstentionAlpha: abstention_alpha, options: options)
    }
}

@c @implementation
public func qc_conformal_policy_learn_f64(
    _ scores: UnsafePointer<Double>!, _ labels: UnsafePointer<Int64>!, _ rows: Int, _ classes: Int,
    _ options: UnsafePointer<qc_conformal_policy_options>!,
    _ result: UnsafeMutablePointer<qc_conformal_policy>!
) -> qc_status {
    outcome(scores, labels, rows, classes, options, result) {
        (scores, labels, options, progress) throws(QuantcalError) in
        try ConformalPolicy.learn(
            scores: scores, labels: labels, classes: classes, options: options, progress: progress)
    }
}

@c @implementation
public func qc_conformal_policy_learn_f32(
    _ scores: UnsafePointer<Float>!, _ labels: UnsafePointer<Int64>!, _ rows: Int, _ classes: Int,
    _ options: UnsafePointer<qc_conformal_policy_options>!,
    _ result: UnsafeMutablePointer<qc_conformal_policy>!
) -> qc_status {
    outcome(scores, labels, rows, classes, options, result) {
        (scores, labels, options, progress) throws(QuantcalError) in
        try ConformalPolicy.learn(
            scores: scores, labels: labels, classes: classes, options: options, progress: progress)
    }
}
