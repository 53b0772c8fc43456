/// How large the ranks of a batch are together.
///
/// U, the sum of R - 1 over m test scores, is how many pairs have the calibration score below the test score: the
/// Mann-Whitney statistic. How many orders give U = s is the coefficient of q^s in the Gaussian binomial
///
///     [n + m choose m] = product over i = 1 ... m of (1 - q^(n + i)) / (1 - q^i).
///
/// Each factor is one pass of subtractions and one of additions over the coefficients, in whole numbers of as many
/// words as (n + m) choose m has: nothing is rounded. U and n m - U have the same law, as have n and m.
///
/// Source: Lee, Tchetgen Tchetgen, Dobriban (2024), the mean of a batch; Mann, Whitney (1947).
public enum ConformalBatchSum {
    /// Of words of 64 bits: how many are kept, and how many are added.
    private static let greatestTable = 1 << 26
    private static let greatestWork = 1 << 32

    /// The smallest u with P(U <= u) >= 1 - alpha.
    public static func quantile(n: Int, m: Int, alpha: Double) throws(QuantcalError) -> Int {
        try ConformalCoverageLaw.requireCount(n, "n")
        try requireBatch(m)
        let level = try ConformalLevel(alpha)
        let pairs = n.multipliedReportingOverflow(by: m)
        // P(U > u) = P(U < n m - u): the lower tail, as far as its half if that suffices.
        let last = alpha <= 0.5 ? pairs.partialValue / 2 : pairs.partialValue
        let factors = min(n, m)
        // A bit at least for each of the smaller set.
        try requireWork(pairs.overflow ? .max : last, factors, factors / 64 + 1)
        let all = BigNatural.choose(n + m, factors)
        let words = all.words.count
        try requireWork(last, factors, words)
        let table = try Scratch<UInt64>(zeroed: (last + 1) * words)
        count(table.buffer, last: last, words: words, factors: factors, larger: max(n, m))
        let admitted = level.share(of: all)
        return pairs.partialValue - tail(table.buffer, words: words, admitted: admitted)
    }

    static func requireBatch(_ m: Int) throws(QuantcalError) {
        guard m >= 1, m <= ConformalCoverageLaw.greatestCount else {
            throw QuantcalError(.size, "m is \(UInt(bitPattern: m)); m must be 1 to 2^40")
        }
    }

    private static func requireWork(_ last: Int, _ factors: Int, _ words: Int) throws(QuantcalError) {
        let (table, first) = last.multipliedReportingOverflow(by: words)
        let (work, second) = table.multipliedReportingOverflow(by: 2 * factors)
        guard !first, !second, table < greatestTable, work <= greatestWork else {
            throw QuantcalError(
                .size, "n and m are too large: their law has more than 2^26 words or takes 2^32 additions")
        }
    }

    /// The coefficients of q^0 to q^last, `words` for each.
    private static func count(
        _ table: UnsafeMutableBufferPointer<UInt64>, last: Int, words: Int, factors: Int, larger: Int
    ) {
        table[0] = 1
        for i in stride(from: 1, through: factors, by: 1) {
            for s in stride(from: last, through: larger + i, by: -1) {
                combine(table, s * words, (s - larger - i) * words, words) {
                    let (rest, first) = $0.subtractingReportingOverflow($1)
                    let (total, second) = rest.subtractingReportingOverflow($2)
                    return (total, first || second)
                }
            }
            for s in stride(from: i, through: last, by: 1) {
                combine(table, s * words, (s - i) * words, words) {
                    let (sum, first) = $0.addingReportingOverflow($1)
                    let (total, second) = sum.addingReportingOverflow($2)
                    return (total, first || second)
                }
            }
        }
    }

    /// Between the two passes numbers may be negative: modulo a power of two they come back.
    @inline(__always)
    private static func combine(
        _ table: UnsafeMutableBufferPointer<UInt64>, _ target: Int, _ source: Int, _ words: Int,
        _ step: (UInt64, UInt64, UInt64) -> (UInt64, Bool)
    ) {
        var carry = false
        for word in 0..<words {
            (table[target + word], carry) = step(
                table[target + word], table[source + word], carry ? 1 : 0)
        }
    }

    /// How many coefficients, from the first, add up to no more than what is admitted.
    private static func tail(
        _ table: UnsafeMutableBufferPointer<UInt64>, words: Int, admitted: BigNatural
    ) -> Int {
        var sum = BigNatural(0)
        for s in 0..<table.count / words {
            sum.add(words: table[s * words..<(s + 1) * words])
            if !(sum <= admitted) { return s }
        }
        return table.count / words
    }
}
