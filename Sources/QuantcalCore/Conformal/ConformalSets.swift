/// Prediction sets from a matrix of scores: class j is in the set of row i iff its score is at most
/// the threshold. The comparison is exact: a tolerance would change sets silently.
public enum ConformalSets {
    public static func sets(
        scores: UnsafeBufferPointer<Double>, rows: Int, classes: Int, threshold: Double,
        mask: UnsafeMutablePointer<UInt8>?, sizes: UnsafeMutablePointer<Int32>?
    ) throws(QuantcalError) { try compute(scores, rows, classes, threshold, mask, sizes) }

    public static func sets(
        scores: UnsafeBufferPointer<Float>, rows: Int, classes: Int, threshold: Float,
        mask: UnsafeMutablePointer<UInt8>?, sizes: UnsafeMutablePointer<Int32>?
    ) throws(QuantcalError) { try compute(scores, rows, classes, threshold, mask, sizes) }

    /// Bytes of mask for each row.
    public static func rowBytes(classes: Int) -> Int { (classes + 7) / 8 }

    private static func compute<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ rows: Int, _ classes: Int, _ threshold: T,
        _ mask: UnsafeMutablePointer<UInt8>?, _ sizes: UnsafeMutablePointer<Int32>?
    ) throws(QuantcalError) {
        guard !threshold.isNaN else {
            throw QuantcalError(.notFinite, "threshold is nan; threshold must not be NaN")
        }
        try Require.notNaN(scores, "scores")
        let rowBytes = rowBytes(classes: classes)
        Parallel.forEachRange(of: rows, grain: max(1, (1 << 18) / classes)) { range in
            for row in range {
                let first = row * classes
                var size = 0
                for byte in 0..<rowBytes {
                    let bits = min(8, classes - byte * 8)
                    var packed: UInt8 = 0
                    for bit in 0..<bits where scores[first + byte * 8 + bit] <= threshold {
                        packed |= 1 << UInt8(truncatingIfNeeded: bit)
                    }
                    size += packed.nonzeroBitCount
                    mask?[row * rowBytes + byte] = packed
                }
                sizes?[row] = Int32(truncatingIfNeeded: size)
            }
        }
    }
}
