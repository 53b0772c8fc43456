/// Columns of a matrix in which a value is far larger than elsewhere.
///
/// Sources: LLM.int8() (Dettmers et al., 2022) compares with a fixed magnitude, 6; the ratio to the median
/// of the columns' largest magnitudes is ours.
public struct OutlierColumns {
    public enum Reference: Int32, CaseIterable, Sendable {
        case median = 0
        case fixed = 1
    }

    public var reference = Reference.median
    public var threshold = 10.0

    public init() {}

    /// Where results go; what is nil is not wanted.
    public struct Output {
        let magnitudes: UnsafeMutablePointer<Float>?
        let isOutlier: UnsafeMutablePointer<UInt8>?

        public init(magnitudes: UnsafeMutablePointer<Float>?, isOutlier: UnsafeMutablePointer<UInt8>?) {
            (self.magnitudes, self.isOutlier) = (magnitudes, isOutlier)
        }
    }

    /// Returns how many there are.
    public func find(
        _ values: UnsafeBufferPointer<Float>, rows: Int, columns: Int, into output: Output
    ) throws(QuantcalError) -> Int { try found(values, rows, columns, output) }

    public func find(
        _ values: UnsafeBufferPointer<HalfBits>, rows: Int, columns: Int, into output: Output
    ) throws(QuantcalError) -> Int { try found(values, rows, columns, output) }

    public func find(
        _ values: UnsafeBufferPointer<BFloat16Bits>, rows: Int, columns: Int, into output: Output
    ) throws(QuantcalError) -> Int { try found(values, rows, columns, output) }

    private func found<T: WeightElement>(
        _ values: UnsafeBufferPointer<T>, _ rows: Int, _ columns: Int, _ output: Output
    ) throws(QuantcalError) -> Int {
        guard threshold.isFinite, threshold > 0 else {
            throw QuantcalError(.options, "threshold is \(threshold); threshold must be finite and above 0")
        }
        guard columns > 0 else { return 0 }
        let bits = try Self.largestMagnitudes(values, rows, columns)
        if bits.buffer.contains(where: { $0 >= Float.infinityBits }),
            let error = notFiniteError(values, "values")
        {
            throw error
        }
        // The bits of numbers that are not negative are in their order, and are these numbers.
        let magnitudes = UnsafeRawBufferPointer(bits.buffer).bindMemory(to: Float.self)
        let limit = reference == .fixed ? threshold : threshold * (try Self.median(magnitudes))
        var count = 0
        for (column, magnitude) in magnitudes.enumerated() {
            let isOutlier = magnitude > 0 && Double(magnitude) >= limit
            output.magnitudes?[column] = magnitude
            output.isOutlier?[column] = isOutlier ? 1 : 0
            count += isOutlier ? 1 : 0
        }
        return count
    }

    /// The bits of the largest |x| of each column; of infinities and NaN those of one of them.
    private static func largestMagnitudes<T: WeightElement>(
        _ values: UnsafeBufferPointer<T>, _ rows: Int, _ columns: Int
    ) throws(QuantcalError) -> Scratch<UInt32> {
        let largest = try Scratch<UInt32>(zeroed: columns)
        guard let base = values.baseAddress else { return largest }
        let threads = Parallel.threads(for: columns, work: rows * columns)
        // Each thread has columns of its own, so that nothing needs folding.
        let width = (columns + threads - 1) / threads
        Parallel.forEach((columns + width - 1) / width, threads: threads) { part, _ in
            let own = part * width..<min(columns, (part + 1) * width)
            let slots = largest.buffer.baseAddress!
            for row in 0..<rows {
                let line = base + row * columns
                for column in own {
                    let bits = line[column].single.bitPattern & Float.magnitudeMask
                    slots[column] = max(slots[column], bits)
                }
            }
        }
        return largest
    }

    /// Of an even number the mean of the middle two.
    private static func median(_ values: UnsafeBufferPointer<Float>) throws(QuantcalError) -> Double {
        let upper = try Selection.select(rank: values.count / 2, in: values, name: "values")
        guard values.count % 2 == 0 else { return Double(upper) }
        let lower = try Selection.select(rank: values.count / 2 - 1, in: values, name: "values")
        return (Double(lower) + Double(upper)) / 2
    }
}
