/// Vectors of `isotonic/prediction` through the Swift overlay.

import Quantcal

let overlayIsotonicPredictionAdapters: [String: VectorAdapter] = [
    "qc_isotonic_direction": { inputs, type in
        let trend: IsotonicTrend
        switch type {
        case .f32: trend = try isotonicDirection(x: inputs.scalars("x"), y: inputs.scalars("y") as [Float])
        default: trend = try isotonicDirection(x: inputs.scalars("x"), y: inputs.scalars("y") as [Double])
        }
        return [
            "direction": .text(overlayWord(trend.direction)),
            "is_ambiguous": .integer(trend.isAmbiguous ? 1 : 0),
            "correlation": .float(trend.correlation), "interval_lower": .float(trend.lower),
            "interval_upper": .float(trend.upper),
        ]
    },
    "qc_isotonic_fit": { inputs, type in
        let options = try options(inputs)
        switch type {
        case .f32:
            let model = try isotonicFit(
                x: inputs.scalars("x") as [Float], y: inputs.scalars("y"),
                weights: inputs.optionalScalars("weights"), options: options, keepsFitted: true)
            return outputs(model)
        default:
            let model = try isotonicFit(
                x: inputs.scalars("x") as [Double], y: inputs.scalars("y"),
                weights: inputs.optionalScalars("weights"), options: options, keepsFitted: true)
            return outputs(model)
        }
    },
    "qc_isotonic_predict": { inputs, type in
        let interpolation: IsotonicInterpolation = try overlayCase(
            inputs.word("interpolation", default: "linear"))
        let outside: IsotonicOutside = try overlayCase(
            String(inputs.word("outside", default: "outside_nan").trimmingPrefix("outside_")))
        switch type {
        case .f32:
            return [
                "predictions": .floats(
                    try isotonicPredict(
                        knots: inputs.scalars("knots") as [Float], values: inputs.scalars("values"),
                        queries: inputs.scalars("queries"), interpolation: interpolation, outside: outside))
            ]
        default:
            return [
                "predictions": .floats(
                    try isotonicPredict(
                        knots: inputs.scalars("knots") as [Double], values: inputs.scalars("values"),
                        queries: inputs.scalars("queries"), interpolation: interpolation, outside: outside))
            ]
        }
    },
    "qc_isotonic_predict_options_init": { _, _ in
        let (knots, values, queries) = ([0.0, 1], [0.0, 1], [0.5, 2])
        let same = try isotonicPredict(knots: knots, values: values, queries: queries).map(\.bitPattern)
        let interpolation = try overlayDefault(IsotonicInterpolation.allCases, same: same) {
            try isotonicPredict(knots: knots, values: values, queries: queries, interpolation: $0).map(
                \.bitPattern)
        }
        let outside = try overlayDefault(IsotonicOutside.allCases.filter { $0 != .error }, same: same) {
            try isotonicPredict(knots: knots, values: values, queries: queries, outside: $0).map(\.bitPattern)
        }
        return [
            "interpolation": .text(overlayWord(interpolation)),
            "outside": .text("outside_" + overlayWord(outside)),
        ]
    },
]

private func options(_ inputs: VectorInputs) throws -> IsotonicOptions {
    var options = IsotonicOptions()
    let direction = try inputs.word("direction", default: "increasing")
    options.direction = try direction == "auto" ? nil : overlayCase(direction)
    options.ties = try overlayCase(inputs.word("ties", default: "secondary"))
    let level = try inputs.optional("level") == nil ? 0.5 : inputs.double("level")
    switch try inputs.word("loss", default: "squared") {
    case "squared": options.loss = .squared
    case "quantile": options.loss = .quantile(level: level)
    case "poisson": options.loss = .poisson
    case let word: throw VectorInputs.Malformed(description: "\(word) is no loss")
    }
    if inputs.optional("lower_bound") != nil { options.lowerBound = try inputs.double("lower_bound") }
    if inputs.optional("upper_bound") != nil { options.upperBound = try inputs.double("upper_bound") }
    if inputs.optional("minimum_gap") != nil { options.minimumGap = try inputs.double("minimum_gap") }
    if inputs.optional("tie_tolerance") != nil { options.tieTolerance = try inputs.double("tie_tolerance") }
    return options
}

private func outputs<T: BinaryFloatingPoint>(_ model: IsotonicModel<T>) -> [String: VectorOutput] {
    [
        "fitted": .floats(model.fitted!), "knots": .floats(model.knots), "values": .floats(model.values),
        "direction": .text(overlayWord(model.trend.direction)),
    ]
}
