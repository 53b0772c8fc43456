import QuantcalCore

/// Whether a bound is of the least or of the most that a score was.
public typealias RobustSide = ConformalRobust.Side
/// How the mean of draws bounds their expectation.
public typealias DrawsCorrectionKind = ConformalRobust.Correction

/// Scores smoothed by noise: means and sample variances of some draws of each point.
public struct SmoothedScores: Sendable {
    public let means: [Double]
    public let variances: [Double]
    public let draws: Int

    public init(means: [Double], variances: [Double], draws: Int) {
        (self.means, self.variances, self.draws) = (means, variances, draws)
    }
}

/// Means of draws: a row for each point, each score 0 to 1. With `earlier`, those of earlier draws of the same
/// points are added, so that draws may come in parts. C: `qc_conformal_smoothed_scores_f64`.
public func conformalSmoothedScores(
    _ samples: Matrix<Double>, earlier: SmoothedScores? = nil
) throws(QuantcalError) -> SmoothedScores {
    try smoothed(
        samples, earlier, ConformalSmoothedScores.compute(samples:n:draws:earlier:means:variances:))
}

/// The same for samples in single precision. C: `qc_conformal_smoothed_scores_f32`.
public func conformalSmoothedScores(
    _ samples: Matrix<Float>, earlier: SmoothedScores? = nil
) throws(QuantcalError) -> SmoothedScores {
    try smoothed(
        samples, earlier, ConformalSmoothedScores.compute(samples:n:draws:earlier:means:variances:))
}

private func smoothed<Scalar: BitwiseCopyable>(
    _ samples: Matrix<Scalar>, _ earlier: SmoothedScores?,
    _ call: (
        UnsafeBufferPointer<Scalar>, Int, Int, ConformalSmoothedScores.Earlier?,
        UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> SmoothedScores {
    let n = samples.rows
    if let earlier { try requireCount(earlier.means.count, n, "earlier") }
    let moments = try filledArrays(2, of: n) {
        (moments: [UnsafeMutablePointer<Double>]) throws(QuantcalError) in
        let (means, variances) = (moments[0], moments[1])
        try withBuffer(samples.elements) { values throws(QuantcalError) in
            guard let earlier else { return try call(values, n, samples.columns, nil, means, variances) }
            try withBuffer(earlier.means) { before throws(QuantcalError) in
                try withBuffer(earlier.variances) { spread throws(QuantcalError) in
                    let earlier = try ConformalSmoothedScores.Earlier(
                        means: before, variances: spread, draws: earlier.draws)
                    try call(values, n, samples.columns, earlier, means, variances)
                }
            }
        }
    }
    return SmoothedScores(
        means: moments[0], variances: moments[1], draws: samples.columns + (earlier?.draws ?? 0))
}

/// Bounds of smoothed scores, or of any smoothed probability, that hold with probability at least 1 - beta at every
/// input within `radius` of the one that the draws are from, under noise of deviation `sigma`. Only
/// `.empiricalBernstein` needs variances. The defaults are those of `qc_conformal_robust_options_init`.
/// C: `qc_conformal_robust_bounds`.
public func conformalRobustBounds(
    means: [Double], variances: [Double]? = nil, draws: Int, side: RobustSide = .lower,
    correction: DrawsCorrectionKind = .empiricalBernstein, beta: Double = 0.001, radius: Double = 0,
    sigma: Double = 1
) throws(QuantcalError) -> [Double] {
    var options = ConformalRobust.Options()
    (options.side, options.correction) = (side, correction)
    (options.beta, options.radius, options.sigma) = (beta, radius, sigma)
    if let variances {
        try requireCount(variances.count, means.count, "variances")
    } else if correction == .empiricalBernstein && !means.isEmpty {
        throw QuantcalError(.nullPointer, "variances are missing; empirical Bernstein bounds need them")
    }
    return try filled(means.count) { (bounds: UnsafeMutablePointer<Double>) throws(QuantcalError) in
        try withBuffer(means) { means throws(QuantcalError) in
            try withBuffer(variances ?? []) { variances throws(QuantcalError) in
                try ConformalRobust.bounds(
                    means: means, variances: variances, draws: draws, options: options, bounds)
            }
        }
    }
}

/// The same for smoothed scores. C: `qc_conformal_robust_bounds`.
public func conformalRobustBounds(
    _ scores: SmoothedScores, side: RobustSide = .lower,
    correction: DrawsCorrectionKind = .empiricalBernstein, beta: Double = 0.001, radius: Double = 0,
    sigma: Double = 1
) throws(QuantcalError) -> [Double] {
    try conformalRobustBounds(
        means: scores.means, variances: scores.variances, draws: scores.draws, side: side,
        correction: correction, beta: beta, radius: radius, sigma: sigma)
}

/// The threshold for lower bounds of test scores, from smoothed scores of calibration points with their true labels.
/// Throws `.infeasible` if alpha is at most 2 beta. C: `qc_conformal_robust_threshold`.
public func conformalRobustThreshold(
    _ scores: [Double], draws: Int, alpha: Double, beta: Double = 0.001
) throws(QuantcalError) -> Double {
    try withBuffer(scores) { scores throws(QuantcalError) in
        try ConformalRobust.threshold(scores: scores, draws: draws, alpha: alpha, beta: beta)
    }
}

/// The transformation of scores before they are smoothed: the share of reference scores that are at most each, through
/// a sigmoid. The defaults are those of `qc_conformal_transform_options_init`.
/// C: `qc_conformal_transformed_scores_f64`.
public func conformalTransformedScores(
    _ scores: [Double], reference: [Double], steepness: Double = 400, centre: Double = 0.9
) throws(QuantcalError) -> [Double] {
    try transformed(
        scores, reference, steepness, centre, ConformalTransform.transform(scores:reference:options:_:))
}

/// The same in single precision. C: `qc_conformal_transformed_scores_f32`.
public func conformalTransformedScores(
    _ scores: [Float], reference: [Float], steepness: Double = 400, centre: Double = 0.9
) throws(QuantcalError) -> [Float] {
    try transformed(
        scores, reference, steepness, centre, ConformalTransform.transform(scores:reference:options:_:))
}

private func transformed<Scalar: BitwiseCopyable>(
    _ scores: [Scalar], _ reference: [Scalar], _ steepness: Double, _ centre: Double,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, ConformalTransform.Options,
        UnsafeMutablePointer<Scalar>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Scalar] {
    var options = ConformalTransform.Options()
    (options.steepness, options.centre) = (steepness, centre)
    return try filled(scores.count) { (target: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        try withBuffer(scores) { scores throws(QuantcalError) in
            try withBuffer(reference) { reference throws(QuantcalError) in
                try call(scores, reference, options, target)
            }
        }
    }
}
