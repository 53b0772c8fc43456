import QuantcalCore

/// Covariates: an array has one coordinate each, a matrix a row for each.
public protocol IsotonicCovariates<Scalar> {
    associatedtype Scalar
    var covariateRows: Matrix<Scalar> { get }
}

extension Matrix: IsotonicCovariates {
    public var covariateRows: Matrix<Element> { self }
}

extension Array: IsotonicCovariates {
    public var covariateRows: Matrix<Element> { Matrix(unchecked: count, 1, self) }
}

/// The distribution of an outcome given a covariate, from an isotonic distributional regression. A value:
/// it never changes, copies share memory, and any number of threads may ask it at once.
///
/// Queries are covariates. Between two covariates of the fit a query gets the linear interpolation of their
/// distribution functions, beyond the outermost that one's. With several coordinates, it gets the mean of the bounds
/// that the covariates below and above it set, or the one that there is, or the distribution of all
/// outcomes. C: `qc_isotonic_distribution_destroy` is not needed here.
public struct IsotonicDistribution: Sendable {
    private let core: QuantcalCore.IsotonicDistribution

    fileprivate init(_ core: QuantcalCore.IsotonicDistribution) { self.core = core }

    public var direction: IsotonicDirection { core.direction }

    /// How many coordinates a covariate has. C: `qc_isotonic_distribution_dimensions`.
    public var dimensions: Int { core.dimensions }

    /// The distinct outcomes, ascending, where distribution functions may jump.
    /// C: `qc_isotonic_distribution_thresholds_f64`, and `_f32` by rounding these.
    public var thresholds: [Double] {
        [Double](unsafeUninitializedCapacity: core.thresholdCount) { buffer, count in
            if let memory = buffer.baseAddress { core.thresholds(into: memory) }
            count = core.thresholdCount
        }
    }

