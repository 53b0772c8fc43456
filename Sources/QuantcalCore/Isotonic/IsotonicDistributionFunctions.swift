/// The distribution functions of a fit: which covariate and which outcome they go with, and their values
/// between covariates.
struct IsotonicDistributionFunctions: ~Copyable {
    let direction: IsotonicRegression.Direction
    /// The distinct covariates, ascending; negated if the direction is decreasing.
    let knots: GrowableBuffer<Double>
    /// The distinct outcomes, ascending: the thresholds of the runs.
    let outcomes: GrowableBuffer<Double>
    let runs: IsotonicDistributionRuns

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
