/// Centered isotonic regression: of points that are out of order, one point is made at the weighted mean of
/// their x and of their y, and the curve runs straight from each such point to the next. So it rises strictly
/// inside, where isotonic regression has steps.
///
/// Source: Oron, Flournoy (2017), "Centered isotonic regression: point and interval estimation for
/// dose-response studies". Departures: means are compared exactly (`IsotonicCenteredPooling`), where the
/// authors' package rounds to eight decimals; intervals are given also where all points make one.
public enum IsotonicCentered {
    /// Whether neighbours with equal means are made one.
    public enum Ties: Int32, CaseIterable, Sendable {
        /// Unless both are at the same end of the range of y.
        case boundary = 0
        case never = 1
        case always = 2
    }

    /// Intervals for the chance of success, where y is a share of successes and weights are trials.
    public enum Interval: Int32, CaseIterable, Sendable {
        case none = 0
        case wilson = 1
        case morris = 2
    }

    public struct Options: Sendable {
        public var direction = IsotonicRegression.Direction.increasing
        public var ties = Ties.boundary
        public var interval = Interval.morris
        public var confidence = 0.9
        /// The ends of the range of y.
        public var rangeLower = 0.0
        public var rangeUpper = 1.0

        public init() {}
    }

    /// Where the results go: the first three in the order of the points, with as many entries; the others
    /// have room for one more.
    public struct Output<T> {
        let fitted: UnsafeMutablePointer<T>
        let lower: UnsafeMutablePointer<T>?
        let upper: UnsafeMutablePointer<T>?
        let knots: UnsafeMutablePointer<T>
        let values: UnsafeMutablePointer<T>
        let knotWeights: UnsafeMutablePointer<T>?
        let knotLower: UnsafeMutablePointer<T>?
        let knotUpper: UnsafeMutablePointer<T>?

        public init(
            fitted: UnsafeMutablePointer<T>, lower: UnsafeMutablePointer<T>?,
            upper: UnsafeMutablePointer<T>?, knots: UnsafeMutablePointer<T>,
            values: UnsafeMutablePointer<T>, knotWeights: UnsafeMutablePointer<T>?,
            knotLower: UnsafeMutablePointer<T>?, knotUpper: UnsafeMutablePointer<T>?
        ) {
            (self.fitted, self.lower, self.upper) = (fitted, lower, upper)
            (self.knots, self.values, self.knotWeights) = (knots, values, knotWeights)
            (self.knotLower, self.knotUpper) = (knotLower, knotUpper)
        }

        var wantsIntervals: Bool { lower != nil || upper != nil || knotLower != nil || knotUpper != nil }
    }

    /// Returns the number of knots.
    public static func fit(
        x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>,
        weights: UnsafeBufferPointer<Double>?, options: Options, output: Output<Double>,
        progress: Progress = .none
    ) throws(QuantcalError) -> Int { try compute(x, y, weights, options, output, progress) }

    public static func fit(
        x: UnsafeBufferPointer<Float>, y: UnsafeBufferPointer<Float>,
        weights: UnsafeBufferPointer<Float>?, options: Options, output: Output<Float>,
        progress: Progress = .none
    ) throws(QuantcalError) -> Int { try compute(x, y, weights, options, output, progress) }

    private static func compute<T: IsotonicScalar>(
        _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?,
        _ options: Options, _ output: Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights) }
        try Require.finite(y, "y")
        try check(options, wantsIntervals: output.wantsIntervals)
        if output.wantsIntervals { try checkTrials(y, weights, total?.sum ?? Double(y.count), options) }
        guard !x.isEmpty else { return 0 }
        try progress(0)
        let points = try SortedPoints(x, y, weights)
        let pooling = try IsotonicCenteredPooling(points, total?.sum ?? Double(x.count), options)
        let knots = try IsotonicCenteredKnots<T>(pooling)
        if output.wantsIntervals { try knots.setIntervals(pooling, options, progress) }
        try knots.write(at: x, output)
        return knots.count
    }

    private static func check(_ options: Options, wantsIntervals: Bool) throws(QuantcalError) {
        try Require.level(options.confidence, "confidence")
        let (lower, upper) = (options.rangeLower, options.rangeUpper)
        for (bound, name) in [(lower, "range_lower"), (upper, "range_upper")] where bound.isNaN {
            throw QuantcalError(.notFinite, "\(name) is nan; it must be a number or infinite")
        }
        guard lower < upper else {
            throw QuantcalError(
                .domain, "range_lower is \(lower), range_upper is \(upper); the lower must be less")
        }
        guard options.interval != .none || !wantsIntervals else {
            throw QuantcalError(
                .options, "interval is 0 (none); lower, upper and those of knots must be NULL")
        }
    }

    /// So many trials take Morris's bounds a second or so for each knot.
    static let mostTrials = 1e9

    /// y are shares of successes, and weights are trials.
    private static func checkTrials<T: Scalar>(
        _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, _ total: Double, _ options: Options
    ) throws(QuantcalError) {
        if let index = y.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
            throw QuantcalError(
                .domain, "y[\(index)] is \(y[index]); y must be 0 to 1 where an interval is asked for")
        }
        if let weights, let index = weights.firstIndex(where: { $0 != $0.rounded() }) {
            throw QuantcalError(
                .domain,
                "weights[\(index)] is \(weights[index]); weights must be whole numbers of trials where an "
                    + "interval is asked for")
        }
        guard options.interval != .morris || total <= mostTrials else {
            throw QuantcalError(
                .domain, "the sum of weights is \(total); it must be at most 1e9 where interval is morris")
        }
    }
}
