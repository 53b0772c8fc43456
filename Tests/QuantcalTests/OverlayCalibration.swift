/// Vectors of family `calibration` through the Swift overlay.

import Quantcal

let overlayCalibrationAdapters: [String: VectorAdapter] = [
    "qc_calibration_temperature_options_init": { _, _ in
        ["max_iterations": .integer(try defaultMaximumIterations())]
    },
    "qc_calibration_temperature_fit": { inputs, type in
        let labels = try inputs.integers("labels").map { Int64($0) }
        let limit = try inputs.integer("max_iterations", default: 100)
        switch type {
        case .f32:
            return fit(
                try temperatureFit(
                    logits: inputs.overlayMatrix("logits", of: Float.self), labels: labels,
                    weights: inputs.optionalScalars("weights"), maximumIterations: limit))
        default:
            return fit(
                try temperatureFit(
                    logits: inputs.overlayMatrix("logits", of: Double.self), labels: labels,
                    weights: inputs.optionalScalars("weights"), maximumIterations: limit))
        }
    },
    "qc_calibration_temperature_apply": { inputs, type in
        let temperature = try inputs.double("temperature")
        switch type {
        case .f32:
            let logits = try inputs.overlayMatrix("logits", of: Float.self)
            return ["probabilities": .floats(try temperatureApply(logits, temperature: temperature).elements)]
        default:
            let logits = try inputs.overlayMatrix("logits", of: Double.self)
            return ["probabilities": .floats(try temperatureApply(logits, temperature: temperature).elements)]
        }
    },
    "qc_calibration_error_options_init": { _, _ in try defaultErrorOptions() },
    "qc_calibration_error": { inputs, type in
        let labels = try inputs.integers("labels").map { Int64($0) }
        let options = try ErrorOptions(inputs)
        switch type {
        case .f32:
            return error(
                try calibrationError(
                    probabilities: inputs.overlayMatrix("probabilities", of: Float.self), labels: labels,
                    weights: inputs.optionalScalars("weights"), bins: options.bins, target: options.target,
                    binning: options.binning, norm: options.norm, edges: options.edges))
        default:
            return error(
                try calibrationError(
                    probabilities: inputs.overlayMatrix("probabilities", of: Double.self), labels: labels,
                    weights: inputs.optionalScalars("weights"), bins: options.bins, target: options.target,
                    binning: options.binning, norm: options.norm, edges: options.edges))
        }
    },
]

private func fit(_ fit: TemperatureFit) -> [String: VectorOutput] {
    [
        "temperature": .float(fit.temperature), "inverse_temperature": .float(fit.inverseTemperature),
        "nll_before": .float(fit.nllBefore), "nll_after": .float(fit.nllAfter),
        "outcome": .text(overlayWord(fit.outcome)),
    ]
}

private func error(_ result: CalibrationErrorResult) -> [String: VectorOutput] {
    [
        "error": .float(result.error),
        "bin_table": .floats(result.bins.flatMap { [$0.weight, $0.confidence, $0.outcome] }),
    ]
}

private struct ErrorOptions {
    var bins = 15
    var target: CalibrationTarget
    var binning: CalibrationBinning
    var norm: CalibrationNorm
    var edges: CalibrationEdges

    init(_ inputs: VectorInputs) throws {
        bins = try inputs.integer("bins", default: 15)
        target = try overlayCase(inputs.word("target", default: "top_label"))
        binning = try overlayCase(inputs.word("binning", default: "equal_width"))
        norm = try overlayCase(inputs.word("norm", default: "l1"))
        edges = try overlayCase(inputs.word("edges", default: "right"))
    }
}

// MARK: Default arguments, found by what they do

/// A fit that takes many passes, because one row is out of all proportion: whether it ends as it does with the
/// limit that is named as the default.
private func defaultMaximumIterations() throws -> Int {
    let logits = try Matrix([[1e308, 0], [1, 0], [1, 0], [0, 1]])
    let labels: [Int64] = [0, 0, 0, 0]
    let passes = try temperatureFit(logits: logits, labels: labels).iterations
    return try overlayDefault([5, 10, 20, 100], same: passes) {
        try temperatureFit(logits: logits, labels: labels, maximumIterations: $0).iterations
    }
}

/// Data on which the default options give another error than any other: values on edges, ties, three classes.
private func defaultErrorOptions() throws -> [String: VectorOutput] {
    let probabilities = try Matrix([
        [0.4, 0.35, 0.25], [0.38, 0.31, 0.31], [0.1, 0.2, 0.7], [0.8, 0.1, 0.1], [0.35, 0.4, 0.25],
        [0.2, 0.6, 0.2], [0.58, 0.22, 0.2],
    ])
    let labels: [Int64] = [0, 1, 0, 0, 0, 1, 2]
    let result = try calibrationError(probabilities: probabilities, labels: labels)
    let bins = try overlayDefault(Array(1...100), same: result.bins.count) {
        try calibrationError(probabilities: probabilities, labels: labels, bins: $0).bins.count
    }
    var choices: [(CalibrationTarget, CalibrationBinning, CalibrationNorm, CalibrationEdges)] = []
    for target in CalibrationTarget.allCases {
        for binning in CalibrationBinning.allCases {
            for norm in CalibrationNorm.allCases {
                choices += CalibrationEdges.allCases.map { (target, binning, norm, $0) }
            }
        }
    }
    let choice = try overlayDefault(choices, same: result.error) { target, binning, norm, edges in
        try calibrationError(
            probabilities: probabilities, labels: labels, target: target, binning: binning, norm: norm,
            edges: edges
        ).error
    }
    return [
        "bins": .integer(bins), "target": .text(overlayWord(choice.0)),
        "binning": .text(overlayWord(choice.1)),
        "norm": .text(overlayWord(choice.2)), "edges": .text(overlayWord(choice.3)),
    ]
}
