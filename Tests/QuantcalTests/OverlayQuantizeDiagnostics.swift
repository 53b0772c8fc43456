/// Vectors of diagnostics and planning of `quantize` through the Swift overlay.

import Quantcal

let overlayQuantizeDiagnosticsAdapters: [String: VectorAdapter] = [
    "qc_quantize_error": { inputs, type in
        let x = try inputs.rounded("original", to: inputs.format).map { Float($0) }
        let y = try inputs.rounded("approximation", to: .f32).map { Float($0) }
        let error =
            switch type {
            case .f16: try quantizeError(x.map(half), y)
            case .bf16: try quantizeError(x.map(bfloat16), y)
            default: try quantizeError(x, y)
            }
        return [
            "mean_squared_error": .float(error.meanSquaredError), "mean_error": .float(error.meanError),
            "max_abs_error": .float(error.maxAbsError), "relative_error": .float(error.relativeError),
            "sqnr_db": .float(error.sqnrDecibels), "cosine": .float(error.cosine),
        ]
    },
    "qc_quantize_statistics": { inputs, type in
        let x = try inputs.rounded("values", to: inputs.format).map { Float($0) }
        let found =
            switch type {
            case .f16: try quantizeStatistics(x.map(half))
            case .bf16: try quantizeStatistics(x.map(bfloat16))
            default: try quantizeStatistics(x)
            }
        return [
            "minimum": .float(found.minimum), "maximum": .float(found.maximum), "mean": .float(found.mean),
            "variance": .float(found.variance), "root_mean_square": .float(found.rootMeanSquare),
            "mean_abs": .float(found.meanAbs), "max_abs": .float(found.maxAbs),
            "max_to_mean": .float(found.maxToMean), "skewness": .float(found.skewness),
            "kurtosis": .float(found.kurtosis), "zero_count": .integer(found.zeroCount),
        ]
    },
    "qc_quantize_outlier_options_init": { _, _ in try defaultOutlierOptions() },
    "qc_quantize_outlier_columns": { inputs, type in
        let x = try inputs.overlayMatrix("values", of: Float.self)
        let threshold = try inputs.double("threshold", default: 10)
        let reference: OutlierReference = try overlayCase(inputs.word("reference", default: "median"))
        let found =
            switch type {
            case .f16: try quantizeOutlierColumns(mapped(x, half), threshold: threshold, reference: reference)
            case .bf16:
                try quantizeOutlierColumns(mapped(x, bfloat16), threshold: threshold, reference: reference)
            default: try quantizeOutlierColumns(x, threshold: threshold, reference: reference)
            }
        return [
            "magnitudes": .floats(found.magnitudes), "is_outlier": .integers(found.isOutlier),
            "count": .integer(found.count),
        ]
    },
    "qc_quantize_code_counts": { inputs, _ in
        let counts = try quantizeCodeCounts(
            inputs.integers("codes").map { UInt8($0) }, rows: inputs.integer("rows"),
            columns: inputs.integer("columns"), bits: inputs.integer("bits"))
        return ["counts": .integers(counts)]
    },
    "qc_quantize_entropy": { inputs, _ in
        ["bits": .float(try quantizeEntropy(inputs.integers("counts")))]
    },
    "qc_quantize_kl_divergence": { inputs, type in
        switch type {
        case .f32:
            divergence(
                try quantizeKLDivergence(
                    reference: inputs.overlayMatrix("reference", of: Float.self),
                    approximation: inputs.overlayMatrix("approximation", of: Float.self)))
        default:
            divergence(
                try quantizeKLDivergence(
                    reference: inputs.overlayMatrix("reference", of: Double.self),
                    approximation: inputs.overlayMatrix("approximation", of: Double.self)))
        }
    },
    "qc_quantize_propagation": { inputs, _ in
        let error = try quantizePropagation(
            input: inputs.overlayMatrix("input", of: Float.self),
            approximateInput: inputs.overlayMatrix("approximate_input", of: Float.self),
            weights: inputs.overlayMatrix("weights", of: Float.self),
            approximateWeights: inputs.overlayMatrix("approximate_weights", of: Float.self))
        return [
            "input_error": .float(error.inputError), "weight_error": .float(error.weightError),
            "carried_error": .float(error.carriedError), "own_error": .float(error.ownError),
            "cross_term": .float(error.crossTerm), "total_error": .float(error.totalError),
            "amplification": .float(error.amplification),
        ]
    },
    "qc_quantize_qat_options_init": { _, _ in
        let fraction = try quantizeQATFraction(tokens: 1e12, parameters: 2e9, bits: 4)
        let constant = try overlayDefault([6.7, 6.7297, 6.73], same: fraction) {
            try quantizeQATFraction(tokens: 1e12, parameters: 2e9, bits: 4, constant: $0)
        }
        return ["constant": .float(constant)]
    },
    "qc_quantize_qat_fraction": { inputs, _ in
        let fraction = try quantizeQATFraction(
            tokens: inputs.double("tokens"), parameters: inputs.double("parameters"),
            bits: inputs.double("bits"), constant: inputs.double("constant", default: 6.7297))
        return ["fraction": .float(fraction)]
    },
    "qc_quantize_qat_loss": { inputs, _ in
        let loss = try quantizeQATLoss(
            tokens: inputs.double("tokens"), parameters: inputs.double("parameters"),
            groupSize: inputs.integer("group_size"), factor: inputs.double("factor"),
            tokenExponent: inputs.double("token_exponent"),
            parameterExponent: inputs.double("parameter_exponent"),
            groupExponent: inputs.double("group_exponent"))
        return ["loss": .float(loss)]
    },
]

private func half(_ value: Float) -> HalfBits { HalfBits(bits: Float16(value).bitPattern) }
private func bfloat16(_ value: Float) -> BFloat16Bits { BFloat16Bits(bits: UInt16(value.bitPattern >> 16)) }

private func mapped<Other>(_ values: Matrix<Float>, _ transform: (Float) -> Other) throws -> Matrix<Other> {
    try Matrix(rows: values.rows, columns: values.columns, elements: values.elements.map(transform))
}

private func divergence(_ found: LogitDivergence) -> [String: VectorOutput] {
    [
        "mean": .float(found.mean), "standard_error": .float(found.standardError),
        "maximum": .float(found.maximum), "top_agreement": .float(found.topAgreement),
        "per_row": .floats(found.perRow),
    ]
}

/// Columns of which another threshold or reference finds others: at most 20 times the median of 1/64, so that
/// no fixed threshold of the choices finds any.
private func defaultOutlierOptions() throws -> [String: VectorOutput] {
    let ratios = [Float](repeating: 1, count: 21) + (1...20).map { Float($0) }
    let values = try Matrix(rows: 1, columns: 41, elements: ratios.map { $0 / 64 })
    let found = try quantizeOutlierColumns(values)
    let choices = OutlierReference.allCases.flatMap { reference in (2...20).map { (reference, Double($0)) } }
    let choice = try overlayDefault(choices, same: found) { reference, threshold in
        try quantizeOutlierColumns(values, threshold: threshold, reference: reference)
    }
    return ["reference": .text(overlayWord(choice.0)), "threshold": .float(choice.1)]
}
