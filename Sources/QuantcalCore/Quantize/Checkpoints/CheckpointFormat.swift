/// How other runtimes lay an integer matrix out, and what shapes they take.
///
/// Source: the packers and files of compressed-tensors, AutoGPTQ and GPTQModel, AutoAWQ and ONNX Runtime.
public enum CheckpointFormat: Int32, CaseIterable, Sendable {
    case compressedTensors = 0
    case gptq = 1
    case gptqV2 = 2
    case awq = 3
    case matmulNBits = 4

    private var name: String {
        switch self {
        case .compressedTensors: "compressed-tensors"
        case .gptq, .gptqV2: "GPTQ"
        case .awq: "AWQ"
        case .matmulNBits: "MatMulNBits"
        }
    }

    private var allowedBits: [Int] {
        switch self {
        case .compressedTensors, .matmulNBits: [2, 4, 8]
        case .gptq, .gptqV2: [2, 3, 4, 8]
        case .awq: [4]
        }
    }

    /// What the numbers of rows and columns are multiples of.
    private var multiples: (rows: Int, columns: Int) {
        switch self {
        case .compressedTensors, .matmulNBits: (1, 1)
        case .gptq, .gptqV2: (32, 32)
        case .awq: (8, 1)
        }
    }

    private var needsWholeGroups: Bool { self == .compressedTensors || self == .awq }

    /// Whether scales and zero points lie group by group.
    var isGroupMajor: Bool {
        switch self {
        case .gptq, .gptqV2, .awq: true
        case .compressedTensors, .matmulNBits: false
        }
    }

    /// Whether a symmetric matrix has zero points, too.
    var alwaysHasZeros: Bool { isGroupMajor }

    /// What a zero point is lessened by when it is stored.
    var zeroOffset: Int { self == .gptq ? 1 : 0 }

    /// Refuses what the format does not have.
    func check(_ options: IntegerQuantization, _ layout: GroupLayout) throws(QuantcalError) {
        guard allowedBits.contains(options.bits) else {
            let list = allowedBits.map(String.init).joined(separator: ", ")
            throw QuantcalError(.options, "bits is \(options.bits); \(name) has \(list)")
        }
        guard options.granularity != .tensor, self != .matmulNBits || options.granularity == .group else {
            let wanted = self == .matmulNBits ? "per group" : "per group or per row"
            throw QuantcalError(
                .options, "granularity is per \(options.granularity); \(name) has scales \(wanted)")
        }
        if self == .matmulNBits, ![16, 32, 64, 128, 256].contains(options.groupSize) {
            throw QuantcalError(
                .options, "group_size is \(options.groupSize); \(name) has 16, 32, 64, 128 and 256")
        }
        try check(layout.rows, "rows", multiples.rows)
        try check(layout.columns, "columns", multiples.columns)
        if needsWholeGroups, options.granularity == .group {
            try check(layout.columns, "columns", options.groupSize)
        }
    }

    private func check(_ count: Int, _ what: String, _ multiple: Int) throws(QuantcalError) {
        guard count % multiple == 0 else {
            throw QuantcalError(.size, "\(what) is \(count); \(name) needs a multiple of \(multiple) here")
        }
    }

    func codes(_ options: IntegerQuantization, _ layout: GroupLayout) throws(QuantcalError) -> PackedLanes {
        guard self == .matmulNBits else {
            return try codes(rows: layout.rows, columns: layout.columns, bits: options.bits)
        }
        let (length, overflow) = layout.groupsInRow.multipliedReportingOverflow(by: options.groupSize)
        guard !overflow else { throw QuantcalError(.size, "columns is \(layout.columns); it is too large") }
        return try codes(rows: layout.rows, columns: length, bits: options.bits)
    }

    /// For MatMulNBits the columns of whole groups. compressed-tensors of late 2025 had whole codes in each word.
    func codes(
        rows: Int, columns: Int, bits: Int, hasWholeCodes: Bool = false
    ) throws(QuantcalError) -> PackedLanes {
        switch self {
        case .compressedTensors:
            return try PackedLanes(
                lanes: rows, length: columns, runsDownRows: false, bits: bits, wordBytes: 4, order: .lanes,
                hasWholeCodes: hasWholeCodes)
        case .gptq, .gptqV2:
            return try PackedLanes(
                lanes: rows, length: columns, runsDownRows: false, bits: bits, wordBytes: 4, order: .words)
        case .awq:
            return try PackedLanes(
                lanes: columns, length: rows, runsDownRows: true, bits: bits, wordBytes: 4, order: .lanes,
                isInterleaved: true)
        case .matmulNBits:
            return try PackedLanes(
                lanes: rows, length: columns, runsDownRows: false, bits: bits, wordBytes: 1, order: .lanes)
        }
    }

    func zeros(_ options: IntegerQuantization, _ layout: GroupLayout) throws(QuantcalError) -> PackedLanes? {
        guard options.scheme == .affine || alwaysHasZeros else { return nil }
        return try zeros(rows: layout.rows, groups: layout.groupsInRow, bits: options.bits)
    }

    func zeros(
        rows: Int, groups: Int, bits: Int, hasWholeCodes: Bool = false
    ) throws(QuantcalError) -> PackedLanes {
        switch self {
        case .compressedTensors:
            return try PackedLanes(
                lanes: groups, length: rows, runsDownRows: true, bits: bits, wordBytes: 4, order: .words,
                hasWholeCodes: hasWholeCodes)
        case .gptq, .gptqV2, .awq:
            return try PackedLanes(
                lanes: groups, length: rows, runsDownRows: true, bits: bits, wordBytes: 4, order: .lanes,
                isInterleaved: self == .awq)
        case .matmulNBits:
            return try PackedLanes(
                lanes: rows, length: groups, runsDownRows: false, bits: bits, wordBytes: 1, order: .lanes)
        }
    }
}
