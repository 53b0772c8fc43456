import QuantcalCore

/// Distribution functions: a row for each prediction, a column for each threshold.
public struct ConformalBand<Scalar> {
    public let lower: Matrix<Scalar>
    public let upper: Matrix<Scalar>
    /// Between the two, by one uniform number for each prediction.
    public let smoothed: Matrix<Scalar>
}

extension ConformalBand: Equatable where Scalar: Equatable {}
extension ConformalBand: Sendable where Scalar: Sendable {}

/// Where outcomes lie in their distributions.
public struct ConformalDistributionTransform<Scalar> {
    public let lower: [Scalar]
    public let upper: [Scalar]
    /// A draw between the two: uniform on 0 to 1 if the outcome is exchangeable with the calibration points.
    public let pit: [Scalar]
}

extension ConformalDistributionTransform: Equatable where Scalar: Equatable {}
extension ConformalDistributionTransform: Sendable where Scalar: Sendable {}

/// Groups (Mondrian categories) of residuals and of predictions, any integers: the distribution of each prediction
/// is made of the residuals of its own group.
public struct ConformalDistributionGroups: Equatable, Sendable {
    public var residuals: [Int64]
    public var predictions: [Int64]

    public init(residuals: [Int64], predictions: [Int64]) {
        (self.residuals, self.predictions) = (residuals, predictions)
    }
}

/// Predictive distribution functions of mean + scale * residual. Thresholds may be infinite; NaN is an error.
/// Residuals are (y - mean) / scale of calibration points, in just this arithmetic, so that ties are ties.
/// C: `qc_conformal_distribution_cdf_f64`.
public func conformalDistributionCDF(
    residuals: [Double], mean: [Double], scale: [Double]? = nil, groups: ConformalDistributionGroups? = nil,
    thresholds: [Double], seed: UInt64 = 0
) throws(QuantcalError) -> ConformalBand<Double> {
    try band(residuals, mean, scale, groups, thresholds, seed, ConformalDistribution.cdf)
}

/// The same in single precision. C: `qc_conformal_distribution_cdf_f32`.
public func conformalDistributionCDF(
    residuals: [Float], mean: [Float], scale: [Float]? = nil, groups: ConformalDistributionGroups? = nil,
    thresholds: [Float], seed: UInt64 = 0
) throws(QuantcalError) -> ConformalBand<Float> {
    try band(residuals, mean, scale, groups, thresholds, seed, ConformalDistribution.cdf)
}

/// Quantiles that are safe on one side: the outcome is at most `upper` with probability at least the level, and
/// below `lower` with probability at most the level. Levels are strictly between 0 and 1; ranks are exact
/// for the decimals typed. A row for each prediction, a column for each level.
/// C: `qc_conformal_distribution_quantile_f64`.
public func conformalDistributionQuantiles(
    residuals: [Double], mean: [Double], scale: [Double]? = nil, groups: ConformalDistributionGroups? = nil,
    levels: [Double]
) throws(QuantcalError) -> (lower: Matrix<Double>, upper: Matrix<Double>) {
    try quantiles(residuals, mean, scale, groups, levels, ConformalDistribution.quantiles)
}

/// The same in single precision. C: `qc_conformal_distribution_quantile_f32`.
public func conformalDistributionQuantiles(
    residuals: [Float], mean: [Float], scale: [Float]? = nil, groups: ConformalDistributionGroups? = nil,
    levels: [Double]
) throws(QuantcalError) -> (lower: Matrix<Float>, upper: Matrix<Float>) {
    try quantiles(residuals, mean, scale, groups, levels, ConformalDistribution.quantiles)
}

/// The continuous ranked probability score of each distribution for its outcome, the lower the better; with mass
/// 1 / n on each of n >= 1 residuals. +infinity if one of them is infinite.
/// C: `qc_conformal_distribution_crps_f64`.
public func conformalDistributionCRPS(
    residuals: [Double], mean: [Double], scale: [Double]? = nil, groups: ConformalDistributionGroups? = nil,
    y: [Double]
) throws(QuantcalError) -> [Double] {
    try scores(residuals, mean, scale, groups, y, ConformalDistribution.crps)
}

/// The same in single precision. C: `qc_conformal_distribution_crps_f32`.
public func conformalDistributionCRPS(
    residuals: [Float], mean: [Float], scale: [Float]? = nil, groups: ConformalDistributionGroups? = nil,
    y: [Float]
) throws(QuantcalError) -> [Float] {
    try scores(residuals, mean, scale, groups, y, ConformalDistribution.crps)
}

/// The probability integral transform of each distribution at its outcome: a p-value.
/// C: `qc_conformal_distribution_pit_f64`.
public func conformalDistributionPIT(
    residuals: [Double], mean: [Double], scale: [Double]? = nil, groups: ConformalDistributionGroups? = nil,
    y: [Double],
    seed: UInt64 = 0
) throws(QuantcalError) -> ConformalDistributionTransform<Double> {
    try transform(residuals, mean, scale, groups, y, seed, ConformalDistribution.transform)
}

/// The same in single precision. C: `qc_conformal_distribution_pit_f32`.
public func conformalDistributionPIT(
    residuals: [Float], mean: [Float], scale: [Float]? = nil, groups: ConformalDistributionGroups? = nil,
    y: [Float],
    seed: UInt64 = 0
) throws(QuantcalError) -> ConformalDistributionTransform<Float> {
    try transform(residuals, mean, scale, groups, y, seed, ConformalDistribution.transform)
}

