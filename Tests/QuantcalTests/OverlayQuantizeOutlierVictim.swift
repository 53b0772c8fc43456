/// Vectors of outlier-victim pairs through the Swift overlay.

import Quantcal

let overlayQuantizeOutlierVictimAdapters: [String: VectorAdapter] = [
    "qc_quantize_outlier_victim_options_init": { _, _ in
        let pairs = OutlierVictimPairs()
        return [
            "granularity": .text(overlayWord(pairs.granularity)), "group_size": .integer(pairs.groupSize),
            "steps": .integer(pairs.steps), "low": .float(pairs.low), "high": .float(pairs.high),
        ]
    },
    "qc_quantize_outlier_victim_scales": { inputs, type in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let pairs = try pairs(inputs)
        let scales =
            switch type {
            case .f16: try quantizeOutlierVictimScales(overlayHalves(values), pairs: pairs)
            case .bf16: try quantizeOutlierVictimScales(overlayBFloat16s(values), pairs: pairs)
            default: try quantizeOutlierVictimScales(values, pairs: pairs)
            }
        return ["scales": .floats(scales)]
    },
    "qc_quantize_outlier_victim_encode": { inputs, type in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let (pairs, scales) = (try pairs(inputs), try scales(inputs))
        let codes =
            switch type {
            case .f16: try quantizeOutlierVictimEncode(overlayHalves(values), scales: scales, pairs: pairs)
            case .bf16:
                try quantizeOutlierVictimEncode(overlayBFloat16s(values), scales: scales, pairs: pairs)
            default: try quantizeOutlierVictimEncode(values, scales: scales, pairs: pairs)
            }
        return ["codes": .integers(codes)]
    },
    "qc_quantize_outlier_victim_decode": { inputs, type in
        let codes = try inputs.integers("codes").map { UInt8($0) }
        let (pairs, scales) = (try pairs(inputs), try scales(inputs))
        let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
        let values: [Double] =
            switch type {
            case .f16:
                try quantizeOutlierVictimDecodeToHalf(
                    codes, scales: scales, rows: rows, columns: columns, pairs: pairs
                ).elements.map { Double(Float16(bitPattern: $0.bits)) }
            case .bf16:
                try quantizeOutlierVictimDecodeToBFloat16(
                    codes, scales: scales, rows: rows, columns: columns, pairs: pairs
                ).elements.map { Double(Float(bitPattern: UInt32($0.bits) << 16)) }
            default:
                try quantizeOutlierVictimDecode(
                    codes, scales: scales, rows: rows, columns: columns, pairs: pairs
                ).elements.map { Double($0) }
            }
        return ["values": .numbers(values, inputs.format)]
    },
]

private func scales(_ inputs: VectorInputs) throws -> [Float] {
    try inputs.rounded("scales", to: .f32).map { Float($0) }
}

private func pairs(_ inputs: VectorInputs) throws -> OutlierVictimPairs {
    var pairs = OutlierVictimPairs()
    pairs.granularity = try overlayCase(inputs.word("granularity", default: overlayWord(pairs.granularity)))
    pairs.groupSize = try inputs.integer("group_size", default: pairs.groupSize)
    pairs.steps = try inputs.integer("steps", default: pairs.steps)
    pairs.low = try inputs.double("low", default: pairs.low)
    pairs.high = try inputs.double("high", default: pairs.high)
    return pairs
}
