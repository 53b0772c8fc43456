import CQuantcal
import QuantcalCore

/// Points with their uncertainties and verdicts, proven.
private struct JudgedArguments<T> {
    let uncertainties: UnsafeBufferPointer<T>
    let wrong: UnsafeBufferPointer<UInt8>
    let regions: [Region]

    init(
        _ uncertainties: UnsafePointer<T>?, _ wrong: UnsafePointer<UInt8>?, _ n: Int
    ) throws(QuantcalError) {
        try Boundary.length(n, "n")
        self.uncertainties = try Boundary.input(uncertainties, n, "uncertainties")
        self.wrong = try Boundary.input(wrong, n, "wrong")
        regions = [Region(uncertainties, n, "uncertainties"), Region(wrong, n, "wrong")]
    }
}

private func curve<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> JudgedArguments<T>,
    _ thresholds: UnsafeMutablePointer<T>?, _ answered: UnsafeMutablePointer<Int>?,
    _ answeredWrong: UnsafeMutablePointer<Int>?, _ count: UnsafeMutablePointer<Int>?,
    _ compute: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<UInt8>, UnsafeMutablePointer<T>,
        UnsafeMutablePointer<Int>, UnsafeMutablePointer<Int>
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let room = call.wrong.count + 1
        let limits = try Boundary.output(thresholds, room, "thresholds")
        let counts = try Boundary.output(answered, room, "answered")
        let wrongCounts = try Boundary.output(answeredWrong, room, "answered_wrong")
        let total = try Boundary.output(count, 1, "count")
        try Region.requireDisjoint(
            outputs: [
                Region(thresholds, room, "thresholds"), Region(answered, room, "answered"),
                Region(answeredWrong, room, "answered_wrong"), Region(count, 1, "count"),
            ], inputs: call.regions)
        total.pointee = try compute(call.uncertainties, call.wrong, limits, counts, wrongCounts)
    }
}

@c @implementation
public func qc_conformal_abstention_curve_f64(
    _ uncertainties: UnsafePointer<Double>!, _ wrong: UnsafePointer<UInt8>!, _ n: Int,
    _ thresholds: UnsafeMutablePointer<Double>!, _ answered: UnsafeMutablePointer<Int>!,
    _ answered_wrong: UnsafeMutablePointer<Int>!, _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    curve(
        try JudgedArguments(uncertainties, wrong, n), thresholds, answered, answered_wrong, count,
        ConformalAbstention.curve(uncertainties:wrong:thresholds:answered:answeredWrong:))
}

@c @implementation
public func qc_conformal_abstention_curve_f32(
    _ uncertainties: UnsafePointer<Float>!, _ wrong: UnsafePointer<UInt8>!, _ n: Int,
    _ thresholds: UnsafeMutablePointer<Float>!, _ answered: UnsafeMutablePointer<Int>!,
    _ answered_wrong: UnsafeMutablePointer<Int>!, _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    curve(
        try JudgedArguments(uncertainties, wrong, n), thresholds, answered, answered_wrong, count,
        ConformalAbstention.curve(uncertainties:wrong:thresholds:answered:answeredWrong:))
}

private func threshold<T>(
    _ arguments: @autoclosure () throws(QuantcalError) -> JudgedArguments<T>, _ rule: Int32,
    _ target: Double, _ threshold: UnsafeMutablePointer<T>?, _ answered: UnsafeMutablePointer<Int>?,
    _ answeredWrong: UnsafeMutablePointer<Int>?,
    _ pick: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<UInt8>, ConformalAbstention.Rule, Double
    ) throws(QuantcalError) -> ConformalAbstention.Point<T>
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let limit = try Boundary.output(threshold, 1, "threshold")
        let count = try Boundary.optionalOutput(answered, 1, "answered")
        let wrongCount = try Boundary.optionalOutput(answeredWrong, 1, "answered_wrong")
        try Region.requireDisjoint(
            outputs: [
                Region(threshold, 1, "threshold"), Region(answered, 1, "answered"),
                Region(answeredWrong, 1, "answered_wrong"),
            ], inputs: call.regions)
        let point = try pick(call.uncertainties, call.wrong, Structs.value(rule, "rule"), target)
        limit.pointee = point.threshold
        count?.pointee = point.answered
        wrongCount?.pointee = point.answeredWrong
    }
}

