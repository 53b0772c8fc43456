import CQuantcal
import QuantcalCore

extension qc_quantize_error_result: SizedStruct {
    fileprivate init(_ error: ApproximationError) {
        self.init(
            struct_size: MemoryLayout<Self>.size, mean_squared_error: error.meanSquaredError,
            mean_error: error.meanError, max_abs_error: error.maxAbsError,
            relative_error: error.relativeError, sqnr_db: error.sqnrDecibels, cosine: error.cosine)
    }
}

private func error<T: WeightElement>(
    _ original: UnsafePointer<T>?, _ approximation: UnsafePointer<Float>?, _ count: Int,
    _ result: UnsafeMutablePointer<qc_quantize_error_result>?,
    _ measure: (UnsafeBufferPointer<T>, UnsafeBufferPointer<Float>) throws(QuantcalError) ->
        ApproximationError
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let values = try Boundary.input(original, count, "original")
        let others = try Boundary.input(approximation, count, "approximation")
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [place.region],
            inputs: [Region(original, count, "original"), Region(approximation, count, "approximation")])
        place.write(qc_quantize_error_result(try measure(values, others)))
    }
}

@c @implementation
public func qc_quantize_error_f32(
    _ original: UnsafePointer<Float>!, _ approximation: UnsafePointer<Float>!, _ count: Int,
    _ result: UnsafeMutablePointer<qc_quantize_error_result>!
) -> qc_status {
    error(original, approximation, count, result, ApproximationError.init)
}

@c @implementation
public func qc_quantize_error_f16(
    _ original: UnsafePointer<UInt16>!, _ approximation: UnsafePointer<Float>!, _ count: Int,
    _ result: UnsafeMutablePointer<qc_quantize_error_result>!
) -> qc_status {
    let halves = original?.halfBits
    return error(halves, approximation, count, result, ApproximationError.init)
}

@c @implementation
public func qc_quantize_error_bf16(
    _ original: UnsafePointer<UInt16>!, _ approximation: UnsafePointer<Float>!, _ count: Int,
    _ result: UnsafeMutablePointer<qc_quantize_error_result>!
) -> qc_status {
    let halves = original?.bfloat16Bits
    return error(halves, approximation, count, result, ApproximationError.init)
}

extension qc_quantize_statistics_result: SizedStruct {
    fileprivate init(_ statistics: ValueStatistics) {
        self.init(
            struct_size: MemoryLayout<Self>.size, minimum: statistics.minimum, maximum: statistics.maximum,
            mean: statistics.mean, variance: statistics.variance,
            root_mean_square: statistics.rootMeanSquare, mean_abs: statistics.meanAbs,
            max_abs: statistics.maxAbs, max_to_mean: statistics.maxToMean, skewness: statistics.skewness,
            kurtosis: statistics.kurtosis, zero_count: statistics.zeroCount)
    }
}

private func statistics<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ count: Int,
    _ result: UnsafeMutablePointer<qc_quantize_statistics_result>?,
    _ measure: (UnsafeBufferPointer<T>) throws(QuantcalError) -> ValueStatistics
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let input = try Boundary.input(values, count, "values")
        let place = try ResultPlace(result)
        try Region.requireDisjoint(outputs: [place.region], inputs: [Region(values, count, "values")])
        place.write(qc_quantize_statistics_result(try measure(input)))
    }
}

@c @implementation
public func qc_quantize_statistics_f32(
    _ values: UnsafePointer<Float>!, _ count: Int,
    _ result: UnsafeMutablePointer<qc_quantize_statistics_result>!
) -> qc_status {
    statistics(values, count, result, ValueStatistics.init)
}

@c @implementation
public func qc_quantize_statistics_f16(
    _ values: UnsafePointer<UInt16>!, _ count: Int,
    _ result: UnsafeMutablePointer<qc_quantize_statistics_result>!
) -> qc_status {
    let halves = values?.halfBits
    return statistics(halves, count, result, ValueStatistics.init)
}

@c @implementation
public func qc_quantize_statistics_bf16(
    _ values: UnsafePointer<UInt16>!, _ count: Int,
    _ result: UnsafeMutablePointer<qc_quantize_statistics_result>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return statistics(halves, count, result, ValueStatistics.init)
}

@c @implementation
public func qc_quantize_code_counts(
    _ codes: UnsafePointer<UInt8>!, _ rows: Int, _ columns: Int, _ bits: Int32,
    _ counts: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        _ = try Boundary.product(rows, columns, ("rows", "columns"))
        let bytes = try PackedCodes.bytes(rows: rows, columns: columns, bits: Int(bits))
        let packed = try Boundary.input(codes, bytes, "codes")
        let output = try Boundary.output(counts, 1 << Int(bits), "counts")
        try Region.requireDisjoint(
            outputs: [Region(counts, 1 << Int(bits), "counts")], inputs: [Region(codes, bytes, "codes")])
        try CodeCounts.count(packed, rows: rows, columns: columns, bits: Int(bits), into: output)
    }
}

@c @implementation
public func qc_quantize_entropy(
    _ counts: UnsafePointer<Int>!, _ kinds: Int, _ bits: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let input = try Boundary.input(counts, kinds, "counts")
        let output = try Boundary.output(bits, 1, "bits")
        try Region.requireDisjoint(
            outputs: [Region(bits, 1, "bits")], inputs: [Region(counts, kinds, "counts")])
        output.pointee = try CodeCounts.entropy(input)
    }
}
