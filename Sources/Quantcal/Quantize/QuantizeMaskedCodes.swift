import QuantcalCore

/// The scales, and zero points if wanted, of a part by a rule: what `quantizeRange` gives for the selected
/// elements alone. C: `qc_quantize_masked_range_f32`.
public func quantizeMaskedRange(
    _ values: Matrix<Float>, part: QuantizationPart, grid: QuantizationGrid,
    rule: QuantizationRangeRule = .init(), wantsZeros: Bool = false, progress: ProgressReport? = nil
) throws(QuantcalError) -> GridParameters {
    try fitted(values, part, grid, rule, wantsZeros, progress) {
        $0.callAsFunction(_:_:_:_:scales:zeros:)
    }
}

/// The same for IEEE half-precision values. C: `qc_quantize_masked_range_f16`.
public func quantizeMaskedRange(
    _ values: Matrix<HalfBits>, part: QuantizationPart, grid: QuantizationGrid,
    rule: QuantizationRangeRule = .init(), wantsZeros: Bool = false, progress: ProgressReport? = nil
) throws(QuantcalError) -> GridParameters {
    try fitted(values, part, grid, rule, wantsZeros, progress) {
        $0.callAsFunction(_:_:_:_:scales:zeros:)
    }
}

/// The same for bfloat16 values. C: `qc_quantize_masked_range_bf16`.
public func quantizeMaskedRange(
    _ values: Matrix<BFloat16Bits>, part: QuantizationPart, grid: QuantizationGrid,
    rule: QuantizationRangeRule = .init(), wantsZeros: Bool = false, progress: ProgressReport? = nil
) throws(QuantcalError) -> GridParameters {
    try fitted(values, part, grid, rule, wantsZeros, progress) {
        $0.callAsFunction(_:_:_:_:scales:zeros:)
    }
}

