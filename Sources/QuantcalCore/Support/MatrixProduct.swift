import COpenBLAS

/// Products of matrices by the system's OpenBLAS, with the sizes checked: a wrong size passed to BLAS
/// ends the process, or reads beyond the end.
public enum MatrixProduct {
    /// `result` = `a` times the transpose of `b`: the scores of rows of inputs against rows of weights.
    ///
    /// `a` is rows x inner, `b` is columns x inner, `result` is rows x columns; all row-major, and
    /// `result` overlaps neither. NaN and infinities go their way. With `inner` 0 the result is zeros.
    public static func timesTransposed(
        _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>, rows: Int, columns: Int, inner: Int,
        into result: UnsafeMutableBufferPointer<Float>
    ) throws(QuantcalError) {
        try require(a.count, "a", is: rows, by: inner)
        try require(b.count, "b", is: columns, by: inner)
        try require(result.count, "result", is: rows, by: columns)
        guard let output = result.baseAddress, !result.isEmpty else { return }
        guard let left = a.baseAddress, let right = b.baseAddress, inner > 0 else {
            result.update(repeating: 0)
            return
        }
        // The sizes fit: `require` has seen each of them.
        cblas_sgemm(
            Int32(QuantcalBlasRowMajor), Int32(QuantcalBlasNoTranspose),
            Int32(QuantcalBlasTranspose), Int32(rows), Int32(columns), Int32(inner), 1, left,
            Int32(inner), right, Int32(inner), 0, output, Int32(columns))
    }

    private static func require(
        _ count: Int, _ name: String, is rows: Int, by columns: Int
    ) throws(QuantcalError) {
        guard (0...Int(Int32.max)).contains(rows), (0...Int(Int32.max)).contains(columns) else {
            throw QuantcalError(.size, "\(name) is \(rows) x \(columns); each side must be 0 to \(Int32.max)")
        }
        guard count == rows * columns else {
            throw QuantcalError(.size, "\(name) has \(count) elements; \(rows) x \(columns) are needed")
        }
    }
}
