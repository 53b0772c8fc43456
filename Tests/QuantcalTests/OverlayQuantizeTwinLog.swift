/// Vectors of twin logarithms through the Swift overlay.

import Quantcal

let overlayQuantizeTwinLogAdapters: [String: VectorAdapter] = [
    "qc_quantize_twin_log_options_init": { _, _ in
        let options = TwinLogarithms()
        return [
            "granularity": .text(overlayWord(options.granularity)),
            "group_size": .integer(options.groupSize), "bits": .integer(options.bits),
        ]
    },
    "qc_quantize_twin_log_fit": { inputs, type in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let options = try logarithms(inputs)
        let parameters =
            switch type {
            case .f16: try quantizeTwinLogFit(overlayHalves(values), logarithms: options)
            case .bf16: try quantizeTwinLogFit(overlayBFloat16s(values), logarithms: options)
            default: try quantizeTwinLogFit(values, logarithms: options)
            }
        return ["parameters": .floats(parameters)]
    },
    "qc_quantize_twin_log_encode": { inputs, type in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let parameters: [Float] = try inputs.scalars("parameters")
        let options = try logarithms(inputs)
        let codes =
            switch type {
            case .f16:
                try quantizeTwinLogEncode(overlayHalves(values), parameters: parameters, logarithms: options)
            case .bf16:
                try quantizeTwinLogEncode(
                    overlayBFloat16s(values), parameters: parameters, logarithms: options)
            default: try quantizeTwinLogEncode(values, parameters: parameters, logarithms: options)
            }
        return ["codes": .integers(codes)]
    },
    "qc_quantize_twin_log_decode": { inputs, type in
        let codes = try inputs.integers("codes").map { UInt8($0) }
        let parameters: [Float] = try inputs.scalars("parameters")
        let options = try logarithms(inputs)
        let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
        let values: [Double] =
            switch type {
            case .f16:
                try quantizeTwinLogDecodeToHalf(
                    codes, parameters: parameters, rows: rows, columns: columns, logarithms: options
                ).elements.map { Double(Float16(bitPattern: $0.bits)) }
            case .bf16:
                try quantizeTwinLogDecodeToBFloat16(
                    codes, parameters: parameters, rows: rows, columns: columns, logarithms: options
                ).elements.map { Double(Float(bitPattern: UInt32($0.bits) << 16)) }
            default:
                try quantizeTwinLogDecode(
                    codes, parameters: parameters, rows: rows, columns: columns, logarithms: options
                ).elements.map { Double($0) }
            }
        return ["values": .numbers(values, inputs.format)]
    },
]

private func logarithms(_ inputs: VectorInputs) throws -> TwinLogarithms {
    var options = TwinLogarithms()
    options.granularity = try overlayCase(
        inputs.word("granularity", default: overlayWord(options.granularity)))
    options.groupSize = try inputs.integer("group_size", default: options.groupSize)
    options.bits = try inputs.integer("bits", default: options.bits)
    return options
}
