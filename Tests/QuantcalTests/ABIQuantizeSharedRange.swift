/// Vectors of ranges that are shared through the C ABI.

import CQuantcal

let abiQuantizeSharedRangeAdapters: [String: VectorAdapter] = [
    "qc_quantize_reparameterize_options_init": { _, _ in
        let options = try reparameterizeOptions()
        return ["common": .text(commons[Int(options.common)]), "real_zero": .integer(options.real_zero)]
    },
    "qc_quantize_range_groups_options_init": { _, _ in
        let options = try groupOptions()
        return [
            "method": .text(methods[Int(options.method)]), "restarts": .integer(options.restarts),
            "seed": .integer(options.seed),
        ]
    },
    "qc_quantize_reparameterize": { inputs, _ in
        let scales: [Float] = try inputs.scalars("scales")
        let zeros: [Float]? = try inputs.optionalScalars("zeros")
        let weights = try inputs.matrix("weights")
        var layers: [String: [Float]] = ["weights": weights.elements.map { Float($0) }]
        layers["gamma"] = try inputs.scalars("gamma")
        layers["beta"] = try inputs.optionalScalars("beta")
        layers["bias"] = try inputs.optionalScalars("bias")
        var options = try reparameterizeOptions()
        options.common = Int32(try commons.firstIndex(of: inputs.word("common", default: "mean"))!)
        options.real_zero = Int32(try inputs.integer("real_zero", default: 0))
        let memory = layers.mapValues { layer in
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: layer.count)
            memory.initialize(from: layer, count: layer.count)
            return memory
        }
        defer { memory.values.forEach { $0.deallocate() } }
        let (scale, zero) = (ABIBuffer<Float>(1), ABIBuffer<Float>(1))
        try abiCall(
            qc_quantize_reparameterize_f32(
                scales, zeros, scales.count, memory["gamma"], memory["beta"], memory["weights"], weights.rows,
                memory["bias"], &options, scale.pointer, zero.pointer), scale, zero)
        let changed = layers.map { name, layer in
            (name, VectorOutput.floats((0..<layer.count).map { memory[name]![$0] }))
        }
        return Dictionary(uniqueKeysWithValues: changed)
            .merging(["scale": .floats(scale.elements), "zero": .floats(zero.elements)]) { $1 }
    },
    "qc_quantize_range_groups": { inputs, _ in
        let (low, high): ([Double], [Double]) = try (inputs.scalars("minimum"), inputs.scalars("maximum"))
        let groups = try inputs.size("groups")
        var options = try groupOptions()
        options.method = Int32(try methods.firstIndex(of: inputs.word("method", default: "k_means"))!)
        options.restarts = Int32(try inputs.integer("restarts", default: Int(options.restarts)))
        options.seed = UInt64(try inputs.integer("seed", default: Int(options.seed)))
        let (groupOf, count) = (ABIBuffer<Int>(low.count), ABIBuffer<Int>(1))
        let (groupLow, groupHigh) = (ABIBuffer<Double>(groups), ABIBuffer<Double>(groups))
        try abiCall(
            qc_quantize_range_groups(
                low, high, low.count, groups, &options, groupOf.pointer, groupLow.pointer, groupHigh.pointer,
                count.pointer), groupOf, groupLow, groupHigh, count)
        return [
            "group_of": .integers(groupOf.elements), "group_minimum": .floats(groupLow.elements),
            "group_maximum": .floats(groupHigh.elements), "group_count": .integers(count.elements),
        ]
    },
    "qc_quantize_step_places": { inputs, _ in
        let (calibrated, steps): ([Double], [Double]) =
            try (inputs.scalars("calibrated"), inputs.scalars("steps"))
        let places = ABIBuffer<Int>(steps.count)
        try abiCall(
            qc_quantize_step_places(calibrated, calibrated.count, steps, steps.count, places.pointer), places)
        return ["places": .integers(places.elements)]
    },
]

private let commons = ["mean", "median"]
private let methods = ["k_means", "runs"]

private func reparameterizeOptions() throws -> qc_quantize_reparameterize_options {
    var options = qc_quantize_reparameterize_options()
    try abiCall(qc_quantize_reparameterize_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func groupOptions() throws -> qc_quantize_range_groups_options {
    var options = qc_quantize_range_groups_options()
    try abiCall(qc_quantize_range_groups_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}
