/// Matrices in twin logarithms: each sign of a group has evenly spaced logarithms of its own.
///
/// Source: LRQ-DiT (Yang et al., 2025), whose code has no level for zero, 2^b + 2 levels, and statistics of
/// each sign to which the numbers of the other sign count as 0. Here zero is a level, there are 2^b, and
/// statistics are those of a sign. Where numbers go is decided by comparing them with the ends of
/// intervals, so that nothing depends on a logarithm's rounding but the search.
public struct TwinLogQuantization: Sendable {
    public var granularity = Granularity.row
    public var groupSize = 128
    public var bits = 4

    /// Of a group.
    public static let parameterCount = 5

    public init() {}

    /// Checks the options and the sizes.
    public func layout(rows: Int, columns: Int) throws(QuantcalError) -> GroupLayout {
        guard (3...8).contains(bits) else {
            throw QuantcalError(.options, "bits is \(bits); twin logarithms have 3 to 8")
        }
        return try GroupLayout(
            rows: rows, columns: columns, bits: bits, granularity: granularity, groupSize: groupSize)
    }

    @specialized(where T == Float)
    @specialized(where T == HalfBits)
    @specialized(where T == BFloat16Bits)
    public func fit<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ progress: Progress,
        into parameters: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        guard layout.groupCount > 0 else { return }
        try requireEncodable(values, layout, Float.greatestFiniteMagnitude.bitPattern, .none)
        let longest = layout.elements(inGroup: 0)
        let made = try Scratch<Float>(layout.groupCount * Self.parameterCount)
        let threads = Parallel.threads(for: layout.groupCount, work: layout.rows * layout.columns * 8)
        let (room, overflow) = longest.multipliedReportingOverflow(by: threads)
        let magnitudes = try Scratch<Float>(overflow ? .max : room)
        let batch = max(4 * threads, (1 << 18) / longest)
        for first in stride(from: 0, to: layout.groupCount, by: batch) {
            try progress(Double(first) / Double(layout.groupCount))
            let count = min(batch, layout.groupCount - first)
            Parallel.forEach(count, threads: min(threads, count)) { index, thread in
                fitGroup(
                    values, layout, first + index, magnitudes.buffer.baseAddress! + thread * longest,
                    made.buffer.baseAddress! + (first + index) * Self.parameterCount)
            }
        }
        parameters.update(from: made.buffer.baseAddress!, count: made.buffer.count)
    }

    /// Magnitudes of positive numbers go to the front of the room, those of negative ones to its end.
    private func fitGroup<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ group: Int,
        _ room: UnsafeMutablePointer<Float>, _ parameters: UnsafeMutablePointer<Float>
    ) {
        let row = layout.groupsInRow == 0 ? 0 : group / layout.groupsInRow
        let column = layout.groupsInRow == 0 ? 0 : group % layout.groupsInRow * layout.groupColumns
        let count = layout.elements(inGroup: group)
        let start = values + row * layout.columns + column
        var (positive, negative) = (0, count)
        for index in 0..<count {
            let value = start[index].single
            if value > 0 {
                room[positive] = value
                positive += 1
            } else if value < 0 {
                negative -= 1
                room[negative] = -value
            }
        }
        var above = UnsafeMutableBufferPointer(start: room, count: positive)
        var below = UnsafeMutableBufferPointer(start: room + negative, count: count - negative)
        above.sort()
        below.sort()
        TwinLogSearch(bits: bits).fit(
            positive: UnsafeBufferPointer(above), negative: UnsafeBufferPointer(below), into: parameters)
    }

    private func check(_ parameters: UnsafeBufferPointer<Float>) throws(QuantcalError) {
        try Require.finite(parameters, "parameters")
        for index in parameters.indices where parameters[index] < 0 {
            let field = index % Self.parameterCount
            guard field == 1 || field == 3 else {
                let what = field == 0 ? "an offset" : "a step"
                throw QuantcalError(
                    .domain, "parameters[\(index)] is \(parameters[index]); \(what) must be >= 0")
            }
        }
    }

    @specialized(where T == Float)
    @specialized(where T == HalfBits)
    @specialized(where T == BFloat16Bits)
    public func encode<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ parameters: UnsafeBufferPointer<Float>,
        _ progress: Progress, into packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        try check(parameters)
        guard layout.groupCount > 0 else { return }
        try requireEncodable(values, layout, Float.greatestFiniteMagnitude.bitPattern, progress)
        let shared = layout.groupsInRow == 0 ? grid(parameters, 0).intervals : nil
        layout.forEachRowAgain { row in
            var (known, intervals) = (-1, shared)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { codes in
                let codes = codes.baseAddress!
                layout.forEachChunk { chunk in
                    let run = layout.run(chunk)
                    let stretch = packed + row * layout.rowBytes + chunk.lowerBound / 8 * bits
                    withSingles(values + row * layout.columns + chunk.lowerBound, chunk.count) { singles in
                        run.forEachSegment { place, segment in
                            let group = row * layout.groupsInRow + run.firstGroup + place
                            if shared == nil, group != known {
                                (known, intervals) = (group, grid(parameters, group).intervals)
                            }
                            intervals?.encode(
                                singles + segment.lowerBound, segment.count, scale: 1, zero: 0,
                                codes + segment.lowerBound)
                        }
                    }
                    PackedCodes.packRun(codes, chunk.count, bits, stretch)
                }
            }
        }
    }

    @specialized(where T == Float)
    @specialized(where T == HalfBits)
    @specialized(where T == BFloat16Bits)
    public func decode<T: WeightElement>(
        _ packed: UnsafePointer<UInt8>, _ layout: GroupLayout, _ parameters: UnsafeBufferPointer<Float>,
        _ progress: Progress, into values: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try check(parameters)
        guard layout.groupCount > 0 else { return }
        try progress(0)
        let shared = layout.groupsInRow == 0 ? grid(parameters, 0).levels : nil
        Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
            for row in rows { decodeRow(packed, row, layout, parameters, shared, values) }
        }
    }

    private func decodeRow<T: WeightElement>(
        _ packed: UnsafePointer<UInt8>, _ row: Int, _ layout: GroupLayout,
        _ parameters: UnsafeBufferPointer<Float>, _ shared: [Float]?, _ values: UnsafeMutablePointer<T>
    ) {
        var (known, levels) = (-1, shared ?? [])
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { buffer in
            layout.forEachChunk { chunk in
                let stretch = packed + row * layout.rowBytes + chunk.lowerBound / 8 * bits
                let codes = PackedCodes.unpacked(stretch, chunk.count, bits, false, buffer.baseAddress!)
                let run = layout.run(chunk)
                fromSingles(values + row * layout.columns + chunk.lowerBound, chunk.count) { singles in
                    run.forEachSegment { place, segment in
                        let group = row * layout.groupsInRow + run.firstGroup + place
                        if shared == nil, group != known {
                            (known, levels) = (group, grid(parameters, group).levels)
                        }
                        for index in segment { singles[index] = levels[Int(codes[index])] }
                    }
                }
            }
        }
    }

    private func grid(_ parameters: UnsafeBufferPointer<Float>, _ group: Int) -> TwinLogGrid {
        TwinLogGrid(parameters.baseAddress! + group * Self.parameterCount, bits: bits)
    }
}
