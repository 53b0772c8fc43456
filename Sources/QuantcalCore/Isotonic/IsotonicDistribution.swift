/// Isotonic distributional regression: the distribution of an outcome given a covariate, under the one
/// assumption that a larger covariate makes for a stochastically larger outcome. At every threshold the
/// distribution functions F(threshold | x) are the nearest sequence that falls with x to the shares
/// of outcomes up to the threshold; this is at once the best fit under the CRPS and under
/// every proper score that weighs thresholds or quantiles.
///
/// A value is immutable: any number of threads may ask it at once.
///
/// Source: Henzi, Ziegel, Gneiting (2021), "Isotonic distributional regression".
public final class IsotonicDistribution: @unchecked Sendable {
    // Unchecked since memory is not Sendable; nothing here changes once it is made.

    public let direction: IsotonicRegression.Direction
    /// The distinct covariates, ascending; negated if the direction is decreasing.
    let knots: GrowableBuffer<Double>
    let outcomes: GrowableBuffer<Double>
    let runs: IsotonicDistributionRuns

    /// Fits the distributions. `events` are 1 for an outcome that was observed, 0 for one that was
    /// censored there: nil if all were observed.
    public convenience init(
        x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>,
        weights: UnsafeBufferPointer<Double>?, events: UnsafeBufferPointer<UInt8>? = nil,
        direction: IsotonicRegression.Direction = .increasing, progress: Progress = .none
    ) throws(QuantcalError) {
        try self.init(
            IsotonicDistributionSample(
                x: x, y: y, weights: weights, events: events, isDescending: direction == .decreasing),
            direction, progress)
    }

    public convenience init(
        x: UnsafeBufferPointer<Float>, y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?,
        events: UnsafeBufferPointer<UInt8>? = nil, direction: IsotonicRegression.Direction = .increasing,
        progress: Progress = .none
    ) throws(QuantcalError) {
        try self.init(
            IsotonicDistributionSample(
                x: x, y: y, weights: weights, events: events, isDescending: direction == .decreasing),
            direction, progress)
    }

    private convenience init(
        _ sample: consuming IsotonicDistributionSample, _ direction: IsotonicRegression.Direction,
        _ progress: Progress
    ) throws(QuantcalError) {
        var outcomes = GrowableBuffer<Double>()
        let runs =
            sample.hasCensored
            ? try IsotonicDistributionCensored.fit(sample, thresholds: &outcomes, progress)
            : try IsotonicDistributionFit.fit(sample, thresholds: &outcomes, progress)
        self.init(direction: direction, knots: sample.knots, outcomes: outcomes, runs: runs)
    }

    init(
        direction: IsotonicRegression.Direction, knots: consuming GrowableBuffer<Double>,
        outcomes: consuming GrowableBuffer<Double>, runs: consuming IsotonicDistributionRuns
    ) {
        self.direction = direction
        self.knots = knots
        self.outcomes = outcomes
        self.runs = runs
    }

    /// The distinct outcomes (if some are censored, those observed), ascending: where the distribution
    /// functions may jump.
    public var thresholdCount: Int { outcomes.count }

    public func thresholds<T: BinaryFloatingPoint>(into target: UnsafeMutablePointer<T>) {
        for (index, outcome) in outcomes.buffer.enumerated() { target[index] = T(outcome) }
    }

    /// Where a covariate lies: at a knot or beyond the last, or between two, by linear interpolation.
    struct Place: Equatable {
        var low: Int
        var high: Int
        /// The weight of the higher knot.
        var share: Double

        /// Rounded once, or as good as: so that it rises with either value and falls as the share of
        /// the higher, which is the smaller, grows; and two equal values give themselves.
        @inline(__always) func interpolate(_ atLow: Double, _ atHigh: Double) -> Double {
            if low == high || atLow == atHigh { return atLow }
            let (rise, rest) = DoubleDouble.twoSum(atHigh, -atLow)
            let (product, error) = DoubleDouble.twoProduct(share, rise)
            var sum = DoubleDouble(high: atLow)
            sum += DoubleDouble(high: product, low: error + share * rest)
            return sum.value
        }
    }

    func place(_ x: Double) -> Place {
        let x = direction == .decreasing ? -x : x
        let knots = knots.buffer
        let next = Search.first(in: 0..<knots.count) { knots[$0] > x }
        guard next > 0, next < knots.count, knots[next - 1] < x else {
            let only = max(next - 1, 0)
            return Place(low: only, high: only, share: 0)
        }
        let (low, high) = (knots[next - 1], knots[next])
        let width = high - low
        let share = width.isFinite ? (x - low) / width : (x / 2 - low / 2) / (high / 2 - low / 2)
        return Place(low: next - 1, high: next, share: share)
    }

    /// The distribution function at a place once so many thresholds are passed.
    @inline(__always) func value(_ place: Place, after thresholds: Int) -> Double {
        let low = runs.value(place.low, after: thresholds)
        if place.low == place.high { return low }
        return place.interpolate(low, runs.value(place.high, after: thresholds))
    }

    /// How many thresholds are at most, or below, an outcome.
    func passed(_ outcome: Double) -> Int {
        Search.first(in: 0..<outcomes.count) { outcomes.buffer[$0] > outcome }
    }

    func passed(before outcome: Double) -> Int {
        Search.first(in: 0..<outcomes.count) { outcomes.buffer[$0] >= outcome }
    }
}
