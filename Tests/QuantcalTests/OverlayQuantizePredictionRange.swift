/// Vectors of ranges by predictions through the Swift overlay.

import Quantcal

let overlayQuantizePredictionRangeAdapters: [String: VectorAdapter] = [
    "qc_quantize_prediction_range": { inputs, _ in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let differences: [Double] = try inputs.scalars("differences")
        let watched = try inputs.integer("watched", default: 0)
        var kept = values.elements
        let found = try quantizePredictionRange(
            values, grid: overlayGrid(inputs), rule: overlayRangeRule(inputs),
            wantsZeros: inputs.integer("with_zeros", default: 0) != 0,
            errorWeight: inputs.double("error_weight", default: 0), groups: overlayGroups(inputs)
        ) { candidate in
            if candidate.index == watched { kept = candidate.quantized.elements }
            return candidate.index < differences.count ? differences[candidate.index] : nil
        }
        let outcome = found.outcome
        return [
            "scales": .floats(found.parameters.scales), "quantized": .floats(kept),
            "index": .integer(outcome.index), "factor": .float(outcome.factor),
            "difference": .float(outcome.difference), "error": .float(outcome.error),
            "loss": .float(outcome.loss),
        ].merging(found.parameters.zeros.map { ["zeros": .floats($0)] } ?? [:]) { $1 }
    }
]