    /// The distribution as bytes, the same on every machine. C: `qc_isotonic_distribution_serialize`.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: core.serializedSize) { buffer, count in
            core.serialize(buffer.baseAddress!)
            count = core.serializedSize
        }
    }

    /// The distribution that `bytes` was taken from; nothing in them is trusted.
    /// C: `qc_isotonic_distribution_deserialize`.
    public init(bytes: [UInt8]) throws(QuantcalError) {
        core = try withBuffer(bytes) { bytes throws(QuantcalError) in
            try QuantcalCore.IsotonicDistribution(bytes: UnsafeRawBufferPointer(bytes))
        }
    }

    /// The probability of an outcome of at most `threshold`.
    public func callAsFunction(_ threshold: Double, given x: Double) throws(QuantcalError) -> Double {
        try cdf(at: [x], thresholds: [threshold])[0, 0]
    }

    /// The same for a covariate of several coordinates.
    public func callAsFunction(_ threshold: Double, given x: [Double]) throws(QuantcalError) -> Double {
        try cdf(at: Matrix(unchecked: 1, x.count, x), thresholds: [threshold])[0, 0]
    }

    /// Distribution functions: a row for each query, a column for each threshold. Queries and thresholds
    /// must not be NaN. C: `qc_isotonic_distribution_cdf_f64`.
    public func cdf(at queries: some IsotonicCovariates<Double>, thresholds: [Double]) throws(QuantcalError)
        -> Matrix<Double>
    {
        try ask(queries.covariateRows, dimensions, thresholds) {
            queries, thresholds, output throws(QuantcalError) in
            try core.cdf(at: queries, thresholds: thresholds, into: output)
        }
    }

    /// The same in single precision. C: `qc_isotonic_distribution_cdf_f32`.
    public func cdf(at queries: some IsotonicCovariates<Float>, thresholds: [Float]) throws(QuantcalError)
        -> Matrix<Float>
    {
        try ask(queries.covariateRows, dimensions, thresholds) {
            queries, thresholds, output throws(QuantcalError) in
            try core.cdf(at: queries, thresholds: thresholds, into: output)
        }
    }

    /// Quantiles: the least threshold at which the distribution function reaches the level, +infinity if none;
    /// a row for each query, a column for each level, strictly between 0 and 1.
    /// C: `qc_isotonic_distribution_quantile_f64`.
    public func quantiles(at queries: some IsotonicCovariates<Double>, levels: [Double]) throws(QuantcalError)
        -> Matrix<Double>
    {
        try ask(queries.covariateRows, dimensions, levels) { queries, levels, output throws(QuantcalError) in
            try core.quantiles(at: queries, levels: levels, into: output)
        }
    }

    /// The same in single precision. C: `qc_isotonic_distribution_quantile_f32`.
    public func quantiles(at queries: some IsotonicCovariates<Float>, levels: [Double]) throws(QuantcalError)
        -> Matrix<Float>
    {
        try ask(queries.covariateRows, dimensions, levels) { queries, levels, output throws(QuantcalError) in
            try core.quantiles(at: queries, levels: levels, into: output)
        }
    }

    /// The continuous ranked probability score of each query's distribution for its outcome; +infinity if
    /// the distribution function stays below 1. C: `qc_isotonic_distribution_crps_f64`.
    public func crps(at queries: some IsotonicCovariates<Double>, y: [Double]) throws(QuantcalError)
        -> [Double]
    {
        try judge(queries.covariateRows, dimensions, y) { queries, y, output throws(QuantcalError) in
            try core.crps(at: queries, outcomes: y, into: output)
        }
    }

    /// The same in single precision. C: `qc_isotonic_distribution_crps_f32`.
    public func crps(at queries: some IsotonicCovariates<Float>, y: [Float]) throws(QuantcalError) -> [Float]
    {
        try judge(queries.covariateRows, dimensions, y) { queries, y, output throws(QuantcalError) in
            try core.crps(at: queries, outcomes: y, into: output)
        }
    }

    /// The probability integral transform of each query's distribution at its outcome, and a uniform draw
    /// from its interval: the same seed gives the same draws. C: `qc_isotonic_distribution_pit_f64`.
    public func pit(
        at queries: some IsotonicCovariates<Double>, y: [Double], seed: UInt64 = 0
    ) throws(QuantcalError) -> IsotonicTransform<Double> {
        try transform(queries.covariateRows, dimensions, y, seed) {
            queries, y, band throws(QuantcalError) in
            try core.transform(at: queries, outcomes: y, into: band)
        }
    }

    /// The same in single precision. C: `qc_isotonic_distribution_pit_f32`.
    public func pit(
        at queries: some IsotonicCovariates<Float>, y: [Float], seed: UInt64 = 0
    ) throws(QuantcalError) -> IsotonicTransform<Float> {
        try transform(queries.covariateRows, dimensions, y, seed) {
            queries, y, band throws(QuantcalError) in
            try core.transform(at: queries, outcomes: y, into: band)
        }
    }
}

/// Where outcomes lie in their distributions.
public struct IsotonicTransform<Scalar> {
    /// The distribution function just below the outcome, and at it.
    public let lower: [Scalar]
    public let upper: [Scalar]
    /// A uniform draw between the two.
    public let pit: [Scalar]
}

extension IsotonicTransform: Equatable where Scalar: Equatable {}
extension IsotonicTransform: Sendable where Scalar: Sendable {}

