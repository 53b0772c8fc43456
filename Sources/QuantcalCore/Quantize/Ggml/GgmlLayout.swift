/// Which of ggml's types hold numbers that can be decoded and encoded, and how a matrix lies in their blocks.
extension GgmlType {
    public var isDecodable: Bool {
        switch self {
        case .f32, .f64, .i8, .i16, .i32, .i64: false
        default: true
        }
    }

    public var isEncodable: Bool {
        switch self {
        case .f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .tq1_0, .tq2_0, .mxfp4, .nvfp4: true
        case .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_NL, .iq4_XS: true
        default: false
        }
    }

    /// The type that llama.cpp takes for rows that this one's blocks do not divide.
    public var fallback: GgmlType {
        switch self {
        case .q4_K: .q5_0
        case .q5_K: .q5_1
        case .q6_K: .q8_0
        case .tq1_0, .tq2_0: .q4_0
        case _ where blockLength == 256: .iq4_NL
        default: .f16
        }
    }

    /// How a matrix lies in blocks: row by row, each row a whole number of blocks, nothing between them.
    public struct Layout: Equatable, Sendable {
        public let rows: Int
        public let columns: Int
        public let rowBytes: Int
        public let bytes: Int
        let blocksInRow: Int
        let blockCount: Int
    }

    public func layout(rows: Int, columns: Int) throws(QuantcalError) -> Layout {
        guard isDecodable else {
            throw QuantcalError(
                .options, "type is \(rawValue); it must be one of QC_QUANTIZE_GGML_..., which \(name) is not")
        }
        guard columns % blockLength == 0 else { throw indivisible(columns) }
        let blocksInRow = columns / blockLength
        let (rowBytes, rowOverflow) = blocksInRow.multipliedReportingOverflow(by: blockBytes)
        let (bytes, overflow) = rows.multipliedReportingOverflow(by: rowBytes)
        let (_, countOverflow) = rows.multipliedReportingOverflow(by: columns)
        guard !rowOverflow, !overflow, !countOverflow else {
            throw QuantcalError(.size, "rows * columns is \(rows) * \(columns); the product is too large")
        }
        return Layout(
            rows: rows, columns: columns, rowBytes: rowBytes, bytes: bytes, blocksInRow: blocksInRow,
            blockCount: rows * blocksInRow)
    }

    /// The types to fall back on get blocks of 32 first, and then single numbers.
    private func indivisible(_ columns: Int) -> QuantcalError {
        var fitting = fallback
        while columns % fitting.blockLength != 0 { fitting = fitting.fallback }
        return QuantcalError(
            .size,
            "columns is \(columns); \(name) has blocks of \(blockLength), and \(fitting.name) fits such rows")
    }
}
