import CQuantcal
import QuantcalCore

/// A matrix of answers: a row for each query, a column for each threshold or level.
private func ask<T, Column>(
    _ distribution: OpaquePointer?, _ queries: UnsafePointer<T>?, _ m: Int,
    _ columns: UnsafePointer<Column>?, _ k: Int, _ answers: UnsafeMutablePointer<T>?,
    _ names: (columns: String, answers: String),
    _ call: (IsotonicDistribution) -> (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Column>, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object: IsotonicDistribution = try Handles.object(distribution, "distribution")
        let count = try Boundary.product(m, k, ("m", "k"))
        let coordinates = try Boundary.product(m, object.dimensions, ("m", "dimensions"))
        let rows = try Boundary.input(queries, coordinates, "queries")
        let asked = try Boundary.input(columns, k, names.columns)
        let output = try Boundary.output(answers, count, names.answers)
        try Region.requireDisjoint(
            outputs: [Region(answers, count, names.answers)],
            inputs: [Region(queries, coordinates, "queries"), Region(columns, k, names.columns)])
        try call(object)(rows, asked, output)
    }
}

@c @implementation
public func qc_isotonic_distribution_cdf_f64(
    _ distribution: OpaquePointer!, _ queries: UnsafePointer<Double>!, _ m: Int,
    _ thresholds: UnsafePointer<Double>!, _ k: Int, _ probabilities: UnsafeMutablePointer<Double>!
) -> qc_status {
    ask(
        distribution, queries, m, thresholds, k, probabilities, ("thresholds", "probabilities"),
        IsotonicDistribution.cdf)
}

@c @implementation
public func qc_isotonic_distribution_cdf_f32(
    _ distribution: OpaquePointer!, _ queries: UnsafePointer<Float>!, _ m: Int,
    _ thresholds: UnsafePointer<Float>!, _ k: Int, _ probabilities: UnsafeMutablePointer<Float>!
) -> qc_status {
    ask(
        distribution, queries, m, thresholds, k, probabilities, ("thresholds", "probabilities"),
        IsotonicDistribution.cdf)
}

@c @implementation
public func qc_isotonic_distribution_quantile_f64(
    _ distribution: OpaquePointer!, _ queries: UnsafePointer<Double>!, _ m: Int,
    _ levels: UnsafePointer<Double>!, _ k: Int, _ quantiles: UnsafeMutablePointer<Double>!
) -> qc_status {
    ask(
        distribution, queries, m, levels, k, quantiles, ("levels", "quantiles"),
        IsotonicDistribution.quantiles)
}

@c @implementation
public func qc_isotonic_distribution_quantile_f32(
    _ distribution: OpaquePointer!, _ queries: UnsafePointer<Float>!, _ m: Int,
    _ levels: UnsafePointer<Double>!, _ k: Int, _ quantiles: UnsafeMutablePointer<Float>!
) -> qc_status {
    ask(
        distribution, queries, m, levels, k, quantiles, ("levels", "quantiles"),
        IsotonicDistribution.quantiles)
}

/// Answers about the outcome of each query.
private func judge<T, Target>(
    _ distribution: OpaquePointer?, _ queries: UnsafePointer<T>?, _ y: UnsafePointer<T>?, _ m: Int,
    _ outputs: [Region], _ target: Target,
    _ call: (IsotonicDistribution) -> (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, Target
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) {
    let object: IsotonicDistribution = try Handles.object(distribution, "distribution")
    let coordinates = try Boundary.product(m, object.dimensions, ("m", "dimensions"))
    let rows = try Boundary.input(queries, coordinates, "queries")
    let outcomes = try Boundary.input(y, m, "y")
    try Region.requireDisjoint(
        outputs: outputs, inputs: [Region(queries, coordinates, "queries"), Region(y, m, "y")])
    try call(object)(rows, outcomes, target)
}

private func crps<T>(
    _ distribution: OpaquePointer?, _ queries: UnsafePointer<T>?, _ y: UnsafePointer<T>?, _ m: Int,
    _ scores: UnsafeMutablePointer<T>?,
    _ call: (IsotonicDistribution) -> (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let output = try Boundary.output(scores, m, "crps")
        try judge(distribution, queries, y, m, [Region(scores, m, "crps")], output, call)
    }
}

@c @implementation
public func qc_isotonic_distribution_crps_f64(
    _ distribution: OpaquePointer!, _ queries: UnsafePointer<Double>!, _ y: UnsafePointer<Double>!,
    _ m: Int, _ crps: UnsafeMutablePointer<Double>!
) -> qc_status {
    QuantcalABI.crps(distribution, queries, y, m, crps, IsotonicDistribution.crps)
}

@c @implementation
public func qc_isotonic_distribution_crps_f32(
    _ distribution: OpaquePointer!, _ queries: UnsafePointer<Float>!, _ y: UnsafePointer<Float>!,
    _ m: Int, _ crps: UnsafeMutablePointer<Float>!
) -> qc_status {
    QuantcalABI.crps(distribution, queries, y, m, crps, IsotonicDistribution.crps)
}

private func transform<T>(
    _ distribution: OpaquePointer?, _ queries: UnsafePointer<T>?, _ y: UnsafePointer<T>?, _ m: Int,
    _ seed: UInt64, _ lower: UnsafeMutablePointer<T>?, _ upper: UnsafeMutablePointer<T>?,
    _ pit: UnsafeMutablePointer<T>?,
    _ call: (IsotonicDistribution) -> (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, DistributionBand<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let band = DistributionBand(
            seed: seed, lower: try Boundary.optionalOutput(lower, m, "lower"),
            upper: try Boundary.optionalOutput(upper, m, "upper"),
            draw: try Boundary.optionalOutput(pit, m, "pit"))
        let outputs = [Region(lower, m, "lower"), Region(upper, m, "upper"), Region(pit, m, "pit")]
        try judge(distribution, queries, y, m, outputs, band, call)
    }
}

@c @implementation
public func qc_isotonic_distribution_pit_f64(
    _ distribution: OpaquePointer!, _ queries: UnsafePointer<Double>!, _ y: UnsafePointer<Double>!,
    _ m: Int, _ seed: UInt64, _ lower: UnsafeMutablePointer<Double>!,
    _ upper: UnsafeMutablePointer<Double>!, _ pit: UnsafeMutablePointer<Double>!
) -> qc_status {
    transform(distribution, queries, y, m, seed, lower, upper, pit, IsotonicDistribution.transform)
}

@c @implementation
public func qc_isotonic_distribution_pit_f32(
    _ distribution: OpaquePointer!, _ queries: UnsafePointer<Float>!, _ y: UnsafePointer<Float>!,
    _ m: Int, _ seed: UInt64, _ lower: UnsafeMutablePointer<Float>!,
    _ upper: UnsafeMutablePointer<Float>!, _ pit: UnsafeMutablePointer<Float>!
) -> qc_status {
    transform(distribution, queries, y, m, seed, lower, upper, pit, IsotonicDistribution.transform)
}