/// Isotonic distributional regression: distribution functions that at every threshold are the weighted
/// least-squares fit, falling as x rises, to the indicators of outcomes up to it. Covariates of several coordinates
/// are in the componentwise order.
/// C: `qc_isotonic_distribution_create_f64`; the default arguments are those of
/// `qc_isotonic_distribution_options_init`.
///
/// - Parameters:
///   - x: finite covariates, at least one: an array, or a matrix with a row for each outcome.
///   - y: as many finite outcomes.
///   - weights: as many finite weights >= 0, not all zero; nil for ones. What weighs nothing is ignored.
///   - events: for each outcome whether it was observed, or right-censored there, which takes covariates of one
///     coordinate; nil if all were observed.
///   - direction: whether outcomes rise or fall with the covariate.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, bad weights, no event, or when stopped.
public func isotonicDistribution(
    _ x: some IsotonicCovariates<Double>, _ y: [Double], weights: [Double]? = nil, events: [Bool]? = nil,
    direction: IsotonicDirection = .increasing, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicDistribution {
    try fit(x.covariateRows, y, weights, events) { x, dimensions, y, weights, events throws(QuantcalError) in
        try QuantcalCore.IsotonicDistribution(
            x: x, dimensions: dimensions, y: y, weights: weights, events: events, direction: direction,
            progress: Progress(progress))
    }
}

/// The same from single precision. C: `qc_isotonic_distribution_create_f32`.
public func isotonicDistribution(
    _ x: some IsotonicCovariates<Float>, _ y: [Float], weights: [Float]? = nil, events: [Bool]? = nil,
    direction: IsotonicDirection = .increasing, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicDistribution {
    try fit(x.covariateRows, y, weights, events) { x, dimensions, y, weights, events throws(QuantcalError) in
        try QuantcalCore.IsotonicDistribution(
            x: x, dimensions: dimensions, y: y, weights: weights, events: events, direction: direction,
            progress: Progress(progress))
    }
}

private func fit<Scalar>(
    _ x: Matrix<Scalar>, _ y: [Scalar], _ weights: [Scalar]?, _ events: [Bool]?,
    _ make: (
        UnsafeBufferPointer<Scalar>, Int, UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?,
        UnsafeBufferPointer<UInt8>?
    ) throws(QuantcalError) -> QuantcalCore.IsotonicDistribution
) throws(QuantcalError) -> IsotonicDistribution {
    try requireCount(y.count, x.rows, "y")
    if let weights { try requireCount(weights.count, x.rows, "weights") }
    if let events { try requireCount(events.count, x.rows, "events") }
    let dimensions = x.columns
    let core = try withBuffer(x.elements) { x throws(QuantcalError) in
        try withBuffer(y) { y throws(QuantcalError) in
            try withOptionalBuffer(weights) { weights throws(QuantcalError) in
                try withOptionalBuffer(events?.map { $0 ? 1 : 0 }) { events throws(QuantcalError) in
                    try make(x, dimensions, y, weights, events)
                }
            }
        }
    }
    return IsotonicDistribution(core)
}

private func requireColumns<Scalar>(_ queries: Matrix<Scalar>, _ dimensions: Int) throws(QuantcalError) {
    guard queries.columns == dimensions else {
        throw QuantcalError(.size, "a query has \(queries.columns) coordinates; \(dimensions) are needed")
    }
}

private func ask<Scalar: BitwiseCopyable, Column>(
    _ queries: Matrix<Scalar>, _ dimensions: Int, _ columns: [Column],
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Column>, UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> Matrix<Scalar> {
    try requireColumns(queries, dimensions)
    let (count, overflow) = queries.rows.multipliedReportingOverflow(by: columns.count)
    guard !overflow else {
        throw QuantcalError(.size, "\(queries.rows) x \(columns.count) elements do not fit into memory")
    }
    let answers = try filled(count) { (output: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(queries.elements) { queries throws(QuantcalError) in
            try withBuffer(columns) { columns throws(QuantcalError) in try call(queries, columns, output) }
        }
    }
    return Matrix(unchecked: queries.rows, columns.count, answers)
}

private func judge<Scalar: BitwiseCopyable>(
    _ queries: Matrix<Scalar>, _ dimensions: Int, _ y: [Scalar],
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Scalar] {
    try requireColumns(queries, dimensions)
    try requireCount(y.count, queries.rows, "y")
    return try filled(queries.rows) { (output: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(queries.elements) { queries throws(QuantcalError) in
            try withBuffer(y) { y throws(QuantcalError) in try call(queries, y, output) }
        }
    }
}

private func transform<Scalar: BitwiseCopyable>(
    _ queries: Matrix<Scalar>, _ dimensions: Int, _ y: [Scalar], _ seed: UInt64,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, DistributionBand<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> IsotonicTransform<Scalar> {
    let count = queries.rows
    var ends: [[Scalar]] = []
    let pit = try judge(queries, dimensions, y) { queries, y, draw throws(QuantcalError) in
        ends = try filledArrays(2, of: count) { ends throws(QuantcalError) in
            try call(queries, y, .init(seed: seed, lower: ends[0], upper: ends[1], draw: draw))
        }
    }
    return IsotonicTransform(lower: ends[0], upper: ends[1], pit: pit)
}
