import CQuantcal
import QuantcalCore

extension qc_quantize_trellis_options: OptionsStruct {
    static var defaults: Self {
        let trellis = TrellisQuantization()
        return Self(
            struct_size: MemoryLayout<Self>.size, code: trellis.code.rawValue,
            state_bits: Int32(trellis.stateBits), step_bits: Int32(trellis.stepBits),
            step_values: Int32(trellis.stepValues), table_bits: Int32(trellis.tableBits),
            is_tail_biting: trellis.isTailBiting ? 1 : 0, granularity: trellis.granularity.rawValue,
            reserved: 0, group_size: trellis.groupSize, length: trellis.length, seed: trellis.seed,
            ratio: trellis.ratio, progress: qc_progress())
    }

    fileprivate func trellis() throws(QuantcalError) -> TrellisQuantization {
        var trellis = TrellisQuantization()
        trellis.code = try Structs.value(code, "code")
        (trellis.stateBits, trellis.stepBits) = (Int(state_bits), Int(step_bits))
        (trellis.stepValues, trellis.tableBits) = (Int(step_values), Int(table_bits))
        trellis.isTailBiting = try Structs.flag(is_tail_biting, "is_tail_biting")
        trellis.granularity = try Structs.value(granularity, "granularity")
        try Structs.reserved(reserved)
        // Sizes above Int.max arrive negative: every row is then one group; a sequence is refused.
        trellis.groupSize = group_size < 0 ? .max : group_size
        trellis.length = length < 0 ? .max : length
        (trellis.seed, trellis.ratio) = (seed, ratio)
        try trellis.check()
        return trellis
    }
}

@c @implementation
public func qc_quantize_trellis_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_trellis_options>!, _ size: Int
) -> qc_status {
    qc_quantize_trellis_options.initialise(options, size)
}

/// What a call is about.
private struct TrellisCall {
    let trellis: TrellisQuantization
    let progress: Progress
    let table: UnsafeBufferPointer<Float>
    let tableRegion: Region

    init(
        _ options: UnsafePointer<qc_quantize_trellis_options>?, table given: UnsafePointer<Float>?
    ) throws(QuantcalError) {
        let settings = try qc_quantize_trellis_options.given(options)
        trellis = try settings.trellis()
        progress = Structs.progress(settings.progress)
        let own = trellis.tableCount == 0 ? nil : given
        table = try Boundary.input(own, trellis.tableCount, "table")
        tableRegion = Region(own, trellis.tableCount, "table")
    }

    func layout(_ rows: Int, _ columns: Int) throws(QuantcalError) -> (layout: TrellisLayout, count: Int) {
        let count = try Boundary.product(rows, columns, ("rows", "columns"))
        return (try trellis.layout(rows: rows, columns: columns), count)
    }
}

@c @implementation
public func qc_quantize_trellis_values_f32(
    _ table: UnsafePointer<Float>!, _ options: UnsafePointer<qc_quantize_trellis_options>!,
    _ values: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try TrellisCall(options, table: table)
        let output = try Boundary.output(values, call.trellis.valueCount, "values")
        try Region.requireDisjoint(
            outputs: [Region(values, call.trellis.valueCount, "values")], inputs: [call.tableRegion])
        try call.trellis.values(table: call.table, into: output)
    }
}

@c @implementation
public func qc_quantize_trellis_layout(
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_trellis_options>!,
    _ code_bytes: UnsafeMutablePointer<Int>!, _ group_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let trellis = try qc_quantize_trellis_options.given(options).trellis()
        _ = try Boundary.product(rows, columns, ("rows", "columns"))
        let layout = try trellis.layout(rows: rows, columns: columns)
        let bytes = try Boundary.optionalOutput(code_bytes, 1, "code_bytes")
        let groups = try Boundary.optionalOutput(group_count, 1, "group_count")
        try Region.requireDisjoint(
            outputs: [Region(code_bytes, 1, "code_bytes"), Region(group_count, 1, "group_count")])
        bytes?.pointee = layout.codeBytes
        groups?.pointee = layout.groups.groupCount
    }
}

@c @implementation
public func qc_quantize_trellis_scales_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ table: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_trellis_options>!, _ scales: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try TrellisCall(options, table: table)
        let (layout, count) = try call.layout(rows, columns)
        let input = try Boundary.input(values, count, "values")
        let output = try Boundary.output(scales, layout.groups.groupCount, "scales")
        try Region.requireDisjoint(
            outputs: [Region(scales, layout.groups.groupCount, "scales")],
            inputs: [Region(values, count, "values"), call.tableRegion])
        try call.trellis.scales(of: input, layout, table: call.table, call.progress, into: output)
    }
}

@c @implementation
public func qc_quantize_trellis_encode_f32(
    _ values: UnsafePointer<Float>!, _ importance: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ scales: UnsafePointer<Float>!, _ table: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_trellis_options>!, _ codes: UnsafeMutablePointer<UInt8>!,
    _ error: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try TrellisCall(options, table: table)
        let (layout, count) = try call.layout(rows, columns)
        let groups = layout.groups.groupCount
        let input = try Boundary.input(values, count, "values")
        let factors = try Boundary.optionalInput(importance, count, "importance")
        let parameters = try Boundary.input(scales, groups, "scales")
        let output = try Boundary.output(codes, layout.codeBytes, "codes")
        let sum = try Boundary.optionalOutput(error, 1, "error")
        try Region.requireDisjoint(
            outputs: [Region(codes, layout.codeBytes, "codes"), Region(error, 1, "error")],
            inputs: [
                Region(values, count, "values"), Region(importance, count, "importance"),
                Region(scales, groups, "scales"), call.tableRegion,
            ])
        let found = try call.trellis.encode(
            input, importance: factors, layout, scales: parameters, table: call.table, call.progress,
            into: output)
        sum?.pointee = found
    }
}

@c @implementation
public func qc_quantize_trellis_decode_f32(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ table: UnsafePointer<Float>!,
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_trellis_options>!,
    _ values: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let call = try TrellisCall(options, table: table)
        let (layout, count) = try call.layout(rows, columns)
        let groups = layout.groups.groupCount
        let input = try Boundary.input(codes, layout.codeBytes, "codes")
        let parameters = try Boundary.input(scales, groups, "scales")
        let output = try Boundary.output(values, count, "values")
        try Region.requireDisjoint(
            outputs: [Region(values, count, "values")],
            inputs: [
                Region(codes, layout.codeBytes, "codes"), Region(scales, groups, "scales"), call.tableRegion,
            ])
        try call.trellis.decode(
            input, layout, scales: parameters, table: call.table, call.progress, into: output)
    }
}
