/// Rewards from a judge's scores: cross-fitted isotonic calibration to the labels of an oracle, in one or two
/// stages (AutoCal-R).
///
/// Source: Causal Judge Evaluation (arXiv 2512.11150) and its package cje-eval 0.6.0. Departures: weights may
/// be 0 and are scaled to mean 1 before they meet the ridge penalty; scores tie only if they are equal;
/// fewer than 20 points are monotone at once.
public final class IsotonicReward: Sendable {
    public enum Mode: Int32, CaseIterable, Sendable {
        case auto = 0
        case monotone = 1
        case twoStage = 2
    }

    /// What the fit says of itself. Errors are root mean squares; NaN where a mode was not fitted.
    public struct Summary: Equatable, Sendable {
        public internal(set) var mode = Mode.monotone
        public internal(set) var folds = 0
        public internal(set) var thirdsWon = 0
        public internal(set) var rmse = 0.0
        public internal(set) var rmseOutOfFold = 0.0
        public internal(set) var rmseMonotone = Double.nan
        public internal(set) var rmseTwoStage = Double.nan
        public internal(set) var rmseStandardError = Double.nan
    }

    private let serving: RewardModel
    private let outside: [RewardModel]
    public let summary: Summary

    private init(serving: RewardModel, outside: [RewardModel], summary: Summary) {
        (self.serving, self.outside, self.summary) = (serving, outside, summary)
    }

    public var folds: Int { outside.count }

    /// Where the rewards of the points go.
    public struct Output<T> {
        let calibrated: UnsafeMutablePointer<T>?
        let outOfFold: UnsafeMutablePointer<T>?

        public init(calibrated: UnsafeMutablePointer<T>?, outOfFold: UnsafeMutablePointer<T>?) {
            (self.calibrated, self.outOfFold) = (calibrated, outOfFold)
        }
    }

    public struct Settings {
        let mode: Mode
        public let folds: RewardFolds
        let progress: Progress

        public init(mode: Mode = .auto, folds: RewardFolds, progress: Progress = .none) {
            (self.mode, self.folds, self.progress) = (mode, folds, progress)
        }
    }

    /// What there is to fit. `fold` is nil for folds of single points.
    public struct Data<T> {
        let scores: UnsafeBufferPointer<T>
        let labels: UnsafeBufferPointer<T>
        let weights: UnsafeBufferPointer<T>?
        let fold: UnsafeBufferPointer<Int32>?

        public init(
            scores: UnsafeBufferPointer<T>, labels: UnsafeBufferPointer<T>, weights: UnsafeBufferPointer<T>?,
            fold: UnsafeBufferPointer<Int32>?
        ) {
            (self.scores, self.labels, self.weights, self.fold) = (scores, labels, weights, fold)
        }
    }

    public static func fit(
        _ data: Data<Double>, _ settings: Settings, output: Output<Double>
    ) throws(QuantcalError) -> IsotonicReward { try compute(data, settings, output) }

    public static func fit(
        _ data: Data<Float>, _ settings: Settings, output: Output<Float>
    ) throws(QuantcalError) -> IsotonicReward { try compute(data, settings, output) }

    private static func compute<T: Scalar>(
        _ data: Data<T>, _ settings: Settings, _ output: Output<T>
    ) throws(QuantcalError) -> IsotonicReward {
        guard !data.scores.isEmpty else { throw QuantcalError(.size, "n is 0; there must be points") }
        try Require.finite(data.scores, "scores")
        try Require.probabilities(data.labels, "labels")
        if let weights = data.weights { try Require.weights(weights) }
        let n = data.scores.count
        let fold = try Scratch<Int32>(n)
        let folds = try settings.folds.settle(data.fold, weights: data.weights, count: n, into: fold.buffer)
        let assigned = UnsafeBufferPointer(fold.buffer)
        let points = try RewardPoints(
            scores: data.scores, labels: data.labels, weights: data.weights, folds: assigned)
        let fitting = RewardFitting(
            folds: folds, isWeighted: data.weights != nil, progress: settings.progress)
        let fit = try fitting.fit(points, settings.mode)
        let reward = IsotonicReward(serving: fit.serving, outside: fit.outside, summary: fit.summary)
        if let calibrated = output.calibrated {
            for point in 0..<n { calibrated[point] = T(fit.serving(Double(data.scores[point]))) }
        }
        if let outOfFold = output.outOfFold {
            for point in 0..<n {
                outOfFold[point] = T(fit.outside[Int(assigned[point])](Double(data.scores[point])))
            }
        }
        return reward
    }

