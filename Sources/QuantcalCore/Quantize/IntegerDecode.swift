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
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Layout.chunk) { buffer in
            layout.forEachChunk { chunk in
                let stretch = packed + chunk.lowerBound / 8 * bits
                let codes = PackedCodes.unpacked(stretch, chunk.count, bits, isSigned, buffer.baseAddress!)
                let run = layout.run(chunk)
                let group = firstGroup + run.firstGroup
                fromSingles(values + chunk.lowerBound, chunk.count) { singles in
                    IntegerKernels.decode(
                        codes, run, stored.scales.baseAddress! + group,
                        isSigned ? nil : stored.zeros.map { $0.baseAddress! + group }, isSigned, singles)
                }
            }
        }
    }
}
