import CQuantcal
import QuantcalCore

/// The arguments besides the values.
private struct MaskedRangeCall {
    let rows: Int
    let columns: Int
    let mask: UnsafePointer<UInt8>?
    let grid: UnsafePointer<qc_quantize_grid>?
    let options: UnsafePointer<qc_quantize_masked_options>?
    let rule: UnsafePointer<qc_quantize_range_rule>?
    let scales: UnsafeMutablePointer<Float>?
    let zeros: UnsafeMutablePointer<Float>?

    func callAsFunction<T: WeightElement>(
        _ values: UnsafePointer<T>?,
        _ fit: (RangeFitter) -> (
            UnsafePointer<T>, GroupLayout, ElementMask, Progress, UnsafeMutablePointer<Float>,
            UnsafeMutablePointer<Float>?
        ) throws(QuantcalError) -> Void
    ) -> qc_status {
        Boundary.call { () throws(QuantcalError) in
            let description = try qc_quantize_range_rule.given(rule).description()
            let masked = try MaskedWork(mask, grid, rows, columns, options)
            let (work, count) = (masked.work, rows * columns)
            let groups = work.layout.groupCount
            let input = try Boundary.input(values, count, "values")
            let output = try Boundary.output(scales, groups, "scales")
            let zeroOutput = try Boundary.optionalOutput(zeros, groups, "zeros")
            try Region.requireDisjoint(
                outputs: [Region(scales, groups, "scales"), Region(zeros, groups, "zeros")],
                inputs: [Region(values, count, "values"), masked.maskRegion, work.levels])
            // An array without elements may be NULL.
            let hasZeros = zeros != nil || groups == 0
            let fitter = try RangeFitter(work.grid.grid, description, hasZeros: hasZeros)
            guard let base = input.baseAddress, let mask = masked.mask else { return }
            try fit(fitter)(base, work.layout, mask, work.progress, output, zeroOutput)
        }
    }
}

@c @implementation
public func qc_quantize_masked_range_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ mask: UnsafePointer<UInt8>!,
    _ grid: UnsafePointer<qc_quantize_grid>!, _ options: UnsafePointer<qc_quantize_masked_options>!,
    _ rule: UnsafePointer<qc_quantize_range_rule>!, _ scales: UnsafeMutablePointer<Float>!,
    _ zeros: UnsafeMutablePointer<Float>!
) -> qc_status {
    MaskedRangeCall(
        rows: rows, columns: columns, mask: mask, grid: grid, options: options, rule: rule, scales: scales,
        zeros: zeros)(values) { $0.callAsFunction(_:_:_:_:scales:zeros:) }
}

@c @implementation
public func qc_quantize_masked_range_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ mask: UnsafePointer<UInt8>!,
    _ grid: UnsafePointer<qc_quantize_grid>!, _ options: UnsafePointer<qc_quantize_masked_options>!,
    _ rule: UnsafePointer<qc_quantize_range_rule>!, _ scales: UnsafeMutablePointer<Float>!,
    _ zeros: UnsafeMutablePointer<Float>!
) -> qc_status {
    MaskedRangeCall(
        rows: rows, columns: columns, mask: mask, grid: grid, options: options, rule: rule, scales: scales,
        zeros: zeros)(values?.halfBits) {
            $0.callAsFunction(_:_:_:_:scales:zeros:)
        }
}

@c @implementation
public func qc_quantize_masked_range_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ mask: UnsafePointer<UInt8>!,
    _ grid: UnsafePointer<qc_quantize_grid>!, _ options: UnsafePointer<qc_quantize_masked_options>!,
    _ rule: UnsafePointer<qc_quantize_range_rule>!, _ scales: UnsafeMutablePointer<Float>!,
    _ zeros: UnsafeMutablePointer<Float>!
) -> qc_status {
    MaskedRangeCall(
        rows: rows, columns: columns, mask: mask, grid: grid, options: options, rule: rule, scales: scales,
        zeros: zeros)(values?.bfloat16Bits) {
            $0.callAsFunction(_:_:_:_:scales:zeros:)
        }
}
