/// Decoding packed integer codes.
extension IntegerQuantization {
    /// Codes as they are stored.
    public struct StoredCodes {
        let packed: UnsafePointer<UInt8>
        let scales: UnsafeBufferPointer<Float>
        /// Needed for the affine scheme only.
        let zeros: UnsafeBufferPointer<UInt8>?

        public init(
            packed: UnsafePointer<UInt8>, scales: UnsafeBufferPointer<Float>,
            zeros: UnsafeBufferPointer<UInt8>?
        ) {
            (self.packed, self.scales, self.zeros) = (packed, scales, zeros)
        }
    }

    public func decode(
        _ codes: StoredCodes, _ layout: Layout, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try decodeMatrix(codes, layout, values) }

    public func decode(
        _ codes: StoredCodes, _ layout: Layout, into values: UnsafeMutablePointer<HalfBits>
    ) throws(QuantcalError) { try decodeMatrix(codes, layout, values) }

    public func decode(
        _ codes: StoredCodes, _ layout: Layout, into values: UnsafeMutablePointer<BFloat16Bits>
    ) throws(QuantcalError) { try decodeMatrix(codes, layout, values) }

    private func decodeMatrix<T: WeightElement>(
        _ codes: StoredCodes, _ layout: Layout, _ values: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try Require.finite(codes.scales, "scales")
        let zeros = scheme == .affine ? codes.zeros : nil
        if let zeros, let index = zeros.firstIndex(where: { Int32($0) > codeRange.high }) {
            throw QuantcalError(
                .domain, "zeros[\(index)] is \(zeros[index]); zeros must be at most \(codeRange.high)")
        }
        guard layout.groupCount > 0 else { return }
        try progress(0)
        Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
            for row in rows { decodeRow(codes, row, layout, values + row * layout.columns) }
        }
    }

    private func decodeRow<T: WeightElement>(
        _ stored: StoredCodes, _ row: Int, _ layout: Layout, _ values: UnsafeMutablePointer<T>
    ) {
        let firstGroup = row * layout.groupsInRow
        let packed = stored.packed + row * layout.rowBytes
        let isSigned = scheme == .symmetric
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Layout.chunk) { codes in
            let codes = codes.baseAddress!
            layout.forEachChunk { chunk in
                PackedCodes.unpackRun(
                    packed + chunk.lowerBound / 8 * bits, chunk.count, bits, isSigned, codes)
                layout.forEachSegment(of: chunk) { group, segment in
                    let index = firstGroup + group
                    let grid = IntegerGrid(
                        self, scale: stored.scales[index], zero: isSigned ? 0 : stored.zeros?[index] ?? 0)
                    let offset = segment.lowerBound - chunk.lowerBound
                    decodeSegment(codes + offset, segment.count, grid, isSigned, values + segment.lowerBound)
                }
            }
        }
    }

    @inline(__always) private func decodeSegment<T: WeightElement>(
        _ codes: UnsafePointer<UInt8>, _ count: Int, _ grid: IntegerGrid, _ isSigned: Bool,
        _ values: UnsafeMutablePointer<T>
    ) {
        if let singles = values as? UnsafeMutablePointer<Float> {
            IntegerKernels.decode(codes, count, grid, isSigned, singles)
            return
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Layout.chunk) { singles in
            IntegerKernels.decode(codes, count, grid, isSigned, singles.baseAddress!)
            for index in 0..<count { values[index] = T(single: singles[index]) }
        }
    }
}
