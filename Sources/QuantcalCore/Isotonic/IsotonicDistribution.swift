/// Isotonic distributional regression: the distribution of an outcome given a covariate, under the one
/// assumption that a larger covariate makes for a stochastically larger outcome; of several coordinates,
/// one in which none is smaller. At every threshold the distribution functions F(threshold | x) are the
/// nearest ones that fall with x to the shares of outcomes up to the threshold; this is at once the best
/// fit under the CRPS and under every proper score that weighs thresholds or quantiles.
///
/// A value is immutable: any number of threads may ask it at once.
///
/// Source: Henzi, Ziegel, Gneiting (2021), "Isotonic distributional regression".
public final class IsotonicDistribution: @unchecked Sendable {
    // Unchecked since memory is not Sendable; nothing here changes once it is made.

    let functions: IsotonicDistributionFunctions

    /// Fits the distributions. `x` has a row of `dimensions` coordinates for each outcome. `events` are 1 for an
    /// outcome that was observed, 0 for one that was censored there: nil if all were observed.
    public convenience init(
        x: UnsafeBufferPointer<Double>, dimensions: Int = 1, y: UnsafeBufferPointer<Double>,
        weights: UnsafeBufferPointer<Double>?, events: UnsafeBufferPointer<UInt8>? = nil,
        direction: IsotonicRegression.Direction = .increasing, progress: Progress = .none
    ) throws(QuantcalError) {
        try self.init(
            IsotonicDistributionSample(
                x: x, dimensions: dimensions, y: y, weights: weights, events: events, direction: direction),
            progress)
    }

    public convenience init(
        x: UnsafeBufferPointer<Float>, dimensions: Int = 1, y: UnsafeBufferPointer<Float>,
        weights: UnsafeBufferPointer<Float>?, events: UnsafeBufferPointer<UInt8>? = nil,
        direction: IsotonicRegression.Direction = .increasing, progress: Progress = .none
    ) throws(QuantcalError) {
        try self.init(
            IsotonicDistributionSample(
                x: x, dimensions: dimensions, y: y, weights: weights, events: events, direction: direction),
            progress)
    }

    private init(
        _ sample: consuming IsotonicDistributionSample, _ progress: Progress
    ) throws(QuantcalError) {
        var outcomes = GrowableBuffer<Double>()
        let runs: IsotonicDistributionRuns
        if sample.covariates.dimensions > 1 {
            runs = try IsotonicDistributionOrderFit.fit(sample, thresholds: &outcomes, progress)
        } else if sample.hasCensored {
            runs = try IsotonicDistributionCensored.fit(sample, thresholds: &outcomes, progress)
        } else {
            runs = try IsotonicDistributionFit.fit(sample, thresholds: &outcomes, progress)
        }
        functions = IsotonicDistributionFunctions(
            covariates: sample.covariates, outcomes: outcomes, runs: runs)
    }

    /// Reads what `serialize` has written, or refuses it: nothing in the bytes is trusted.
    public init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        functions = try IsotonicDistributionFunctions(bytes: bytes)
    }

    public var serializedSize: Int { functions.serializedSize }

    /// Writes `serializedSize` bytes.
    public func serialize(_ bytes: UnsafeMutableRawPointer) { functions.serialize(bytes) }

    public var direction: IsotonicRegression.Direction { functions.covariates.direction }

    /// How many coordinates a covariate has.
    public var dimensions: Int { functions.covariates.dimensions }

    /// The distinct outcomes (if some are censored, those observed), ascending: where the distribution
    /// functions may jump.
    public var thresholdCount: Int { functions.outcomes.count }

    public func thresholds<T: BinaryFloatingPoint>(into target: UnsafeMutablePointer<T>) {
        for (index, outcome) in functions.outcomes.buffer.enumerated() { target[index] = T(outcome) }
    }
}
