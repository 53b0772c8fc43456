/// Vectors of `conformal/distribution` through the C ABI.

import CQuantcal

let abiConformalDistributionAdapters: [String: VectorAdapter] = [
    "qc_conformal_distribution_cdf": { inputs, type in
        type == .f32
            ? try cdf(inputs, qc_conformal_distribution_cdf_f32)
            : try cdf(inputs, qc_conformal_distribution_cdf_f64)
    },
    "qc_conformal_distribution_quantile": { inputs, type in
        type == .f32
            ? try quantile(inputs, qc_conformal_distribution_quantile_f32)
            : try quantile(inputs, qc_conformal_distribution_quantile_f64)
    },
    "qc_conformal_distribution_crps": { inputs, type in
        type == .f32
            ? try crps(inputs, qc_conformal_distribution_crps_f32)
            : try crps(inputs, qc_conformal_distribution_crps_f64)
    },
    "qc_conformal_distribution_pit": { inputs, type in
        type == .f32
            ? try pit(inputs, qc_conformal_distribution_pit_f32)
            : try pit(inputs, qc_conformal_distribution_pit_f64)
    },
]

private typealias Input<T> = UnsafePointer<T>?
private typealias Output<T> = UnsafeMutablePointer<T>?

/// What every call takes.
private struct Distributions<T: BinaryFloatingPoint> {
    let residuals: [T]
    let residualGroups: [Int64]?
    let mean: [T]
    let scale: [T]?
    let groups: [Int64]?

    init(_ inputs: VectorInputs) throws {
        (residuals, mean) = (try inputs.scalars("residuals"), try inputs.scalars("mean"))
        scale = try inputs.optionalScalars("scale")
        residualGroups = try inputs.labels("residual_groups")
        groups = try inputs.labels("groups")
    }

    /// Calls `body` with the memory of scales and groups, or nil.
    func withOptional(_ body: (Input<T>, Input<Int64>, Input<Int64>) throws -> Void) throws {
        try withPointer(scale) { scale in
            try withPointer(residualGroups) { residualGroups in
                try withPointer(groups) { groups in try body(scale, residualGroups, groups) }
            }
        }
    }
}

private func withPointer<Element>(_ array: [Element]?, _ body: (Input<Element>) throws -> Void) throws {
    guard let array else { return try body(nil) }
    try array.withUnsafeBufferPointer { try body($0.baseAddress) }
}

private func cdf<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        Input<T>, Input<Int64>, Int, Input<T>, Input<T>, Input<Int64>, Int, Input<T>, Int, UInt64, Output<T>,
        Output<T>, Output<T>
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let given = try Distributions<T>(inputs)
    let (residuals, mean) = (given.residuals, given.mean)
    let thresholds: [T] = try inputs.scalars("thresholds")
    let seed = UInt64(UInt(bitPattern: try inputs.size("seed")))
    let outputs = (0..<3).map { _ in ABIBuffer<T>(mean.count * thresholds.count) }
    try given.withOptional { scale, residualGroups, groups in
        try abiCall(
            function(
                residuals, residualGroups, residuals.count, mean, scale, groups, mean.count, thresholds,
                thresholds.count, seed,
                outputs[0].pointer, outputs[1].pointer, outputs[2].pointer),
            outputs[0], outputs[1], outputs[2])
    }
    return [
        "lower": .floats(outputs[0].elements), "upper": .floats(outputs[1].elements),
        "smoothed": .floats(outputs[2].elements),
    ]
}

private func quantile<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        Input<T>, Input<Int64>, Int, Input<T>, Input<T>, Input<Int64>, Int, Input<Double>, Int, Output<T>,
        Output<T>
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let given = try Distributions<T>(inputs)
    let (residuals, mean) = (given.residuals, given.mean)
    let levels = try inputs.rounded("levels", to: .f64)
    let count = mean.count * levels.count
    let (lower, upper) = (ABIBuffer<T>(count), ABIBuffer<T>(count))
    try given.withOptional { scale, residualGroups, groups in
        try abiCall(
            function(
                residuals, residualGroups, residuals.count, mean, scale, groups, mean.count, levels,
                levels.count, lower.pointer,
                upper.pointer), lower, upper)
    }
    return ["lower": .floats(lower.elements), "upper": .floats(upper.elements)]
}

private func crps<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (Input<T>, Input<Int64>, Int, Input<T>, Input<T>, Input<Int64>, Input<T>, Int, Output<T>) ->
        qc_status
) throws -> [String: VectorOutput] {
    let given = try Distributions<T>(inputs)
    let (residuals, mean) = (given.residuals, given.mean)
    let y: [T] = try inputs.scalars("y")
    let scores = ABIBuffer<T>(mean.count)
    try given.withOptional { scale, residualGroups, groups in
        try abiCall(
            function(
                residuals, residualGroups, residuals.count, mean, scale, groups, y, mean.count, scores.pointer
            ), scores)
    }
    return ["crps": .floats(scores.elements)]
}

private func pit<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        Input<T>, Input<Int64>, Int, Input<T>, Input<T>, Input<Int64>, Input<T>, Int, UInt64, Output<T>,
        Output<T>, Output<T>
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let given = try Distributions<T>(inputs)
    let (residuals, mean) = (given.residuals, given.mean)
    let y: [T] = try inputs.scalars("y")
    let seed = UInt64(UInt(bitPattern: try inputs.size("seed")))
    let outputs = (0..<3).map { _ in ABIBuffer<T>(mean.count) }
    try given.withOptional { scale, residualGroups, groups in
        try abiCall(
            function(
                residuals, residualGroups, residuals.count, mean, scale, groups, y, mean.count, seed,
                outputs[0].pointer,
                outputs[1].pointer, outputs[2].pointer), outputs[0], outputs[1], outputs[2])
    }
    return [
        "lower": .floats(outputs[0].elements), "upper": .floats(outputs[1].elements),
        "pit": .floats(outputs[2].elements),
    ]
}
