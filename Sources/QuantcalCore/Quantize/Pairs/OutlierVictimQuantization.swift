/// Matrices in outlier-victim pairs: a byte for each two neighbours in a row.
public struct OutlierVictimQuantization: Sendable {
    public var granularity = Granularity.row
    public var groupSize = 128
    /// Candidates of the search for scales: numbers from `high` down to `low`.
    public var steps = 51
    public var low = 0.5
    public var high = 1.5

    public init() {}

    /// Checks the options and the sizes.
    public func layout(rows: Int, columns: Int) throws(QuantcalError) -> GroupLayout {
        guard granularity != .group || (groupSize >= 2 && groupSize % 2 == 0) else {
            throw QuantcalError(.options, "group_size is \(groupSize); group_size must be even, at least 2")
        }
        return try GroupLayout(
            rows: rows, columns: columns, bits: 4, granularity: granularity, groupSize: groupSize)
    }

    /// The fields of the search.
    public func checkSearch() throws(QuantcalError) { _ = try search() }

    /// The rule of the search, whose fields mean the same there.
    private func search() throws(QuantcalError) -> RangeRule {
        var rule = RangeRule()
        (rule.kind, rule.steps, rule.low, rule.high) = (.mse, steps, low, high)
        try rule.check()
        return rule
    }

    public func scales(
        of values: UnsafePointer<Float>, _ layout: GroupLayout, _ progress: Progress,
        into scales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try findScales(values, layout, progress, scales) }

    public func scales(
        of values: UnsafePointer<HalfBits>, _ layout: GroupLayout, _ progress: Progress,
        into scales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try findScales(values, layout, progress, scales) }

    public func scales(
        of values: UnsafePointer<BFloat16Bits>, _ layout: GroupLayout, _ progress: Progress,
        into scales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try findScales(values, layout, progress, scales) }

    private func findScales<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ progress: Progress,
        _ scales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        let rule = try search()
        guard layout.groupCount > 0 else { return }
        try requireEncodable(values, layout, Float.greatestFiniteMagnitude.bitPattern, .none)
        let made = try Scratch<Float>(layout.groupCount)
        let threads = Parallel.threads(for: layout.groupCount, work: layout.rows * layout.columns * 8)
        let batch = max(4 * threads, (1 << 20) / layout.elements(inGroup: 0))
        for first in stride(from: 0, to: layout.groupCount, by: batch) {
            try progress(Double(first) / Double(layout.groupCount))
            let count = min(batch, layout.groupCount - first)
            Parallel.forEach(count, threads: min(threads, count)) { index, _ in
                made.buffer[first + index] = OutlierVictimGroup(layout, first + index, values).scale(rule)
            }
        }
        scales.update(from: made.buffer.baseAddress!, count: layout.groupCount)
    }

    public func encode(
        _ values: UnsafePointer<Float>, _ layout: GroupLayout, _ scales: UnsafeBufferPointer<Float>,
        _ progress: Progress, into codes: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodeMatrix(values, layout, scales, progress, codes) }

    public func encode(
        _ values: UnsafePointer<HalfBits>, _ layout: GroupLayout, _ scales: UnsafeBufferPointer<Float>,
        _ progress: Progress, into codes: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodeMatrix(values, layout, scales, progress, codes) }

    public func encode(
        _ values: UnsafePointer<BFloat16Bits>, _ layout: GroupLayout, _ scales: UnsafeBufferPointer<Float>,
        _ progress: Progress, into codes: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodeMatrix(values, layout, scales, progress, codes) }

    private func encodeMatrix<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ scales: UnsafeBufferPointer<Float>,
        _ progress: Progress, _ codes: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        try Require.positive(scales, "scales")
        guard layout.groupCount > 0 else { return }
        try requireEncodable(values, layout, Float.greatestFiniteMagnitude.bitPattern, progress)
        layout.forEachRowAgain { row in
            let target = codes + row * layout.rowBytes
            layout.forEachChunk { chunk in
                let run = layout.run(chunk)
                let group = row * layout.groupsInRow + run.firstGroup
                withSingles(values + row * layout.columns + chunk.lowerBound, chunk.count) { singles in
                    run.forEachSegment { place, segment in
                        let scale = scales[layout.groupsInRow == 0 ? 0 : group + place]
                        for first in stride(from: segment.lowerBound, to: segment.upperBound, by: 2) {
                            let second = first + 1 < segment.upperBound ? singles[first + 1] : 0
                            let pair = OutlierVictimPair(singles[first] / scale, second / scale)
                            target[(chunk.lowerBound + first) / 2] = pair.byte
                        }
                    }
                }
            }
        }
    }

    public func decode(
        _ codes: UnsafePointer<UInt8>, _ layout: GroupLayout, _ scales: UnsafeBufferPointer<Float>,
        _ progress: Progress, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try decodeMatrix(codes, layout, scales, progress, values) }

    public func decode(
        _ codes: UnsafePointer<UInt8>, _ layout: GroupLayout, _ scales: UnsafeBufferPointer<Float>,
        _ progress: Progress, into values: UnsafeMutablePointer<HalfBits>
    ) throws(QuantcalError) { try decodeMatrix(codes, layout, scales, progress, values) }

    public func decode(
        _ codes: UnsafePointer<UInt8>, _ layout: GroupLayout, _ scales: UnsafeBufferPointer<Float>,
        _ progress: Progress, into values: UnsafeMutablePointer<BFloat16Bits>
    ) throws(QuantcalError) { try decodeMatrix(codes, layout, scales, progress, values) }

    private func decodeMatrix<T: WeightElement>(
        _ codes: UnsafePointer<UInt8>, _ layout: GroupLayout, _ scales: UnsafeBufferPointer<Float>,
        _ progress: Progress, _ values: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try Require.finite(scales, "scales")
        guard layout.groupCount > 0 else { return }
        try progress(0)
        Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
            for row in rows {
                decodeRow(codes + row * layout.rowBytes, row, layout, scales, values + row * layout.columns)
            }
        }
    }

    private func decodeRow<T: WeightElement>(
        _ codes: UnsafePointer<UInt8>, _ row: Int, _ layout: GroupLayout,
        _ scales: UnsafeBufferPointer<Float>, _ values: UnsafeMutablePointer<T>
    ) {
        layout.forEachChunk { chunk in
            let run = layout.run(chunk)
            let group = row * layout.groupsInRow + run.firstGroup
            fromSingles(values + chunk.lowerBound, chunk.count) { singles in
                run.forEachSegment { place, segment in
                    let scale = scales[layout.groupsInRow == 0 ? 0 : group + place]
                    for first in stride(from: segment.lowerBound, to: segment.upperBound, by: 2) {
                        let units = OutlierVictimPair.units(codes[(chunk.lowerBound + first) / 2])
                        singles[first] = units.0 * scale
                        if first + 1 < segment.upperBound { singles[first + 1] = units.1 * scale }
                    }
                }
            }
        }
    }
}
