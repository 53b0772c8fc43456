import CQuantcal
import QuantcalCore

extension qc_quantize_elastic_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, granularity: Granularity.group.rawValue, refit: 0,
            group_size: 128, progress: qc_progress())
    }
}

@c @implementation
public func qc_quantize_elastic_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_elastic_options>!, _ size: Int
) -> qc_status {
    qc_quantize_elastic_options.initialise(options, size)
}

@c @implementation
public func qc_quantize_elastic(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ bits: Int32, _ fewer_bits: Int32, _ options: UnsafePointer<qc_quantize_elastic_options>!,
    _ fewer_codes: UnsafeMutablePointer<UInt8>!, _ fewer_scales: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_elastic_options.given(options)
        let work = try ElasticCodes(
            bits: Int(bits), fewerBits: Int(fewer_bits), refits: try Structs.flag(settings.refit, "refit"))
        _ = try Boundary.product(rows, columns, ("rows", "columns"))
        let granularity: Granularity = try Structs.value(settings.granularity, "granularity")
        // A size above Int.max arrives negative; every row is then one group.
        let groupSize = settings.group_size < 0 ? Int.max : settings.group_size
        func layout(_ bits: Int32) throws(QuantcalError) -> GroupLayout {
            try GroupLayout(
                rows: rows, columns: columns, bits: Int(bits), granularity: granularity, groupSize: groupSize)
        }
        let (given, fewer) = (try layout(bits), try layout(fewer_bits))
        let input = try Boundary.input(codes, given.codeBytes, "codes")
        let scaleInput = try Boundary.input(scales, given.groupCount, "scales")
        let output = try Boundary.output(fewer_codes, fewer.codeBytes, "fewer_codes")
        let scaleOutput = try Boundary.output(fewer_scales, given.groupCount, "fewer_scales")
        try Region.requireDisjoint(
            outputs: [
                Region(fewer_codes, fewer.codeBytes, "fewer_codes"),
                Region(fewer_scales, given.groupCount, "fewer_scales"),
            ],
            inputs: [Region(codes, given.codeBytes, "codes"), Region(scales, given.groupCount, "scales")])
        guard let base = input.baseAddress else { return }
        try work(base, scaleInput, given, Structs.progress(settings.progress), into: output, scaleOutput)
    }
}
