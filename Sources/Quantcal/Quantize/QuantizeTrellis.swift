import QuantcalCore

/// States, codes and sequences of trellis-coded quantization. C: `qc_quantize_trellis_options_init` has the
/// same defaults.
public typealias Trellis = TrellisQuantization

/// Codes of a matrix, and their error.
public struct TrellisCodes: Equatable, Sendable {
    public let codes: [UInt8]
    /// The sum of weighted squared errors.
    public let error: Double
}

extension TrellisQuantization {
    fileprivate func sized(_ rows: Int, _ columns: Int) throws(QuantcalError) -> TrellisLayout {
        guard rows >= 0, columns >= 0 else {
            throw QuantcalError(.size, "a matrix of \(rows) x \(columns) cannot be")
        }
        return try layout(rows: rows, columns: columns)
    }

    fileprivate func requireTable(_ table: [Float]) throws(QuantcalError) {
        try check()
        if tableCount > 0 { try requireCount(table.count, tableCount, "table") }
    }
}

/// The numbers that each state stands for, a row of `stepValues` each. `table` is for the codes `table` and
/// `hybrid`. C: `qc_quantize_trellis_values_f32`.
public func quantizeTrellisValues(
    _ trellis: Trellis = .init(), table: [Float] = []
) throws(QuantcalError) -> Matrix<Float> {
    try trellis.requireTable(table)
    let values = try filled(trellis.valueCount) {
        (values: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        try withBuffer(table) { table throws(QuantcalError) in
            try trellis.values(table: table, into: values)
        }
    }
    return Matrix(unchecked: trellis.valueCount / trellis.stepValues, trellis.stepValues, values)
}

/// How many bytes the codes of a matrix need, and how many scales it has. C: `qc_quantize_trellis_layout`.
public func quantizeTrellisLayout(
    rows: Int, columns: Int, _ trellis: Trellis = .init()
) throws(QuantcalError) -> (codeBytes: Int, groupCount: Int) {
    let layout = try trellis.sized(rows, columns)
    return (layout.codeBytes, layout.groups.groupCount)
}

/// Scales with which the root mean square of a group is `trellis.ratio` times that of all states' numbers.
/// C: `qc_quantize_trellis_scales_f32`.
public func quantizeTrellisScales(
    _ values: Matrix<Float>, _ trellis: Trellis = .init(), table: [Float] = [],
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [Float] {
    let layout = try trellis.sized(values.rows, values.columns)
    try trellis.requireTable(table)
    return try filled(layout.groups.groupCount) {
        (scales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        try withBuffer(values.elements) { input throws(QuantcalError) in
            try withBuffer(table) { table throws(QuantcalError) in
                try trellis.scales(of: input, layout, table: table, Progress(progress), into: scales)
            }
        }
    }
}

/// Codes of the paths of least weighted squared error. C: `qc_quantize_trellis_encode_f32`.
public func quantizeTrellisEncode(
    _ values: Matrix<Float>, scales: [Float], _ trellis: Trellis = .init(), table: [Float] = [],
    importance: [Float]? = nil, progress: ProgressReport? = nil
) throws(QuantcalError) -> TrellisCodes {
    let layout = try trellis.sized(values.rows, values.columns)
    try trellis.requireTable(table)
    try requireCount(scales.count, layout.groups.groupCount, "scales")
    if let importance { try requireCount(importance.count, values.elements.count, "importance") }
    var error = 0.0
    let codes = try filled(layout.codeBytes) { (codes: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withBuffer(values.elements) { input throws(QuantcalError) in
            try withOptionalBuffer(importance) { importance throws(QuantcalError) in
                try withBuffer(scales) { scales throws(QuantcalError) in
                    try withBuffer(table) { table throws(QuantcalError) in
                        error = try trellis.encode(
                            input, importance: importance, layout, scales: scales, table: table,
                            Progress(progress), into: codes)
                    }
                }
            }
        }
    }
    return TrellisCodes(codes: codes, error: error)
}

/// The numbers that codes stand for. C: `qc_quantize_trellis_decode_f32`.
public func quantizeTrellisDecode(
    _ codes: [UInt8], scales: [Float], rows: Int, columns: Int, _ trellis: Trellis = .init(),
    table: [Float] = [], progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Float> {
    let layout = try trellis.sized(rows, columns)
    try trellis.requireTable(table)
    try requireCount(codes.count, layout.codeBytes, "codes")
    try requireCount(scales.count, layout.groups.groupCount, "scales")
    let elements = try filled(rows * columns) {
        (values: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        try withBuffer(codes) { codes throws(QuantcalError) in
            try withBuffer(scales) { scales throws(QuantcalError) in
                try withBuffer(table) { table throws(QuantcalError) in
                    try trellis.decode(
                        codes, layout, scales: scales, table: table, Progress(progress), into: values)
                }
            }
        }
    }
    return Matrix(unchecked: rows, columns, elements)
}
