import CQuantcal
import QuantcalCore

/// What every call takes: distributions, and what is asked of them.
private struct Arguments<T: Scalar, Question> {
    let distribution: ConformalDistribution<T>
    let questions: UnsafeBufferPointer<Question>
    let m: Int
    private let inputs: [Region]

    init(
        _ residuals: (pointer: UnsafePointer<T>?, groups: UnsafePointer<Int64>?, count: Int),
        _ predictions: (
            mean: UnsafePointer<T>?, scale: UnsafePointer<T>?, groups: UnsafePointer<Int64>?, count: Int
        ), _ asked: (pointer: UnsafePointer<Question>?, count: Int, name: String, countName: String)
    ) throws(QuantcalError) {
        let (n, m) = (residuals.count, predictions.count)
        try Boundary.length(n, "n")
        try Boundary.length(m, "m")
        try Boundary.length(asked.count, asked.countName)
        distribution = ConformalDistribution(
            residuals: try Boundary.input(residuals.pointer, n, "residuals"),
            mean: try Boundary.input(predictions.mean, m, "mean"),
            scale: try Boundary.optionalInput(predictions.scale, m, "scale"),
            groups: residuals.groups == nil && predictions.groups == nil
                ? nil
                : ConformalDistribution.Groups(
                    residuals: try Boundary.input(residuals.groups, n, "residual_groups"),
                    predictions: try Boundary.input(predictions.groups, m, "groups")))
        questions = try Boundary.input(asked.pointer, asked.count, asked.name)
        self.m = m
        inputs = [
            Region(residuals.pointer, n, "residuals"), Region(residuals.groups, n, "residual_groups"),
            Region(predictions.mean, m, "mean"), Region(predictions.scale, m, "scale"),
            Region(predictions.groups, m, "groups"), Region(asked.pointer, asked.count, asked.name),
        ]
    }

    /// Arrays of m times so many elements, of which each may be NULL.
    func outputs(
        columns: Int, _ arrays: (pointer: UnsafeMutablePointer<T>?, name: String)...
    ) throws(QuantcalError) -> [UnsafeMutablePointer<T>?] {
        let count = try Boundary.product(m, columns, ("m", "k"))
        var pointers: [UnsafeMutablePointer<T>?] = []
        for (pointer, name) in arrays { pointers.append(try Boundary.optionalOutput(pointer, count, name)) }
        try Region.requireDisjoint(
            outputs: arrays.map { Region($0.pointer, count, $0.name) }, inputs: inputs)
        return pointers
    }
}

/// Distribution functions: of each prediction at every threshold, or at its outcome.
private func bands<T: Scalar>(
    _ arguments: @autoclosure () throws(QuantcalError) -> Arguments<T, T>, columns: Int, _ seed: UInt64,
    _ lower: UnsafeMutablePointer<T>?, _ upper: UnsafeMutablePointer<T>?,
    _ draw: (pointer: UnsafeMutablePointer<T>?, name: String),
    _ compute: (ConformalDistribution<T>) -> (
        UnsafeBufferPointer<T>, DistributionBand<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let outputs = try call.outputs(columns: columns, (lower, "lower"), (upper, "upper"), draw)
        let band = DistributionBand(seed: seed, lower: outputs[0], upper: outputs[1], draw: outputs[2])
        try compute(call.distribution)(call.questions, band)
    }
}

@c @implementation
public func qc_conformal_distribution_cdf_f64(
    _ residuals: UnsafePointer<Double>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Double>!, _ scale: UnsafePointer<Double>!, _ groups: UnsafePointer<Int64>!,
    _ m: Int, _ thresholds: UnsafePointer<Double>!, _ k: Int, _ seed: UInt64,
    _ lower: UnsafeMutablePointer<Double>!, _ upper: UnsafeMutablePointer<Double>!,
    _ smoothed: UnsafeMutablePointer<Double>!
) -> qc_status {
    bands(
        try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (thresholds, k, "thresholds", "k")),
        columns: k, seed, lower, upper, (smoothed, "smoothed"), ConformalDistribution.cdf)
}

@c @implementation
public func qc_conformal_distribution_cdf_f32(
    _ residuals: UnsafePointer<Float>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Float>!, _ scale: UnsafePointer<Float>!, _ groups: UnsafePointer<Int64>!,
    _ m: Int, _ thresholds: UnsafePointer<Float>!, _ k: Int, _ seed: UInt64,
    _ lower: UnsafeMutablePointer<Float>!, _ upper: UnsafeMutablePointer<Float>!,
    _ smoothed: UnsafeMutablePointer<Float>!
) -> qc_status {
    bands(
        try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (thresholds, k, "thresholds", "k")),
        columns: k, seed, lower, upper, (smoothed, "smoothed"), ConformalDistribution.cdf)
}

