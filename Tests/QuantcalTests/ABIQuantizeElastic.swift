/// Vectors of codes read at fewer bits through the C ABI.

import CQuantcal

let abiQuantizeElasticAdapters: [String: VectorAdapter] = [
    "qc_quantize_elastic_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "granularity": .text(
                granularities.first { $0.value == Int(options.granularity) }?.key ?? "unknown"),
            "group_size": .integer(options.group_size), "refit": .integer(options.refit),
        ]
    },
    "qc_quantize_elastic": { inputs, _ in
        let codes = try inputs.integers("codes").map { UInt8($0) }
        let scales = try inputs.rounded("scales", to: .f32).map { Float($0) }
        let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
        let (bits, fewerBits) = (try inputs.integer("bits"), try inputs.integer("fewer_bits"))
        var options = try initialOptions()
        options.granularity = try abiConstant(inputs.word("granularity", default: "group"), granularities)
        options.group_size = try inputs.integer("group_size", default: options.group_size)
        options.refit = Int32(try inputs.integer("refit", default: Int(options.refit)))
        let fewerCodes = ABIBuffer<UInt8>(rows * ((columns * fewerBits + 7) / 8))
        let fewerScales = ABIBuffer<Float>(scales.count)
        try abiCall(
            qc_quantize_elastic(
                codes, scales, rows, columns, Int32(bits), Int32(fewerBits), &options, fewerCodes.pointer,
                fewerScales.pointer), fewerCodes, fewerScales)
        return [
            "fewer_codes": .integers(fewerCodes.elements), "fewer_scales": .floats(fewerScales.elements),
        ]
    },
]

private let granularities = [
    "group": QC_QUANTIZE_PER_GROUP, "row": QC_QUANTIZE_PER_ROW, "tensor": QC_QUANTIZE_PER_TENSOR,
]

private func initialOptions() throws -> qc_quantize_elastic_options {
    var options = qc_quantize_elastic_options()
    try abiCall(qc_quantize_elastic_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}
