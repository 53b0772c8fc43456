import Synchronization

/// Encoding a matrix to the codes of a grid. What may not be encoded is refused in a pass before the
/// one that writes.
extension CompiledGrid {
    /// The parameters of each group.
    public struct Parameters {
        let scales: UnsafeBufferPointer<Float>
        /// In units of levels; nil: none.
        let zeros: UnsafeBufferPointer<Float>?

        public init(scales: UnsafeBufferPointer<Float>, zeros: UnsafeBufferPointer<Float>?) {
            (self.scales, self.zeros) = (scales, zeros)
        }

        /// For what divides by scales.
        func check() throws(QuantcalError) {
            try Require.positive(scales, "scales")
            if let zeros { try Require.finite(zeros, "zeros") }
        }

        func zero(_ group: Int) -> Float { zeros?[group] ?? 0 }

        /// From a group on.
        func from(_ group: Int) -> (scales: UnsafePointer<Float>, zeros: UnsafePointer<Float>?) {
            (scales.baseAddress! + group, zeros.map { $0.baseAddress! + group })
        }
    }

    public func encode(
        _ values: UnsafePointer<Float>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, into packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodeMatrix(values, layout, parameters, progress, packed) }

    public func encode(
        _ values: UnsafePointer<HalfBits>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, into packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodeMatrix(values, layout, parameters, progress, packed) }

    public func encode(
        _ values: UnsafePointer<BFloat16Bits>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, into packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodeMatrix(values, layout, parameters, progress, packed) }

    private func encodeMatrix<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, _ packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        try parameters.check()
        guard layout.groupCount > 0 else { return }
        try requireEncodable(values, layout, largestBits, progress)
        layout.forEachRowAgain { row in
            encodeRow(
                values + row * layout.columns, row * layout.groupsInRow, layout, parameters,
                packed + row * layout.rowBytes)
        }
    }

    private func encodeRow<T: WeightElement>(
        _ values: UnsafePointer<T>, _ firstGroup: Int, _ layout: GroupLayout, _ parameters: Parameters,
        _ packed: UnsafeMutablePointer<UInt8>
    ) {
        let bits = grid.bits
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.stretch) { codes in
            let codes = codes.baseAddress!
            layout.forEachStretch { chunk in
                let run = layout.run(chunk)
                let (scales, zeros) = parameters.from(firstGroup + run.firstGroup)
                let target = packed + chunk.lowerBound / 8 * bits
                // Codes of eight bits are stored as they are.
                let codes = bits == 8 ? target : codes
                nearest.encode(values + chunk.lowerBound, run, scales: scales, zeros: zeros, codes)
                if bits < 8 { PackedCodes.packRun(codes, chunk.count, bits, target) }
            }
        }
    }
}

/// Refuses values whose magnitude has larger bits than those given: of infinity or of the largest finite
/// number, or none.
func requireEncodable<T: WeightElement>(
    _ values: UnsafePointer<T>, _ layout: GroupLayout, _ largestBits: UInt32, _ progress: Progress
) throws(QuantcalError) {
    guard largestBits < .max else { return try progress(0) }
    let allowsInfinity = largestBits >= Float.infinity.bitPattern
    let isBad = Atomic<Bool>(false)
    let rowsBetweenReports = layout.rowsBetweenReports(progress)
    for first in stride(from: 0, to: layout.rows, by: rowsBetweenReports) {
        try progress(Double(first) / Double(layout.rows))
        let count = min(rowsBetweenReports, layout.rows - first)
        Parallel.forEachRange(of: count, grain: layout.rowsPerTask) { rows in
            let part = UnsafeBufferPointer(
                start: values + (first + rows.lowerBound) * layout.columns,
                count: rows.count * layout.columns)
            if !isEncodable(part, allowsInfinity) { isBad.store(true, ordering: .relaxed) }
        }
    }
    guard isBad.load(ordering: .relaxed) else { return }
    let all = UnsafeBufferPointer(start: values, count: layout.rows * layout.columns)
    let index = all.firstIndex { $0.single.bitPattern & 0x7FFF_FFFF > largestBits } ?? 0
    let expected = allowsInfinity ? "not be NaN, which this grid does not have" : "be finite"
    throw QuantcalError(
        .notFinite, "values[\(index)] is \(all[index].single); values must \(expected)")
}

private func isEncodable<T: WeightElement>(
    _ values: UnsafeBufferPointer<T>, _ allowsInfinity: Bool
) -> Bool {
    // Lifted by this, bits that are too large carry into the sign.
    let magnitude = T.Pattern.max >> 1
    let lift = magnitude - (T.infinityPattern - (allowsInfinity ? 0 : 1))
    var seen: T.Pattern = 0
    for value in values { seen |= (value.pattern & magnitude) &+ lift }
    return seen <= magnitude
}
