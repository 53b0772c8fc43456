/// Vectors of scalar grids through the C ABI.

import CQuantcal

let abiQuantizeGridAdapters: [String: VectorAdapter] = [
    "qc_quantize_grid_init": { inputs, _ in
        let grid = try namedGrid(inputs)
        return [
            "kind": .text(word(grid.kind, kinds)), "bits": .integer(grid.bits),
            "is_signed": .integer(grid.is_signed), "is_narrow": .integer(grid.is_narrow),
            "exponent_bits": .integer(grid.exponent_bits), "specials": .text(word(grid.specials, specials)),
            "overflow": .text(word(grid.overflow, overflows)), "bias": .floats([grid.bias]),
            "parameter": .floats([grid.parameter]),
            "levels": .floats(Array(UnsafeBufferPointer(start: grid.levels, count: grid.level_count))),
        ]
    },
    "qc_quantize_grid_levels": { inputs, _ in
        try abiWithGrid(inputs) { grid in
            let levels = ABIBuffer<Float>(1 << max(min(Int(grid.pointee.bits), 8), 0))
            try abiCall(qc_quantize_grid_levels(grid, levels.pointer), levels)
            return ["levels": .floats(levels.elements)]
        }
    },
    "qc_quantize_grid_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "granularity": .text(word(options.granularity, granularities)),
            "group_size": .integer(options.group_size),
        ]
    },
    "qc_quantize_grid_layout": { inputs, _ in
        var options = try abiGridOptions(inputs)
        let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
        return try abiWithGrid(inputs) { grid in
            let (bytes, groups) = (ABIBuffer<Int>(1), ABIBuffer<Int>(1))
            try abiCall(
                qc_quantize_grid_layout(grid, rows, columns, &options, bytes.pointer, groups.pointer), bytes,
                groups)
            return ["code_bytes": .integers(bytes.elements), "group_count": .integers(groups.elements)]
        }
    },
    "qc_quantize_grid_scales": { inputs, type in
        switch type {
        case .f16: try scales(inputs, float16Bits, qc_quantize_grid_scales_f16)
        case .bf16: try scales(inputs, bfloat16Bits, qc_quantize_grid_scales_bf16)
        default: try scales(inputs, { Float($0) }, qc_quantize_grid_scales_f32)
        }
    },
    "qc_quantize_grid_encode": { inputs, type in
        switch type {
        case .f16: try encode(inputs, float16Bits, qc_quantize_grid_encode_f16)
        case .bf16: try encode(inputs, bfloat16Bits, qc_quantize_grid_encode_bf16)
        default: try encode(inputs, { Float($0) }, qc_quantize_grid_encode_f32)
        }
    },
    "qc_quantize_grid_decode": { inputs, type in
        switch type {
        case .f16: try decode(inputs, { Double(Float16(bitPattern: $0)) }, qc_quantize_grid_decode_f16)
        case .bf16: try decode(inputs, bfloat16Value, qc_quantize_grid_decode_bf16)
        default: try decode(inputs, { (value: Float) in Double(value) }, qc_quantize_grid_decode_f32)
        }
    },
]

let abiQuantizeGridTrainingAdapters: [String: VectorAdapter] = [
    "qc_quantize_grid_neighbours": { inputs, _ in
        let values = try inputs.matrix("values")
        let elements = values.elements.map { Float($0) }
        let (scales, zeros) = try parameters(inputs)
        var options = try abiGridOptions(inputs)
        return try abiWithGrid(inputs) { grid in
            let (lower, upper) = (ABIBuffer<UInt8>(elements.count), ABIBuffer<UInt8>(elements.count))
            try abiCall(
                qc_quantize_grid_neighbours_f32(
                    elements, values.rows, values.columns, grid, &options, scales, zeros, lower.pointer,
                    upper.pointer), lower, upper)
            return ["lower": .integers(lower.elements), "upper": .integers(upper.elements)]
        }
    },
    "qc_quantize_grid_fake_options_init": { _, _ in
        let options = try initialFakeOptions()
        return [
            "granularity": .text(word(options.granularity, granularities)),
            "gradient": .text(word(options.gradient, gradients)), "group_size": .integer(options.group_size),
        ]
    },
    "qc_quantize_grid_fake": { inputs, _ in
        let values = try inputs.matrix("values")
        let elements = values.elements.map { Float($0) }
        let (scales, zeros) = try parameters(inputs)
        let upstream =
            inputs.optional("upstream") == nil
            ? nil : try inputs.rounded("upstream", to: .f32).map { Float($0) }
        var sharing = try abiGridOptions(inputs)
        var options = try initialFakeOptions()
        (options.granularity, options.group_size) = (sharing.granularity, sharing.group_size)
        options.gradient = try abiConstant(inputs.word("gradient", default: "clipped"), gradients)
        return try abiWithGrid(inputs) { grid in
            let (quantized, ofValues) = (ABIBuffer<Float>(elements.count), ABIBuffer<Float>(elements.count))
            let ofScales = ABIBuffer<Float>(abiGridRoom(grid, values.rows, values.columns, &sharing).groups)
            try abiCall(
                qc_quantize_grid_fake_f32(
                    elements, values.rows, values.columns, grid, &options, scales, zeros, quantized.pointer,
                    upstream, ofValues.pointer, ofScales.pointer), quantized, ofValues, ofScales)
            return [
                "quantized": .floats(quantized.elements), "value_gradients": .floats(ofValues.elements),
                "scale_gradients": .floats(ofScales.elements),
            ]
        }
    },
]

