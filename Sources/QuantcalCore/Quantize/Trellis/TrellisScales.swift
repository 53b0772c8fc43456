/// Scales from root mean squares: those of a group's elements and of all states' numbers.
extension TrellisQuantization {
    public func scales(
        of values: UnsafeBufferPointer<Float>, _ layout: TrellisLayout, table: UnsafeBufferPointer<Float>,
        _ progress: Progress = .none, into scales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        guard ratio >= 0x1p-10, ratio <= 0x1p10 else {
            throw QuantcalError(.options, "ratio is \(ratio); ratio must be 2^-10 to 2^10")
        }
        let numbers = try Scratch<Float>(valueCount)
        try fill(numbers.buffer.baseAddress!, table: table, planes: false)
        var (sum, reach) = (0.0, Float(0))
        for value in numbers.buffer {
            sum += Double(value) * Double(value)
            reach = max(reach, abs(value))
        }
        guard sum > 0 else {
            throw QuantcalError(.domain, "all numbers of the table are 0; scales need one that is not")
        }
        try Require.finite(values, "values")
        try progress(0)
        guard let base = values.baseAddress else { return }
        let unit = (sum / Double(valueCount)).squareRoot() * ratio
        let groups = layout.groups
        let grain = max(1, (1 << 17) / max(1, groups.elements(inGroup: 0)))
        Parallel.forEachRange(of: groups.groupCount, grain: grain) { range in
            for group in range {
                let mean = Self.meanSquare(base, groups, group)
                scales[group] =
                    mean > 0 ? CompiledGrid.usable(mean.squareRoot() / unit, reaching: reach) : 1
            }
        }
    }

    private static func meanSquare(
        _ values: UnsafePointer<Float>, _ layout: GroupLayout, _ group: Int
    ) -> Double {
        let count = layout.elements(inGroup: group)
        var first = 0
        if layout.groupsInRow > 0 {
            let (row, place) = group.quotientAndRemainder(dividingBy: layout.groupsInRow)
            first = row * layout.columns + place * layout.groupColumns
        }
        var sum = 0.0
        for index in first..<first + count { sum += Double(values[index]) * Double(values[index]) }
        return sum / Double(count)
    }
}
