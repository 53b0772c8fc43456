/// Vectors of salient elements and of parts of matrices through the C ABI.

import CQuantcal

let abiQuantizeMaskedAdapters: [String: VectorAdapter] = [
    "qc_quantize_salient_options_init": { _, _ in
        let options = try initialSalientOptions()
        return [
            "granularity": .text(word(options.granularity)), "group_size": .integer(options.group_size),
            "fraction": .floats([options.fraction]),
        ]
    },
    "qc_quantize_salient_mask": { inputs, type in
        switch type {
        case .f16: try salient(inputs, float16Bits, qc_quantize_salient_mask_f16)
        case .bf16: try salient(inputs, bfloat16Bits, qc_quantize_salient_mask_bf16)
        default: try salient(inputs, { Float($0) }, qc_quantize_salient_mask_f32)
        }
    },
    "qc_quantize_masked_options_init": { _, _ in
        let options = try initialMaskedOptions()
        return [
            "granularity": .text(word(options.granularity)), "group_size": .integer(options.group_size),
            "selected": .integer(options.selected),
        ]
    },
    "qc_quantize_masked_layout": { inputs, _ in
        let rows = try inputs.integer("rows")
        return try withPart(inputs, rows) { part, grid, options in
            let sizes = [ABIBuffer<Int>(1), ABIBuffer<Int>(1), ABIBuffer<Int>(1)]
            try abiCall(
                qc_quantize_masked_layout(
                    part.mask, rows, part.columns, grid, options, sizes[0].pointer, sizes[1].pointer,
                    sizes[2].pointer), sizes[0], sizes[1], sizes[2])
            return [
                "selected_count": .integers(sizes[0].elements), "code_bytes": .integers(sizes[1].elements),
                "group_count": .integers(sizes[2].elements),
            ]
        }
    },
    "qc_quantize_masked_range": { inputs, type in
        switch type {
        case .f16: try range(inputs, float16Bits, qc_quantize_masked_range_f16)
        case .bf16: try range(inputs, bfloat16Bits, qc_quantize_masked_range_bf16)
        default: try range(inputs, { Float($0) }, qc_quantize_masked_range_f32)
        }
    },
    "qc_quantize_masked_encode": { inputs, type in
        switch type {
        case .f16: try encode(inputs, float16Bits, qc_quantize_masked_encode_f16)
        case .bf16: try encode(inputs, bfloat16Bits, qc_quantize_masked_encode_bf16)
        default: try encode(inputs, { Float($0) }, qc_quantize_masked_encode_f32)
        }
    },
    "qc_quantize_masked_decode": { inputs, type in
        switch type {
        case .f16: try decode(inputs, { Double(Float16(bitPattern: $0)) }, qc_quantize_masked_decode_f16)
        case .bf16: try decode(inputs, bfloat16Value, qc_quantize_masked_decode_bf16)
        default: try decode(inputs, { (value: Float) in Double(value) }, qc_quantize_masked_decode_f32)
        }
    },
]

private let granularities = [
    "group": QC_QUANTIZE_PER_GROUP, "row": QC_QUANTIZE_PER_ROW, "tensor": QC_QUANTIZE_PER_TENSOR,
]

private func word(_ constant: Int32) -> String {
    granularities.first { $0.value == Int(constant) }?.key ?? "unknown"
}

private func float16Bits(_ value: Double) -> UInt16 { Float16(value).bitPattern }
private func bfloat16Bits(_ value: Double) -> UInt16 { UInt16(Float(value).bitPattern >> 16) }
private func bfloat16Value(_ bits: UInt16) -> Double { Double(Float(bitPattern: UInt32(bits) << 16)) }

