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
        let (scheme, codeRange) = (scheme, codeRange)
        let grids = try layout.mappedRanges(values, progress) { ranges, grids in
            for index in ranges.indices {
                grids[index] = IntegerGrid(scheme, codeRange, ranges[index], for: T.self)
            }
        }
        layout.forEachRowAgain { row in
            encodeRow(values + row * layout.columns, row, layout, grids.buffer.baseAddress!, codes.packed)
        }
        for (index, grid) in grids.buffer.enumerated() {
            codes.scales[index] = grid.scale
            if scheme == .affine { codes.zeros?[index] = UInt8(truncatingIfNeeded: grid.zero) }
        }
    }

    private func encodeRow<T: WeightElement>(
        _ values: UnsafePointer<T>, _ row: Int, _ layout: Layout, _ grids: UnsafePointer<IntegerGrid>,
        _ packed: UnsafeMutablePointer<UInt8>
    ) {
        let grids = grids + row * layout.groupsInRow
        let packed = packed + row * layout.rowBytes
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Layout.stretch) { buffer in
            layout.forEachStretch { chunk in
                // Codes of eight bits are stored as they are.
                let codes = bits == 8 ? packed + chunk.lowerBound : buffer.baseAddress!
                let run = layout.run(chunk)
                IntegerKernels.encode(values + chunk.lowerBound, run, grids + run.firstGroup, codes)
                if bits < 8 {
                    PackedCodes.packRun(codes, chunk.count, bits, packed + chunk.lowerBound / 8 * bits)
                }
            }
        }
    }
}
