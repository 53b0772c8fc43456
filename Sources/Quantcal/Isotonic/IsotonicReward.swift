import QuantcalCore

public typealias RewardMode = IsotonicReward.Mode
public typealias RewardSummary = IsotonicReward.Summary
public typealias RewardMean = IsotonicReward.Mean

/// The fold of each point, and how many folds there are.
public struct FoldAssignment: Equatable, Sendable {
    public let fold: [Int32]
    public let count: Int
}

/// Deals clusters of points to folds, whole and evenly, by a hash of their names. C:
/// `qc_isotonic_reward_folds`; the default arguments are those of `qc_isotonic_reward_options_init`.
///
/// - Parameters:
///   - clusters: the name of the cluster of each point.
///   - labelled: which points have a label; nil for all. Labelled clusters are dealt evenly, the others go
///     where their hash says.
///   - folds: 2 to 1000; half the number of labelled clusters if that is less than twice as many.
/// - Throws: `QuantcalError` for less than four labelled clusters.
public func isotonicRewardFolds(
    _ clusters: [String], labelled: [Bool]? = nil, folds: Int = 5, seed: UInt64 = 42
) throws(QuantcalError) -> FoldAssignment {
    var text: [UInt8] = []
    var ends: [Int] = []
    for name in clusters {
        text.append(contentsOf: name.utf8)
        ends.append(text.count)
    }
    return try withBuffer(text) { text throws(QuantcalError) in
        try withBuffer(ends) { ends throws(QuantcalError) in
            try assign(
                RewardFolds.Clusters(text: text, ends: ends), clusters.count, labelled,
                RewardFolds(seed: seed, count: folds))
        }
    }
}

/// The same for points that are each a cluster of its own, named row_0, row_1, ...
public func isotonicRewardFolds(
    count: Int, labelled: [Bool]? = nil, folds: Int = 5, seed: UInt64 = 42
) throws(QuantcalError) -> FoldAssignment {
    try assign(.rows, count, labelled, RewardFolds(seed: seed, count: folds))
}

private func assign(
    _ clusters: RewardFolds.Clusters, _ n: Int, _ labelled: [Bool]?, _ folds: RewardFolds
) throws(QuantcalError) -> FoldAssignment {
    if let labelled { try requireCount(labelled.count, n, "labelled") }
    var count = 0
    let fold = try filled(n) { (fold: UnsafeMutablePointer<Int32>) throws(QuantcalError) in
        count = try withOptionalBuffer(labelled?.map { $0 ? 1 : 0 }) {
            (labelled: UnsafeBufferPointer<UInt8>?) throws(QuantcalError) in
            try folds.assign(
                clusters, labelled: labelled, into: UnsafeMutableBufferPointer(start: fold, count: n))
        }
    }
    return FoldAssignment(fold: fold, count: count)
}

/// A calibration of scores to labels. Called on scores, it gives rewards. C: `qc_isotonic_reward_destroy` ends
/// what this owns.
public struct RewardFit<Scalar: Sendable>: Sendable {
    /// The rewards of the points, by the model that serves, and by the models fitted without their folds.
    public let calibrated: [Scalar]
    public let outOfFold: [Scalar]
    public let summary: RewardSummary
    fileprivate let reward: IsotonicReward
}

/// Calibrates scores to labels by cross-fitted isotonic regression, in one or two stages. C:
/// `qc_isotonic_reward_fit_f64`.
///
/// - Parameters:
///   - scores: finite.
///   - labels: as many, 0 to 1.
///   - weights: as many, finite and >= 0, not all zero; nil for ones.
///   - fold: the fold of each point, 0 to K - 1; nil to deal single points.
///   - mode: fewer than 20 points are always monotone.
///   - folds, seed: as of `isotonicRewardFolds`, if `fold` is nil.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, what is out of range, less than four points, or when stopped.
public func isotonicRewardFit(
    _ scores: [Double], labels: [Double], weights: [Double]? = nil, fold: [Int32]? = nil,
    mode: RewardMode = .auto, folds: Int = 5, seed: UInt64 = 42, progress: ProgressReport? = nil
) throws(QuantcalError) -> RewardFit<Double> {
    let settings = IsotonicReward.Settings(
        mode: mode, folds: try RewardFolds(seed: seed, count: folds), progress: Progress(progress))
    return try fit(scores, labels, weights, fold, settings, IsotonicReward.fit(_:_:output:))
}