private func initialSalientOptions() throws -> qc_quantize_salient_options {
    var options = qc_quantize_salient_options()
    try abiCall(qc_quantize_salient_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func initialMaskedOptions() throws -> qc_quantize_masked_options {
    var options = qc_quantize_masked_options()
    try abiCall(qc_quantize_masked_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func singles(_ inputs: VectorInputs, _ key: String) throws -> [Float]? {
    inputs.optional(key) == nil ? nil : try inputs.rounded(key, to: .f32).map { Float($0) }
}

private func maskBytes(_ columns: Int) -> Int { (columns + 7) / 8 }

private typealias Salient<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<Float>?, UnsafePointer<qc_quantize_salient_options>?,
    UnsafeMutablePointer<UInt8>?
) -> qc_status

private func salient<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Salient<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    var options = try initialSalientOptions()
    options.granularity = try abiConstant(inputs.word("granularity", default: "tensor"), granularities)
    options.group_size = try inputs.integer("group_size", default: options.group_size)
    options.fraction = try inputs.double("fraction", default: options.fraction)
    let mask = ABIBuffer<UInt8>(values.rows * maskBytes(values.columns))
    try abiCall(
        function(
            values.elements.map(bits), values.rows, values.columns, singles(inputs, "factors"), &options,
            mask.pointer), mask)
    let packed = mask.elements
    return [
        "mask": .integers(
            (0..<values.rows * values.columns).map { index -> UInt8 in
                let (row, column) = index.quotientAndRemainder(dividingBy: values.columns)
                return packed[row * maskBytes(values.columns) + column / 8] >> UInt8(column % 8) & 1
            })
    ]
}

/// The packed mask of a case, and the room of its part; none if the options are refused.
private struct Part {
    let mask: [UInt8]
    let columns: Int
    var codeBytes = 0
    var groups = 0

    init(_ inputs: VectorInputs) throws {
        let given = try inputs.matrix("mask")
        columns = given.columns
        var mask = [UInt8](repeating: 0, count: given.rows * maskBytes(given.columns))
        for (index, bit) in given.elements.enumerated() where bit != 0 {
            let (row, column) = index.quotientAndRemainder(dividingBy: given.columns)
            mask[row * maskBytes(given.columns) + column / 8] |= 1 << UInt8(column % 8)
        }
        self.mask = mask
    }
}

private func withPart<Result>(
    _ inputs: VectorInputs, _ rows: Int,
    _ body: (Part, UnsafePointer<qc_quantize_grid>, UnsafePointer<qc_quantize_masked_options>) throws ->
        Result
) throws -> Result {
    var part = try Part(inputs)
    var options = try initialMaskedOptions()
    options.granularity = try abiConstant(inputs.word("granularity", default: "group"), granularities)
    options.group_size = try inputs.integer("group_size", default: options.group_size)
    options.selected = Int32(try inputs.integer("selected", default: Int(options.selected)))
    options.is_shared = Int32(try inputs.integer("is_shared", default: Int(options.is_shared)))
    return try abiWithGrid(inputs) { grid in
        var (bytes, groups) = (0, 0)
        let status = qc_quantize_masked_layout(
            part.mask, rows, part.columns, grid, &options, nil, &bytes, &groups)
        if status == qc_status(QC_OK) { (part.codeBytes, part.groups) = (bytes, groups) }
        return try body(part, grid, &options)
    }
}

private typealias Range<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<UInt8>?, UnsafePointer<qc_quantize_grid>?,
    UnsafePointer<qc_quantize_masked_options>?, UnsafePointer<qc_quantize_range_rule>?,
    UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?
) -> qc_status

private func range<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Range<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    let wantsZeros = try inputs.integer("with_zeros", default: 0) != 0
    var rule = try abiRangeRule(inputs)
    return try withPart(inputs, values.rows) { part, grid, options in
        let (scales, zeros) = (ABIBuffer<Float>(part.groups), ABIBuffer<Float>(wantsZeros ? part.groups : 0))
        try abiCall(
            function(
                values.elements.map(bits), values.rows, values.columns, part.mask, grid, options, &rule,
                scales.pointer, wantsZeros ? zeros.pointer : nil), scales, zeros)
        return ["scales": .floats(scales.elements)].merging(
            wantsZeros ? ["zeros": .floats(zeros.elements)] : [:]
        ) { $1 }
    }
}

private typealias Encode<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<UInt8>?, UnsafePointer<qc_quantize_grid>?,
    UnsafePointer<qc_quantize_masked_options>?, UnsafePointer<Float>?, UnsafePointer<Float>?,
    UnsafeMutablePointer<UInt8>?
) -> qc_status

private func encode<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Encode<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    let (scales, zeros) = (try singles(inputs, "scales"), try singles(inputs, "zeros"))
    return try withPart(inputs, values.rows) { part, grid, options in
        let codes = ABIBuffer<UInt8>(part.codeBytes)
        try abiCall(
            function(
                values.elements.map(bits), values.rows, values.columns, part.mask, grid, options, scales,
                zeros, codes.pointer), codes)
        return ["codes": .integers(codes.elements)]
    }
}

private typealias Decode<Bits> = (
    UnsafePointer<UInt8>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<UInt8>?, Int, Int,
    UnsafePointer<qc_quantize_grid>?, UnsafePointer<qc_quantize_masked_options>?,
    UnsafeMutablePointer<Bits>?
) -> qc_status

private func decode<Bits: ExpressibleByIntegerLiteral>(
    _ inputs: VectorInputs, _ value: (Bits) -> Double, _ function: Decode<Bits>
) throws -> [String: VectorOutput] {
    let codes = try inputs.integers("codes").map { UInt8($0) }
    let (scales, zeros) = (try singles(inputs, "scales"), try singles(inputs, "zeros"))
    let rows = try inputs.integer("rows")
    return try withPart(inputs, rows) { part, grid, options in
        // What is not selected stays what it is.
        var values = [Bits](repeating: 0, count: rows * part.columns)
        try abiCall(function(codes, scales, zeros, part.mask, rows, part.columns, grid, options, &values))
        return ["values": .numbers(values.map(value), inputs.format)]
    }
}