private let gradients = [
    "clipped": QC_QUANTIZE_GRADIENT_CLIPPED, "identity": QC_QUANTIZE_GRADIENT_IDENTITY,
    "learned_step": QC_QUANTIZE_GRADIENT_LEARNED_STEP, "trust": QC_QUANTIZE_GRADIENT_TRUST,
    "triangle": QC_QUANTIZE_GRADIENT_TRIANGLE,
]

private func initialFakeOptions() throws -> qc_quantize_grid_fake_options {
    var options = qc_quantize_grid_fake_options()
    try abiCall(qc_quantize_grid_fake_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private let kinds = [
    "integer": QC_QUANTIZE_GRID_INTEGER, "midrise": QC_QUANTIZE_GRID_MIDRISE,
    "binary": QC_QUANTIZE_GRID_BINARY, "log2": QC_QUANTIZE_GRID_LOG2,
    "log_sqrt2": QC_QUANTIZE_GRID_LOG_SQRT2, "sqrt2_powers": QC_QUANTIZE_GRID_SQRT2_POWERS,
    "power": QC_QUANTIZE_GRID_POWER, "tangent": QC_QUANTIZE_GRID_TANGENT, "float": QC_QUANTIZE_GRID_FLOAT,
    "code_book": QC_QUANTIZE_GRID_CODE_BOOK,
]
private let specials = [
    "none": QC_QUANTIZE_SPECIALS_NONE, "ieee": QC_QUANTIZE_SPECIALS_IEEE, "fn": QC_QUANTIZE_SPECIALS_FN,
    "fnuz": QC_QUANTIZE_SPECIALS_FNUZ, "exponent": QC_QUANTIZE_SPECIALS_EXPONENT,
]
private let overflows = ["saturate": QC_QUANTIZE_OVERFLOW_SATURATE, "ieee": QC_QUANTIZE_OVERFLOW_IEEE]
private let granularities = [
    "group": QC_QUANTIZE_PER_GROUP, "row": QC_QUANTIZE_PER_ROW, "tensor": QC_QUANTIZE_PER_TENSOR,
]

private func word(_ constant: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == Int(constant) }?.key ?? "unknown"
}

private func float16Bits(_ value: Double) -> UInt16 { Float16(value).bitPattern }
private func bfloat16Bits(_ value: Double) -> UInt16 { UInt16(Float(value).bitPattern >> 16) }
private func bfloat16Value(_ bits: UInt16) -> Double { Double(Float(bitPattern: UInt32(bits) << 16)) }

private func namedGrid(_ inputs: VectorInputs) throws -> qc_quantize_grid {
    var grid = qc_quantize_grid()
    let name = inputs.optional("grid") == nil ? nil : try inputs.word("grid", default: "")
    try abiCall(qc_quantize_grid_init(&grid, MemoryLayout.size(ofValue: grid), name))
    return grid
}

/// The grid of the name, with the fields that the case gives.
func abiWithGrid<Result>(
    _ inputs: VectorInputs, _ body: (UnsafePointer<qc_quantize_grid>) throws -> Result
) throws -> Result {
    var grid = try namedGrid(inputs)
    func field(_ name: String, _ value: Int32) throws -> Int32 {
        Int32(try inputs.integer(name, default: Int(value)))
    }
    func choice(_ name: String, _ value: Int32, _ words: [String: Int]) throws -> Int32 {
        try abiConstant(inputs.word(name, default: word(value, words)), words)
    }
    grid.kind = try choice("kind", grid.kind, kinds)
    grid.bits = try field("bits", grid.bits)
    grid.is_signed = try field("is_signed", grid.is_signed)
    grid.is_narrow = try field("is_narrow", grid.is_narrow)
    grid.exponent_bits = try field("exponent_bits", grid.exponent_bits)
    grid.specials = try choice("specials", grid.specials, specials)
    grid.overflow = try choice("overflow", grid.overflow, overflows)
    grid.bias = try inputs.double("bias", default: grid.bias)
    grid.parameter = try inputs.double("parameter", default: grid.parameter)
    guard inputs.optional("levels") != nil else { return try body(&grid) }
    return try inputs.rounded("levels", to: .f32).map { Float($0) }.withUnsafeBufferPointer { levels in
        grid.levels = levels.baseAddress
        grid.level_count = levels.count
        return try body(&grid)
    }
}

private func initialOptions() throws -> qc_quantize_grid_options {
    var options = qc_quantize_grid_options()
    try abiCall(qc_quantize_grid_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

func abiGridOptions(_ inputs: VectorInputs) throws -> qc_quantize_grid_options {
    var options = try initialOptions()
    options.granularity = try abiConstant(inputs.word("granularity", default: "group"), granularities)
    options.group_size = try inputs.integer("group_size", default: options.group_size)
    return options
}

/// The room that the layout asks for; none if it refuses the options, which the call itself will do, too.
func abiGridRoom(
    _ grid: UnsafePointer<qc_quantize_grid>, _ rows: Int, _ columns: Int,
    _ options: inout qc_quantize_grid_options
) -> (bytes: Int, groups: Int) {
    var (bytes, groups) = (0, 0)
    let status = qc_quantize_grid_layout(grid, rows, columns, &options, &bytes, &groups)
    return status == qc_status(QC_OK) ? (bytes, groups) : (0, 0)
}

private func parameters(_ inputs: VectorInputs) throws -> (scales: [Float], zeros: [Float]?) {
    let scales = try inputs.rounded("scales", to: .f32).map { Float($0) }
    let hasZeros = inputs.optional("zeros") != nil
    return (scales, hasZeros ? try inputs.rounded("zeros", to: .f32).map { Float($0) } : nil)
}

private typealias Scales<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<qc_quantize_grid>?,
    UnsafePointer<qc_quantize_grid_options>?, UnsafeMutablePointer<Float>?
) -> qc_status

private func scales<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Scales<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    let elements = values.elements.map(bits)
    var options = try abiGridOptions(inputs)
    return try abiWithGrid(inputs) { grid in
        let scales = ABIBuffer<Float>(abiGridRoom(grid, values.rows, values.columns, &options).groups)
        try abiCall(function(elements, values.rows, values.columns, grid, &options, scales.pointer), scales)
        return ["scales": .floats(scales.elements)]
    }
}

private typealias Encode<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<qc_quantize_grid>?,
    UnsafePointer<qc_quantize_grid_options>?, UnsafePointer<Float>?, UnsafePointer<Float>?,
    UnsafeMutablePointer<UInt8>?
) -> qc_status