private func fitted<Element: BitwiseCopyable>(
    _ values: Matrix<Element>, _ part: QuantizationPart, _ grid: QuantizationGrid,
    _ rule: QuantizationRangeRule, _ wantsZeros: Bool, _ progress: ProgressReport?,
    _ fit: (RangeFitter) -> (
        UnsafePointer<Element>, GroupLayout, ElementMask, Progress, UnsafeMutablePointer<Float>,
        UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> GridParameters {
    let fitter = try RangeFitter(grid, rule, hasZeros: wantsZeros)
    return try part.with(grid.compiled(), values.rows) { layout, masked throws(QuantcalError) in
        try requireCount(values.columns, part.mask.columns, "a row of values")
        let count = layout.groupCount
        var zeros: [Float] = []
        let scales = try filled(count) { (scales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            zeros = try filled(wantsZeros ? count : 0) {
                (zeros: UnsafeMutablePointer<Float>) throws(QuantcalError) in
                try withBuffer(values.elements) { elements throws(QuantcalError) in
                    guard let base = elements.baseAddress, let masked else { return }
                    try fit(fitter)(
                        base, layout, masked.mask, Progress(progress), scales, wantsZeros ? zeros : nil)
                }
            }
        }
        return GridParameters(scales: scales, zeros: wantsZeros ? zeros : nil)
    }
}

/// Rounds a part of a matrix to a grid: packed codes of its elements alone, each row from a byte on.
/// C: `qc_quantize_masked_encode_f32`.
public func quantizeMaskedEncode(
    _ values: Matrix<Float>, part: QuantizationPart, grid: QuantizationGrid, scales: [Float],
    zeros: [Float]? = nil, progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    try encoded(values, part, grid, scales, zeros, progress) { $0.encode(_:_:_:into:) }
}

/// The same for IEEE half-precision values.
/// C: `qc_quantize_masked_encode_f16`.
public func quantizeMaskedEncode(
    _ values: Matrix<HalfBits>, part: QuantizationPart, grid: QuantizationGrid, scales: [Float],
    zeros: [Float]? = nil, progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    try encoded(values, part, grid, scales, zeros, progress) { $0.encode(_:_:_:into:) }
}

/// The same for bfloat16 values.
/// C: `qc_quantize_masked_encode_bf16`.
public func quantizeMaskedEncode(
    _ values: Matrix<BFloat16Bits>, part: QuantizationPart, grid: QuantizationGrid, scales: [Float],
    zeros: [Float]? = nil, progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    try encoded(values, part, grid, scales, zeros, progress) { $0.encode(_:_:_:into:) }
}

private func encoded<Element: BitwiseCopyable>(
    _ values: Matrix<Element>, _ part: QuantizationPart, _ grid: QuantizationGrid, _ scales: [Float],
    _ zeros: [Float]?, _ progress: ProgressReport?,
    _ encode: (MaskedGrid) -> (
        UnsafePointer<Element>, CompiledGrid.Parameters, Progress, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [UInt8] {
    try part.with(grid.compiled(), values.rows) { layout, masked throws(QuantcalError) in
        try requireCount(values.columns, part.mask.columns, "a row of values")
        let bytes = masked?.room.codeBytes ?? 0
        return try filled(bytes) { (codes: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
            try withParameters(layout, scales, zeros) { parameters throws(QuantcalError) in
                try withBuffer(values.elements) { elements throws(QuantcalError) in
                    guard let base = elements.baseAddress, let masked else { return }
                    try encode(masked)(base, parameters, Progress(progress), codes)
                }
            }
        }
    }
}

/// Writes the numbers that codes of a part stand for to their places in a matrix; the others stay.
/// C: `qc_quantize_masked_decode_f32`.
public func quantizeMaskedDecode(
    _ codes: [UInt8], part: QuantizationPart, grid: QuantizationGrid, scales: [Float],
    zeros: [Float]? = nil, into values: inout Matrix<Float>, progress: ProgressReport? = nil
) throws(QuantcalError) {
    try decode(codes, part, grid, scales, zeros, &values, progress) { $0.decode(_:_:_:into:) }
}

/// The same, rounded to IEEE half precision.
/// C: `qc_quantize_masked_decode_f16`.
public func quantizeMaskedDecode(
    _ codes: [UInt8], part: QuantizationPart, grid: QuantizationGrid, scales: [Float],
    zeros: [Float]? = nil, into values: inout Matrix<HalfBits>, progress: ProgressReport? = nil
) throws(QuantcalError) {
    try decode(codes, part, grid, scales, zeros, &values, progress) { $0.decode(_:_:_:into:) }
}

/// The same, rounded to bfloat16.
/// C: `qc_quantize_masked_decode_bf16`.
public func quantizeMaskedDecode(
    _ codes: [UInt8], part: QuantizationPart, grid: QuantizationGrid, scales: [Float],
    zeros: [Float]? = nil, into values: inout Matrix<BFloat16Bits>, progress: ProgressReport? = nil
) throws(QuantcalError) {
    try decode(codes, part, grid, scales, zeros, &values, progress) { $0.decode(_:_:_:into:) }
}

private func decode<Element: BitwiseCopyable>(
    _ codes: [UInt8], _ part: QuantizationPart, _ grid: QuantizationGrid, _ scales: [Float],
    _ zeros: [Float]?, _ values: inout Matrix<Element>, _ progress: ProgressReport?,
    _ decode: (MaskedGrid) -> (
        UnsafePointer<UInt8>, CompiledGrid.Parameters, Progress, UnsafeMutablePointer<Element>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) {
    let (rows, columns, given) = (values.rows, values.columns, values.elements)
    values.elements = try part.with(grid.compiled(), rows) { layout, masked throws(QuantcalError) in
        try requireCount(columns, part.mask.columns, "a row of values")
        try requireCount(codes.count, masked?.room.codeBytes ?? 0, "codes")
        return try filled(given.count) { (memory: UnsafeMutablePointer<Element>) throws(QuantcalError) in
            memory.initialize(from: given, count: given.count)
            try withParameters(layout, scales, zeros) { parameters throws(QuantcalError) in
                try withBuffer(codes) { packed throws(QuantcalError) in
                    guard let masked else { return }
                    // Of a part without elements nobody reads codes.
                    let base = packed.baseAddress ?? UnsafePointer(bitPattern: 1)!
                    try decode(masked)(base, parameters, Progress(progress), memory)
                }
            }
        }
    }
}
