import Glibc

/// Binary weights that are periodic in what is trained, with gradients.
///
/// Source: BiPer (Vargas et al., 2024). Departure: the penalty pulls the magnitude of the sine to the scale; in
/// the public code to 0, where rounding to a sign is worst.
public struct PeriodicBinary: Sendable {
    public var granularity = Granularity.row
    public var groupSize = 128
    /// The sign of the sine; else the sine.
    public var isBinary = true
    public var frequency = 30.0
    public var penalty = 0.001

    public init() {}

    public func layout(rows: Int, columns: Int) throws(QuantcalError) -> GroupLayout {
        guard frequency > 0, frequency.isFinite else {
            throw QuantcalError(.options, "frequency is \(frequency); it must be finite and > 0")
        }
        guard penalty >= 0, penalty.isFinite else {
            throw QuantcalError(.options, "penalty is \(penalty); it must be finite and >= 0")
        }
        return try GroupLayout(
            rows: rows, columns: columns, bits: 1, granularity: granularity, groupSize: groupSize)
    }

    /// What a row, or a group, adds to the gradient of the scale and to the penalty.
    private struct Sums: BitwiseCopyable {
        var scale = 0.0
        var penalty = 0.0
    }

    /// Returns the penalty.
    public func callAsFunction(
        _ values: UnsafeBufferPointer<Float>, _ layout: GroupLayout, scales: UnsafeBufferPointer<Float>,
        _ progress: Progress, into quantized: UnsafeMutablePointer<Float>, _ gradients: GridFake.Gradients?
    ) throws(QuantcalError) -> Double {
        try Require.finite(scales, "scales")
        if let gradients { try Require.finite(gradients.upstream, "upstream") }
        guard layout.groupCount > 0 else { return 0 }
        try Require.finite(values, "values")
        try progress(0)
        // Where all rows share a scale, a sum for each row.
        let inRow = max(layout.groupsInRow, 1)
        let sums = try Scratch<Sums>(layout.rows * inRow)
        Parallel.forEachRange(of: layout.rows, grain: max(1, layout.rowsPerTask / 16)) { rows in
            for row in rows {
                for place in 0..<inRow {
                    let first = place * layout.groupColumns
                    let range = first..<min(first + layout.groupColumns, layout.columns)
                    let scale = Double(scales[layout.groupsInRow == 0 ? 0 : row * inRow + place])
                    sums.buffer[row * inRow + place] = roundRun(
                        values, row * layout.columns, range, scale, layout, quantized, gradients)
                }
            }
        }
        if let result = gradients?.scales {
            for group in 0..<layout.groupCount {
                let own = layout.groupsInRow == 0 ? 0..<layout.rows : group..<group + 1
                result[group] = Float(own.reduce(0.0) { $0 + sums.buffer[$1].scale })
            }
        }
        let total = sums.buffer.reduce(0.0) { $0 + $1.penalty }
        return penalty * (total / (Double(layout.rows) * Double(layout.columns)))
    }

    private func roundRun(
        _ values: UnsafeBufferPointer<Float>, _ start: Int, _ range: Range<Int>, _ scale: Double,
        _ layout: GroupLayout, _ quantized: UnsafeMutablePointer<Float>, _ gradients: GridFake.Gradients?
    ) -> Sums {
        var sums = Sums()
        let share = 2 * penalty / (Double(layout.rows) * Double(layout.columns))
        for index in start + range.lowerBound..<start + range.upperBound {
            let angle = frequency * Double(values[index])
            let wave = sin(angle)
            let sign: Double = wave < 0 ? -1 : 1
            let unit = isBinary ? sign : wave
            let distance = abs(wave) - scale
            quantized[index] = Float(scale * unit)
            sums.penalty += distance * distance
            guard let gradients else { continue }
            let upstream = Double(gradients.upstream[index])
            let slope = frequency * cos(angle)
            gradients.values?[index] = Float((upstream * scale + share * distance * sign) * slope)
            sums.scale += upstream * unit - share * distance
        }
        return sums
    }
}
