import QuantcalCore

/// A scalar grid: codes of 1 to 8 bits, each for a level in units of a scale.
public typealias QuantizationGrid = ScalarGrid

/// The grid of a name, such as "int4", "e4m3fn" or "nf4"; its properties may then be changed.
/// C: `qc_quantize_grid_init`, whose comment has all names.
public func quantizationGrid(_ name: String = "int4") throws(QuantcalError) -> QuantizationGrid {
    try ScalarGrid.named(name)
}

/// The level of each code, in units of the scale; NaN for codes that are NaN or are not used.
/// C: `qc_quantize_grid_levels`.
public func quantizeGridLevels(_ grid: QuantizationGrid) throws(QuantcalError) -> [Float] {
    try grid.compiled().levels
}

/// Which elements share a scale: neighbours of a row (`groupSize` of them), a row, or all. The default
/// is that of C: `qc_quantize_grid_options_init`.
public struct QuantizationGroups: Equatable, Sendable {
    public var granularity: QuantizationGranularity
    public var groupSize: Int

    public init(granularity: QuantizationGranularity = .group, groupSize: Int = 128) {
        (self.granularity, self.groupSize) = (granularity, groupSize)
    }

    func layout(
        _ grid: CompiledGrid, _ rows: Int, _ columns: Int
    ) throws(QuantcalError) -> QuantizationLayout {
        guard rows >= 0, columns >= 0 else {
            throw QuantcalError(.size, "a matrix of \(rows) x \(columns) cannot be")
        }
        return try grid.layout(
            rows: rows, columns: columns, granularity: granularity, groupSize: groupSize)
    }
}

/// Sizes of the parts of a matrix on a grid. C: `qc_quantize_grid_layout`.
public func quantizeGridLayout(
    rows: Int, columns: Int, grid: QuantizationGrid, groups: QuantizationGroups = .init()
) throws(QuantcalError) -> QuantizationLayout {
    try groups.layout(grid.compiled(), rows, columns)
}

/// Min-max scales: for each group the smallest with which no value lies beyond the outermost levels.
/// C: `qc_quantize_grid_scales_f32`.
public func quantizeGridScales(
    _ values: Matrix<Float>, grid: QuantizationGrid, groups: QuantizationGroups = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] {
    try scales(values, grid, groups, progress) { $0.scales(of:_:_:into:) }
}

/// The same for IEEE half-precision values. C: `qc_quantize_grid_scales_f16`.
public func quantizeGridScales(
    _ values: Matrix<HalfBits>, grid: QuantizationGrid, groups: QuantizationGroups = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] {
    try scales(values, grid, groups, progress) { $0.scales(of:_:_:into:) }
}

/// The same for bfloat16 values. C: `qc_quantize_grid_scales_bf16`.
public func quantizeGridScales(
    _ values: Matrix<BFloat16Bits>, grid: QuantizationGrid, groups: QuantizationGroups = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] {
    try scales(values, grid, groups, progress) { $0.scales(of:_:_:into:) }
}

private func scales<Element: BitwiseCopyable>(
    _ values: Matrix<Element>, _ grid: QuantizationGrid, _ groups: QuantizationGroups,
    _ progress: ProgressReport?,
    _ compute: (CompiledGrid) -> (
        UnsafePointer<Element>, GroupLayout, Progress, UnsafeMutablePointer<Float>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Float] {
    let compiled = try grid.compiled()
    let layout = try groups.layout(compiled, values.rows, values.columns)
    return try filled(layout.groupCount) { (result: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        try withBuffer(values.elements) { elements throws(QuantcalError) in
            guard let base = elements.baseAddress else { return }
            try compute(compiled)(base, layout, Progress(progress), result)
        }
    }
}