private func encode<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Encode<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    let elements = values.elements.map(bits)
    let (scales, zeros) = try parameters(inputs)
    var options = try abiGridOptions(inputs)
    return try abiWithGrid(inputs) { grid in
        let codes = ABIBuffer<UInt8>(abiGridRoom(grid, values.rows, values.columns, &options).bytes)
        try abiCall(
            function(elements, values.rows, values.columns, grid, &options, scales, zeros, codes.pointer),
            codes)
        return ["codes": .integers(codes.elements)]
    }
}

private typealias Decode<Bits> = (
    UnsafePointer<UInt8>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int, Int,
    UnsafePointer<qc_quantize_grid>?, UnsafePointer<qc_quantize_grid_options>?, UnsafeMutablePointer<Bits>?
) -> qc_status

private func decode<Bits>(
    _ inputs: VectorInputs, _ value: (Bits) -> Double, _ function: Decode<Bits>
) throws -> [String: VectorOutput] {
    let codes = try inputs.integers("codes").map { UInt8($0) }
    let (scales, zeros) = try parameters(inputs)
    let (rows, columns) = (try inputs.integer("rows"), try inputs.integer("columns"))
    var options = try abiGridOptions(inputs)
    return try abiWithGrid(inputs) { grid in
        let values = ABIBuffer<Bits>(rows * columns)
        try abiCall(function(codes, scales, zeros, rows, columns, grid, &options, values.pointer), values)
        return ["values": .numbers(values.elements.map(value), inputs.format)]
    }
}
