/// Vectors of `conformal/distribution` through the Swift overlay.

import Quantcal

let overlayConformalDistributionAdapters: [String: VectorAdapter] = [
    "qc_conformal_distribution_cdf": { inputs, type in
        let seed = UInt64(UInt(bitPattern: try inputs.size("seed")))
        return switch type {
        case .f32:
            outputs(
                try conformalDistributionCDF(
                    residuals: inputs.scalars("residuals", as: Float.self), mean: inputs.scalars("mean"),
                    scale: inputs.optionalScalars("scale"), groups: groups(inputs),
                    thresholds: inputs.scalars("thresholds"),
                    seed: seed))
        default:
            outputs(
                try conformalDistributionCDF(
                    residuals: inputs.scalars("residuals", as: Double.self), mean: inputs.scalars("mean"),
                    scale: inputs.optionalScalars("scale"), groups: groups(inputs),
                    thresholds: inputs.scalars("thresholds"),
                    seed: seed))
        }
    },
    "qc_conformal_distribution_quantile": { inputs, type in
        let levels = try inputs.rounded("levels", to: .f64)
        switch type {
        case .f32:
            let quantiles = try conformalDistributionQuantiles(
                residuals: inputs.scalars("residuals", as: Float.self), mean: inputs.scalars("mean"),
                scale: inputs.optionalScalars("scale"), groups: groups(inputs), levels: levels)
            return [
                "lower": .floats(quantiles.lower.elements), "upper": .floats(quantiles.upper.elements),
            ]
        default:
            let quantiles = try conformalDistributionQuantiles(
                residuals: inputs.scalars("residuals", as: Double.self), mean: inputs.scalars("mean"),
                scale: inputs.optionalScalars("scale"), groups: groups(inputs), levels: levels)
            return [
                "lower": .floats(quantiles.lower.elements), "upper": .floats(quantiles.upper.elements),
            ]
        }
    },
    "qc_conformal_distribution_crps": { inputs, type in
        switch type {
        case .f32:
            [
                "crps": .floats(
                    try conformalDistributionCRPS(
                        residuals: inputs.scalars("residuals", as: Float.self), mean: inputs.scalars("mean"),
                        scale: inputs.optionalScalars("scale"), groups: groups(inputs), y: inputs.scalars("y")
                    ))
            ]
        default:
            [
                "crps": .floats(
                    try conformalDistributionCRPS(
                        residuals: inputs.scalars("residuals", as: Double.self), mean: inputs.scalars("mean"),
                        scale: inputs.optionalScalars("scale"), groups: groups(inputs), y: inputs.scalars("y")
                    ))
            ]
        }
    },
    "qc_conformal_distribution_pit": { inputs, type in
        let seed = UInt64(UInt(bitPattern: try inputs.size("seed")))
        return switch type {
        case .f32:
            outputs(
                try conformalDistributionPIT(
                    residuals: inputs.scalars("residuals", as: Float.self), mean: inputs.scalars("mean"),
                    scale: inputs.optionalScalars("scale"), groups: groups(inputs), y: inputs.scalars("y"),
                    seed: seed))
        default:
            outputs(
                try conformalDistributionPIT(
                    residuals: inputs.scalars("residuals", as: Double.self), mean: inputs.scalars("mean"),
                    scale: inputs.optionalScalars("scale"), groups: groups(inputs), y: inputs.scalars("y"),
                    seed: seed))
        }
    },
]

private func groups(_ inputs: VectorInputs) throws -> ConformalDistributionGroups? {
    guard let residuals = try inputs.labels("residual_groups") else { return nil }
    return ConformalDistributionGroups(residuals: residuals, predictions: try inputs.labels("groups") ?? [])
}

private func outputs<T: BinaryFloatingPoint>(_ band: ConformalBand<T>) -> [String: VectorOutput] {
    [
        "lower": .floats(band.lower.elements), "upper": .floats(band.upper.elements),
        "smoothed": .floats(band.smoothed.elements),
    ]
}

private func outputs<T: BinaryFloatingPoint>(_ transform: ConformalDistributionTransform<T>) -> [String:
    VectorOutput]
{
    ["lower": .floats(transform.lower), "upper": .floats(transform.upper), "pit": .floats(transform.pit)]
}
