import Glibc

/// Information pursuit: random histories to calibrate by, what a query is expected to leave, and which to ask.
///
/// Source: Conformal information pursuit (2025).
public enum ConformalPursuit {
    /// For each point the first `length` queries of a random order: Fisher's and Yates's shuffle, of which draw j
    /// is block (point) of stream j.
    public static func histories(
        seed: UInt64, firstPoint: UInt64, points: Int, queries: Int, length: Int,
        _ orders: UnsafeMutablePointer<Int32>
    ) throws(QuantcalError) {
        guard queries >= 1, queries <= Int32.max else {
            throw QuantcalError(
                .size, "queries is \(UInt(bitPattern: queries)); queries must be 1 to \(Int32.max)")
        }
        guard length >= 0, length <= queries else {
            throw QuantcalError(
                .size, "length is \(UInt(bitPattern: length)); length must be at most queries, \(queries)")
        }
        guard points > 0, length > 0 else { return }
        let scratch = try Scratch<Int32>(queries)
        let order = scratch.buffer
        for query in 0..<queries { order[query] = Int32(truncatingIfNeeded: query) }
        for point in 0..<points {
            let row = orders + point * length
            let number = firstPoint &+ UInt64(point)
            // Until it is undone, row j holds where draw j came from.
            for place in 0..<length {
                let random = Philox(
                    seed: seed, stream: UInt32(truncatingIfNeeded: place), purpose: .conformalHistory)
                let drawn = place + Int(random.integers(number, below: UInt64(queries - place)).0)
                order.swapAt(place, drawn)
                row[place] = Int32(truncatingIfNeeded: drawn)
            }
            for place in (0..<length).reversed() {
                let (query, drawn) = (order[place], Int(row[place]))
                order.swapAt(place, drawn)
                row[place] = query
            }
        }
    }

    /// ln of the mean size in each row of samples.
    public static func logSizes(
        sizes: UnsafeBufferPointer<Int32>, weights: UnsafeBufferPointer<Double>?, queries: Int, samples: Int,
        _ logSizes: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        guard samples >= 1 else { throw QuantcalError(.size, "samples is 0; there must be a sample") }
        if let index = sizes.firstIndex(where: { $0 < 0 }) {
            throw QuantcalError(
                .domain,
                "sizes[\(index / samples), \(index % samples)] is \(sizes[index]); sizes must be >= 0")
        }
        if let weights { try check(weights, samples) }
        for query in 0..<queries {
            let row = query * samples..<(query + 1) * samples
            logSizes[query] =
                weights.map { logMean(sizes[row], $0[row]) } ?? logMean(sizes[row], count: samples)
        }
    }

    private static func check(
        _ weights: UnsafeBufferPointer<Double>, _ samples: Int
    ) throws(QuantcalError) {
        if let index = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw QuantcalError(
                weights[index].isFinite ? .domain : .notFinite,
                "weights[\(index / samples), \(index % samples)] is \(weights[index]); "
                    + "weights must be finite and >= 0")
        }
        for row in stride(from: 0, to: weights.count, by: samples)
        where weights[row..<row + samples].allSatisfy({ $0 == 0 }) {
            throw QuantcalError(
                .domain, "weights of query \(row / samples) are all zero; at least one must be positive")
        }
    }

    private static func logMean(_ sizes: Slice<UnsafeBufferPointer<Int32>>, count: Int) -> Double {
        let sum = sizes.reduce(Int128(0)) { $0 + Int128($1) }
        return logRatio(Double(sum), excess: Double(sum - Int128(count)), Double(count))
    }

    private static func logMean(
        _ sizes: Slice<UnsafeBufferPointer<Int32>>, _ weights: Slice<UnsafeBufferPointer<Double>>
    ) -> Double {
        let scale = PowerOfTwo.bringing(weights.max() ?? 0, above: -300, below: 300)
        var (total, sum, excess) = (DoubleDouble(), DoubleDouble(), DoubleDouble())
        for (size, weight) in zip(sizes, weights) {
            let share = weight * scale
            total += share
            sum.addProduct(share, Double(size))
            excess.addProduct(share, Double(size) - 1)
        }
        return logRatio(sum.value, excess: excess.value, total.value)
    }

    /// ln(sum / total), by excess = sum - total where they are near.
    private static func logRatio(_ sum: Double, excess: Double, _ total: Double) -> Double {
        abs(excess) < total / 2 ? log1p(excess / total) : log(sum / total)
    }

    /// The least value among the queries that were not asked, the first if they tie; and how far these spread.
    public static func choose(
        logSizes: UnsafeBufferPointer<Double>, asked: UnsafeBufferPointer<UInt8>?
    ) throws(QuantcalError) -> (index: Int, spread: Double) {
        try Require.notNaN(logSizes, "log_sizes")
        var best: Int?
        var largest = -Double.infinity
        for (index, value) in logSizes.enumerated() where asked?[index] ?? 0 == 0 {
            if best == nil || value < logSizes[best!] { best = index }
            largest = max(largest, value)
        }
        guard let best else {
            throw QuantcalError(.infeasible, "all of the \(logSizes.count) queries were asked")
        }
        let least = logSizes[best]
        return (best, largest == least ? 0 : largest - least)
    }
}
