/// Vectors of diagnostics and planning of `quantize` through the C ABI.

import CQuantcal

let abiQuantizeDiagnosticsAdapters: [String: VectorAdapter] = [
    "qc_quantize_error": { inputs, type in
        switch type {
        case .f16: try error(inputs, float16Bits, qc_quantize_error_f16)
        case .bf16: try error(inputs, bfloat16Bits, qc_quantize_error_bf16)
        default: try error(inputs, { Float($0) }, qc_quantize_error_f32)
        }
    },
    "qc_quantize_statistics": { inputs, type in
        switch type {
        case .f16: try statistics(inputs, float16Bits, qc_quantize_statistics_f16)
        case .bf16: try statistics(inputs, bfloat16Bits, qc_quantize_statistics_bf16)
        default: try statistics(inputs, { Float($0) }, qc_quantize_statistics_f32)
        }
    },
    "qc_quantize_outlier_options_init": { _, _ in
        let options = try outlierOptions()
        let reference = references.first { $0.value == Int(options.reference) }
        return ["reference": .text(reference?.key ?? "unknown"), "threshold": .float(options.threshold)]
    },
    "qc_quantize_outlier_columns": { inputs, type in
        switch type {
        case .f16: try outliers(inputs, float16Bits, qc_quantize_outlier_columns_f16)
        case .bf16: try outliers(inputs, bfloat16Bits, qc_quantize_outlier_columns_bf16)
        default: try outliers(inputs, { Float($0) }, qc_quantize_outlier_columns_f32)
        }
    },
    "qc_quantize_code_counts": { inputs, _ in
        let codes = try inputs.integers("codes").map { UInt8($0) }
        let bits = try inputs.integer("bits")
        let counts = ABIBuffer<Int>((1...8).contains(bits) ? 1 << bits : 256)
        try abiCall(
            qc_quantize_code_counts(
                codes, inputs.integer("rows"), inputs.integer("columns"), Int32(bits), counts.pointer), counts
        )
        return ["counts": .integers(counts.elements)]
    },
    "qc_quantize_entropy": { inputs, _ in
        let counts = try inputs.integers("counts")
        let bits = ABIBuffer<Double>(1)
        try abiCall(qc_quantize_entropy(counts, counts.count, bits.pointer), bits)
        return ["bits": .floats(bits.elements)]
    },
    "qc_quantize_kl_divergence": { inputs, type in
        switch type {
        case .f32: try divergence(inputs, { Float($0) }, qc_quantize_kl_divergence_f32)
        default: try divergence(inputs, { $0 }, qc_quantize_kl_divergence_f64)
        }
    },
    "qc_quantize_propagation": { inputs, _ in try propagation(inputs) },
    "qc_quantize_qat_options_init": { _, _ in ["constant": .float(try qatOptions().constant)] },
    "qc_quantize_qat_fraction": { inputs, _ in
        var options = try qatOptions()
        options.constant = try inputs.double("constant", default: options.constant)
        let fraction = ABIBuffer<Double>(1)
        try abiCall(
            qc_quantize_qat_fraction(
                inputs.double("tokens"), inputs.double("parameters"), inputs.double("bits"), &options,
                fraction.pointer), fraction)
        return ["fraction": .floats(fraction.elements)]
    },
    "qc_quantize_qat_loss": { inputs, _ in
        let loss = ABIBuffer<Double>(1)
        try abiCall(
            qc_quantize_qat_loss(
                inputs.double("tokens"), inputs.double("parameters"), inputs.integer("group_size"),
                inputs.double("factor"), inputs.double("token_exponent"), inputs.double("parameter_exponent"),
                inputs.double("group_exponent"), loss.pointer), loss)
        return ["loss": .floats(loss.elements)]
    },
]

private let references = ["median": QC_QUANTIZE_OUTLIERS_MEDIAN, "fixed": QC_QUANTIZE_OUTLIERS_FIXED]

private func float16Bits(_ value: Double) -> UInt16 { Float16(value).bitPattern }
private func bfloat16Bits(_ value: Double) -> UInt16 { UInt16(Float(value).bitPattern >> 16) }

