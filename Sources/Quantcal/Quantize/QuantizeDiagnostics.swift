import QuantcalCore

public typealias ApproximationError = QuantcalCore.ApproximationError
public typealias ValueStatistics = QuantcalCore.ValueStatistics
public typealias OutlierReference = QuantcalCore.OutlierColumns.Reference

/// How far an approximation is from the original. C: `qc_quantize_error_f32`.
public func quantizeError(
    _ original: [Float], _ approximation: [Float]
) throws(QuantcalError) -> ApproximationError {
    try error(original, approximation, ApproximationError.init)
}

/// The same for IEEE half-precision values. C: `qc_quantize_error_f16`.
public func quantizeError(
    _ original: [HalfBits], _ approximation: [Float]
) throws(QuantcalError) -> ApproximationError {
    try error(original, approximation, ApproximationError.init)
}

/// The same for bfloat16 values. C: `qc_quantize_error_bf16`.
public func quantizeError(
    _ original: [BFloat16Bits], _ approximation: [Float]
) throws(QuantcalError) -> ApproximationError {
    try error(original, approximation, ApproximationError.init)
}

private func error<Element>(
    _ original: [Element], _ approximation: [Float],
    _ measure: (UnsafeBufferPointer<Element>, UnsafeBufferPointer<Float>) throws(QuantcalError) ->
        ApproximationError
) throws(QuantcalError) -> ApproximationError {
    try requireCount(approximation.count, original.count, "approximation")
    return try withBuffer(original) { original throws(QuantcalError) in
        try withBuffer(approximation) { approximation throws(QuantcalError) in
            try measure(original, approximation)
        }
    }
}

/// What makes values easy or hard to quantize. C: `qc_quantize_statistics_f32`.
public func quantizeStatistics(_ values: [Float]) throws(QuantcalError) -> ValueStatistics {
    try withBuffer(values) { values throws(QuantcalError) in try ValueStatistics(values) }
}

/// The same for IEEE half-precision values. C: `qc_quantize_statistics_f16`.
public func quantizeStatistics(_ values: [HalfBits]) throws(QuantcalError) -> ValueStatistics {
    try withBuffer(values) { values throws(QuantcalError) in try ValueStatistics(values) }
}

/// The same for bfloat16 values. C: `qc_quantize_statistics_bf16`.
public func quantizeStatistics(_ values: [BFloat16Bits]) throws(QuantcalError) -> ValueStatistics {
    try withBuffer(values) { values throws(QuantcalError) in try ValueStatistics(values) }
}

/// Columns in which a value is far larger than elsewhere.
public struct OutlierColumns: Equatable, Sendable {
    /// The largest magnitude of each column.
    public let magnitudes: [Float]
    /// For each column 1 if it is such a column, else 0.
    public let isOutlier: [UInt8]
    /// How many there are.
    public let count: Int
}

/// Columns whose largest magnitude is at least `threshold` times the median of the columns', or at least
/// `threshold`. C: `qc_quantize_outlier_columns_f32`; the default arguments are those of
/// `qc_quantize_outlier_options_init`.
public func quantizeOutlierColumns(
    _ values: Matrix<Float>, threshold: Double = 10, reference: OutlierReference = .median
) throws(QuantcalError) -> OutlierColumns {
    try outliers(values, threshold, reference) { $0.find(_:rows:columns:into:) }
}

/// The same for IEEE half-precision values. C: `qc_quantize_outlier_columns_f16`.
public func quantizeOutlierColumns(
    _ values: Matrix<HalfBits>, threshold: Double = 10, reference: OutlierReference = .median
) throws(QuantcalError) -> OutlierColumns {
    try outliers(values, threshold, reference) { $0.find(_:rows:columns:into:) }
}

/// The same for bfloat16 values. C: `qc_quantize_outlier_columns_bf16`.
public func quantizeOutlierColumns(
    _ values: Matrix<BFloat16Bits>, threshold: Double = 10, reference: OutlierReference = .median
) throws(QuantcalError) -> OutlierColumns {
    try outliers(values, threshold, reference) { $0.find(_:rows:columns:into:) }
}

private func outliers<Element>(
    _ values: Matrix<Element>, _ threshold: Double, _ reference: OutlierReference,
    _ find: (QuantcalCore.OutlierColumns) -> (
        UnsafeBufferPointer<Element>, Int, Int, QuantcalCore.OutlierColumns.Output
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> OutlierColumns {
    var settings = QuantcalCore.OutlierColumns()
    (settings.threshold, settings.reference) = (threshold, reference)
    var (isOutlier, count): ([UInt8], Int) = ([], 0)
    let magnitudes = try filled(values.columns) {
        (magnitudes: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        isOutlier = try filled(values.columns) { (flags: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
            count = try withBuffer(values.elements) { elements throws(QuantcalError) in
                try find(settings)(
                    elements, values.rows, values.columns, .init(magnitudes: magnitudes, isOutlier: flags))
            }
        }
    }
    return OutlierColumns(magnitudes: magnitudes, isOutlier: isOutlier, count: count)
}

/// How often each of the 2^bits codes occurs among packed codes. C: `qc_quantize_code_counts`.
public func quantizeCodeCounts(
    _ packed: [UInt8], rows: Int, columns: Int, bits: Int
) throws(QuantcalError) -> [Int] {
    guard rows >= 0, columns >= 0 else {
        throw QuantcalError(.size, "a matrix of \(rows) x \(columns) cannot be")
    }
    try requireCount(packed.count, PackedCodes.bytes(rows: rows, columns: columns, bits: bits), "packed")
    return try filled(1 << bits) { (counts: UnsafeMutablePointer<Int>) throws(QuantcalError) in
        try withBuffer(packed) { packed throws(QuantcalError) in
            try CodeCounts.count(packed, rows: rows, columns: columns, bits: bits, into: counts)
        }
    }
}

/// The entropy, in bits, of a law given by counts. C: `qc_quantize_entropy`.
public func quantizeEntropy(_ counts: [Int]) throws(QuantcalError) -> Double {
    if let index = counts.firstIndex(where: { $0 < 0 }) {
        throw QuantcalError(.domain, "counts[\(index)] is \(counts[index]); counts must be >= 0")
    }
    return try withBuffer(counts) { counts throws(QuantcalError) in try CodeCounts.entropy(counts) }
}
