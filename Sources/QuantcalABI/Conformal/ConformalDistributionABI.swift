import CQuantcal
import QuantcalCore

@c @implementation
public func qc_conformal_distribution_cdf_f64(
    _ residuals: UnsafePointer<Double>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Double>!,
    _ scale: UnsafePointer<Double>!, _ groups: UnsafePointer<Int64>!, _ m: Int,
    _ thresholds: UnsafePointer<Double>!, _ k: Int, _ seed: UInt64,
    _ lower: UnsafeMutablePointer<Double>!, _ upper: UnsafeMutablePointer<Double>!,
    _ smoothed: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (thresholds, k, "thresholds", "k"))
        let outputs = try call.outputs(columns: k, (lower, "lower"), (upper, "upper"), (smoothed, "smoothed"))
        let band = ConformalDistribution.Band(
            seed: seed, lower: outputs[0], upper: outputs[1], draw: outputs[2])
        try call.distribution.cdf(at: call.questions, into: band)
    }
}

@c @implementation
public func qc_conformal_distribution_cdf_f32(
    _ residuals: UnsafePointer<Float>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Float>!,
    _ scale: UnsafePointer<Float>!, _ groups: UnsafePointer<Int64>!, _ m: Int,
    _ thresholds: UnsafePointer<Float>!, _ k: Int, _ seed: UInt64,
    _ lower: UnsafeMutablePointer<Float>!, _ upper: UnsafeMutablePointer<Float>!,
    _ smoothed: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (thresholds, k, "thresholds", "k"))
        let outputs = try call.outputs(columns: k, (lower, "lower"), (upper, "upper"), (smoothed, "smoothed"))
        let band = ConformalDistribution.Band(
            seed: seed, lower: outputs[0], upper: outputs[1], draw: outputs[2])
        try call.distribution.cdf(at: call.questions, into: band)
    }
}

@c @implementation
public func qc_conformal_distribution_quantile_f64(
    _ residuals: UnsafePointer<Double>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Double>!,
    _ scale: UnsafePointer<Double>!, _ groups: UnsafePointer<Int64>!, _ m: Int,
    _ levels: UnsafePointer<Double>!, _ k: Int,
    _ lower: UnsafeMutablePointer<Double>!, _ upper: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (levels, k, "levels", "k"))
        let outputs = try call.outputs(columns: k, (lower, "lower"), (upper, "upper"))
        try call.distribution.quantiles(at: call.questions, lower: outputs[0], upper: outputs[1])
    }
}

@c @implementation
public func qc_conformal_distribution_quantile_f32(
    _ residuals: UnsafePointer<Float>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Float>!,
    _ scale: UnsafePointer<Float>!, _ groups: UnsafePointer<Int64>!, _ m: Int,
    _ levels: UnsafePointer<Double>!, _ k: Int,
    _ lower: UnsafeMutablePointer<Float>!, _ upper: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (levels, k, "levels", "k"))
        let outputs = try call.outputs(columns: k, (lower, "lower"), (upper, "upper"))
        try call.distribution.quantiles(at: call.questions, lower: outputs[0], upper: outputs[1])
    }
}

@c @implementation
public func qc_conformal_distribution_crps_f64(
    _ residuals: UnsafePointer<Double>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Double>!,
    _ scale: UnsafePointer<Double>!, _ groups: UnsafePointer<Int64>!, _ y: UnsafePointer<Double>!, _ m: Int,
    _ crps: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (y, m, "y", "m"))
        let output = try Boundary.output(crps, m, "crps")
        _ = try call.outputs(columns: 1, (crps, "crps"))
        try call.distribution.crps(call.questions, into: output)
    }
}

@c @implementation
public func qc_conformal_distribution_crps_f32(
    _ residuals: UnsafePointer<Float>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Float>!,
    _ scale: UnsafePointer<Float>!, _ groups: UnsafePointer<Int64>!, _ y: UnsafePointer<Float>!, _ m: Int,
    _ crps: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (y, m, "y", "m"))
        let output = try Boundary.output(crps, m, "crps")
        _ = try call.outputs(columns: 1, (crps, "crps"))
        try call.distribution.crps(call.questions, into: output)
    }
}

@c @implementation
public func qc_conformal_distribution_pit_f64(
    _ residuals: UnsafePointer<Double>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Double>!,
    _ scale: UnsafePointer<Double>!, _ groups: UnsafePointer<Int64>!, _ y: UnsafePointer<Double>!, _ m: Int,
    _ seed: UInt64,
    _ lower: UnsafeMutablePointer<Double>!, _ upper: UnsafeMutablePointer<Double>!,
    _ pit: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (y, m, "y", "m"))
        let outputs = try call.outputs(columns: 1, (lower, "lower"), (upper, "upper"), (pit, "pit"))
        let band = ConformalDistribution.Band(
            seed: seed, lower: outputs[0], upper: outputs[1], draw: outputs[2])
        try call.distribution.transform(call.questions, into: band)
    }
}

@c @implementation
public func qc_conformal_distribution_pit_f32(
    _ residuals: UnsafePointer<Float>!, _ residualGroups: UnsafePointer<Int64>!, _ n: Int,
    _ mean: UnsafePointer<Float>!,
    _ scale: UnsafePointer<Float>!, _ groups: UnsafePointer<Int64>!, _ y: UnsafePointer<Float>!, _ m: Int,
    _ seed: UInt64,
    _ lower: UnsafeMutablePointer<Float>!, _ upper: UnsafeMutablePointer<Float>!,
    _ pit: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try Arguments(
            (residuals, residualGroups, n), (mean, scale, groups, m), (y, m, "y", "m"))
        let outputs = try call.outputs(columns: 1, (lower, "lower"), (upper, "upper"), (pit, "pit"))
        let band = ConformalDistribution.Band(
            seed: seed, lower: outputs[0], upper: outputs[1], draw: outputs[2])
        try call.distribution.transform(call.questions, into: band)
    }
}

/// What every call takes: distributions, and what is asked of them.
private struct Arguments<T: Scalar, Question> {
    let distribution: ConformalDistribution<T>
    let questions: UnsafeBufferPointer<Question>
    private let m: Int
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