/// The same in single precision. C: `qc_isotonic_reward_fit_f32`.
public func isotonicRewardFit(
    _ scores: [Float], labels: [Float], weights: [Float]? = nil, fold: [Int32]? = nil,
    mode: RewardMode = .auto, folds: Int = 5, seed: UInt64 = 42, progress: ProgressReport? = nil
) throws(QuantcalError) -> RewardFit<Float> {
    let settings = IsotonicReward.Settings(
        mode: mode, folds: try RewardFolds(seed: seed, count: folds), progress: Progress(progress))
    return try fit(scores, labels, weights, fold, settings, IsotonicReward.fit(_:_:output:))
}

private func fit<Scalar: BitwiseCopyable & Sendable>(
    _ scores: [Scalar], _ labels: [Scalar], _ weights: [Scalar]?, _ fold: [Int32]?,
    _ settings: IsotonicReward.Settings,
    _ call: (IsotonicReward.Data<Scalar>, IsotonicReward.Settings, IsotonicReward.Output<Scalar>)
        throws(QuantcalError) -> IsotonicReward
) throws(QuantcalError) -> RewardFit<Scalar> {
    try requireCount(labels.count, scores.count, "labels")
    if let weights { try requireCount(weights.count, scores.count, "weights") }
    if let fold { try requireCount(fold.count, scores.count, "fold") }
    var reward: IsotonicReward?
    var outOfFold: [Scalar] = []
    let calibrated = try filled(scores.count) {
        (calibrated: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        outOfFold = try filled(scores.count) {
            (outOfFold: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
            reward = try withBuffer(scores) { scores throws(QuantcalError) in
                try withBuffer(labels) { labels throws(QuantcalError) in
                    try withOptionalBuffer(weights) { weights throws(QuantcalError) in
                        try withOptionalBuffer(fold) { fold throws(QuantcalError) in
                            try call(
                                IsotonicReward.Data(
                                    scores: scores, labels: labels, weights: weights, fold: fold), settings,
                                IsotonicReward.Output(calibrated: calibrated, outOfFold: outOfFold))
                        }
                    }
                }
            }
        }
    }
    // What did not throw has made one.
    return RewardFit(
        calibrated: calibrated, outOfFold: outOfFold, summary: reward!.summary, reward: reward!)
}

extension RewardFit<Double> {
    /// The rewards of new scores; with `fold`, each by the model fitted without that fold. C:
    /// `qc_isotonic_reward_predict_f64`.
    public func callAsFunction(
        _ scores: [Double], fold: [Int32]? = nil
    ) throws(QuantcalError) -> [Double] {
        try predicted(scores, fold, reward.predict(_:fold:into:))
    }

    /// The weighted mean reward of new scores, and its delete-one-fold jackknife. C:
    /// `qc_isotonic_reward_mean_f64`.
    public func mean(
        _ scores: [Double], weights: [Double]? = nil
    ) throws(QuantcalError) -> RewardMean {
        try withPoints(scores, weights, reward.mean(_:weights:))
    }
}

extension RewardFit<Float> {
    /// The same in single precision. C: `qc_isotonic_reward_predict_f32`.
    public func callAsFunction(
        _ scores: [Float], fold: [Int32]? = nil
    ) throws(QuantcalError) -> [Float] {
        try predicted(scores, fold, reward.predict(_:fold:into:))
    }

    /// The same in single precision. C: `qc_isotonic_reward_mean_f32`.
    public func mean(
        _ scores: [Float], weights: [Float]? = nil
    ) throws(QuantcalError) -> RewardMean {
        try withPoints(scores, weights, reward.mean(_:weights:))
    }
}

private func predicted<Scalar: BitwiseCopyable>(
    _ scores: [Scalar], _ fold: [Int32]?,
    _ call: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Int32>?, UnsafeMutablePointer<Scalar>)
        throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Scalar] {
    if let fold { try requireCount(fold.count, scores.count, "fold") }
    return try filled(scores.count) { (rewards: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(scores) { scores throws(QuantcalError) in
            try withOptionalBuffer(fold) { fold throws(QuantcalError) in try call(scores, fold, rewards) }
        }
    }
}
