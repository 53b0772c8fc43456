import CQuantcal
import QuantcalCore

extension qc_conformal_robust_options: OptionsStruct {
    static var defaults: Self {
        let options = ConformalRobust.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, side: options.side.rawValue,
            correction: options.correction.rawValue, beta: options.beta, radius: options.radius,
            sigma: options.sigma)
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> ConformalRobust.Options {
        let options = try given(pointer)
        var result = ConformalRobust.Options()
        result.side = try Structs.value(options.side, "side")
        result.correction = try Structs.value(options.correction, "correction")
        (result.beta, result.radius, result.sigma) = (options.beta, options.radius, options.sigma)
        try result.check()
        return result
    }
}

@c @implementation
public func qc_conformal_robust_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_robust_options>!, _ size: Int
) -> qc_status {
    qc_conformal_robust_options.initialise(options, size)
}

private struct EarlierArguments {
    let draws: Int
    let means: UnsafePointer<Double>?
    let variances: UnsafePointer<Double>?

    /// Arrays that stand for no draws are not looked at.
    func proven(_ n: Int) throws(QuantcalError) -> ConformalSmoothedScores.Earlier? {
        guard draws != 0 else { return nil }
        return try ConformalSmoothedScores.Earlier(
            means: try Boundary.input(means, n, "earlier_means"),
            variances: try Boundary.input(variances, n, "earlier_variances"), draws: draws)
    }

    func regions(_ n: Int) -> [Region] {
        let count = draws == 0 ? 0 : n
        return [
            Region(means, count, "earlier_means"), Region(variances, count, "earlier_variances"),
        ]
    }
}

private func smoothedScores<T>(
    _ samples: UnsafePointer<T>?, _ n: Int, _ draws: Int, _ earlier: EarlierArguments,
    _ means: UnsafeMutablePointer<Double>?, _ variances: UnsafeMutablePointer<Double>?,
    _ compute: (
        UnsafeBufferPointer<T>, Int, Int, ConformalSmoothedScores.Earlier?, UnsafeMutablePointer<Double>,
        UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let count = try Boundary.product(n, draws, ("n", "draws"))
        let input = try Boundary.input(samples, count, "samples")
        let output = try Boundary.output(means, n, "means")
        let spread = try Boundary.optionalOutput(variances, n, "variances")
        let before = try earlier.proven(n)
        try Region.requireDisjoint(
            outputs: [Region(means, n, "means"), Region(variances, n, "variances")],
            inputs: [Region(samples, count, "samples")] + earlier.regions(n))
        try compute(input, n, draws, before, output, spread)
    }
}

@c @implementation
public func qc_conformal_smoothed_scores_f64(
    _ samples: UnsafePointer<Double>!, _ n: Int, _ draws: Int, _ earlierMeans: UnsafePointer<Double>!,
    _ earlierVariances: UnsafePointer<Double>!, _ earlierDraws: Int, _ means: UnsafeMutablePointer<Double>!,
    _ variances: UnsafeMutablePointer<Double>!
) -> qc_status {
    smoothedScores(
        samples, n, draws,
        EarlierArguments(draws: earlierDraws, means: earlierMeans, variances: earlierVariances), means,
        variances, ConformalSmoothedScores.compute(samples:n:draws:earlier:means:variances:))
}

@c @implementation
public func qc_conformal_smoothed_scores_f32(
    _ samples: UnsafePointer<Float>!, _ n: Int, _ draws: Int, _ earlierMeans: UnsafePointer<Double>!,
    _ earlierVariances: UnsafePointer<Double>!, _ earlierDraws: Int, _ means: UnsafeMutablePointer<Double>!,
    _ variances: UnsafeMutablePointer<Double>!
) -> qc_status {
    smoothedScores(
        samples, n, draws,
        EarlierArguments(draws: earlierDraws, means: earlierMeans, variances: earlierVariances), means,
        variances, ConformalSmoothedScores.compute(samples:n:draws:earlier:means:variances:))
}

