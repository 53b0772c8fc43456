import CQuantcal
import QuantcalCore

extension qc_quantize_twin_log_options: OptionsStruct {
    static var defaults: Self {
        let core = TwinLogQuantization()
        return Self(
            struct_size: MemoryLayout<Self>.size, granularity: core.granularity.rawValue,
            bits: Int32(core.bits), group_size: core.groupSize, progress: qc_progress())
    }
}

@c @implementation
public func qc_quantize_twin_log_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_twin_log_options>!, _ size: Int
) -> qc_status { qc_quantize_twin_log_options.initialise(options, size) }

/// What a call on a matrix is about.
private struct TwinLogWork {
    let core: TwinLogQuantization
    let layout: GroupLayout
    let count: Int
    let parameterCount: Int
    let progress: Progress

    init(
        _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_twin_log_options>?
    ) throws(QuantcalError) {
        let settings = try qc_quantize_twin_log_options.given(options)
        var core = TwinLogQuantization()
        core.granularity = try Structs.value(settings.granularity, "granularity")
        // A size above Int.max arrives negative; every row is then one group.
        core.groupSize = settings.group_size < 0 ? .max : settings.group_size
        core.bits = Int(settings.bits)
        count = try Boundary.product(rows, columns, ("rows", "columns"))
        layout = try core.layout(rows: rows, columns: columns)
        parameterCount = try Boundary.product(
            layout.groupCount, TwinLogQuantization.parameterCount, ("groups", "parameters"))
        self.core = core
        progress = Structs.progress(settings.progress)
    }
}

private func fit<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>?, _ parameters: UnsafeMutablePointer<Float>?
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try TwinLogWork(rows, columns, options)
        let input = try Boundary.input(values, work.count, "values")
        let output = try Boundary.output(parameters, work.parameterCount, "parameters")
        try Region.requireDisjoint(
            outputs: [Region(parameters, work.parameterCount, "parameters")],
            inputs: [Region(values, work.count, "values")])
        guard let base = input.baseAddress else { return }
        try work.core.fit(base, work.layout, work.progress, into: output)
    }
}

@c @implementation
public func qc_quantize_twin_log_fit_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>!, _ parameters: UnsafeMutablePointer<Float>!
) -> qc_status { fit(values, rows, columns, options, parameters) }

@c @implementation
public func qc_quantize_twin_log_fit_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>!, _ parameters: UnsafeMutablePointer<Float>!
) -> qc_status { fit(values?.halfBits, rows, columns, options, parameters) }

@c @implementation
public func qc_quantize_twin_log_fit_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>!, _ parameters: UnsafeMutablePointer<Float>!
) -> qc_status { fit(values?.bfloat16Bits, rows, columns, options, parameters) }

private func encode<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>?, _ parameters: UnsafePointer<Float>?,
    _ codes: UnsafeMutablePointer<UInt8>?
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try TwinLogWork(rows, columns, options)
        let input = try Boundary.input(values, work.count, "values")
        let given = try Boundary.input(parameters, work.parameterCount, "parameters")
        let output = try Boundary.output(codes, work.layout.codeBytes, "codes")
        try Region.requireDisjoint(
            outputs: [Region(codes, work.layout.codeBytes, "codes")],
            inputs: [
                Region(values, work.count, "values"), Region(parameters, work.parameterCount, "parameters"),
            ])
        guard let base = input.baseAddress else { return }
        try work.core.encode(base, work.layout, given, work.progress, into: output)
    }
}

@c @implementation
public func qc_quantize_twin_log_encode_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>!, _ parameters: UnsafePointer<Float>!,
    _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status { encode(values, rows, columns, options, parameters, codes) }

@c @implementation
public func qc_quantize_twin_log_encode_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>!, _ parameters: UnsafePointer<Float>!,
    _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status { encode(values?.halfBits, rows, columns, options, parameters, codes) }

@c @implementation
public func qc_quantize_twin_log_encode_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>!, _ parameters: UnsafePointer<Float>!,
    _ codes: UnsafeMutablePointer<UInt8>!
) -> qc_status { encode(values?.bfloat16Bits, rows, columns, options, parameters, codes) }

private func decode<T: WeightElement>(
    _ codes: UnsafePointer<UInt8>?, _ parameters: UnsafePointer<Float>?, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>?, _ values: UnsafeMutablePointer<T>?
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let work = try TwinLogWork(rows, columns, options)
        let packed = try Boundary.input(codes, work.layout.codeBytes, "codes")
        let given = try Boundary.input(parameters, work.parameterCount, "parameters")
        let output = try Boundary.output(values, work.count, "values")
        try Region.requireDisjoint(
            outputs: [Region(values, work.count, "values")],
            inputs: [
                Region(codes, work.layout.codeBytes, "codes"),
                Region(parameters, work.parameterCount, "parameters"),
            ])
        guard let base = packed.baseAddress else { return }
        try work.core.decode(base, work.layout, given, work.progress, into: output)
    }
}

@c @implementation
public func qc_quantize_twin_log_decode_f32(
    _ codes: UnsafePointer<UInt8>!, _ parameters: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>!, _ values: UnsafeMutablePointer<Float>!
) -> qc_status { decode(codes, parameters, rows, columns, options, values) }

@c @implementation
public func qc_quantize_twin_log_decode_f16(
    _ codes: UnsafePointer<UInt8>!, _ parameters: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>!, _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status { decode(codes, parameters, rows, columns, options, values?.halfBits) }

@c @implementation
public func qc_quantize_twin_log_decode_bf16(
    _ codes: UnsafePointer<UInt8>!, _ parameters: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_twin_log_options>!, _ values: UnsafeMutablePointer<UInt16>!
) -> qc_status { decode(codes, parameters, rows, columns, options, values?.bfloat16Bits) }
