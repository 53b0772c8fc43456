/// Vectors of `isotonic/distribution` through the Swift overlay.

import Quantcal

let overlayIsotonicDistributionAdapters: [String: VectorAdapter] = [
    "qc_isotonic_distribution_options_init": { _, _ in
        let (x, y) = ([1.0, 2, 3], [2.0, 1, 3])
        let direction = try overlayDefault(
            IsotonicDirection.allCases, same: isotonicDistribution(x, y).bytes
        ) { try isotonicDistribution(x, y, direction: $0).bytes }
        return ["direction": .text(overlayWord(direction))]
    },
    "qc_isotonic_distribution_create": { inputs, type in
        try functions(distribution(inputs, type), "x", inputs, type)
    },
    "qc_isotonic_distribution_destroy": { inputs, type in
        ["thresholds": .floats(try distribution(inputs, type).thresholds)]
    },
    "qc_isotonic_distribution_dimensions": { inputs, type in
        ["dimensions": .integers([try distribution(inputs, type).dimensions])]
    },
    "qc_isotonic_distribution_thresholds": { inputs, type in
        ["thresholds": typed(try distribution(inputs, type).thresholds, type)]
    },
    "qc_isotonic_distribution_cdf": { inputs, type in
        let fit = try distribution(inputs, type)
        return switch type {
        case .f32:
            [
                "probabilities": .floats(
                    try fit.cdf(
                        at: covariates(inputs, "queries", as: Float.self),
                        thresholds: inputs.scalars("thresholds")
                    ).elements)
            ]
        default:
            [
                "probabilities": .floats(
                    try fit.cdf(
                        at: covariates(inputs, "queries", as: Double.self),
                        thresholds: inputs.scalars("thresholds")
                    ).elements)
            ]
        }
    },
    "qc_isotonic_distribution_quantile": { inputs, type in
        let fit = try distribution(inputs, type)
        let levels = try inputs.rounded("levels", to: .f64)
        return switch type {
        case .f32:
            [
                "quantiles": .floats(
                    try fit.quantiles(at: covariates(inputs, "queries", as: Float.self), levels: levels)
                        .elements)
            ]
        default:
            [
                "quantiles": .floats(
                    try fit.quantiles(at: covariates(inputs, "queries", as: Double.self), levels: levels)
                        .elements
                )
            ]
        }
    },
    "qc_isotonic_distribution_crps": { inputs, type in
        let fit = try distribution(inputs, type)
        return switch type {
        case .f32:
            [
                "crps": .floats(
                    try fit.crps(
                        at: covariates(inputs, "queries", as: Float.self), y: inputs.scalars("outcomes")))
            ]
        default:
            [
                "crps": .floats(
                    try fit.crps(
                        at: covariates(inputs, "queries", as: Double.self), y: inputs.scalars("outcomes")))
            ]
        }
    },
    "qc_isotonic_distribution_pit": { inputs, type in
        let fit = try distribution(inputs, type)
        let seed = UInt64(UInt(bitPattern: try inputs.size("seed")))
        return switch type {
        case .f32:
            outputs(
                try fit.pit(
                    at: covariates(inputs, "queries", as: Float.self), y: inputs.scalars("outcomes"),
                    seed: seed))
        default:
            outputs(
                try fit.pit(
                    at: covariates(inputs, "queries", as: Double.self), y: inputs.scalars("outcomes"),
                    seed: seed)
            )
        }
    },
    "qc_isotonic_distribution_serialize": { inputs, type in
        ["bytes": .integers(try distribution(inputs, type).bytes)]
    },
    "qc_isotonic_distribution_deserialize": { inputs, type in
        let bytes = try inputs.integers("bytes").map { UInt8($0) }
        return try functions(IsotonicDistribution(bytes: bytes), "queries", inputs, type)
    },
]

private func distribution(_ inputs: VectorInputs, _ type: VectorType) throws -> IsotonicDistribution {
    let direction: IsotonicDirection = try overlayCase(inputs.word("direction", default: "increasing"))
    let events = inputs.optional("events") == nil ? nil : try inputs.integers("events").map { $0 != 0 }
    switch type {
    case .f32:
        return try isotonicDistribution(
            covariates(inputs, "x", as: Float.self), inputs.scalars("y"),
            weights: inputs.optionalScalars("weights"), events: events, direction: direction)
    default:
        return try isotonicDistribution(
            covariates(inputs, "x", as: Double.self), inputs.scalars("y"),
            weights: inputs.optionalScalars("weights"), events: events, direction: direction)
    }
}

private func typed(_ values: [Double], _ type: VectorType) -> VectorOutput {
    type == .f32 ? .floats(values.map { Float($0) }) : .floats(values)
}

private func outputs<T: BinaryFloatingPoint>(_ transform: IsotonicTransform<T>) -> [String: VectorOutput] {
    ["lower": .floats(transform.lower), "upper": .floats(transform.upper), "pit": .floats(transform.pit)]
}

/// An array as it is, rows as a matrix.
private func covariates<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ key: String, as type: T.Type
) throws -> any IsotonicCovariates<T> {
    guard let rows = try? inputs.matrix(key) else { return try inputs.scalars(key, as: type) }
    return try Matrix(rows: rows.rows, columns: rows.columns, elements: rows.elements.map { T($0) })
}

/// The thresholds, and the functions of some covariates there.
private func functions(
    _ fit: IsotonicDistribution, _ key: String, _ inputs: VectorInputs, _ type: VectorType
) throws -> [String: VectorOutput] {
    let thresholds = typed(fit.thresholds, type)
    guard type == .f32 else {
        let queries = try covariates(inputs, key, as: Double.self)
        let matrix = try fit.cdf(at: queries, thresholds: fit.thresholds)
        return ["thresholds": thresholds, "probabilities": .floats(matrix.elements)]
    }
    let queries = try covariates(inputs, key, as: Float.self)
    let matrix = try fit.cdf(at: queries, thresholds: fit.thresholds.map { Float($0) })
    return ["thresholds": thresholds, "probabilities": .floats(matrix.elements)]
}