@c @implementation
public func qc_conformal_distribution_pit_f64(
    _ residuals: UnsafePointer<Double>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Double>!, _ scale: UnsafePointer<Double>!, _ groups: UnsafePointer<Int64>!,
    _ y: UnsafePointer<Double>!, _ m: Int, _ seed: UInt64,
    _ lower: UnsafeMutablePointer<Double>!, _ upper: UnsafeMutablePointer<Double>!,
    _ pit: UnsafeMutablePointer<Double>!
) -> qc_status {
    bands(
        try Arguments((residuals, residualGroups, n), (mean, scale, groups, m), (y, m, "y", "m")),
        columns: 1, seed, lower, upper, (pit, "pit"), ConformalDistribution.transform)
}

@c @implementation
public func qc_conformal_distribution_pit_f32(
    _ residuals: UnsafePointer<Float>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Float>!, _ scale: UnsafePointer<Float>!, _ groups: UnsafePointer<Int64>!,
    _ y: UnsafePointer<Float>!, _ m: Int, _ seed: UInt64,
    _ lower: UnsafeMutablePointer<Float>!, _ upper: UnsafeMutablePointer<Float>!,
    _ pit: UnsafeMutablePointer<Float>!
) -> qc_status {
    bands(
        try Arguments((residuals, residualGroups, n), (mean, scale, groups, m), (y, m, "y", "m")),
        columns: 1, seed, lower, upper, (pit, "pit"), ConformalDistribution.transform)
}

private func quantiles<T: Scalar>(
    _ arguments: @autoclosure () throws(QuantcalError) -> Arguments<T, Double>, columns: Int,
    _ lower: UnsafeMutablePointer<T>?, _ upper: UnsafeMutablePointer<T>?,
    _ compute: (ConformalDistribution<T>) -> (
        UnsafeBufferPointer<Double>, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let outputs = try call.outputs(columns: columns, (lower, "lower"), (upper, "upper"))
        try compute(call.distribution)(call.questions, outputs[0], outputs[1])
    }
}

@c @implementation
public func qc_conformal_distribution_quantile_f64(
    _ residuals: UnsafePointer<Double>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Double>!, _ scale: UnsafePointer<Double>!, _ groups: UnsafePointer<Int64>!,
    _ m: Int, _ levels: UnsafePointer<Double>!, _ k: Int,
    _ lower: UnsafeMutablePointer<Double>!, _ upper: UnsafeMutablePointer<Double>!
) -> qc_status {
    quantiles(
        try Arguments((residuals, residualGroups, n), (mean, scale, groups, m), (levels, k, "levels", "k")),
        columns: k, lower, upper, ConformalDistribution.quantiles)
}

@c @implementation
public func qc_conformal_distribution_quantile_f32(
    _ residuals: UnsafePointer<Float>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Float>!, _ scale: UnsafePointer<Float>!, _ groups: UnsafePointer<Int64>!,
    _ m: Int, _ levels: UnsafePointer<Double>!, _ k: Int,
    _ lower: UnsafeMutablePointer<Float>!, _ upper: UnsafeMutablePointer<Float>!
) -> qc_status {
    quantiles(
        try Arguments((residuals, residualGroups, n), (mean, scale, groups, m), (levels, k, "levels", "k")),
        columns: k, lower, upper, ConformalDistribution.quantiles)
}

private func scores<T: Scalar>(
    _ arguments: @autoclosure () throws(QuantcalError) -> Arguments<T, T>, _ crps: UnsafeMutablePointer<T>?,
    _ compute: (ConformalDistribution<T>) -> (
        UnsafeBufferPointer<T>, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try arguments()
        let output = try Boundary.output(crps, call.m, "crps")
        _ = try call.outputs(columns: 1, (crps, "crps"))
        try compute(call.distribution)(call.questions, output)
    }
}

@c @implementation
public func qc_conformal_distribution_crps_f64(
    _ residuals: UnsafePointer<Double>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Double>!, _ scale: UnsafePointer<Double>!, _ groups: UnsafePointer<Int64>!,
    _ y: UnsafePointer<Double>!, _ m: Int, _ crps: UnsafeMutablePointer<Double>!
) -> qc_status {
    scores(
        try Arguments((residuals, residualGroups, n), (mean, scale, groups, m), (y, m, "y", "m")), crps,
        ConformalDistribution.crps)
}

@c @implementation
public func qc_conformal_distribution_crps_f32(
    _ residuals: UnsafePointer<Float>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Float>!, _ scale: UnsafePointer<Float>!, _ groups: UnsafePointer<Int64>!,
    _ y: UnsafePointer<Float>!, _ m: Int, _ crps: UnsafeMutablePointer<Float>!
) -> qc_status {
    scores(
        try Arguments((residuals, residualGroups, n), (mean, scale, groups, m), (y, m, "y", "m")), crps,
        ConformalDistribution.crps)
}
