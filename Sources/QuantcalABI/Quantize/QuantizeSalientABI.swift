import CQuantcal
import QuantcalCore

@c @implementation
public func qc_quantize_salient_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_salient_options>!, _ size: Int
) -> qc_status {
    qc_quantize_salient_options.initialise(options, size)
}

private func mark<T: WeightElement>(
    _ values: UnsafePointer<T>?, _ rows: Int, _ columns: Int, _ factors: UnsafePointer<Float>?,
    _ options: UnsafePointer<qc_quantize_salient_options>?, _ mask: UnsafeMutablePointer<UInt8>?,
    _ mark: (SalientMask) -> (
        UnsafePointer<T>, GroupLayout, UnsafeBufferPointer<Float>?, Progress, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_quantize_salient_options.given(options)
        let description = try settings.description()
        let count = try Boundary.product(rows, columns, ("rows", "columns"))
        let layout = try description.layout(rows: rows, columns: columns)
        let input = try Boundary.input(values, count, "values")
        let weights = try Boundary.optionalInput(factors, columns, "factors")
        let output = try Boundary.output(mask, layout.codeBytes, "mask")
        try Region.requireDisjoint(
            outputs: [Region(mask, layout.codeBytes, "mask")],
            inputs: [Region(values, count, "values"), Region(factors, columns, "factors")])
        guard let base = input.baseAddress else { return }
        try mark(description)(base, layout, weights, Structs.progress(settings.progress), output)
    }
}

@c @implementation
public func qc_quantize_salient_mask_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ factors: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_salient_options>!, _ mask: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    mark(values, rows, columns, factors, options, mask) { $0.callAsFunction(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_salient_mask_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ factors: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_salient_options>!, _ mask: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.halfBits
    return mark(halves, rows, columns, factors, options, mask) { $0.callAsFunction(_:_:_:_:into:) }
}

@c @implementation
public func qc_quantize_salient_mask_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ factors: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_salient_options>!, _ mask: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    let halves = values?.bfloat16Bits
    return mark(halves, rows, columns, factors, options, mask) { $0.callAsFunction(_:_:_:_:into:) }
}
