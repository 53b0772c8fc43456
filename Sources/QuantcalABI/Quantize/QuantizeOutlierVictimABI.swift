import CQuantcal
import QuantcalCore

extension qc_quantize_outlier_victim_options: OptionsStruct {
    static var defaults: Self {
        let pairs = OutlierVictimQuantization()
        return Self(
            struct_size: MemoryLayout<Self>.size, granularity: pairs.granularity.rawValue,
            steps: Int32(pairs.steps), group_size: pairs.groupSize, low: pairs.low, high: pairs.high,
            progress: qc_progress())
    }
}

@c @implementation
public func qc_quantize_outlier_victim_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_outlier_victim_options>!, _ size: Int
) -> qc_status {
    qc_quantize_outlier_victim_options.initialise(options, size)
}

/// What a call on a matrix is about.
private struct PairWork {
    let pairs: OutlierVictimQuantization
    let layout: GroupLayout
    let count: Int
    let progress: Progress

    init(
        _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_outlier_victim_options>?
    ) throws(QuantcalError) {
        let settings = try qc_quantize_outlier_victim_options.given(options)
        var pairs = OutlierVictimQuantization()
        pairs.granularity = try Structs.value(settings.granularity, "granularity")
        // A size above Int.max arrives negative; every row is then one group.
        pairs.groupSize = settings.group_size < 0 ? .max - 1 : settings.group_size
        (pairs.steps, pairs.low, pairs.high) = (Int(settings.steps), settings.low, settings.high)
        count = try Boundary.product(rows, columns, ("rows", "columns"))
        layout = try pairs.layout(rows: rows, columns: columns)
        self.pairs = pairs
        progress = Structs.progress(settings.progress)
    }
}

private func scales<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>?, _ scales: UnsafeMutablePointer<Float>?,
    _ find: (OutlierVictimQuantization) -> (
        UnsafePointer<T>, GroupLayout, Progress, UnsafeMutablePointer<Float>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try PairWork(rows, columns, options)
        try work.pairs.checkSearch()
        let input = try Boundary.input(values, work.count, "values")
        let output = try Boundary.output(scales, work.layout.groupCount, "scales")
        try Region.requireDisjoint(
            outputs: [Region(scales, work.layout.groupCount, "scales")],
            inputs: [Region(values, work.count, "values")])
        guard let base = input.baseAddress else { return }
        try find(work.pairs)(base, work.layout, work.progress, output)
    }
}

@c @implementation
public func qc_quantize_outlier_victim_scales_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>!, _ result: UnsafeMutablePointer<Float>!
) -> qc_status {
    scales(values, rows, columns, options, result) { $0.scales(of:_:_:into:) }
}

@c @implementation
public func qc_quantize_outlier_victim_scales_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>!, _ result: UnsafeMutablePointer<Float>!
) -> qc_status {
    let halves = values?.halfBits
    return scales(halves, rows, columns, options, result) { $0.scales(of:_:_:into:) }
}

@c @implementation
public func qc_quantize_outlier_victim_scales_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>!, _ result: UnsafeMutablePointer<Float>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return scales(halves, rows, columns, options, result) { $0.scales(of:_:_:into:) }
}

private func encode<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>?, _ scales: UnsafePointer<Float>?,
    _ codes: UnsafeMutablePointer<UInt8>?,
    _ encode: (OutlierVictimQuantization) -> (
        UnsafePointer<T>, GroupLayout, UnsafeBufferPointer<Float>, Progress, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try PairWork(rows, columns, options)
        let layout = work.layout
        let input = try Boundary.input(values, work.count, "values")
        let parameters = try Boundary.input(scales, layout.groupCount, "scales")
        let output = try Boundary.output(codes, layout.codeBytes, "codes")
        try Region.requireDisjoint(
            outputs: [Region(codes, layout.codeBytes, "codes")],
            inputs: [Region(values, work.count, "values"), Region(scales, layout.groupCount, "scales")])
        guard let base = input.baseAddress else { return }
        try encode(work.pairs)(base, layout, parameters, work.progress, output)
    }
}

@c @implementation
public func qc_quantize_outlier_victim_encode_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>!, _ scales: UnsafePointer<Float>!,
    _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    encode(values, rows, columns, options, scales, codes) { $0.encode(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_outlier_victim_encode_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>!, _ scales: UnsafePointer<Float>!,
    _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.halfBits
    return encode(halves, rows, columns, options, scales, codes) { $0.encode(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_outlier_victim_encode_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>!, _ scales: UnsafePointer<Float>!,
    _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return encode(halves, rows, columns, options, scales, codes) { $0.encode(_:_:_:_:into:) }
}

private func decode<T: WeightElement>(
    _ codes: UnsafePointer<UInt8>?, _ scales: UnsafePointer<Float>?, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>?, _ values: UnsafeMutablePointer<T>?,
    _ decode: (OutlierVictimQuantization) -> (
        UnsafePointer<UInt8>, GroupLayout, UnsafeBufferPointer<Float>, Progress, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try PairWork(rows, columns, options)
        let layout = work.layout
        let packed = try Boundary.input(codes, layout.codeBytes, "codes")
        let parameters = try Boundary.input(scales, layout.groupCount, "scales")
        let output = try Boundary.output(values, work.count, "values")
        try Region.requireDisjoint(
            outputs: [Region(values, work.count, "values")],
            inputs: [Region(codes, layout.codeBytes, "codes"), Region(scales, layout.groupCount, "scales")])
        guard let base = packed.baseAddress else { return }
        try decode(work.pairs)(base, layout, parameters, work.progress, output)
    }
}

@c @implementation
public func qc_quantize_outlier_victim_decode_f32(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>!, _ values: UnsafeMutablePointer<Float>!
) -> qc_status {
    decode(codes, scales, rows, columns, options, values) { $0.decode(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_outlier_victim_decode_f16(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>!, _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status {
    let halves = values?.halfBits
    return decode(codes, scales, rows, columns, options, halves) { $0.decode(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_outlier_victim_decode_bf16(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_outlier_victim_options>!, _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return decode(codes, scales, rows, columns, options, halves) { $0.decode(_:_:_:_:into:) }
}
