import QuantcalCore

/// The salient elements of a matrix: of each n that are compared the `fraction` with the largest
/// |value| * factor of the column; of equals the first. `factors` has one for each column; nil: all 1.
/// Defaults are those of C: `qc_quantize_salient_options_init`. C: `qc_quantize_salient_mask_f32`.
public func quantizeSalientMask(
    _ values: Matrix<Float>, fraction: Double = 0.1, factors: [Float]? = nil,
    groups: QuantizationGroups = .init(granularity: .tensor), progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Bool> {
    try marked(values, fraction, factors, groups, progress) { $0.callAsFunction(_:_:_:_:into:) }
}

/// The same for IEEE half-precision values. C: `qc_quantize_salient_mask_f16`.
public func quantizeSalientMask(
    _ values: Matrix<HalfBits>, fraction: Double = 0.1, factors: [Float]? = nil,
    groups: QuantizationGroups = .init(granularity: .tensor), progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Bool> {
    try marked(values, fraction, factors, groups, progress) { $0.callAsFunction(_:_:_:_:into:) }
}

/// The same for bfloat16 values. C: `qc_quantize_salient_mask_bf16`.
public func quantizeSalientMask(
    _ values: Matrix<BFloat16Bits>, fraction: Double = 0.1, factors: [Float]? = nil,
    groups: QuantizationGroups = .init(granularity: .tensor), progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Bool> {
    try marked(values, fraction, factors, groups, progress) { $0.callAsFunction(_:_:_:_:into:) }
}

private func marked<Element: BitwiseCopyable>(
    _ values: Matrix<Element>, _ fraction: Double, _ factors: [Float]?, _ groups: QuantizationGroups,
    _ progress: ProgressReport?,
    _ mark: (SalientMask) -> (
        UnsafePointer<Element>, GroupLayout, UnsafeBufferPointer<Float>?, Progress,
        UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Void
) throws(QuantcalError) -> Matrix<Bool> {
    var salient = SalientMask()
    (salient.fraction, salient.granularity, salient.groupSize) = (
        fraction, groups.granularity, groups.groupSize
    )
    let layout = try salient.layout(rows: values.rows, columns: values.columns)
    if let factors { try requireCount(factors.count, values.columns, "factors") }
    let bytes = try filled(layout.codeBytes) { (bytes: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withOptionalBuffer(factors) { factors throws(QuantcalError) in
            try withBuffer(values.elements) { elements throws(QuantcalError) in
                guard let base = elements.baseAddress, layout.codeBytes > 0 else { return }
                try mark(salient)(base, layout, factors, Progress(progress), bytes)
            }
        }
    }
    let bits = try unpackCodes(bytes, rows: values.rows, columns: values.columns, bits: 1, isSigned: false)
    return Matrix(unchecked: values.rows, values.columns, bits.elements.map { $0 != 0 })
}

/// A part of a matrix: the elements whose place in `mask` is `selects`. A mask of one row is for all
/// rows. Groups are neighbours in the matrix, of which a part has the selected ones. Defaults are
/// those of C: `qc_quantize_masked_options_init`.
public struct QuantizationPart {
    public var mask: Matrix<Bool>
    public var selects: Bool
    public var groups: QuantizationGroups

    public init(mask: Matrix<Bool>, selects: Bool = true, groups: QuantizationGroups = .init()) {
        (self.mask, self.selects, self.groups) = (mask, selects, groups)
    }

    /// Gives the part of a matrix of so many rows; nil if it has no elements.
    func with<Result>(
        _ grid: CompiledGrid, _ rows: Int,
        _ body: (QuantizationLayout, MaskedGrid?) throws(QuantcalError) -> Result
    ) throws(QuantcalError) -> Result {
        let layout = try groups.layout(grid, rows, mask.columns)
        guard mask.rows == rows || mask.rows == 1 else {
            throw QuantcalError(.size, "mask has \(mask.rows) rows; \(rows) or 1 are needed")
        }
        let bits = try Matrix(
            rows: mask.rows, columns: mask.columns, elements: mask.elements.map { $0 ? UInt8(1) : 0 })
        return try withBuffer(packCodes(bits, bits: 1, isSigned: false)) { packed throws(QuantcalError) in
            guard let base = packed.baseAddress, rows > 0, mask.columns > 0 else {
                return try body(layout, nil)
            }
            let chosen = ElementMask(
                base, columns: mask.columns, isShared: mask.rows == 1, selectsOnes: selects)
            return try body(layout, MaskedGrid(grid, layout, chosen))
        }
    }
}

/// The room of a part of a matrix.
public struct QuantizationPartLayout: Equatable, Sendable {
    public let selectedCount: Int
    public let codeBytes: Int
    public let groupCount: Int
}

/// Sizes of a part of a matrix of so many rows on a grid. C: `qc_quantize_masked_layout`.
public func quantizeMaskedLayout(
    rows: Int, part: QuantizationPart, grid: QuantizationGrid
) throws(QuantcalError) -> QuantizationPartLayout {
    try part.with(grid.compiled(), rows) { layout, masked throws(QuantcalError) in
        let room = masked?.room ?? (selected: 0, codeBytes: 0)
        return QuantizationPartLayout(
            selectedCount: room.selected, codeBytes: room.codeBytes, groupCount: layout.groupCount)
    }
}
