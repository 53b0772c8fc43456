/// Decoding the codes of a grid.
extension CompiledGrid {
    public func decode(
        _ packed: UnsafePointer<UInt8>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try decodeMatrix(packed, layout, parameters, progress, values) }

    public func decode(
        _ packed: UnsafePointer<UInt8>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, into values: UnsafeMutablePointer<HalfBits>
    ) throws(QuantcalError) { try decodeMatrix(packed, layout, parameters, progress, values) }

    public func decode(
        _ packed: UnsafePointer<UInt8>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, into values: UnsafeMutablePointer<BFloat16Bits>
    ) throws(QuantcalError) { try decodeMatrix(packed, layout, parameters, progress, values) }

    private func decodeMatrix<T: WeightElement>(
        _ packed: UnsafePointer<UInt8>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, _ values: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try Require.finite(parameters.scales, "scales")
        if let zeros = parameters.zeros { try Require.finite(zeros, "zeros") }
        guard layout.groupCount > 0 else { return }
        try progress(0)
        Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
            for row in rows {
                decodeRow(
                    packed + row * layout.rowBytes, row * layout.groupsInRow, layout, parameters,
                    values + row * layout.columns)
            }
        }
    }

    private func decodeRow<T: WeightElement>(
        _ packed: UnsafePointer<UInt8>, _ firstGroup: Int, _ layout: GroupLayout, _ parameters: Parameters,
        _ values: UnsafeMutablePointer<T>
    ) {
        let bits = grid.bits
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { buffer in
            layout.forEachChunk { chunk in
                let stretch = packed + chunk.lowerBound / 8 * bits
                let codes = PackedCodes.unpacked(stretch, chunk.count, bits, false, buffer.baseAddress!)
                let run = layout.run(chunk)
                let (scales, zeros) = parameters.from(firstGroup + run.firstGroup)
                fromSingles(values + chunk.lowerBound, chunk.count) { singles in
                    decode(codes, run, scales: scales, zeros: zeros, singles)
                }
            }
        }
    }
}
