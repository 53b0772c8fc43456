/// Vectors of calibration samples through the Swift overlay.

import Quantcal

let overlayQuantizeSamplesAdapters: [String: VectorAdapter] = [
    "qc_quantize_samples_options_init": { _, _ in
        let options = QuantizeSamples()
        return [
            "seed": .integer(options.seed), "clusters": .integer(options.clusters),
            "method": .text(overlayWord(options.method)), "restarts": .integer(options.restarts),
            "draw": .text(overlayWord(options.draw)), "radius": .float(options.radius),
            "diversity": .float(options.diversity), "fence": .float(options.fence),
            "mean": .float(options.mean), "deviation": .float(options.deviation),
        ]
    },
    "qc_quantize_samples_filter": { inputs, _ in
        let categories: [Int64]? =
            inputs.optional("categories") == nil ? nil : try inputs.integers("categories").map { Int64($0) }
        let kept = try quantizeSamplesFilter(
            inputs.overlayMatrix("statistics", of: Double.self), categories: categories,
            options: readOptions(inputs))
        return ["kept": .integers(kept.map { $0 ? 1 : 0 })]
    },
    "qc_quantize_samples_select": { inputs, _ in
        let kept: [Bool]? =
            inputs.optional("kept") == nil ? nil : try inputs.integers("kept").map { $0 == 1 }
        let chosen = try quantizeSamplesSelect(
            inputs.overlayMatrix("features", of: Float.self), choose: inputs.size("choose"), kept: kept,
            options: readOptions(inputs))
        return ["chosen": .integers(chosen)]
    },
    "qc_quantize_samples_allocate": { inputs, _ in
        let found = try quantizeSamplesAllocate(
            inputs.overlayMatrix("features", of: Float.self), total: inputs.size("total"),
            options: readOptions(inputs))
        return ["weights": .floats(found.weights), "counts": .integers(found.counts)]
    },
    "qc_quantize_samples_steps": { inputs, _ in
        let chosen = try quantizeSamplesSteps(
            of: inputs.size("steps"), count: inputs.size("count"), options: readOptions(inputs))
        return ["chosen": .integers(chosen)]
    },
]

private func readOptions(_ inputs: VectorInputs) throws -> QuantizeSamples {
    var options = QuantizeSamples()
    options.seed = UInt64(try inputs.integer("seed", default: Int(options.seed)))
    options.clusters = try inputs.integer("clusters", default: options.clusters)
    options.method = try overlayCase(inputs.word("method", default: overlayWord(options.method)))
    options.restarts = try inputs.integer("restarts", default: options.restarts)
    options.draw = try overlayCase(inputs.word("draw", default: overlayWord(options.draw)))
    options.radius = try inputs.double("radius", default: options.radius)
    options.diversity = try inputs.double("diversity", default: options.diversity)
    options.fence = try inputs.double("fence", default: options.fence)
    options.mean = try inputs.double("mean", default: options.mean)
    options.deviation = try inputs.double("deviation", default: options.deviation)
    return options
}