@c @implementation
public func qc_conformal_robust_bounds(
    _ means: UnsafePointer<Double>!, _ variances: UnsafePointer<Double>!, _ n: Int, _ draws: Int,
    _ options: UnsafePointer<qc_conformal_robust_options>!, _ bounds: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let options = try qc_conformal_robust_options.resolved(options)
        try Boundary.length(n, "n")
        let input = try Boundary.input(means, n, "means")
        // Only one correction needs them.
        let varianceCount = options.correction == .empiricalBernstein ? n : 0
        let spread = try Boundary.input(variances, varianceCount, "variances")
        let output = try Boundary.output(bounds, n, "bounds")
        try Region.requireDisjoint(
            outputs: [Region(bounds, n, "bounds")], inputs: [Region(variances, varianceCount, "variances")],
            inPlace: Region(means, n, "means"))
        try ConformalRobust.bounds(
            means: input, variances: spread, draws: draws, options: options, output)
    }
}

@c @implementation
public func qc_conformal_robust_threshold(
    _ scores: UnsafePointer<Double>!, _ n: Int, _ draws: Int, _ alpha: Double, _ beta: Double,
    _ threshold: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        let input = try Boundary.input(scores, n, "scores")
        let output = try Boundary.output(threshold, 1, "threshold")
        try Region.requireDisjoint(
            outputs: [Region(threshold, 1, "threshold")], inputs: [Region(scores, n, "scores")])
        output.pointee = try ConformalRobust.threshold(scores: input, draws: draws, alpha: alpha, beta: beta)
    }
}

extension qc_conformal_transform_options: OptionsStruct {
    static var defaults: Self {
        let options = ConformalTransform.Options()
        return Self(
            struct_size: MemoryLayout<Self>.size, steepness: options.steepness, centre: options.centre)
    }
}

@c @implementation
public func qc_conformal_transform_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_transform_options>!, _ size: Int
) -> qc_status {
    qc_conformal_transform_options.initialise(options, size)
}

private func transformedScores<T>(
    _ scores: UnsafePointer<T>?, _ n: Int, _ reference: UnsafePointer<T>?, _ m: Int,
    _ options: UnsafePointer<qc_conformal_transform_options>?, _ transformed: UnsafeMutablePointer<T>?,
    _ compute: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, ConformalTransform.Options, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try qc_conformal_transform_options.given(options)
        var options = ConformalTransform.Options()
        (options.steepness, options.centre) = (given.steepness, given.centre)
        try Boundary.length(n, "n")
        try Boundary.length(m, "m")
        let input = try Boundary.input(scores, n, "scores")
        let known = try Boundary.input(reference, m, "reference")
        let output = try Boundary.output(transformed, n, "transformed")
        try Region.requireDisjoint(
            outputs: [Region(transformed, n, "transformed")], inputs: [Region(reference, m, "reference")],
            inPlace: Region(scores, n, "scores"))
        try compute(input, known, options, output)
    }
}

@c @implementation
public func qc_conformal_transformed_scores_f64(
    _ scores: UnsafePointer<Double>!, _ n: Int, _ reference: UnsafePointer<Double>!, _ m: Int,
    _ options: UnsafePointer<qc_conformal_transform_options>!, _ transformed: UnsafeMutablePointer<Double>!
) -> qc_status {
    transformedScores(
        scores, n, reference, m, options, transformed,
        ConformalTransform.transform(scores:reference:options:_:))
}

@c @implementation
public func qc_conformal_transformed_scores_f32(
    _ scores: UnsafePointer<Float>!, _ n: Int, _ reference: UnsafePointer<Float>!, _ m: Int,
    _ options: UnsafePointer<qc_conformal_transform_options>!, _ transformed: UnsafeMutablePointer<Float>!
) -> qc_status {
    transformedScores(
        scores, n, reference, m, options, transformed,
        ConformalTransform.transform(scores:reference:options:_:))
}
