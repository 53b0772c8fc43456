/// Encoding a matrix to integer codes. The first pass finds the range of every group and refuses what
/// is not finite; only the second writes.
extension IntegerQuantization {
    public struct Codes {
        let packed: UnsafeMutablePointer<UInt8>
        let scales: UnsafeMutablePointer<Float>
        /// Needed for the affine scheme only.
        let zeros: UnsafeMutablePointer<UInt8>?

        public init(
            packed: UnsafeMutablePointer<UInt8>, scales: UnsafeMutablePointer<Float>,
            zeros: UnsafeMutablePointer<UInt8>?
        ) {
            (self.packed, self.scales, self.zeros) = (packed, scales, zeros)
        }
    }

    public func encode(
        _ values: UnsafePointer<Float>, _ layout: Layout, into codes: Codes
    ) throws(QuantcalError) { try encodeMatrix(values, layout, codes) }

    public func encode(
        _ values: UnsafePointer<HalfBits>, _ layout: Layout, into codes: Codes
    ) throws(QuantcalError) { try encodeMatrix(values, layout, codes) }

    public func encode(
        _ values: UnsafePointer<BFloat16Bits>, _ layout: Layout, into codes: Codes
    ) throws(QuantcalError) { try encodeMatrix(values, layout, codes) }

    private func encodeMatrix<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: Layout, _ codes: Codes
    ) throws(QuantcalError) {
        guard layout.groupCount > 0 else { return }
        let grids = try self.grids(values, layout)
        Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
            for row in rows {
                encodeRow(values + row * layout.columns, row, layout, grids.buffer.baseAddress!, codes.packed)
            }
        }
        for (index, grid) in grids.buffer.enumerated() {
            codes.scales[index] = grid.scale
            if scheme == .affine { codes.zeros?[index] = UInt8(truncatingIfNeeded: grid.zero) }
        }
    }

    /// The first pass. Progress covers it: what it stops has written nothing.
    private func grids<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: Layout
    ) throws(QuantcalError) -> Scratch<IntegerGrid> {
        // One row of groups for each thread; or, where all rows share a scale, one group for each row.
        let isShared = granularity == .tensor
        let threads = Parallel.threads(for: layout.rows, work: layout.rows * layout.columns)
        let ranges = try Scratch<ValueRange>(isShared ? layout.rows : threads * layout.groupsInRow)
        let grids = try Scratch<IntegerGrid>(layout.groupCount)
        let rowsBetweenReports = layout.rowsPerTask * 64
        for first in stride(from: 0, to: layout.rows, by: rowsBetweenReports) {
            try progress(Double(first) / Double(layout.rows))
            let count = min(rowsBetweenReports, layout.rows - first)
            Parallel.forEach(count, threads: min(threads, count)) { row, thread in
                let row = first + row
                let slot = ranges.buffer.baseAddress! + (isShared ? row : thread * layout.groupsInRow)
                rangesOfRow(values + row * layout.columns, layout, slot)
                for group in 0..<layout.groupsInRow {
                    grids.buffer[row * layout.groupsInRow + group] = IntegerGrid(
                        self, slot[group], for: T.self)
                }
            }
        }
        if isShared {
            for row in 1..<max(layout.rows, 1) { ranges.buffer[0] += ranges.buffer[row] }
            grids.buffer[0] = IntegerGrid(self, ranges.buffer[0], for: T.self)
        }
        guard grids.buffer.allSatisfy(\.isFinite) else { throw notFinite(values, layout) }
        return grids
    }

    private func rangesOfRow<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: Layout, _ ranges: UnsafeMutablePointer<ValueRange>
    ) {
        for group in 0..<max(layout.groupsInRow, 1) { ranges[group] = ValueRange() }
        layout.forEachChunk { chunk in
            withSingles(values + chunk.lowerBound, chunk.count) { singles in
                layout.forEachSegment(of: chunk) { group, segment in
                    ranges[group] += ValueRange(
                        singles + (segment.lowerBound - chunk.lowerBound), segment.count)
                }
            }
        }
    }

    private func encodeRow<T: WeightElement>(
        _ values: UnsafePointer<T>, _ row: Int, _ layout: Layout, _ grids: UnsafePointer<IntegerGrid>,
        _ packed: UnsafeMutablePointer<UInt8>
    ) {
        let grids = grids + row * layout.groupsInRow
        let packed = packed + row * layout.rowBytes
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Layout.chunk) { buffer in
            layout.forEachChunk { chunk in
                // Codes of eight bits are stored as they are.
                let codes = bits == 8 ? packed + chunk.lowerBound : buffer.baseAddress!
                withSingles(values + chunk.lowerBound, chunk.count) { singles in
                    layout.forEachSegment(of: chunk) { group, segment in
                        let offset = segment.lowerBound - chunk.lowerBound
                        IntegerKernels.encode(singles + offset, segment.count, grids[group], codes + offset)
                    }
                }
                if bits < 8 {
                    PackedCodes.packRun(codes, chunk.count, bits, packed + chunk.lowerBound / 8 * bits)
                }
            }
        }
    }

    private func notFinite<T: WeightElement>(_ values: UnsafePointer<T>, _ layout: Layout) -> QuantcalError {
        let all = UnsafeBufferPointer(start: values, count: layout.rows * layout.columns)
        let index = all.firstIndex { !$0.single.isFinite } ?? 0
        return QuantcalError(
            .notFinite, "values[\(index)] is \(all[index].single); values must be finite")
    }
}

/// Gives a run of at most one chunk in single precision, as it is or converted.
@inline(__always) private func withSingles<T: WeightElement>(
    _ values: UnsafePointer<T>, _ count: Int, _ body: (UnsafePointer<Float>) -> Void
) {
    if let singles = values as? UnsafePointer<Float> {
        body(singles)
        return
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: IntegerQuantization.Layout.chunk) { singles in
        for index in 0..<count { singles[index] = values[index].single }
        body(UnsafePointer(singles.baseAddress!))
    }
}
