import QuantcalCore

/// Rounds a matrix to a grid: packed codes of the levels that value / scale + zero go to.
/// C: `qc_quantize_grid_encode_f32`.
///
/// - Parameters:
///   - values: finite; infinities only for floats, NaN only for floats that have it.
///   - scales: one for each group, positive, as `quantizeGridScales` gives them.
///   - zeros: one for each group, in units of levels; nil: none. With whole ones integers are rounded as by
///     ONNX's QuantizeLinear: value / scale first.
public func quantizeGridEncode(
    _ values: Matrix<Float>, grid: QuantizationGrid, scales: [Float], zeros: [Float]? = nil,
    groups: QuantizationGroups = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    try encoded(values, grid, scales, zeros, groups, progress) { $0.encode(_:_:_:_:into:) }
}

/// The same for IEEE half-precision values. C: `qc_quantize_grid_encode_f16`.
public func quantizeGridEncode(
    _ values: Matrix<HalfBits>, grid: QuantizationGrid, scales: [Float], zeros: [Float]? = nil,
    groups: QuantizationGroups = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    try encoded(values, grid, scales, zeros, groups, progress) { $0.encode(_:_:_:_:into:) }
}

/// The same for bfloat16 values. C: `qc_quantize_grid_encode_bf16`.
public func quantizeGridEncode(
    _ values: Matrix<BFloat16Bits>, grid: QuantizationGrid, scales: [Float], zeros: [Float]? = nil,
    groups: QuantizationGroups = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt8] {
    try encoded(values, grid, scales, zeros, groups, progress) { $0.encode(_:_:_:_:into:) }
}

/// Packed codes on a grid, with the parameters of their groups.
public struct GridCodes: Equatable, Sendable {
    public var rows: Int
    public var columns: Int
    public var grid: QuantizationGrid
    public var codes: [UInt8]
    public var scales: [Float]
    public var zeros: [Float]?
    public var groups: QuantizationGroups

    public init(
        rows: Int, columns: Int, grid: QuantizationGrid, codes: [UInt8], scales: [Float],
        zeros: [Float]? = nil, groups: QuantizationGroups = .init()
    ) {
        (self.rows, self.columns, self.grid) = (rows, columns, grid)
        (self.codes, self.scales, self.zeros, self.groups) = (codes, scales, zeros, groups)
    }
}

/// The numbers that codes stand for: (level - zero) * scale. C: `qc_quantize_grid_decode_f32`.
public func quantizeGridDecode(
    _ codes: GridCodes, progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Float> { try decoded(codes, progress) { $0.decode(_:_:_:_:into:) } }

/// The same, rounded to IEEE half precision. C: `qc_quantize_grid_decode_f16`.
public func quantizeGridDecodeToHalf(
    _ codes: GridCodes, progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<HalfBits> { try decoded(codes, progress) { $0.decode(_:_:_:_:into:) } }

/// The same, rounded to bfloat16. C: `qc_quantize_grid_decode_bf16`.
public func quantizeGridDecodeToBFloat16(
    _ codes: GridCodes, progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<BFloat16Bits> {
    try decoded(codes, progress) { $0.decode(_:_:_:_:into:) }
}

func withParameters<Result>(
    _ layout: QuantizationLayout, _ scales: [Float], _ zeros: [Float]?,
    _ body: (CompiledGrid.Parameters) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    try requireCount(scales.count, layout.groupCount, "scales")
    if let zeros { try requireCount(zeros.count, layout.groupCount, "zeros") }
    return try withBuffer(scales) { scales throws(QuantcalError) in
        try withOptionalBuffer(zeros) { zeros throws(QuantcalError) in
            try body(CompiledGrid.Parameters(scales: scales, zeros: zeros))
        }
    }
}

private func encoded<Element: BitwiseCopyable>(
    _ values: Matrix<Element>, _ grid: QuantizationGrid, _ scales: [Float], _ zeros: [Float]?,
    _ groups: QuantizationGroups, _ progress: ProgressReport?,
    _ encode: (CompiledGrid) -> (
        UnsafePointer<Element>, GroupLayout, CompiledGrid.Parameters, Progress, UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [UInt8] {
    let compiled = try grid.compiled()
    let layout = try groups.layout(compiled, values.rows, values.columns)
    return try filled(layout.codeBytes) { (codes: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withParameters(layout, scales, zeros) { parameters throws(QuantcalError) in
            try withBuffer(values.elements) { elements throws(QuantcalError) in
                guard let base = elements.baseAddress else { return }
                try encode(compiled)(base, layout, parameters, Progress(progress), codes)
            }
        }
    }
}

private func decoded<Element: BitwiseCopyable>(
    _ codes: GridCodes, _ progress: ProgressReport?,
    _ decode: (CompiledGrid) -> (
        UnsafePointer<UInt8>, GroupLayout, CompiledGrid.Parameters, Progress, UnsafeMutablePointer<Element>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> Matrix<Element> {
    let compiled = try codes.grid.compiled()
    let layout = try codes.groups.layout(compiled, codes.rows, codes.columns)
    try requireCount(codes.codes.count, layout.codeBytes, "codes")
    let elements = try filled(codes.rows * codes.columns) {
        (values: UnsafeMutablePointer<Element>) throws(QuantcalError) in
        try withParameters(layout, codes.scales, codes.zeros) { parameters throws(QuantcalError) in
            try withBuffer(codes.codes) { packed throws(QuantcalError) in
                guard let base = packed.baseAddress else { return }
                try decode(compiled)(base, layout, parameters, Progress(progress), values)
            }
        }
    }
    return Matrix(unchecked: codes.rows, codes.columns, elements)
}
