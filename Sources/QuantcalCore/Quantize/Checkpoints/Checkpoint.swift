/// An integer matrix in the layout of another runtime: the same codes and parameters in other places.
public struct Checkpoint {
    public let format: CheckpointFormat
    public let layout: GroupLayout
    private let options: IntegerQuantization
    private let codes: PackedLanes
    private let zeros: PackedLanes?

    public var weightBytes: Int { codes.bytes }
    public var zeroBytes: Int { zeros?.bytes ?? 0 }

    /// Rows whose codes and zero points share no byte with others, in any format.
    private static let band = 32

    /// What is stored: `zeros` is not used where there are none.
    public struct Parts {
        let weights: UnsafeMutablePointer<UInt8>
        let scales: UnsafeMutablePointer<Float>
        let zeros: UnsafeMutablePointer<UInt8>?

        public init(
            weights: UnsafeMutablePointer<UInt8>, scales: UnsafeMutablePointer<Float>,
            zeros: UnsafeMutablePointer<UInt8>?
        ) {
            (self.weights, self.scales, self.zeros) = (weights, scales, zeros)
        }
    }

    public struct StoredParts {
        let weights: UnsafePointer<UInt8>
        let scales: UnsafeBufferPointer<Float>
        let zeros: UnsafePointer<UInt8>?

        public init(
            weights: UnsafePointer<UInt8>, scales: UnsafeBufferPointer<Float>, zeros: UnsafePointer<UInt8>?
        ) {
            (self.weights, self.scales, self.zeros) = (weights, scales, zeros)
        }
    }

    /// Checks that the format has such a matrix.
    public init(
        _ format: CheckpointFormat, _ options: IntegerQuantization, rows: Int, columns: Int
    ) throws(QuantcalError) {
        layout = try options.layout(rows: rows, columns: columns)
        try format.check(options, layout)
        codes = try format.codes(options, layout)
        zeros = try format.zeros(options, layout)
        (self.format, self.options) = (format, options)
    }

    private var isSymmetric: Bool { options.scheme == .symmetric }
    private var middle: Int { 1 << (options.bits - 1) }
    private var highest: Int { 1 << options.bits - 1 }

    /// Where a group's scale lies.
    private func scaleIndex(_ row: Int, _ group: Int) -> Int {
        format.isGroupMajor ? group * layout.rows + row : row * layout.groupsInRow + group
    }

    public func write(
        _ stored: IntegerQuantization.StoredCodes, to parts: Parts
    ) throws(QuantcalError) {
        try Require.finite(stored.scales, "scales")
        if !isSymmetric, let zeros = stored.zeros { try checkZeros(zeros) }
        guard layout.groupCount > 0 else { return }
        try options.progress(0)
        parts.weights.update(repeating: 0, count: codes.bytes)
        if let zeros { parts.zeros?.update(repeating: 0, count: zeros.bytes) }
        forEachRow { row in
            writeCodes(stored, row, parts)
            writeParameters(stored, row, parts)
        }
    }

    private func checkZeros(_ zeros: UnsafeBufferPointer<UInt8>) throws(QuantcalError) {
        let allowed = format.zeroOffset...highest
        guard let index = zeros.firstIndex(where: { !allowed.contains(Int($0)) }) else { return }
        let value = zeros[index]
        throw QuantcalError(
            .domain,
            "zeros[\(index)] is \(value); "
                + (value == 0
                    ? "the first version of GPTQ cannot hold 0, the second can"
                    : "zeros must be at most \(highest)"))
    }

    private func writeCodes(
        _ stored: IntegerQuantization.StoredCodes, _ row: Int, _ parts: Parts
    ) {
        let packed = stored.packed + row * layout.rowBytes
        let lift = UInt8(isSymmetric ? middle : 0)
        withChunks { chunk, unpacked in
            PackedCodes.unpackRun(
                packed + chunk.lowerBound / 8 * options.bits, chunk.count, options.bits, false, unpacked)
            for (index, column) in chunk.enumerated() {
                codes.add(unpacked[index] ^ lift, row: row, column: column, to: parts.weights)
            }
        }
    }

    private func writeParameters(
        _ stored: IntegerQuantization.StoredCodes, _ row: Int, _ parts: Parts
    ) {
        for group in 0..<layout.groupsInRow {
            let index = row * layout.groupsInRow + group
            parts.scales[scaleIndex(row, group)] = stored.scales[index]
            guard let zeros, let memory = parts.zeros else { continue }
            let zero = isSymmetric ? middle : Int(stored.zeros?[index] ?? 0)
            zeros.add(UInt8(zero - format.zeroOffset), row: row, column: group, to: memory)
        }
    }

    public func read(
        _ parts: StoredParts, into output: IntegerQuantization.Codes
    ) throws(QuantcalError) {
        try Require.finite(parts.scales, "weight_scales")
        try checkStoredZeros(parts)
        guard layout.groupCount > 0 else { return }
        try options.progress(0)
        forEachRow { row in
            readCodes(parts, row, output)
            for group in 0..<layout.groupsInRow {
                let index = row * layout.groupsInRow + group
                output.scales[index] = parts.scales[scaleIndex(row, group)]
                if !isSymmetric { output.zeros?[index] = UInt8(zero(parts, row, group)) }
            }
        }
    }

    private func zero(_ parts: StoredParts, _ row: Int, _ group: Int) -> Int {
        guard let zeros, let memory = parts.zeros else { return middle }
        return Int(zeros.code(row: row, column: group, in: memory)) + format.zeroOffset
    }

    private func checkStoredZeros(_ parts: StoredParts) throws(QuantcalError) {
        guard zeros != nil else { return }
        for row in 0..<layout.rows {
            for group in 0..<layout.groupsInRow {
                let zero = zero(parts, row, group)
                if isSymmetric ? zero == middle : zero <= highest { continue }
                let wanted = isSymmetric ? "\(middle) if the matrix is symmetric" : "at most \(highest)"
                throw QuantcalError(
                    .domain, "the zero point of row \(row), group \(group) is \(zero); it must be \(wanted)")
            }
        }
    }

    private func readCodes(_ parts: StoredParts, _ row: Int, _ output: IntegerQuantization.Codes) {
        let packed = output.packed + row * layout.rowBytes
        let lift = UInt8(isSymmetric ? middle : 0)
        withChunks { chunk, unpacked in
            for (index, column) in chunk.enumerated() {
                unpacked[index] = codes.code(row: row, column: column, in: parts.weights) ^ lift
            }
            PackedCodes.packRun(
                unpacked, chunk.count, options.bits, packed + chunk.lowerBound / 8 * options.bits)
        }
    }

    private func withChunks(_ body: (Range<Int>, UnsafeMutablePointer<UInt8>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { memory in
            layout.forEachChunk { body($0, memory.baseAddress!) }
        }
    }

    private func forEachRow(_ body: (Int) -> Void) {
        let bands = (layout.rows + Self.band - 1) / Self.band
        Parallel.forEachRange(of: bands, grain: max(layout.rowsPerTask / Self.band, 1)) { range in
            let rows = range.lowerBound * Self.band..<min(range.upperBound * Self.band, layout.rows)
            for row in rows { body(row) }
        }
    }
}
