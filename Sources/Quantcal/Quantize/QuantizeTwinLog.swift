import QuantcalCore

/// Twin logarithms: bits, and which elements share parameters. Defaults are those of C:
/// `qc_quantize_twin_log_options_init`.
public typealias TwinLogarithms = TwinLogQuantization

extension TwinLogQuantization {
    fileprivate func sized(_ rows: Int, _ columns: Int) throws(QuantcalError) -> GroupLayout {
        guard rows >= 0, columns >= 0 else {
            throw QuantcalError(.size, "a matrix of \(rows) x \(columns) cannot be")
        }
        return try layout(rows: rows, columns: columns)
    }
}

/// Parameters of least squared error among candidates, five for each group: the offset, the first
/// logarithm and the step of positive numbers, and those of negative ones.
/// C: `qc_quantize_twin_log_fit_f32`.
public func quantizeTwinLogFit(
    _ values: Matrix<Float>, logarithms: TwinLogarithms = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] { try fitted(values, logarithms, progress) }

/// The same for IEEE half-precision values. C: `qc_quantize_twin_log_fit_f16`.
public func quantizeTwinLogFit(
    _ values: Matrix<HalfBits>, logarithms: TwinLogarithms = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] { try fitted(values, logarithms, progress) }

/// The same for bfloat16 values. C: `qc_quantize_twin_log_fit_bf16`.
public func quantizeTwinLogFit(
    _ values: Matrix<BFloat16Bits>, logarithms: TwinLogarithms = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] { try fitted(values, logarithms, progress) }

private func fitted<Element: WeightElement>(
    _ values: Matrix<Element>, _ logarithms: TwinLogarithms, _ progress: ProgressReport?
) throws(QuantcalError) -> [Float] {
    let layout = try logarithms.sized(values.rows, values.columns)
    let count = layout.groupCount * TwinLogarithms.parameterCount
    return try filled(count) { (parameters: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        try withBuffer(values.elements) { elements throws(QuantcalError) in
            guard let base = elements.baseAddress else { return }
            try logarithms.fit(base, layout, Progress(progress), into: parameters)
        }
    }
}

/// Rounds a matrix to twin logarithms; codes are packed.
/// C: `qc_quantize_twin_log_encode_f32`.
public func quantizeTwinLogEncode(
    _ values: Matrix<Float>, parameters: [Float], logarithms: TwinLogarithms = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] { try encoded(values, parameters, logarithms, progress) }

/// The same for IEEE half-precision values. C: `qc_quantize_twin_log_encode_f16`.
public func quantizeTwinLogEncode(
    _ values: Matrix<HalfBits>, parameters: [Float], logarithms: TwinLogarithms = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] { try encoded(values, parameters, logarithms, progress) }

/// The same for bfloat16 values. C: `qc_quantize_twin_log_encode_bf16`.
public func quantizeTwinLogEncode(
    _ values: Matrix<BFloat16Bits>, parameters: [Float], logarithms: TwinLogarithms = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] { try encoded(values, parameters, logarithms, progress) }

private func encoded<Element: WeightElement>(
    _ values: Matrix<Element>, _ parameters: [Float], _ logarithms: TwinLogarithms,
    _ progress: ProgressReport?
) throws(QuantcalError) -> [UInt8] {
    let layout = try logarithms.sized(values.rows, values.columns)
    try requireCount(parameters.count, layout.groupCount * TwinLogarithms.parameterCount, "parameters")
    return try filled(layout.codeBytes) { (codes: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withBuffer(parameters) { parameters throws(QuantcalError) in
            try withBuffer(values.elements) { elements throws(QuantcalError) in
                guard let base = elements.baseAddress else { return }
                try logarithms.encode(base, layout, parameters, Progress(progress), into: codes)
            }
        }
    }
}

/// The numbers that codes of twin logarithms stand for.
/// C: `qc_quantize_twin_log_decode_f32`.
public func quantizeTwinLogDecode(
    _ codes: [UInt8], parameters: [Float], rows: Int, columns: Int, logarithms: TwinLogarithms = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Float> {
    try decoded(codes, parameters, rows, columns, logarithms, progress)
}

/// The same, rounded to IEEE half precision. C: `qc_quantize_twin_log_decode_f16`.
public func quantizeTwinLogDecodeToHalf(
    _ codes: [UInt8], parameters: [Float], rows: Int, columns: Int, logarithms: TwinLogarithms = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<HalfBits> {
    try decoded(codes, parameters, rows, columns, logarithms, progress)
}

/// The same, rounded to bfloat16. C: `qc_quantize_twin_log_decode_bf16`.
public func quantizeTwinLogDecodeToBFloat16(
    _ codes: [UInt8], parameters: [Float], rows: Int, columns: Int, logarithms: TwinLogarithms = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<BFloat16Bits> {
    try decoded(codes, parameters, rows, columns, logarithms, progress)
}

private func decoded<Element: WeightElement>(
    _ codes: [UInt8], _ parameters: [Float], _ rows: Int, _ columns: Int, _ logarithms: TwinLogarithms,
    _ progress: ProgressReport?
) throws(QuantcalError) -> Matrix<Element> {
    let layout = try logarithms.sized(rows, columns)
    try requireCount(codes.count, layout.codeBytes, "codes")
    try requireCount(parameters.count, layout.groupCount * TwinLogarithms.parameterCount, "parameters")
    let elements = try filled(rows * columns) {
        (values: UnsafeMutablePointer<Element>) throws(QuantcalError) in
        try withBuffer(parameters) { parameters throws(QuantcalError) in
            try withBuffer(codes) { packed throws(QuantcalError) in
                guard let base = packed.baseAddress else { return }
                try logarithms.decode(base, layout, parameters, Progress(progress), into: values)
            }
        }
    }
    return Matrix(unchecked: rows, columns, elements)
}
