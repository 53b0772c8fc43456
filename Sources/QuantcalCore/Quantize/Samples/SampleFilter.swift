/// Samples whose statistics are like those of the others.
///
/// Source: Feng et al. (2025), QuantVGGT: a sample goes if a statistic lies more than 1.5 interquartile ranges
/// beyond the quartiles of its category, for categories of at least 4.
extension CalibrationSamples {
    private static let fewest = 4

    /// `statistics` has a row for each sample. Writes 1 for samples that stay, 0 for others.
    public func filter(
        _ statistics: UnsafeBufferPointer<Double>, count: Int, statisticCount: Int,
        categories: UnsafeBufferPointer<Int64>?, into kept: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        try Self.require(fence, "fence", 0...1e9)
        try Require.finite(statistics, "statistics")
        let keys = try Scratch<UInt64>(zeroed: count)
        if let categories {
            for index in 0..<count { keys.buffer[index] = UInt64(bitPattern: categories[index]) }
        }
        let order = try KeyedOrder.ascending(keys.buffer)
        let column = try Scratch<Double>(count)
        let isKept = try Scratch<UInt8>(count)
        isKept.buffer.update(repeating: 1)
        var first = 0
        while first < count {
            var end = first + 1
            while end < count, keys.buffer[order.buffer[end]] == keys.buffer[order.buffer[first]] { end += 1 }
            let members = UnsafeMutableBufferPointer(rebasing: order.buffer[first..<end])
            first = end
            guard members.count >= Self.fewest else { continue }
            for statistic in 0..<statisticCount {
                for (place, row) in members.enumerated() {
                    column.buffer[place] = statistics[row * statisticCount + statistic]
                }
                let (low, high) = try fences(UnsafeBufferPointer(rebasing: column.buffer[..<members.count]))
                for (place, row) in members.enumerated()
                where column.buffer[place] < low || column.buffer[place] > high {
                    isKept.buffer[row] = 0
                }
            }
        }
        kept.update(from: isKept.buffer.baseAddress!, count: count)
    }

    /// Between which values stay. Quartiles are at place (n - 1) / 4, in proportion between two values.
    private func fences(
        _ values: UnsafeBufferPointer<Double>
    ) throws(QuantcalError) -> (low: Double, high: Double) {
        func quartile(_ quarters: Int) throws(QuantcalError) -> Double {
            let place = (values.count - 1) * quarters
            let low = try Selection.select(rank: place / 4, in: values, name: "statistics")
            guard place % 4 > 0 else { return low }
            let high = try Selection.select(rank: place / 4 + 1, in: values, name: "statistics")
            let share = Double(place % 4) / 4
            // What is exact if both are equal, and does not overflow.
            return low == high ? low : low * (1 - share) + high * share
        }
        let (lower, upper) = (try quartile(1), try quartile(3))
        let reach = fence == 0 ? 0 : fence * (upper - lower)
        return (lower - reach, upper + reach)
    }
}
