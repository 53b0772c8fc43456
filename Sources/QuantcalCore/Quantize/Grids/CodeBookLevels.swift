/// Code books: any levels, in any order. A number goes to the nearest, a tie to the lower one.
extension ScalarGrid {
    /// Before a caller's levels are read.
    public func requireLevelCount(_ count: Int) throws(QuantcalError) {
        try requireBits(1...8, "a code book")
        guard (1...1 << bits).contains(count) else {
            throw QuantcalError(
                .options,
                "level_count is \(UInt(bitPattern: count)); a code book of \(bits) bits has 1 to \(1 << bits)"
            )
        }
    }

    func codeBookTable() throws(QuantcalError) -> GridTable {
        try requireLevelCount(levels.count)
        if let index = levels.firstIndex(where: { !$0.isFinite }) {
            throw QuantcalError(.notFinite, "levels[\(index)] is \(levels[index]); levels must be finite")
        }
        let order = levels.indices.sorted { levels[$0] < levels[$1] }
        for (low, high) in zip(order, order.dropFirst()) where levels[low] == levels[high] {
            let (first, second) = (min(low, high), max(low, high))
            throw QuantcalError(
                .options, "levels[\(second)] is \(levels[second]), as levels[\(first)] is; levels must differ"
            )
        }
        let rungs = order.map { GridTable.Rung(code: UInt8($0), level: Double(levels[$0])) }
        return try GridTable(nearest: rungs, bits: bits) { _ in false }
    }

    /// NF4: sixteen levels made of the normal distribution's quantiles, as QLoRA (Dettmers et al., 2023)
    /// publishes them.
    public static let normalFloatLevels: [Float] = [
        -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
        0.7229568362236023, 1,
    ]
}
