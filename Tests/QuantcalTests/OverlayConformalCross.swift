/// Vectors of cross-conformal intervals through the Swift overlay.

import Quantcal

let overlayConformalCrossAdapters: [String: VectorAdapter] = [
    "qc_conformal_cross_options_init": { _, _ in
        let options = ConformalCrossOptions()
        return [
            "method": .text(overlayWord(options.method)), "sides": .text(overlayWord(options.sides)),
            "aggregation": .text(overlayWord(options.aggregation)),
        ]
    },
    "qc_conformal_cross_intervals": { inputs, type in
        let fold = inputs.optional("fold") == nil ? nil : try inputs.integers("fold").map { Int32($0) }
        let (alpha, options) = (try inputs.double("alpha"), try options(inputs))
        switch type {
        case .f32:
            return output(
                try conformalCrossIntervals(
                    residuals: inputs.scalars("residuals"), fold: fold,
                    predictions: inputs.overlayMatrix("predictions", of: Float.self), alpha: alpha,
                    options: options))
        default:
            return output(
                try conformalCrossIntervals(
                    residuals: inputs.scalars("residuals"), fold: fold,
                    predictions: inputs.overlayMatrix("predictions", of: Double.self), alpha: alpha,
                    options: options))
        }
    },
    "qc_conformal_cross_bootstrap_predictions": { inputs, type in
        let (bags, aggregation) = (try bags(inputs), try options(inputs).aggregation)
        switch type {
        case .f32:
            let aggregated = try conformalCrossBootstrapPredictions(
                inBag: bags, predictions: inputs.overlayMatrix("predictions", of: Float.self),
                aggregation: aggregation)
            return ["aggregated": .floats(aggregated)]
        default:
            let aggregated = try conformalCrossBootstrapPredictions(
                inBag: bags, predictions: inputs.overlayMatrix("predictions", of: Double.self),
                aggregation: aggregation)
            return ["aggregated": .floats(aggregated)]
        }
    },
    "qc_conformal_cross_bootstrap_intervals": { inputs, type in
        let (alpha, options, bags) = (
            try inputs.double("alpha"), try options(inputs), try bags(inputs)
        )
        switch type {
        case .f32:
            return output(
                try conformalCrossBootstrapIntervals(
                    residuals: inputs.scalars("residuals"), inBag: bags,
                    predictions: inputs.overlayMatrix("predictions", of: Float.self), alpha: alpha,
                    options: options))
        default:
            return output(
                try conformalCrossBootstrapIntervals(
                    residuals: inputs.scalars("residuals"), inBag: bags,
                    predictions: inputs.overlayMatrix("predictions", of: Double.self), alpha: alpha,
                    options: options))
        }
    },
]

private func bags(_ inputs: VectorInputs) throws -> Quantcal.Matrix<UInt8> {
    let matrix = try inputs.matrix("in_bag")
    return try Quantcal.Matrix(
        rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { UInt8($0) })
}

private func options(_ inputs: VectorInputs) throws -> ConformalCrossOptions {
    var options = ConformalCrossOptions()
    options.method = try overlayCase(inputs.word("method", default: overlayWord(options.method)))
    options.sides = try overlayCase(inputs.word("sides", default: overlayWord(options.sides)))
    options.aggregation = try overlayCase(
        inputs.word("aggregation", default: overlayWord(options.aggregation)))
    return options
}

private func output<T: BinaryFloatingPoint>(_ ends: (lower: [T], upper: [T])) -> [String: VectorOutput] {
    ["lower": .floats(ends.lower), "upper": .floats(ends.upper)]
}
