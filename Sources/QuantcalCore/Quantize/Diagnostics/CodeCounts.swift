import Glibc

/// How often each code occurs among packed codes, and the entropy of such counts.
public enum CodeCounts {
    private static let kinds = 256

    /// `counts` has 2^bits places.
    public static func count(
        _ packed: UnsafeBufferPointer<UInt8>, rows: Int, columns: Int, bits: Int,
        into counts: UnsafeMutablePointer<Int>
    ) throws(QuantcalError) {
        let rowBytes = try PackedCodes.rowBytes(columns: columns, bits: bits)
        let rowsPerTask = max(1, (1 << 17) / max(columns, 1))
        let tasks = columns == 0 ? 0 : rows / rowsPerTask + (rows % rowsPerTask == 0 ? 0 : 1)
        let histograms = try Scratch<Int>(zeroed: tasks * kinds)
        if let base = packed.baseAddress {
            Parallel.forEach(tasks, threads: Parallel.threads(for: tasks, work: rows * columns)) { task, _ in
                let own = histograms.buffer.baseAddress! + task * kinds
                for row in task * rowsPerTask..<min(rows, (task + 1) * rowsPerTask) {
                    countRow(base + row * rowBytes, columns, bits, own)
                }
            }
        }
        for code in 0..<1 << bits {
            counts[code] = (0..<tasks).reduce(0) { $0 + histograms.buffer[$1 * kinds + code] }
        }
    }

    private static func countRow(
        _ packed: UnsafePointer<UInt8>, _ columns: Int, _ bits: Int, _ histogram: UnsafeMutablePointer<Int>
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { codes in
            for first in stride(from: 0, to: columns, by: GroupLayout.chunk) {
                let count = min(GroupLayout.chunk, columns - first)
                PackedCodes.unpackRun(packed + first / 8 * bits, count, bits, false, codes.baseAddress!)
                for index in 0..<count { histogram[Int(codes[index])] += 1 }
            }
        }
    }

    /// sum p log2(1 / p). Counts above Int.max arrive negative, as their bits.
    public static func entropy(_ counts: UnsafeBufferPointer<Int>) throws(QuantcalError) -> Double {
        guard !counts.isEmpty else {
            throw QuantcalError(.size, "kinds is 0; kinds must be at least 1")
        }
        var total = DoubleDouble()
        for count in counts { total += Double(UInt(bitPattern: count)) }
        guard total.value > 0 else {
            throw QuantcalError(.domain, "counts are all zero; at least one must be positive")
        }
        var sum = DoubleDouble()
        for count in counts where count != 0 {
            let own = Double(UInt(bitPattern: count))
            // log(total / own) loses nothing where nearly all codes are the same.
            sum += own / total.value * log1p((total.value - own) / own)
        }
        return sum.value / 0.693_147_180_559_945_3
    }
}
