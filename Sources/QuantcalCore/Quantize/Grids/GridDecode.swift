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
        levels.withUnsafeBufferPointer { levels in
            Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
                for row in rows {
                    decodeRow(
                        packed + row * layout.rowBytes, row * layout.groupsInRow, layout, parameters, levels,
                        values + row * layout.columns)
                }
            }
        }
    }

    private func decodeRow<T: WeightElement>(
        _ packed: UnsafePointer<UInt8>, _ firstGroup: Int, _ layout: GroupLayout, _ parameters: Parameters,
        _ levels: UnsafeBufferPointer<Float>, _ values: UnsafeMutablePointer<T>
    ) {
        let bits = grid.bits
        let levels = levels.baseAddress!
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { codes in
            let codes = codes.baseAddress!
            layout.forEachChunk { chunk in
                PackedCodes.unpackRun(packed + chunk.lowerBound / 8 * bits, chunk.count, bits, false, codes)
                layout.forEachSegment(of: chunk) { group, segment in
                    let scale = parameters.scales[firstGroup + group]
                    let zero = parameters.zero(firstGroup + group)
                    let codes = codes + (segment.lowerBound - chunk.lowerBound)
                    let values = values + segment.lowerBound
                    for index in 0..<segment.count {
                        values[index] = T(single: (levels[Int(codes[index])] - zero) * scale)
                    }
                }
            }
        }
    }
}