// MARK: For either precision

/// What fills a band, of a distribution.
private typealias Fill<T: Scalar> = (ConformalDistribution<T>) -> (
    UnsafeBufferPointer<T>, DistributionBand<T>
) throws(QuantcalError) -> Void

private func band<T: Scalar>(
    _ residuals: [T], _ mean: [T], _ scale: [T]?, _ groups: ConformalDistributionGroups?, _ thresholds: [T],
    _ seed: UInt64, _ fill: Fill<T>
) throws(QuantcalError) -> ConformalBand<T> {
    let columns = thresholds.count
    let arrays = try ends(residuals, mean, scale, groups, thresholds, columns: columns, seed, fill)
        .map { Matrix(unchecked: mean.count, columns, $0) }
    return ConformalBand(lower: arrays[0], upper: arrays[1], smoothed: arrays[2])
}

private func transform<T: Scalar>(
    _ residuals: [T], _ mean: [T], _ scale: [T]?, _ groups: ConformalDistributionGroups?, _ y: [T],
    _ seed: UInt64, _ fill: Fill<T>
) throws(QuantcalError) -> ConformalDistributionTransform<T> {
    try requireCount(y.count, mean.count, "y")
    let arrays = try ends(residuals, mean, scale, groups, y, columns: 1, seed, fill)
    return ConformalDistributionTransform(lower: arrays[0], upper: arrays[1], pit: arrays[2])
}

/// The lower and upper ends, and the draw between them.
private func ends<T: Scalar>(
    _ residuals: [T], _ mean: [T], _ scale: [T]?, _ groups: ConformalDistributionGroups?, _ points: [T],
    columns: Int, _ seed: UInt64, _ fill: Fill<T>
) throws(QuantcalError) -> [[T]] {
    try ask(residuals, mean, scale, groups, points, outputs: 3, columns: columns) {
        distribution, points, outputs throws(QuantcalError) in
        try fill(distribution)(
            points, DistributionBand(seed: seed, lower: outputs[0], upper: outputs[1], draw: outputs[2]))
    }
}

private func quantiles<T: Scalar>(
    _ residuals: [T], _ mean: [T], _ scale: [T]?, _ groups: ConformalDistributionGroups?, _ levels: [Double],
    _ compute: (ConformalDistribution<T>) -> (
        UnsafeBufferPointer<Double>, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> (lower: Matrix<T>, upper: Matrix<T>) {
    let columns = levels.count
    let arrays = try ask(residuals, mean, scale, groups, levels, outputs: 2, columns: columns) {
        distribution, levels, outputs throws(QuantcalError) in
        try compute(distribution)(levels, outputs[0], outputs[1])
    }.map { Matrix(unchecked: mean.count, columns, $0) }
    return (arrays[0], arrays[1])
}

private func scores<T: Scalar>(
    _ residuals: [T], _ mean: [T], _ scale: [T]?, _ groups: ConformalDistributionGroups?, _ y: [T],
    _ compute: (ConformalDistribution<T>) -> (
        UnsafeBufferPointer<T>, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [T] {
    try requireCount(y.count, mean.count, "y")
    return try ask(residuals, mean, scale, groups, y, outputs: 1, columns: 1) {
        distribution, y, outputs throws(QuantcalError) in try compute(distribution)(y, outputs[0])
    }[0]
}

/// Calls `body` with the inputs' memory and that of new arrays, which have so many elements for each prediction.
private func ask<Scalar: QuantcalCore.Scalar, Question>(
    _ residuals: [Scalar], _ mean: [Scalar], _ scale: [Scalar]?, _ groups: ConformalDistributionGroups?,
    _ questions: [Question], outputs: Int, columns: Int,
    _ body: (
        ConformalDistribution<Scalar>, UnsafeBufferPointer<Question>, [UnsafeMutablePointer<Scalar>]
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [[Scalar]] {
    if let scale { try requireCount(scale.count, mean.count, "scale") }
    if let groups {
        try requireCount(groups.residuals.count, residuals.count, "groups.residuals")
        try requireCount(groups.predictions.count, mean.count, "groups.predictions")
    }
    let (count, overflow) = mean.count.multipliedReportingOverflow(by: columns)
    guard !overflow else {
        throw QuantcalError(.size, "\(mean.count) x \(columns) elements do not fit into memory")
    }
    return try withBuffer(residuals) { residuals throws(QuantcalError) in
        try withBuffer(mean) { mean throws(QuantcalError) in
            try withOptionalBuffer(scale) { scale throws(QuantcalError) in
                try withBuffer(questions) { questions throws(QuantcalError) in
                    try withGroups(groups) { groups throws(QuantcalError) in
                        try filledArrays(outputs, of: count) { arrays throws(QuantcalError) in
                            try body(
                                ConformalDistribution(
                                    residuals: residuals, mean: mean, scale: scale,
                                    groups: groups.map { .init(residuals: $0.0, predictions: $0.1) }),
                                questions, arrays)
                        }
                    }
                }
            }
        }
    }
}

private func withGroups<Result>(
    _ groups: ConformalDistributionGroups?,
    _ body: ((UnsafeBufferPointer<Int64>, UnsafeBufferPointer<Int64>)?) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    guard let groups else { return try body(nil) }
    return try withBuffer(groups.residuals) { residuals throws(QuantcalError) in
        try withBuffer(groups.predictions) { predictions throws(QuantcalError) in
            try body((residuals, predictions))
        }
    }
}
