import QuantcalCore

/// How the range of a group is chosen, from which its scale and zero point follow.
public typealias QuantizationRangeRule = RangeRule

/// The rule of a name, such as "mse", "percentile" or "gaussian"; its properties may then be changed.
/// C: `qc_quantize_range_rule_init`, whose comment has all names.
public func quantizationRangeRule(_ name: String = "min_max") throws(QuantcalError) -> QuantizationRangeRule {
    try RangeRule.named(name)
}

/// What `quantizeGridEncode` needs: one of each for each group.
public struct GridParameters: Equatable, Sendable {
    public let scales: [Float]
    /// In units of levels; nil if they were not wanted.
    public let zeros: [Float]?
}

/// The scales, and zero points if wanted, of a matrix on a grid by a rule. `importance` has a weight of
/// errors for each column. C: `qc_quantize_range_f32`.
public func quantizeRange(
    _ values: Matrix<Float>, grid: QuantizationGrid, rule: QuantizationRangeRule = .init(),
    importance: [Float]? = nil, wantsZeros: Bool = false, groups: QuantizationGroups = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> GridParameters {
    try fitted(values, grid, rule, importance, wantsZeros, groups, progress) {
        $0.callAsFunction(_:_:_:_:scales:zeros:)
    }
}

/// The same for IEEE half-precision values. C: `qc_quantize_range_f16`.
public func quantizeRange(
    _ values: Matrix<HalfBits>, grid: QuantizationGrid, rule: QuantizationRangeRule = .init(),
    importance: [Float]? = nil, wantsZeros: Bool = false, groups: QuantizationGroups = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> GridParameters {
    try fitted(values, grid, rule, importance, wantsZeros, groups, progress) {
        $0.callAsFunction(_:_:_:_:scales:zeros:)
    }
}

/// The same for bfloat16 values. C: `qc_quantize_range_bf16`.
public func quantizeRange(
    _ values: Matrix<BFloat16Bits>, grid: QuantizationGrid, rule: QuantizationRangeRule = .init(),
    importance: [Float]? = nil, wantsZeros: Bool = false, groups: QuantizationGroups = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> GridParameters {
    try fitted(values, grid, rule, importance, wantsZeros, groups, progress) {
        $0.callAsFunction(_:_:_:_:scales:zeros:)
    }
}

private func fitted<Element: BitwiseCopyable>(
    _ values: Matrix<Element>, _ grid: QuantizationGrid, _ rule: QuantizationRangeRule,
    _ importance: [Float]?, _ wantsZeros: Bool, _ groups: QuantizationGroups, _ progress: ProgressReport?,
    _ fit: (RangeFitter) -> (
        UnsafePointer<Element>, GroupLayout, UnsafeBufferPointer<Float>?, Progress,
        UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> GridParameters {
    let fitter = try RangeFitter(grid, rule, hasZeros: wantsZeros)
    let layout = try groups.layout(grid.compiled(), values.rows, values.columns)
    if let importance { try requireCount(importance.count, values.columns, "importance") }
    var zeros: [Float] = []
    let count = layout.groupCount
    let scales = try filled(count) { (scales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        zeros = try filled(wantsZeros ? count : 0) {
            (zeros: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            try withOptionalBuffer(importance) { importance throws(QuantcalError) in
                try withBuffer(values.elements) { elements throws(QuantcalError) in
                    guard let base = elements.baseAddress else { return }
                    try fit(fitter)(
                        base, layout, importance, Progress(progress), scales, wantsZeros ? zeros : nil)
                }
            }
        }
    }
    return GridParameters(scales: scales, zeros: wantsZeros ? zeros : nil)
}
