/// Isotonic regression of a response on a predictor, as a curve: knots and values.
///
/// Points are sorted by the predictor and, within ties, by the response (`IsotonicTies`); the fit is then
/// that of a sequence, of any loss. A knot stands at each end of each run of equal fitted values, so the curve
/// through the knots goes through the fit. Points of weight 0 are left out; what the curve gives
/// there is their fitted value.
public enum IsotonicKnots {
    public typealias Options = IsotonicRegression.Options

    /// Where the results go; `knots` and `values` have room for all points.
    public struct Output<T> {
        let fitted: UnsafeMutablePointer<T>?
        let knots: UnsafeMutablePointer<T>
        let values: UnsafeMutablePointer<T>

        public init(
            fitted: UnsafeMutablePointer<T>?, knots: UnsafeMutablePointer<T>, values: UnsafeMutablePointer<T>
        ) {
            (self.fitted, self.knots, self.values) = (fitted, knots, values)
        }
    }

    public struct Outcome: Equatable, Sendable {
        public let knotCount: Int
        public let trend: IsotonicTrend
    }

    public static func fit(
        x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>,
        weights: UnsafeBufferPointer<Double>?, options: Options, output: Output<Double>,
        progress: Progress = .none
    ) throws(QuantcalError) -> Outcome { try compute(x, y, weights, options, output, progress) }

    public static func fit(
        x: UnsafeBufferPointer<Float>, y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?,
        options: Options, output: Output<Float>, progress: Progress = .none
    ) throws(QuantcalError) -> Outcome { try compute(x, y, weights, options, output, progress) }

    private static func compute<T: IsotonicScalar>(
        _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?,
        _ options: Options, _ output: Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Outcome {
        try options.check()
        try Require.finite(x, "x")
        try Require.finite(y, "y")
        try options.loss.checkDomain(y)
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights) }
        let trend = try IsotonicTrend.resolve(options.direction, x, y)
        guard !y.isEmpty else { return Outcome(knotCount: 0, trend: trend) }
        let points = IsotonicKnotsJob.Points(x: x, y: y, weights: weights)
        if let weights, total?.hasZero == true {
            let kept = try KeptPoints(x, y, weights)
            let job = IsotonicKnotsJob(
                options: options, direction: trend.direction, output: output, progress: progress, all: points,
                kept: kept.origins)
            return Outcome(knotCount: try job.fit(kept.points), trend: trend)
        }
        let job = IsotonicKnotsJob(
            options: options, direction: trend.direction, output: output, progress: progress, all: points,
            kept: nil)
        return Outcome(knotCount: try job.fit(points), trend: trend)
    }

    /// The points of positive weight, and where they were.
    private struct KeptPoints<T: IsotonicScalar>: ~Copyable {
        let points: IsotonicKnotsJob<T>.Points
        let origins: UnsafeBufferPointer<Int>
        private let memory: Scratch<T>
        private let indices: Scratch<Int>

        init(
            _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>
        ) throws(QuantcalError) {
            let count = weights.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
            let memory = try Scratch<T>(3 * count)
            let indices = try Scratch<Int>(count)
            let first = memory.buffer.baseAddress!
            var end = 0
            for index in weights.indices where weights[index] > 0 {
                first[end] = x[index]
                first[count + end] = y[index]
                first[2 * count + end] = weights[index]
                indices.buffer[end] = index
                end += 1
            }
            points = IsotonicKnotsJob.Points(
                x: UnsafeBufferPointer(start: first, count: count),
                y: UnsafeBufferPointer(start: first + count, count: count),
                weights: UnsafeBufferPointer(start: first + 2 * count, count: count))
            origins = UnsafeBufferPointer(indices.buffer)
            self.memory = memory
            self.indices = indices
        }
    }
}
