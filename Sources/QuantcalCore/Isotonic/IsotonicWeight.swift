/// Importance weights made steadier by making them a monotone function of a score (SIMCal-W).
///
/// Source: Causal Judge Evaluation (arXiv 2512.11150) and its package cje-eval 0.3.0. Departures: weights
/// may be 0; folds come from a hash; the mixture of three candidates is found exactly.
public enum IsotonicWeight {
    public enum Target: Int32, CaseIterable, Sendable {
        case rewards = 0
        case residuals = 1
    }

    public struct Settings {
        let folds: RewardFolds
        let target: Target
        let includesRaw: Bool
        let varianceCap, essFloor, weightFloor, shrinkage: Double
        let progress: Progress

        public init(
            folds: RewardFolds, target: Target, includesRaw: Bool, varianceCap: Double, essFloor: Double,
            weightFloor: Double, shrinkage: Double, progress: Progress = .none
        ) throws(QuantcalError) {
            func require(_ isGood: Bool, _ name: String, _ value: Double, _ range: String)
                throws(QuantcalError)
            {
                guard isGood else {
                    throw QuantcalError(.options, "\(name) is \(value); it must be \(range)")
                }
            }
            try require(varianceCap > 0, "variance_cap", varianceCap, "above 0")
            try require(essFloor >= 0 && essFloor <= 1, "ess_floor", essFloor, "0 to 1")
            try require(
                weightFloor > 0 && weightFloor <= 1, "weight_floor", weightFloor, "above 0 and at most 1")
            try require(shrinkage >= 0 && shrinkage <= 1, "shrinkage", shrinkage, "0 to 1")
            (self.folds, self.target, self.includesRaw) = (folds, target, includesRaw)
            (self.varianceCap, self.essFloor) = (varianceCap, essFloor)
            (self.weightFloor, self.shrinkage, self.progress) = (weightFloor, shrinkage, progress)
        }

        /// Whether further points need weights of their own.
        public var needsRaw: Bool { includesRaw || shrinkage > 0 }

        var largestVariance: Double { min(varianceCap, 1 / essFloor - 1) }
    }

    public struct Summary: Equatable, Sendable {
        public internal(set) var varianceBefore = 0.0
        public internal(set) var varianceAfter = 0.0
        public internal(set) var essBefore = 0.0
        public internal(set) var essAfter = 0.0
        /// How much of the uniform weights came in.
        public internal(set) var blend = 0.0
        public internal(set) var mixtureIncreasing = 0.0
        public internal(set) var mixtureDecreasing = 0.0
        public internal(set) var mixtureRaw = 0.0
        public internal(set) var folds = 0
    }

    /// The points to learn from. `fold` is nil for folds of single points, `targets` for rewards of 1.
    public struct Data<T> {
        let weights: UnsafeBufferPointer<T>
        let scores: UnsafeBufferPointer<T>
        let targets: UnsafeBufferPointer<T>?
        let fold: UnsafeBufferPointer<Int32>?

        public init(
            weights: UnsafeBufferPointer<T>, scores: UnsafeBufferPointer<T>, targets: UnsafeBufferPointer<T>?,
            fold: UnsafeBufferPointer<Int32>?
        ) {
            (self.weights, self.scores, self.targets, self.fold) = (weights, scores, targets, fold)
        }
    }

    /// Further points, to which the same is done.
    public struct Further<T> {
        let weights: UnsafeBufferPointer<T>?
        let scores: UnsafeBufferPointer<T>
        let stabilized: UnsafeMutablePointer<T>

        public init(
            weights: UnsafeBufferPointer<T>?, scores: UnsafeBufferPointer<T>,
            stabilized: UnsafeMutablePointer<T>
        ) {
            (self.weights, self.scores, self.stabilized) = (weights, scores, stabilized)
        }
    }

    /// `stabilized` may be the memory of the weights.
    public static func stabilize(
        _ data: Data<Double>, _ further: Further<Double>, _ settings: Settings,
        into stabilized: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) -> Summary { try compute(data, further, settings, stabilized) }

    public static func stabilize(
        _ data: Data<Float>, _ further: Further<Float>, _ settings: Settings,
        into stabilized: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) -> Summary { try compute(data, further, settings, stabilized) }

