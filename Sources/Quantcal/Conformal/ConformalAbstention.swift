import QuantcalCore

/// Which abstention threshold is picked.
public typealias AbstentionRule = ConformalAbstention.Rule
/// A label, a set, or no answer.
public typealias ConformalDecision = ConformalDecisions.Decision
/// A threshold, how many points it answers and how many of them are wrong.
public typealias AbstentionPoint<Scalar> = ConformalAbstention.Point<Scalar>

/// What every abstention threshold would do, from -infinity on: a point is answered if its uncertainty is at most
/// the threshold. C: `qc_conformal_abstention_curve_f64`.
public func conformalAbstentionCurve(
    uncertainties: [Double], wrong: [Bool]
) throws(QuantcalError) -> [AbstentionPoint<Double>] {
    try curve(
        uncertainties, wrong,
        ConformalAbstention.curve(uncertainties:wrong:thresholds:answered:answeredWrong:))
}

/// The same in single precision. C: `qc_conformal_abstention_curve_f32`.
public func conformalAbstentionCurve(
    uncertainties: [Float], wrong: [Bool]
) throws(QuantcalError) -> [AbstentionPoint<Float>] {
    try curve(
        uncertainties, wrong,
        ConformalAbstention.curve(uncertainties:wrong:thresholds:answered:answeredWrong:))
}

private func curve<Scalar: BitwiseCopyable>(
    _ uncertainties: [Scalar], _ wrong: [Bool],
    _ compute: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<UInt8>, UnsafeMutablePointer<Scalar>,
        UnsafeMutablePointer<Int>, UnsafeMutablePointer<Int>
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> [AbstentionPoint<Scalar>] {
    let room = uncertainties.count + 1
    var answered: [Int] = []
    var answeredWrong: [Int] = []
    let thresholds = try filled(upTo: room) {
        (thresholds: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        answered = try filled(upTo: room) { (answered: UnsafeMutablePointer<Int>) throws(QuantcalError) in
            answeredWrong = try filled(upTo: room) {
                (answeredWrong: UnsafeMutablePointer<Int>) throws(QuantcalError) in
                try withJudged(uncertainties, wrong) { values, flags throws(QuantcalError) in
                    try compute(values, flags, thresholds, answered, answeredWrong)
                }
            }
            return answeredWrong.count
        }
        return answered.count
    }
    return thresholds.indices.map {
        AbstentionPoint(threshold: thresholds[$0], answered: answered[$0], answeredWrong: answeredWrong[$0])
    }
}

private func withJudged<Scalar, Result>(
    _ uncertainties: [Scalar], _ wrong: [Bool],
    _ body: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<UInt8>) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    try requireCount(wrong.count, uncertainties.count, "wrong")
    return try withBuffer(uncertainties) { values throws(QuantcalError) in
        try withBuffer(bytes(wrong)) { flags throws(QuantcalError) in try body(values, flags) }
    }
}

private func bytes(_ flags: [Bool]) -> [UInt8] { flags.map { $0 ? 1 : 0 } }

/// The abstention threshold that a rule picks. `target` is a rate, for all rules but Youden's. Throws
/// `.infeasible` if there is none. C: `qc_conformal_abstention_threshold_f64`.
public func conformalAbstentionThreshold(
    uncertainties: [Double], wrong: [Bool], rule: AbstentionRule = .youden, target: Double = 0
) throws(QuantcalError) -> AbstentionPoint<Double> {
    try withJudged(uncertainties, wrong) { values, flags throws(QuantcalError) in
        try ConformalAbstention.threshold(uncertainties: values, wrong: flags, rule: rule, target: target)
    }
}

/// The same in single precision. C: `qc_conformal_abstention_threshold_f32`.
public func conformalAbstentionThreshold(
    uncertainties: [Float], wrong: [Bool], rule: AbstentionRule = .youden, target: Double = 0
) throws(QuantcalError) -> AbstentionPoint<Float> {
    try withJudged(uncertainties, wrong) { values, flags throws(QuantcalError) in
        try ConformalAbstention.threshold(uncertainties: values, wrong: flags, rule: rule, target: target)
    }
}

/// No answer above the abstention threshold, the top label up to the other one, else the set, unless `sizes` says
/// that it is empty. C: `qc_conformal_abstention_decisions_f64`.
public func conformalAbstentionDecisions(
    uncertainties: [Double], sizes: [Int32]? = nil, singleThreshold: Double, abstentionThreshold: Double
) throws(QuantcalError) -> [ConformalDecision] {
    try decisions(uncertainties, sizes) { values, sizes, decisions throws(QuantcalError) in
        try ConformalDecisions.decide(
            uncertainties: values, sizes: sizes, singleThreshold: singleThreshold,
            abstentionThreshold: abstentionThreshold, decisions)
    }
}

/// The same in single precision. C: `qc_conformal_abstention_decisions_f32`.
public func conformalAbstentionDecisions(
    uncertainties: [Float], sizes: [Int32]? = nil, singleThreshold: Float, abstentionThreshold: Float
) throws(QuantcalError) -> [ConformalDecision] {
    try decisions(uncertainties, sizes) { values, sizes, decisions throws(QuantcalError) in
        try ConformalDecisions.decide(
            uncertainties: values, sizes: sizes, singleThreshold: singleThreshold,
            abstentionThreshold: abstentionThreshold, decisions)
    }
}

private func decisions<Scalar>(
    _ uncertainties: [Scalar], _ sizes: [Int32]?,
    _ decide: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Int32>?, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [ConformalDecision] {
    if let sizes { try requireCount(sizes.count, uncertainties.count, "sizes") }
    let raw = try filled(uncertainties.count) { (raw: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withBuffer(uncertainties) { values throws(QuantcalError) in
            try withOptionalBuffer(sizes) { sizes throws(QuantcalError) in try decide(values, sizes, raw) }
        }
    }
    return raw.map { ConformalDecision(rawValue: $0)! }
}

/// Points that got each decision, and whose answer holds the truth.
public typealias AbstentionSummary = ConformalDecisions.Summary

extension ConformalDecisions.Summary {
    /// Of all points, how many got no answer; NaN if there are none.
    public var abstention: Double { Double(abstained) / Double(abstained + singles + sets) }

    /// Of the answers, how many hold the truth; NaN if there are none.
    public var coverage: Double { Double(singlesRight + setsRight) / Double(singles + sets) }
}

/// Counts what became of decisions: whether top labels are the truth, and whether sets hold it.
/// C: `qc_conformal_abstention_summarize`.
public func conformalAbstentionSummary(
    decisions: [ConformalDecision], singlesHold: [Bool], setsHold: [Bool]
) throws(QuantcalError) -> AbstentionSummary {
    try requireCount(singlesHold.count, decisions.count, "singlesHold")
    try requireCount(setsHold.count, decisions.count, "setsHold")
    return try withBuffer(decisions.map(\.rawValue)) { decisions throws(QuantcalError) in
        try withBuffer(bytes(singlesHold)) { singles throws(QuantcalError) in
            try withBuffer(bytes(setsHold)) { sets throws(QuantcalError) in
                try ConformalDecisions.summary(decisions: decisions, singlesHold: singles, setsHold: sets)
            }
        }
    }
}
