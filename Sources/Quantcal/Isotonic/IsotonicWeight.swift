import QuantcalCore

public typealias WeightSummary = IsotonicWeight.Summary

/// What a stabilisation weighs the candidates by: the rewards of a weighted mean, or the residuals of a
/// doubly robust estimate.
public enum WeightTargets<Scalar> {
    case rewards([Scalar])
    case residuals([Scalar])

    fileprivate var values: [Scalar] {
        switch self {
        case .rewards(let values), .residuals(let values): values
        }
    }

    fileprivate var target: IsotonicWeight.Target {
        if case .residuals = self { .residuals } else { .rewards }
    }
}

/// How weights are stabilised. C: `qc_isotonic_weight_options_init` has the same defaults.
public struct WeightOptions: Sendable {
    /// The raw weights are a candidate, too.
    public var includesRaw = false
    /// The most variance of the result, above 0.
    public var varianceCap = 1.0
    /// The least effective sample size as a share of the points, 0 to 1.
    public var essFloor = 0.2
    /// The least weight of a candidate, above 0 and at most 1.
    public var weightFloor = 1e-9
    /// Towards the raw weights at the end, 0 to 1.
    public var shrinkage = 0.0
    /// Of the folds, where none are given.
    public var folds = 5
    public var seed: UInt64 = 42

    public init() {}

    fileprivate func settings(
        _ target: IsotonicWeight.Target, _ progress: ProgressReport?
    ) throws(QuantcalError) -> IsotonicWeight.Settings {
        try IsotonicWeight.Settings(
            folds: RewardFolds(seed: seed, count: folds), target: target, includesRaw: includesRaw,
            varianceCap: varianceCap, essFloor: essFloor, weightFloor: weightFloor, shrinkage: shrinkage,
            progress: Progress(progress))
    }
}

/// Importance weights of mean 1.
public struct StabilizedWeights<Scalar> {
    public let weights: [Scalar]
    /// Those of the further points.
    public let newWeights: [Scalar]
    public let summary: WeightSummary
}

extension StabilizedWeights: Equatable where Scalar: Equatable {}
extension StabilizedWeights: Sendable where Scalar: Sendable {}

/// Makes importance weights steadier by making them a function of a score. C:
/// `qc_isotonic_weight_stabilize_f64`.
///
/// - Parameters:
///   - weights: finite and >= 0, not all zero; scaled to mean 1.
///   - scores: as many, finite.
///   - targets: as many rewards or residuals; nil for rewards of 1.
///   - fold: the fold of each point, 0 to K - 1; nil to deal single points.
///   - newScores: further points, for which weights are made in the same way.
///   - newWeights: their raw weights, which `includesRaw` and `shrinkage` need.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, what is out of range, too few points, or when stopped.
public func isotonicWeightStabilize(
    _ weights: [Double], scores: [Double], targets: WeightTargets<Double>? = nil, fold: [Int32]? = nil,
    newScores: [Double] = [], newWeights: [Double]? = nil, options: WeightOptions = WeightOptions(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> StabilizedWeights<Double> {
    let settings = try options.settings(targets?.target ?? .rewards, progress)
    let arrays = WeightArrays(weights, scores, targets?.values, fold, newScores, newWeights)
    return try stabilized(arrays, settings, IsotonicWeight.stabilize(_:_:_:into:))
}

/// The same in single precision. C: `qc_isotonic_weight_stabilize_f32`.
public func isotonicWeightStabilize(
    _ weights: [Float], scores: [Float], targets: WeightTargets<Float>? = nil, fold: [Int32]? = nil,
    newScores: [Float] = [], newWeights: [Float]? = nil, options: WeightOptions = WeightOptions(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> StabilizedWeights<Float> {
    let settings = try options.settings(targets?.target ?? .rewards, progress)
    let arrays = WeightArrays(weights, scores, targets?.values, fold, newScores, newWeights)
    return try stabilized(arrays, settings, IsotonicWeight.stabilize(_:_:_:into:))
}

private struct WeightArrays<Scalar> {
    let weights, scores: [Scalar]
    let targets: [Scalar]?
    let fold: [Int32]?
    let newScores: [Scalar]
    let newWeights: [Scalar]?

    init(
        _ weights: [Scalar], _ scores: [Scalar], _ targets: [Scalar]?, _ fold: [Int32]?,
        _ newScores: [Scalar],
        _ newWeights: [Scalar]?
    ) {
        (self.weights, self.scores, self.targets, self.fold) = (weights, scores, targets, fold)
        (self.newScores, self.newWeights) = (newScores, newWeights)
    }

    func check(_ settings: IsotonicWeight.Settings) throws(QuantcalError) {
        try requireCount(scores.count, weights.count, "scores")
        if let targets { try requireCount(targets.count, weights.count, "targets") }
        if let fold { try requireCount(fold.count, weights.count, "fold") }
        if newWeights != nil || settings.needsRaw {
            try requireCount(newWeights?.count ?? 0, newScores.count, "new_weights")
        }
    }
}

private func stabilized<Scalar: BitwiseCopyable>(
    _ arrays: WeightArrays<Scalar>, _ settings: IsotonicWeight.Settings,
    _ call: (
        IsotonicWeight.Data<Scalar>, IsotonicWeight.Further<Scalar>, IsotonicWeight.Settings,
        UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> WeightSummary
) throws(QuantcalError) -> StabilizedWeights<Scalar> {
    try arrays.check(settings)
    var summary: WeightSummary?
    var newWeights: [Scalar] = []
    let weights = try filled(arrays.weights.count) {
        (output: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        newWeights = try filled(arrays.newScores.count) {
            (newOutput: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
            summary = try withData(arrays) { data throws(QuantcalError) in
                try withBuffer(arrays.newScores) { scores throws(QuantcalError) in
                    try withOptionalBuffer(arrays.newWeights) { weights throws(QuantcalError) in
                        try call(
                            data,
                            IsotonicWeight.Further(weights: weights, scores: scores, stabilized: newOutput),
                            settings, output)
                    }
                }
            }
        }
    }
    // What did not throw has made one.
    return StabilizedWeights(weights: weights, newWeights: newWeights, summary: summary!)
}

private func withData<Scalar, Result>(
    _ arrays: WeightArrays<Scalar>, _ body: (IsotonicWeight.Data<Scalar>) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    try withBuffer(arrays.weights) { weights throws(QuantcalError) in
        try withBuffer(arrays.scores) { scores throws(QuantcalError) in
            try withOptionalBuffer(arrays.targets) { targets throws(QuantcalError) in
                try withOptionalBuffer(arrays.fold) { fold throws(QuantcalError) in
                    try body(
                        IsotonicWeight.Data(weights: weights, scores: scores, targets: targets, fold: fold))
                }
            }
        }
    }
}
