/// The distribution functions of a fit: which covariates and which outcomes they go with, and their values
/// anywhere.
struct IsotonicDistributionFunctions: ~Copyable {
    typealias Place = IsotonicDistributionCovariates.Place

    let covariates: IsotonicDistributionCovariates
    /// The distinct outcomes, ascending: the thresholds of the runs.
    let outcomes: GrowableBuffer<Double>
    let runs: IsotonicDistributionRuns

    /// The distribution function at a place once so many thresholds are passed.
    @inline(__always) func value(_ place: Place, after thresholds: Int) -> Double {
        var (before, after) = (1.0, 0.0)
        if place.share < 1 {
            for group in place.before { before = min(before, runs.value(Int(group), after: thresholds)) }
        }
        if place.share > 0 {
            for group in place.after { after = max(after, runs.value(Int(group), after: thresholds)) }
        }
        return place.interpolate(before, after)
    }

    /// How many thresholds are at most, or below, an outcome.
    func passed(_ outcome: Double) -> Int {
        Search.first(in: 0..<outcomes.count) { outcomes.buffer[$0] > outcome }
    }

    func passed(before outcome: Double) -> Int {
        Search.first(in: 0..<outcomes.count) { outcomes.buffer[$0] >= outcome }
    }
}