    /// The rewards of new scores; with `fold`, each by the model fitted without that fold. `rewards` may be
    /// the memory of `scores`.
    public func predict(
        _ scores: UnsafeBufferPointer<Double>, fold: UnsafeBufferPointer<Int32>?,
        into rewards: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try evaluate(scores, fold, rewards) }

    public func predict(
        _ scores: UnsafeBufferPointer<Float>, fold: UnsafeBufferPointer<Int32>?,
        into rewards: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try evaluate(scores, fold, rewards) }

    private func evaluate<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ fold: UnsafeBufferPointer<Int32>?,
        _ rewards: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try Require.finite(scores, "scores")
        let isKnown = { (number: Int32) in self.outside.indices.contains(Int(number)) }
        if let fold, let index = fold.firstIndex(where: { !isKnown($0) }) {
            throw QuantcalError(
                .domain, "fold[\(index)] is \(fold[index]); fold must be 0 to \(outside.count - 1)")
        }
        Parallel.forEachRange(of: scores.count, grain: 1 << 14) { range in
            for index in range {
                let model = fold.map { outside[Int($0[index])] } ?? serving
                rewards[index] = T(model(Double(scores[index])))
            }
        }
    }

    /// The mean reward of new scores, and its delete-one-fold jackknife.
    public struct Mean: Equatable, Sendable {
        public let mean: Double
        public let variance: Double
        public let foldMeans: [Double]
    }

    public func mean(
        _ scores: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>?
    ) throws(QuantcalError) -> Mean { try average(scores, weights) }

    public func mean(
        _ scores: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?
    ) throws(QuantcalError) -> Mean { try average(scores, weights) }

    private func average<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?
    ) throws(QuantcalError) -> Mean {
        guard !scores.isEmpty else { throw QuantcalError(.size, "n is 0; a mean needs a score") }
        try Require.finite(scores, "scores")
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights).sum }
        // The weights' sum is brought far from the ends of the number range.
        let scale = PowerOfTwo.bringing(total ?? 1, above: -100, below: 100)
        func mean(_ model: RewardModel) -> Double {
            var sum = DoubleDouble()
            var weight = DoubleDouble()
            for index in scores.indices {
                let share = weights.map { Double($0[index]) * scale } ?? 1
                sum.addProduct(share, model(Double(scores[index])))
                weight += share
            }
            return sum / weight
        }
        let foldMeans = outside.map(mean)
        let centre = foldMeans.reduce(0, +) / Double(folds)
        let squares = foldMeans.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
        return Mean(
            mean: mean(serving), variance: squares * Double(folds - 1) / Double(folds), foldMeans: foldMeans)
    }
}

extension RewardFolds {
    /// The caller's folds, checked, or those of single points; returns how many there are.
    func settle<T: Scalar>(
        _ given: UnsafeBufferPointer<Int32>?, weights: UnsafeBufferPointer<T>?, count n: Int,
        into fold: UnsafeMutableBufferPointer<Int32>
    ) throws(QuantcalError) -> Int {
        if let given {
            let folds = try Self.validate(given) { point in weights.map { $0[point] > 0 } ?? true }
            _ = fold.update(fromContentsOf: given)
            return folds
        }
        guard let weights else { return try assign(.rows, labelled: nil, into: fold) }
        let counted = try Scratch<UInt8>(n)
        for point in 0..<n { counted.buffer[point] = weights[point] > 0 ? 1 : 0 }
        return try assign(.rows, labelled: UnsafeBufferPointer(counted.buffer), into: fold)
    }
}
