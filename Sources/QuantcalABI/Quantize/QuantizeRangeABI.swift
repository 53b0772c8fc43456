import CQuantcal
import QuantcalCore

extension qc_quantize_range_rule: OptionsStruct {
    static var argumentName: String { "rule" }
    static var defaults: Self { Self(RangeRule()) }

    init(_ rule: RangeRule) {
        self.init(
            struct_size: MemoryLayout<Self>.size, kind: rule.kind.rawValue,
            scale_form: rule.scaleForm.rawValue, definition: rule.definition.rawValue,
            steps: Int32(rule.steps), refinements: Int32(rule.refinements),
            iterations: Int32(rule.iterations), bins: Int32(rule.bins), reserved: 0,
            percentile: rule.percentile, norm: rule.norm, low: rule.low, high: rule.high,
            strength: rule.strength, growth: rule.growth)
    }

    /// The fields as the core has them, which checks those that the kind uses.
    func description() throws(QuantcalError) -> RangeRule {
        try Structs.reserved(reserved)
        var rule = RangeRule()
        rule.kind = try Structs.value(kind, "kind")
        rule.scaleForm = try Structs.value(scale_form, "scale_form")
        if rule.kind == .percentile { rule.definition = try Structs.value(definition, "definition") }
        (rule.steps, rule.refinements) = (Int(steps), Int(refinements))
        (rule.iterations, rule.bins) = (Int(iterations), Int(bins))
        (rule.percentile, rule.norm) = (percentile, norm)
        (rule.low, rule.high) = (low, high)
        (rule.strength, rule.growth) = (strength, growth)
        return rule
    }
}

@c @implementation
public func qc_quantize_range_rule_init(
    _ rule: UnsafeMutablePointer<qc_quantize_range_rule>!, _ size: Int, _ name: UnsafePointer<CChar>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let named = try RangeRule.named(name.map { String(cString: $0) } ?? "min_max")
        try qc_quantize_range_rule.initialise(rule, size, with: qc_quantize_range_rule(named))
    }
}

/// The arguments besides the values.
private struct RangeCall {
    let rows: Int
    let columns: Int
    let importance: UnsafePointer<Float>?
    let grid: UnsafePointer<qc_quantize_grid>?
    let options: UnsafePointer<qc_quantize_grid_options>?
    let rule: UnsafePointer<qc_quantize_range_rule>?
    let scales: UnsafeMutablePointer<Float>?
    let zeros: UnsafeMutablePointer<Float>?

    func callAsFunction<T: WeightElement>(
        _ values: UnsafePointer<T>?,
        _ fit: (RangeFitter) -> (
            UnsafePointer<T>, GroupLayout, UnsafeBufferPointer<Float>?, Progress,
            UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>?
        ) throws(QuantcalError) -> Void
    ) -> qc_status {
        Boundary.call { () throws(QuantcalError) in
            let description = try qc_quantize_range_rule.given(rule).description()
            let work = try GridWork(grid, rows, columns, options)
            let (count, groups) = (rows * columns, work.layout.groupCount)
            let input = try Boundary.input(values, count, "values")
            let weights = try Boundary.optionalInput(importance, columns, "importance")
            let output = try Boundary.output(scales, groups, "scales")
            let zeroOutput = try Boundary.optionalOutput(zeros, groups, "zeros")
            try Region.requireDisjoint(
                outputs: [Region(scales, groups, "scales"), Region(zeros, groups, "zeros")],
                inputs: [
                    Region(values, count, "values"), Region(importance, columns, "importance"), work.levels,
                ])
            // An array without elements may be NULL.
            let hasZeros = zeros != nil || groups == 0
            let fitter = try RangeFitter(work.grid.grid, description, hasZeros: hasZeros)
            guard let base = input.baseAddress else { return }
            try fit(fitter)(base, work.layout, weights, work.progress, output, zeroOutput)
        }
    }
}

@c @implementation
public func qc_quantize_range_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ importance: UnsafePointer<Float>!,
    _ grid: UnsafePointer<qc_quantize_grid>!, _ options: UnsafePointer<qc_quantize_grid_options>!,
    _ rule: UnsafePointer<qc_quantize_range_rule>!, _ scales: UnsafeMutablePointer<Float>!,
    _ zeros: UnsafeMutablePointer<Float>!
) -> qc_status {
    RangeCall(
        rows: rows, columns: columns, importance: importance, grid: grid, options: options, rule: rule,
        scales: scales, zeros: zeros)(values) { $0.callAsFunction(_:_:_:_:scales:zeros:) }
}

@c @implementation
public func qc_quantize_range_f16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ importance: UnsafePointer<Float>!,
    _ grid: UnsafePointer<qc_quantize_grid>!, _ options: UnsafePointer<qc_quantize_grid_options>!,
    _ rule: UnsafePointer<qc_quantize_range_rule>!, _ scales: UnsafeMutablePointer<Float>!,
    _ zeros: UnsafeMutablePointer<Float>!
) -> qc_status {
    RangeCall(
        rows: rows, columns: columns, importance: importance, grid: grid, options: options, rule: rule,
        scales: scales, zeros: zeros)(values?.halfBits) {
            $0.callAsFunction(_:_:_:_:scales:zeros:)
        }
}

@c @implementation
public func qc_quantize_range_bf16(
    _ values: UnsafePointer<UInt16>!, _ rows: Int, _ columns: Int, _ importance: UnsafePointer<Float>!,
    _ grid: UnsafePointer<qc_quantize_grid>!, _ options: UnsafePointer<qc_quantize_grid_options>!,
    _ rule: UnsafePointer<qc_quantize_range_rule>!, _ scales: UnsafeMutablePointer<Float>!,
    _ zeros: UnsafeMutablePointer<Float>!
) -> qc_status {
    RangeCall(
        rows: rows, columns: columns, importance: importance, grid: grid, options: options, rule: rule,
        scales: scales, zeros: zeros)(values?.bfloat16Bits) {
            $0.callAsFunction(_:_:_:_:scales:zeros:)
        }
}
