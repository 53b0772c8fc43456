/// From a score to a reward: an isotonic function of the score, or of a smooth function of it.
///
/// In the second stage of a two-stage model the key of a point is the rank of g among the points that the
/// model was fitted to, and a new g has the rank of the largest of these that is not above it. So the
/// reward is a step function of g itself, and ranks need not be kept. (Points of equal g share the middle
/// of their ranks, that is, one key.)
final class RewardModel: Sendable {
    private let spline: RewardSpline?
    private nonisolated(unsafe) let curve: PooledCurve

    /// Isotonic in the score.
    init(monotone training: RewardPoints.Training) throws(QuantcalError) {
        spline = nil
        curve = try PooledCurve(
            keys: training.scores, y: training.labels, weights: training.weights, shape: .linear)
    }

    /// Isotonic in the rank of g. Few points have no g but their score.
    init(twoStage training: RewardPoints.Training) throws(QuantcalError) {
        guard training.scores.count >= RewardSpline.leastPoints else {
            spline = nil
            curve = try PooledCurve(
                keys: training.scores, y: training.labels, weights: training.weights, shape: .steps)
            return
        }
        let spline = RewardSpline(
            scores: training.scores, labels: training.labels, weights: training.weights)
        let ranked = try Self.ranked(training, by: spline)
        let sorted = ranked.prefix(ranked.count)
        self.spline = spline
        curve = try PooledCurve(
            keys: sorted.scores, y: sorted.labels, weights: sorted.weights, shape: .steps)
    }

    func callAsFunction(_ score: Double) -> Double {
        min(max(curve(spline.map { $0(score) } ?? score), 0), 1)
    }

    /// The points in ascending order of g, which stands for their score.
    private static func ranked(
        _ training: RewardPoints.Training, by spline: RewardSpline
    ) throws(QuantcalError) -> RewardPoints {
        let count = training.scores.count
        let smooth = try Scratch<Double>(count)
        for point in 0..<count { smooth.buffer[point] = spline(training.scores[point]) }
        let order = try PredictorOrder(UnsafeBufferPointer(smooth.buffer))
        let ranked = try RewardPoints(room: count)
        _ = ranked.scores.update(fromContentsOf: order.x)
        order.gather(training.labels, into: ranked.labels)
        order.gather(training.weights, into: ranked.weights)
        return ranked
    }
}
