/// Vectors of ranges that are shared through the Swift overlay.

import Quantcal

let overlayQuantizeSharedRangeAdapters: [String: VectorAdapter] = [
    "qc_quantize_reparameterize_options_init": { _, _ in
        let options = QuantizeReparameterization()
        return [
            "common": .text(overlayWord(options.common)), "real_zero": .integer(options.hasRealZero ? 1 : 0),
        ]
    },
    "qc_quantize_range_groups_options_init": { _, _ in
        let options = QuantizeRangeGrouping()
        return [
            "method": .text(overlayWord(options.method)), "restarts": .integer(options.restarts),
            "seed": .integer(options.seed),
        ]
    },
    "qc_quantize_reparameterize": { inputs, _ in
        var options = QuantizeReparameterization()
        options.common = try overlayCase(inputs.word("common", default: overlayWord(options.common)))
        options.hasRealZero = try inputs.integer("real_zero", default: 0) != 0
        var layers = QuantizeLayers(
            gamma: try inputs.scalars("gamma"), beta: try inputs.optionalScalars("beta"),
            weights: try inputs.matrix("weights").elements.map { Float($0) },
            bias: try inputs.optionalScalars("bias"))
        let common = try quantizeReparameterize(
            &layers, scales: inputs.scalars("scales"), zeros: inputs.optionalScalars("zeros"),
            options: options)
        var outputs: [String: VectorOutput] = [
            "scale": .float(common.scale), "zero": .float(common.zero), "gamma": .floats(layers.gamma),
            "weights": .floats(layers.weights),
        ]
        outputs["beta"] = layers.beta.map { .floats($0) }
        outputs["bias"] = layers.bias.map { .floats($0) }
        return outputs
    },
    "qc_quantize_range_groups": { inputs, _ in
        var options = QuantizeRangeGrouping()
        options.method = try overlayCase(inputs.word("method", default: overlayWord(options.method)))
        options.restarts = try inputs.integer("restarts", default: options.restarts)
        options.seed = UInt64(try inputs.integer("seed", default: Int(options.seed)))
        let groups = try inputs.size("groups")
        let found = try quantizeRangeGroups(
            minimum: inputs.scalars("minimum"), maximum: inputs.scalars("maximum"), groups: groups,
            options: options)
        let rest = [Double](repeating: 0, count: groups - found.minimum.count)
        return [
            "group_of": .integers(found.groupOf), "group_minimum": .floats(found.minimum + rest),
            "group_maximum": .floats(found.maximum + rest), "group_count": .integer(found.minimum.count),
        ]
    },
    "qc_quantize_step_places": { inputs, _ in
        let places = try quantizeStepPlaces(
            calibrated: inputs.scalars("calibrated"), steps: inputs.scalars("steps"))
        return ["places": .integers(places)]
    },
]
