import Synchronization

/// Encoding a matrix to the codes of a grid. What may not be encoded is refused before anything is
/// written.
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
        // Codes that may not be written before all values are known wait, as far as there is room.
        var rows = largestBits == .max ? 0 : min(layout.rows, Self.mostWaiting / layout.rowBytes)
        if rows < layout.rows { rows -= rows % layout.rowsPerTask }
        guard let room = try? Scratch<UInt8>(rows * layout.rowBytes) else {
            let none = (rows: 0, codes: packed)
            return try encodeMatrix(values, layout, parameters, progress, waiting: none, packed)
        }
        let waiting = (rows: rows, codes: room.buffer.baseAddress!)
        try encodeMatrix(values, layout, parameters, progress, waiting: waiting, packed)
    }

    /// Bytes.
    private static let mostWaiting = 1 << 25

    /// `waiting`: how many of the first rows' codes wait, whole tasks or all, and where.
    private func encodeMatrix<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, waiting: (rows: Int, codes: UnsafeMutablePointer<UInt8>),
        _ packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        let encode = { (rows: Range<Int>, codes: UnsafeMutablePointer<UInt8>) in
            rows.reduce(UInt32(0)) { largest, row in
                let line = values + row * layout.columns
                let target = codes + row * layout.rowBytes
                return max(largest, encodeRow(line, row * layout.groupsInRow, layout, parameters, target))
            }
        }
        try requireEncodable(values, layout, largestBits, progress) { rows in
            rows.upperBound <= waiting.rows ? encode(rows, waiting.codes) : nil
        }
        layout.forEachTaskAgain { rows in
            guard rows.upperBound <= waiting.rows else { return _ = encode(rows, packed) }
            let first = rows.lowerBound * layout.rowBytes
            (packed + first).update(from: waiting.codes + first, count: rows.count * layout.rowBytes)
        }
    }

    /// Returns the bits of the largest magnitude.
    private func encodeRow<T: WeightElement>(
        _ values: UnsafePointer<T>, _ firstGroup: Int, _ layout: GroupLayout, _ parameters: Parameters,
        _ packed: UnsafeMutablePointer<UInt8>
    ) -> UInt32 {
        let bits = grid.bits
        var largest: UInt32 = 0
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.stretch) { codes in
            let codes = codes.baseAddress!
            layout.forEachStretch { chunk in
                let run = layout.run(chunk)
                let (scales, zeros) = parameters.from(firstGroup + run.firstGroup)
                let target = packed + chunk.lowerBound / 8 * bits
                // Codes of eight bits are stored as they are.
                let codes = bits == 8 ? target : codes
                let bitsHere = nearest.encode(
                    values + chunk.lowerBound, run, scales: scales, zeros: zeros, codes)
                largest = max(largest, bitsHere)
                if bits < 8 { PackedCodes.packRun(codes, chunk.count, bits, target) }
            }
        }
        return largest
    }
}

/// Refuses values whose magnitude has larger bits than those given: of infinity or of the largest finite
/// number, or none. `visit` may look at some rows itself, and gives the bits of their largest magnitude
/// then.
func requireEncodable<T: WeightElement>(
    _ values: UnsafePointer<T>, _ layout: GroupLayout, _ largestBits: UInt32, _ progress: Progress,
    _ visit: (Range<Int>) -> UInt32? = { _ in nil }
) throws(QuantcalError) {
    guard largestBits < .max else { return try progress(0) }
    let allowsInfinity = largestBits >= Float.infinity.bitPattern
    let isBad = Atomic<Bool>(false)
    let rowsBetweenReports = layout.rowsBetweenReports(progress)
    for first in stride(from: 0, to: layout.rows, by: rowsBetweenReports) {
        try progress(Double(first) / Double(layout.rows))
        let count = min(rowsBetweenReports, layout.rows - first)
        Parallel.forEachRange(of: count, grain: layout.rowsPerTask) { rows in
            let rows = first + rows.lowerBound..<first + rows.upperBound
            let part = UnsafeBufferPointer(
                start: values + rows.lowerBound * layout.columns, count: rows.count * layout.columns)
            let isGood = visit(rows).map { $0 <= largestBits } ?? isEncodable(part, allowsInfinity)
            if !isGood { isBad.store(true, ordering: .relaxed) }
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
