import QuantcalCore

/// Outlier-victim pairs: which elements share a scale, and the search for scales. Defaults are those of
/// C: `qc_quantize_outlier_victim_options_init`.
public typealias OutlierVictimPairs = OutlierVictimQuantization

extension OutlierVictimQuantization {
    fileprivate func sized(_ rows: Int, _ columns: Int) throws(QuantcalError) -> GroupLayout {
        guard rows >= 0, columns >= 0 else {
            throw QuantcalError(.size, "a matrix of \(rows) x \(columns) cannot be")
        }
        return try layout(rows: rows, columns: columns)
    }
}

/// The scales of least squared error among the candidates of the search.
/// C: `qc_quantize_outlier_victim_scales_f32`.
public func quantizeOutlierVictimScales(
    _ values: Matrix<Float>, pairs: OutlierVictimPairs = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] {
    try found(values, pairs, progress) { $0.scales(of:_:_:into:) }
}

/// The same for IEEE half-precision values.
/// C: `qc_quantize_outlier_victim_scales_f16`.
public func quantizeOutlierVictimScales(
    _ values: Matrix<HalfBits>, pairs: OutlierVictimPairs = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] {
    try found(values, pairs, progress) { $0.scales(of:_:_:into:) }
}

/// The same for bfloat16 values.
/// C: `qc_quantize_outlier_victim_scales_bf16`.
public func quantizeOutlierVictimScales(
    _ values: Matrix<BFloat16Bits>, pairs: OutlierVictimPairs = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] {
    try found(values, pairs, progress) { $0.scales(of:_:_:into:) }
}

private func found<Element: BitwiseCopyable>(
    _ values: Matrix<Element>, _ pairs: OutlierVictimPairs, _ progress: ProgressReport?,
    _ find: (OutlierVictimPairs) -> (
        UnsafePointer<Element>, GroupLayout, Progress, UnsafeMutablePointer<Float>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Float] {
    let layout = try pairs.sized(values.rows, values.columns)
    try pairs.checkSearch()
    return try filled(layout.groupCount) { (scales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        try withBuffer(values.elements) { elements throws(QuantcalError) in
            guard let base = elements.baseAddress else { return }
            try find(pairs)(base, layout, Progress(progress), scales)
        }
    }
}

/// Rounds a matrix to outlier-victim pairs, a byte each.
/// C: `qc_quantize_outlier_victim_encode_f32`.
public func quantizeOutlierVictimEncode(
    _ values: Matrix<Float>, scales: [Float], pairs: OutlierVictimPairs = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    try encoded(values, scales, pairs, progress) { $0.encode(_:_:_:_:into:) }
}

/// The same for IEEE half-precision values.
/// C: `qc_quantize_outlier_victim_encode_f16`.
public func quantizeOutlierVictimEncode(
    _ values: Matrix<HalfBits>, scales: [Float], pairs: OutlierVictimPairs = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    try encoded(values, scales, pairs, progress) { $0.encode(_:_:_:_:into:) }
}

/// The same for bfloat16 values.
/// C: `qc_quantize_outlier_victim_encode_bf16`.
public func quantizeOutlierVictimEncode(
    _ values: Matrix<BFloat16Bits>, scales: [Float], pairs: OutlierVictimPairs = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    try encoded(values, scales, pairs, progress) { $0.encode(_:_:_:_:into:) }
}

private func encoded<Element: BitwiseCopyable>(
    _ values: Matrix<Element>, _ scales: [Float], _ pairs: OutlierVictimPairs, _ progress: ProgressReport?,
    _ encode: (OutlierVictimPairs) -> (
        UnsafePointer<Element>, GroupLayout, UnsafeBufferPointer<Float>, Progress,
        UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [UInt8] {
    let layout = try pairs.sized(values.rows, values.columns)
    try requireCount(scales.count, layout.groupCount, "scales")
    return try filled(layout.codeBytes) { (codes: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withBuffer(scales) { scales throws(QuantcalError) in
            try withBuffer(values.elements) { elements throws(QuantcalError) in
                guard let base = elements.baseAddress else { return }
                try encode(pairs)(base, layout, scales, Progress(progress), codes)
            }
        }
    }
}

/// The numbers that outlier-victim pairs stand for.
/// C: `qc_quantize_outlier_victim_decode_f32`.
public func quantizeOutlierVictimDecode(
    _ codes: [UInt8], scales: [Float], rows: Int, columns: Int, pairs: OutlierVictimPairs = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Float> {
    try decoded(codes, scales, rows, columns, pairs, progress) { $0.decode(_:_:_:_:into:) }
}

/// The same, rounded to IEEE half precision.
/// C: `qc_quantize_outlier_victim_decode_f16`.
public func quantizeOutlierVictimDecodeToHalf(
    _ codes: [UInt8], scales: [Float], rows: Int, columns: Int, pairs: OutlierVictimPairs = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<HalfBits> {
    try decoded(codes, scales, rows, columns, pairs, progress) { $0.decode(_:_:_:_:into:) }
}

/// The same, rounded to bfloat16.
/// C: `qc_quantize_outlier_victim_decode_bf16`.
public func quantizeOutlierVictimDecodeToBFloat16(
    _ codes: [UInt8], scales: [Float], rows: Int, columns: Int, pairs: OutlierVictimPairs = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<BFloat16Bits> {
    try decoded(codes, scales, rows, columns, pairs, progress) { $0.decode(_:_:_:_:into:) }
}

private func decoded<Element: BitwiseCopyable>(
    _ codes: [UInt8], _ scales: [Float], _ rows: Int, _ columns: Int, _ pairs: OutlierVictimPairs,
    _ progress: ProgressReport?,
    _ decode: (OutlierVictimPairs) -> (
        UnsafePointer<UInt8>, GroupLayout, UnsafeBufferPointer<Float>, Progress,
        UnsafeMutablePointer<Element>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> Matrix<Element> {
    let layout = try pairs.sized(rows, columns)
    try requireCount(codes.count, layout.codeBytes, "codes")
    try requireCount(scales.count, layout.groupCount, "scales")
    let elements = try filled(rows * columns) {
        (values: UnsafeMutablePointer<Element>) throws(QuantcalError) in
        try withBuffer(scales) { scales throws(QuantcalError) in
            try withBuffer(codes) { packed throws(QuantcalError) in
                guard let base = packed.baseAddress else { return }
                try decode(pairs)(base, layout, scales, Progress(progress), values)
            }
        }
    }
    return Matrix(unchecked: rows, columns, elements)
}
