/// Vectors of codes read at fewer bits through the Swift overlay.

import Quantcal

let overlayQuantizeElasticAdapters: [String: VectorAdapter] = [
    "qc_quantize_elastic_options_init": { _, _ in
        let groups = QuantizationGroups()
        func scale(_ refits: Bool) throws -> [Float] {
            try quantizeElastic(
                [7], scales: [1], rows: 1, columns: 1, bits: 8, fewerBits: 1, refits: refits
            ).scales
        }
        let plain = try quantizeElastic([7], scales: [1], rows: 1, columns: 1, bits: 8, fewerBits: 1).scales
        return [
            "granularity": .text(overlayWord(groups.granularity)), "group_size": .integer(groups.groupSize),
            "refit": .integer(try overlayDefault([false, true], same: plain, scale) ? 1 : 0),
        ]
    },
    "qc_quantize_elastic": { inputs, _ in
        let fewer = try quantizeElastic(
            inputs.integers("codes").map { UInt8($0) },
            scales: inputs.rounded("scales", to: .f32).map { Float($0) }, rows: inputs.integer("rows"),
            columns: inputs.integer("columns"), bits: inputs.integer("bits"),
            fewerBits: inputs.integer("fewer_bits"), refits: inputs.integer("refit", default: 0) != 0,
            groups: overlayGroups(inputs))
        return ["fewer_codes": .integers(fewer.codes), "fewer_scales": .floats(fewer.scales)]
    },
]