@c @implementation
public func qc_conformal_abstention_threshold_f64(
    _ uncertainties: UnsafePointer<Double>!, _ wrong: UnsafePointer<UInt8>!, _ n: Int, _ rule: Int32,
    _ target: Double, _ limit: UnsafeMutablePointer<Double>!, _ answered: UnsafeMutablePointer<Int>!,
    _ answered_wrong: UnsafeMutablePointer<Int>!
) -> qc_status {
    threshold(
        try JudgedArguments(uncertainties, wrong, n), rule, target, limit, answered, answered_wrong,
        ConformalAbstention.threshold(uncertainties:wrong:rule:target:))
}

@c @implementation
public func qc_conformal_abstention_threshold_f32(
    _ uncertainties: UnsafePointer<Float>!, _ wrong: UnsafePointer<UInt8>!, _ n: Int, _ rule: Int32,
    _ target: Double, _ limit: UnsafeMutablePointer<Float>!, _ answered: UnsafeMutablePointer<Int>!,
    _ answered_wrong: UnsafeMutablePointer<Int>!
) -> qc_status {
    threshold(
        try JudgedArguments(uncertainties, wrong, n), rule, target, limit, answered, answered_wrong,
        ConformalAbstention.threshold(uncertainties:wrong:rule:target:))
}

private func decisions<T>(
    _ uncertainties: UnsafePointer<T>?, _ sizes: UnsafePointer<Int32>?, _ n: Int, _ single: T,
    _ abstention: T, _ decisions: UnsafeMutablePointer<UInt8>?,
    _ decide: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Int32>?, T, T, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        let values = try Boundary.input(uncertainties, n, "uncertainties")
        let counts = try Boundary.optionalInput(sizes, n, "sizes")
        let output = try Boundary.output(decisions, n, "decisions")
        try Region.requireDisjoint(
            outputs: [Region(decisions, n, "decisions")],
            inputs: [Region(uncertainties, n, "uncertainties"), Region(sizes, n, "sizes")])
        try decide(values, counts, single, abstention, output)
    }
}

@c @implementation
public func qc_conformal_abstention_decisions_f64(
    _ uncertainties: UnsafePointer<Double>!, _ sizes: UnsafePointer<Int32>!, _ n: Int,
    _ single_threshold: Double, _ abstention_threshold: Double, _ output: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    decisions(
        uncertainties, sizes, n, single_threshold, abstention_threshold, output,
        ConformalDecisions.decide(uncertainties:sizes:singleThreshold:abstentionThreshold:_:))
}

@c @implementation
public func qc_conformal_abstention_decisions_f32(
    _ uncertainties: UnsafePointer<Float>!, _ sizes: UnsafePointer<Int32>!, _ n: Int,
    _ single_threshold: Float, _ abstention_threshold: Float, _ output: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    decisions(
        uncertainties, sizes, n, single_threshold, abstention_threshold, output,
        ConformalDecisions.decide(uncertainties:sizes:singleThreshold:abstentionThreshold:_:))
}

extension qc_conformal_abstention_summary: SizedStruct {
    fileprivate init(_ summary: ConformalDecisions.Summary) {
        self.init(
            struct_size: MemoryLayout<Self>.size, abstained: summary.abstained, singles: summary.singles,
            singles_right: summary.singlesRight, sets: summary.sets, sets_right: summary.setsRight)
    }
}

@c @implementation
public func qc_conformal_abstention_summarize(
    _ decisions: UnsafePointer<UInt8>!, _ singles_hold: UnsafePointer<UInt8>!,
    _ sets_hold: UnsafePointer<UInt8>!, _ n: Int,
    _ result: UnsafeMutablePointer<qc_conformal_abstention_summary>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        let given = try Boundary.input(decisions, n, "decisions")
        let singles = try Boundary.input(singles_hold, n, "singles_hold")
        let sets = try Boundary.input(sets_hold, n, "sets_hold")
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [place.region],
            inputs: [
                Region(decisions, n, "decisions"), Region(singles_hold, n, "singles_hold"),
                Region(sets_hold, n, "sets_hold"),
            ])
        place.write(
            qc_conformal_abstention_summary(
                try ConformalDecisions.summary(decisions: given, singlesHold: singles, setsHold: sets)))
    }
}