    private static func compute<T: Scalar>(
        _ data: Data<T>, _ further: Further<T>, _ settings: Settings, _ stabilized: UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Summary {
        try validate(data, further)
        let n = data.scores.count
        let fold = try Scratch<Int32>(n)
        var summary = Summary()
        summary.folds = try settings.folds.settle(
            data.fold, weights: UnsafeBufferPointer<T>?.none, count: n, into: fold.buffer)
        try settings.progress(0)
        let raw = try meanOne(data.weights)
        let curves = try Curves(data.scores, raw.buffer)
        try settings.progress(0.5)
        let columns = try Candidates(curves, data.scores, raw.buffer, settings)
        let influence = WeightInfluence(
            fold: UnsafeBufferPointer(fold.buffer), folds: summary.folds, target: settings.target)
        let mixture = WeightMixture.best(try influence.covariance(columns, data.targets))
        let mixed = try columns.mixed(mixture)
        let variance = Self.variance(mixed.buffer)
        summary.blend =
            variance > settings.largestVariance
            ? 1 - (settings.largestVariance / variance).squareRoot() : 0
        (summary.mixtureIncreasing, summary.mixtureDecreasing) = (mixture[0], mixture[1])
        if settings.includesRaw { summary.mixtureRaw = mixture[2] }
        summary.varianceBefore = Self.variance(raw.buffer)
        summary.essBefore = Double(n) / (1 + summary.varianceBefore)
        finish(mixed.buffer, raw.buffer, settings, blend: summary.blend)
        summary.varianceAfter = Self.variance(mixed.buffer)
        summary.essAfter = Double(n) / (1 + summary.varianceAfter)
        try apply(curves, mixture, summary.blend, settings, further)
        for point in 0..<n { stabilized[point] = T(mixed.buffer[point]) }
        return summary
    }

    private static func validate<T: Scalar>(_ data: Data<T>, _ further: Further<T>) throws(QuantcalError) {
        guard data.scores.count >= 2 else {
            throw QuantcalError(.size, "n is \(data.scores.count); at least 2 points are needed")
        }
        try Require.weights(data.weights)
        try Require.finite(data.scores, "scores")
        if let targets = data.targets { try Require.finite(targets, "targets") }
        if let weights = further.weights { try Require.weights(weights, "new_weights") }
        try Require.finite(further.scores, "new_scores")
    }

    private static func meanOne<T: Scalar>(
        _ weights: UnsafeBufferPointer<T>
    ) throws(QuantcalError) -> Scratch<Double> {
        let scaled = try Scratch<Double>(weights.count)
        for point in weights.indices { scaled.buffer[point] = Double(weights[point]) }
        MeanOne.scale(scaled.buffer)
        return scaled
    }

    /// With a mean of 1, dividing by n.
    private static func variance(_ weights: UnsafeMutableBufferPointer<Double>) -> Double {
        var sum = DoubleDouble()
        for weight in weights { sum.addProduct(weight - 1, weight - 1) }
        return sum.value / Double(weights.count)
    }

    /// Blends to uniform, and shrinks to the raw weights.
    private static func finish(
        _ weights: UnsafeMutableBufferPointer<Double>, _ raw: UnsafeMutableBufferPointer<Double>,
        _ settings: Settings, blend: Double
    ) {
        if blend > 0 {
            for point in weights.indices {
                weights[point] = max(1 + (1 - blend) * (weights[point] - 1), settings.weightFloor)
            }
            MeanOne.scale(weights)
        }
        if settings.shrinkage > 0 {
            for point in weights.indices {
                weights[point] = (1 - settings.shrinkage) * weights[point] + settings.shrinkage * raw[point]
            }
        }
    }

    private static func apply<T: Scalar>(
        _ curves: borrowing Curves, _ mixture: [Double], _ blend: Double, _ settings: Settings,
        _ further: Further<T>
    ) throws(QuantcalError) {
        guard !further.scores.isEmpty else { return }
        let raw =
            if let weights = further.weights { try meanOne(weights) } else { try Scratch<Double>(0) }
        let columns = try Candidates(curves, further.scores, raw.buffer, settings)
        let mixed = try columns.mixed(mixture)
        finish(mixed.buffer, raw.buffer, settings, blend: blend)
        for point in further.scores.indices { further.stabilized[point] = T(mixed.buffer[point]) }
    }

    /// The rising and the falling regression of the weights on the score.
    struct Curves: ~Copyable {
        let increasing: PooledCurve
        let decreasing: PooledCurve

        init<T: Scalar>(
            _ scores: UnsafeBufferPointer<T>, _ weights: UnsafeMutableBufferPointer<Double>
        ) throws(QuantcalError) {
            let sorted = try RewardPoints(
                scores: scores, values: UnsafeBufferPointer(weights))
            let training = sorted.prefix(sorted.count)
            let rising = try PooledCurve(
                keys: training.scores, y: training.labels, weights: training.weights, shape: .linear)
            let falling = try PooledCurve(
                keys: training.scores, y: training.labels, weights: training.weights,
                direction: .decreasing, shape: .linear)
            increasing = rising
            decreasing = falling
        }
    }

    /// The candidates at some points, column after column.
    struct Candidates: ~Copyable {
        let count: Int
        let points: Int
        private let memory: Scratch<Double>

        init<T: Scalar>(
            _ curves: borrowing Curves, _ scores: UnsafeBufferPointer<T>,
            _ raw: UnsafeMutableBufferPointer<Double>, _ settings: Settings
        ) throws(QuantcalError) {
            count = settings.includesRaw ? 3 : 2
            points = scores.count
            memory = try Scratch(count * points)
            for point in 0..<points {
                memory.buffer[point] = max(curves.increasing(Double(scores[point])), settings.weightFloor)
                memory.buffer[points + point] = max(
                    curves.decreasing(Double(scores[point])), settings.weightFloor)
                if settings.includesRaw { memory.buffer[2 * points + point] = raw[point] }
            }
            for candidate in 0..<2 { MeanOne.scale(self[candidate]) }
        }

        subscript(candidate: Int) -> UnsafeMutableBufferPointer<Double> {
            UnsafeMutableBufferPointer(
                rebasing: memory.buffer[candidate * points..<(candidate + 1) * points])
        }

        func mixed(_ shares: [Double]) throws(QuantcalError) -> Scratch<Double> {
            let mixed = try Scratch<Double>(points)
            for point in 0..<points {
                mixed.buffer[point] = 0
                for candidate in 0..<count {
                    mixed.buffer[point] += shares[candidate] * self[candidate][point]
                }
            }
            return mixed
        }
    }
}