private func outlierOptions() throws -> qc_quantize_outlier_options {
    var options = qc_quantize_outlier_options()
    try abiCall(qc_quantize_outlier_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func qatOptions() throws -> qc_quantize_qat_options {
    var options = qc_quantize_qat_options()
    try abiCall(qc_quantize_qat_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func error<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits,
    _ function: (
        UnsafePointer<Bits>?, UnsafePointer<Float>?, Int, UnsafeMutablePointer<qc_quantize_error_result>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let original = try inputs.rounded("original", to: inputs.format).map(bits)
    let approximation = try inputs.rounded("approximation", to: .f32).map { Float($0) }
    var result = qc_quantize_error_result()
    result.struct_size = MemoryLayout.size(ofValue: result)
    try abiCall(function(original, approximation, original.count, &result))
    return [
        "mean_squared_error": .float(result.mean_squared_error), "mean_error": .float(result.mean_error),
        "max_abs_error": .float(result.max_abs_error), "relative_error": .float(result.relative_error),
        "sqnr_db": .float(result.sqnr_db), "cosine": .float(result.cosine),
    ]
}

private func statistics<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits,
    _ function: (UnsafePointer<Bits>?, Int, UnsafeMutablePointer<qc_quantize_statistics_result>?) -> qc_status
) throws -> [String: VectorOutput] {
    let values = try inputs.rounded("values", to: inputs.format).map(bits)
    var result = qc_quantize_statistics_result()
    result.struct_size = MemoryLayout.size(ofValue: result)
    try abiCall(function(values, values.count, &result))
    return [
        "minimum": .float(result.minimum), "maximum": .float(result.maximum), "mean": .float(result.mean),
        "variance": .float(result.variance), "root_mean_square": .float(result.root_mean_square),
        "mean_abs": .float(result.mean_abs), "max_abs": .float(result.max_abs),
        "max_to_mean": .float(result.max_to_mean), "skewness": .float(result.skewness),
        "kurtosis": .float(result.kurtosis), "zero_count": .integer(result.zero_count),
    ]
}

private typealias Outliers<Bits> = (
    UnsafePointer<Bits>?, Int, Int, UnsafePointer<qc_quantize_outlier_options>?, UnsafeMutablePointer<Float>?,
    UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?
) -> qc_status

private func outliers<Bits>(
    _ inputs: VectorInputs, _ bits: (Double) -> Bits, _ function: Outliers<Bits>
) throws -> [String: VectorOutput] {
    let values = try inputs.matrix("values")
    var options = try outlierOptions()
    options.reference = try abiConstant(inputs.word("reference", default: "median"), references)
    options.threshold = try inputs.double("threshold", default: options.threshold)
    let magnitudes = ABIBuffer<Float>(values.columns)
    let (flags, count) = (ABIBuffer<UInt8>(values.columns), ABIBuffer<Int>(1))
    try abiCall(
        function(
            values.elements.map(bits), values.rows, values.columns, &options, magnitudes.pointer,
            flags.pointer, count.pointer), magnitudes, flags, count)
    return [
        "magnitudes": .floats(magnitudes.elements), "is_outlier": .integers(flags.elements),
        "count": .integers(count.elements),
    ]
}

private func divergence<T>(
    _ inputs: VectorInputs, _ convert: (Double) -> T,
    _ function: (
        UnsafePointer<T>?, UnsafePointer<T>?, Int, Int, UnsafeMutablePointer<Double>?,
        UnsafeMutablePointer<qc_quantize_kl_result>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let (a, b) = (try inputs.matrix("reference"), try inputs.matrix("approximation"))
    let perRow = ABIBuffer<Double>(a.rows)
    var result = qc_quantize_kl_result()
    result.struct_size = MemoryLayout.size(ofValue: result)
    try abiCall(
        function(
            a.elements.map(convert), b.elements.map(convert), a.rows, a.columns, perRow.pointer, &result),
        perRow)
    return [
        "mean": .float(result.mean), "standard_error": .float(result.standard_error),
        "maximum": .float(result.maximum), "top_agreement": .float(result.top_agreement),
        "per_row": .floats(perRow.elements),
    ]
}

private func propagation(_ inputs: VectorInputs) throws -> [String: VectorOutput] {
    let names = ["input", "approximate_input", "weights", "approximate_weights"]
    let matrices = try names.map { try inputs.matrix($0) }
    let elements = matrices.map { $0.elements.map { Float($0) } }
    var result = qc_quantize_propagation_result()
    result.struct_size = MemoryLayout.size(ofValue: result)
    try abiCall(
        qc_quantize_propagation_f32(
            elements[0], elements[1], elements[2], elements[3], matrices[0].rows, matrices[0].columns,
            matrices[2].rows, &result))
    return [
        "input_error": .float(result.input_error), "weight_error": .float(result.weight_error),
        "carried_error": .float(result.carried_error), "own_error": .float(result.own_error),
        "cross_term": .float(result.cross_term), "total_error": .float(result.total_error),
        "amplification": .float(result.amplification),
    ]
}
