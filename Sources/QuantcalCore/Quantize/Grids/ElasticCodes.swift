/// Midrise codes read at fewer bits.
///
/// The cells of a midrise grid of b bits are halves of those of b - 1 bits, so that a code's leading bits
/// are the code on the coarser grid. The levels are k + 1/2 in units of the scale.
public struct ElasticCodes {
    let bits: Int
    let fewerBits: Int
    /// Whether scales are fitted to the numbers that the codes stand for.
    let refits: Bool

    public init(bits: Int, fewerBits: Int, refits: Bool) throws(QuantcalError) {
        guard (1...8).contains(bits) else {
            throw QuantcalError(.domain, "bits is \(bits); bits must be 1 to 8")
        }
        guard (1...bits).contains(fewerBits) else {
            throw QuantcalError(.domain, "fewer_bits is \(fewerBits); fewer_bits must be 1 to \(bits)")
        }
        (self.bits, self.fewerBits, self.refits) = (bits, fewerBits, refits)
    }

    /// The sums that a scale of least squares is made of, in units of a quarter: levels are odd halves.
    private struct Sums: BitwiseCopyable {
        var products = 0
        var squares = 0
    }

    /// `layout` is that of the given codes.
    public func callAsFunction(
        _ codes: UnsafePointer<UInt8>, _ scales: UnsafeBufferPointer<Float>, _ layout: GroupLayout,
        _ progress: Progress, into fewerCodes: UnsafeMutablePointer<UInt8>,
        _ fewerScales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try Require.positive(scales, "scales")
        guard layout.groupCount > 0 else { return }
        let fewerRowBytes = try PackedCodes.rowBytes(columns: layout.columns, bits: fewerBits)
        let isShared = layout.groupsInRow == 0
        let sums = try Scratch<Sums>(zeroed: refits ? (isShared ? layout.rows : layout.groupCount) : 0)
        try progress(0)
        Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
            for row in rows {
                shorten(
                    codes + row * layout.rowBytes, layout, fewerCodes + row * fewerRowBytes,
                    refits ? sums.buffer.baseAddress! + (isShared ? row : row * layout.groupsInRow) : nil)
            }
        }
        if refits, isShared {
            for row in 1..<max(layout.rows, 1) {
                sums.buffer[0].products += sums.buffer[row].products
                sums.buffer[0].squares += sums.buffer[row].squares
            }
        }
        for group in 0..<layout.groupCount {
            let exact =
                refits
                ? Double(scales[group]) * Double(sums.buffer[group].products)
                    / Double(sums.buffer[group].squares)
                : Double(scales[group]) * Double(1 << (bits - fewerBits))
            fewerScales[group] = Float(min(exact, Double(Float.greatestFiniteMagnitude)))
        }
    }

    private func shorten(
        _ packed: UnsafePointer<UInt8>, _ layout: GroupLayout, _ target: UnsafeMutablePointer<UInt8>,
        _ sums: UnsafeMutablePointer<Sums>?
    ) {
        let shift = UInt8(bits - fewerBits)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * GroupLayout.chunk) { memory in
            let (codes, fewer) = (memory.baseAddress!, memory.baseAddress! + GroupLayout.chunk)
            layout.forEachChunk { chunk in
                PackedCodes.unpackRun(
                    packed + chunk.lowerBound / 8 * bits, chunk.count, bits, false, codes)
                for index in 0..<chunk.count { fewer[index] = codes[index] >> shift }
                PackedCodes.packRun(
                    fewer, chunk.count, fewerBits, target + chunk.lowerBound / 8 * fewerBits)
                guard let sums else { return }
                let run = layout.run(chunk)
                run.forEachSegment { group, segment in
                    let slot = layout.groupsInRow == 0 ? sums : sums + run.firstGroup + group
                    for index in segment {
                        let level = 2 * Int(codes[index]) + 1 - (1 << bits)
                        let coarse = 2 * Int(fewer[index]) + 1 - (1 << fewerBits)
                        slot.pointee.products += level * coarse
                        slot.pointee.squares += coarse * coarse
                    }
                }
            }
        }
    }
}
