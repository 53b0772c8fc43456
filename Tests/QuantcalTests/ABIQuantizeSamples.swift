/// Vectors of calibration samples through the C ABI.

import CQuantcal

let abiQuantizeSamplesAdapters: [String: VectorAdapter] = [
    "qc_quantize_samples_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "seed": .integer(options.seed), "clusters": .integer(options.clusters),
            "method": .text(methods[Int(options.method)]), "restarts": .integer(options.restarts),
            "draw": .text(draws[Int(options.draw)]), "radius": .float(options.radius),
            "diversity": .float(options.diversity), "fence": .float(options.fence),
            "mean": .float(options.mean), "deviation": .float(options.deviation),
        ]
    },
    "qc_quantize_samples_filter": { inputs, _ in
        let statistics = try inputs.matrix("statistics")
        let categories: [Int64]? =
            inputs.optional("categories") == nil ? nil : try inputs.integers("categories").map { Int64($0) }
        var options = try readOptions(inputs)
        let kept = ABIBuffer<UInt8>(statistics.rows)
        try abiCall(
            qc_quantize_samples_filter_f64(
                statistics.elements, statistics.rows, statistics.columns, categories, &options, kept.pointer),
            kept)
        return ["kept": .integers(kept.elements)]
    },
    "qc_quantize_samples_select": { inputs, _ in
        let features = try inputs.matrix("features")
        let there: [UInt8]? =
            inputs.optional("kept") == nil ? nil : try inputs.integers("kept").map { UInt8($0) }
        let choose = try inputs.size("choose")
        var options = try readOptions(inputs)
        let chosen = ABIBuffer<Int>(choose)
        try abiCall(
            qc_quantize_samples_select_f32(
                features.elements.map { Float($0) }, features.rows, features.columns, there, choose, &options,
                chosen.pointer), chosen)
        return ["chosen": .integers(chosen.elements)]
    },
    "qc_quantize_samples_allocate": { inputs, _ in
        let features = try inputs.matrix("features")
        var options = try readOptions(inputs)
        let (weights, counts) = (ABIBuffer<Double>(features.rows), ABIBuffer<Int>(features.rows))
        try abiCall(
            qc_quantize_samples_allocate_f32(
                features.elements.map { Float($0) }, features.rows, features.columns, inputs.size("total"),
                &options, weights.pointer, counts.pointer), weights, counts)
        return ["weights": .floats(weights.elements), "counts": .integers(counts.elements)]
    },
    "qc_quantize_samples_steps": { inputs, _ in
        let count = try inputs.size("count")
        var options = try readOptions(inputs)
        let chosen = ABIBuffer<Int>(count)
        try abiCall(
            qc_quantize_samples_steps(inputs.size("steps"), count, &options, chosen.pointer), chosen)
        return ["chosen": .integers(chosen.elements)]
    },
]

private let methods = ["density_diversity", "clusters"]
private let draws = ["even", "uniform", "normal"]

private func initialOptions() throws -> qc_quantize_samples_options {
    var options = qc_quantize_samples_options()
    try abiCall(qc_quantize_samples_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func readOptions(_ inputs: VectorInputs) throws -> qc_quantize_samples_options {
    var options = try initialOptions()
    options.seed = UInt64(try inputs.integer("seed", default: Int(options.seed)))
    options.clusters = try inputs.integer("clusters", default: options.clusters)
    options.method = Int32(
        methods.firstIndex(of: try inputs.word("method", default: "density_diversity")) ?? -1)
    options.restarts = Int32(try inputs.integer("restarts", default: Int(options.restarts)))
    options.draw = Int32(draws.firstIndex(of: try inputs.word("draw", default: "even")) ?? -1)
    options.radius = try inputs.double("radius", default: options.radius)
    options.diversity = try inputs.double("diversity", default: options.diversity)
    options.fence = try inputs.double("fence", default: options.fence)
    options.mean = try inputs.double("mean", default: options.mean)
    options.deviation = try inputs.double("deviation", default: options.deviation)
    return options
}
