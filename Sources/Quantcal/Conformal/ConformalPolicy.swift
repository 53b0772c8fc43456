import QuantcalCore

/// What right and wrong answers are worth to a policy of abstention, and how one is searched for.
/// C: `qc_conformal_policy_options_init`.
public typealias PolicyOptions = ConformalPolicy.Options
/// A policy of abstention, and what became of the points that it was tried on.
public typealias AbstentionPolicy = ConformalPolicy.Outcome

extension ConformalPolicy.Outcome {
    /// Of all points, how many got no answer.
    public var abstention: Double { Double(abstained) / Double(abstained + singles + sets) }

    /// Of the answers, how many hold the truth; NaN if there are none.
    public var coverage: Double { Double(singlesRight + setsRight) / Double(singles + sets) }
}

/// What a policy is worth on tuning points, each decided by the thresholds that the other points make.
/// C: `qc_conformal_policy_value_f64`.
public func conformalPolicyValue(
    scores: Matrix<Double>, labels: [Int64], singleAlpha: Double, abstentionAlpha: Double,
    options: PolicyOptions = PolicyOptions()
) throws(QuantcalError) -> AbstentionPolicy {
    try policy(scores, labels, options) { scores, labels, classes throws(QuantcalError) in
        try ConformalPolicy.value(
            scores: scores, labels: labels, classes: classes, singleAlpha: singleAlpha,
            abstentionAlpha: abstentionAlpha, options: options)
    }
}

/// The same in single precision. C: `qc_conformal_policy_value_f32`.
public func conformalPolicyValue(
    scores: Matrix<Float>, labels: [Int64], singleAlpha: Double, abstentionAlpha: Double,
    options: PolicyOptions = PolicyOptions()
) throws(QuantcalError) -> AbstentionPolicy {
    try policy(scores, labels, options) { scores, labels, classes throws(QuantcalError) in
        try ConformalPolicy.value(
            scores: scores, labels: labels, classes: classes, singleAlpha: singleAlpha,
            abstentionAlpha: abstentionAlpha, options: options)
    }
}

/// The policy of the highest value on tuning points, by a seeded search; its thresholds are to come from other
/// points. `progress` gets the fraction done and returns true to stop. C: `qc_conformal_policy_learn_f64`.
public func conformalPolicyLearn(
    scores: Matrix<Double>, labels: [Int64], options: PolicyOptions = PolicyOptions(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> AbstentionPolicy {
    try policy(scores, labels, options) { scores, labels, classes throws(QuantcalError) in
        try ConformalPolicy.learn(
            scores: scores, labels: labels, classes: classes, options: options, progress: Progress(progress))
    }
}

/// The same in single precision. C: `qc_conformal_policy_learn_f32`.
public func conformalPolicyLearn(
    scores: Matrix<Float>, labels: [Int64], options: PolicyOptions = PolicyOptions(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> AbstentionPolicy {
    try policy(scores, labels, options) { scores, labels, classes throws(QuantcalError) in
        try ConformalPolicy.learn(
            scores: scores, labels: labels, classes: classes, options: options, progress: Progress(progress))
    }
}

private func policy<Scalar>(
    _ scores: Matrix<Scalar>, _ labels: [Int64], _ options: PolicyOptions,
    _ compute: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Int64>, Int
    ) throws(QuantcalError) -> AbstentionPolicy
) throws(QuantcalError) -> AbstentionPolicy {
    try options.check()
    try requireClasses(scores)
    try requireCount(labels.count, scores.rows, "labels")
    return try withBuffer(scores.elements) { values throws(QuantcalError) in
        try withBuffer(labels) { labels throws(QuantcalError) in try compute(values, labels, scores.columns) }
    }
}
