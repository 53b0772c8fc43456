import Synchronization

/// Encoding a matrix to blocks. They are made beside the caller's memory, which is written only when all
/// numbers have been seen to be finite and nobody has stopped the work.
public struct GgmlEncoding {
    /// How levels and scales are found.
    public enum Mode: Int32, CaseIterable, Sendable {
        /// As ggml's reference encoders do, byte for byte.
        case reference = 0
        /// With little squared error, and never more than in mode reference.
        case best = 1
    }

    public let type: GgmlType
    public var mode = Mode.best
    public var progress = Progress.none

    public init(_ type: GgmlType) { self.type = type }

    public func layout(rows: Int, columns: Int) throws(QuantcalError) -> GgmlType.Layout {
        guard type.isEncodable else {
            throw QuantcalError(
                .options, "type is \(type.rawValue); \(type.name) can be decoded, and not encoded")
        }
        return try type.layout(rows: rows, columns: columns)
    }

    public func encode(
        _ values: UnsafePointer<Float>, _ importance: UnsafeBufferPointer<Float>?, _ layout: GgmlType.Layout,
        into blocks: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodeMatrix(values, importance, layout, blocks) }

    public func encode(
        _ values: UnsafePointer<HalfBits>, _ importance: UnsafeBufferPointer<Float>?,
        _ layout: GgmlType.Layout, into blocks: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodeMatrix(values, importance, layout, blocks) }

    public func encode(
        _ values: UnsafePointer<BFloat16Bits>, _ importance: UnsafeBufferPointer<Float>?,
        _ layout: GgmlType.Layout, into blocks: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodeMatrix(values, importance, layout, blocks) }

    private func encodeMatrix<T: WeightElement>(
        _ values: UnsafePointer<T>, _ importance: UnsafeBufferPointer<Float>?, _ layout: GgmlType.Layout,
        _ blocks: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        if let importance { _ = try Require.notNegative(importance, "importance") }
        guard layout.blockCount > 0 else { return }
        let work = GgmlEncodingWork(
            values: values, importance: importance?.baseAddress, layout: layout,
            isBest: mode == .best, blocks: try Scratch(layout.bytes),
            meanSquares: try importance == nil ? Scratch(0) : meanSquares(values, layout))
        switch type {
        case .f16: try work.run(GgmlF16.self, progress)
        case .bf16: try work.run(GgmlBF16.self, progress)
        case .q4_0: try work.run(GgmlQ4_0.self, progress)
        case .q4_1: try work.run(GgmlQ4_1.self, progress)
        case .q5_0: try work.run(GgmlQ5_0.self, progress)
        case .q5_1: try work.run(GgmlQ5_1.self, progress)
        case .q8_0: try work.run(GgmlQ8_0.self, progress)
        case .q2_K: try work.run(GgmlQ2K.self, progress)
        case .q3_K: try work.run(GgmlQ3K.self, progress)
        case .q4_K: try work.run(GgmlQ4K.self, progress)
        case .q5_K: try work.run(GgmlQ5K.self, progress)
        case .q6_K: try work.run(GgmlQ6K.self, progress)
        case .iq4_NL: try work.run(GgmlIQ4NL.self, progress)
        case .iq4_XS: try work.run(GgmlIQ4XS.self, progress)
        case .tq1_0: try work.run(GgmlTQ1_0.self, progress)
        case .tq2_0: try work.run(GgmlTQ2_0.self, progress)
        case .mxfp4: try work.run(GgmlMXFP4.self, progress)
        case .nvfp4: try work.run(GgmlNVFP4.self, progress)
        default: return  // has no encoding layout
        }
        blocks.update(from: work.blocks.buffer.baseAddress!, count: layout.bytes)
    }
}

extension GgmlEncoding {
    /// Of each row, for the types where the importance of an element depends on it.
    private func meanSquares<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GgmlType.Layout
    ) throws(QuantcalError) -> Scratch<Float> {
        guard [.q4_0, .q4_1, .q5_0, .q5_1].contains(type) else { return try Scratch(0) }
        let scratch = try Scratch<Float>(layout.rows)
        let (means, columns) = (scratch.buffer, layout.columns)
        // Each sum runs in the order of its row; four rows side by side, as each addition waits for the last.
        let last = layout.rows - 1
        Parallel.forEachRange(of: last / 4 + 1, grain: max(1, (1 << 15) / columns)) { groups in
            for group in groups {
                let rows = SIMD4(0, 1, 2, 3) &+ 4 * group
                let places = rows.replacing(with: last, where: rows .> last) &* columns
                let (x0, x1) = (values + places[0], values + places[1])
                let (x2, x3) = (values + places[2], values + places[3])
                var (sum0, sum1, sum2, sum3): (Float, Float, Float, Float) = (0, 0, 0, 0)
                for column in 0..<columns {
                    let (a, b, c, d) = (
                        x0[column].single, x1[column].single, x2[column].single, x3[column].single
                    )
                    sum0 += a * a
                    sum1 += b * b
                    sum2 += c * c
                    sum3 += d * d
                }
                for (row, sum) in [sum0, sum1, sum2, sum3].enumerated() where 4 * group + row <= last {
                    means[4 * group + row] = sum / Float(columns)
                }
            }
        }
        return scratch
    }
}

extension GgmlEncodable {
    /// One piece of code for numbers of all types.
    @inline(never) fileprivate static func write(_ batch: GgmlBatch, isBest: Bool) {
        if isBest { encodeBest(batch) } else { encode(batch) }
    }
}

/// The blocks of one call while they are made.
private struct GgmlEncodingWork<T: WeightElement>: ~Copyable {
    let values: UnsafePointer<T>
    let importance: UnsafePointer<Float>?
    let layout: GgmlType.Layout
    let isBest: Bool
    let blocks: Scratch<UInt8>
    /// Of each row, or none.
    let meanSquares: Scratch<Float>

    /// Elements of a task, and between two reports of progress.
    private static var grain: Int { 1 << 14 }
    private static var report: Int { 1 << 20 }

    func run<B: GgmlEncodable>(_ kind: B.Type, _ progress: Progress) throws(QuantcalError) {
        let length = B.type.blockLength
        let most = progress.isNone ? layout.blockCount : Self.report / length
        for first in stride(from: 0, to: layout.blockCount, by: most) {
            try progress(Double(first) / Double(layout.blockCount))
            let count = min(most, layout.blockCount - first)
            let isBad = Atomic<Bool>(false)
            Parallel.forEachRange(of: count, grain: Self.grain / length) { range in
                if !encode(kind, first + range.lowerBound..<first + range.upperBound) {
                    isBad.store(true, ordering: .relaxed)
                }
            }
            guard !isBad.load(ordering: .relaxed) else { throw notFinite() }
        }
    }

    /// False if a number is not finite.
    private func encode<B: GgmlEncodable>(_ kind: B.Type, _ range: Range<Int>) -> Bool {
        let (length, bytes) = (B.type.blockLength, B.type.blockBytes)
        var isFinite = true
        GgmlWork.with { work in
            for first in stride(from: range.lowerBound, to: range.upperBound, by: GgmlBatch.length / length) {
                let count = min(GgmlBatch.length / length, range.upperBound - first)
                let x = read(first * length, count * length, work.singles)
                isFinite = areFinite(x)
                guard isFinite else { return }
                let batch = GgmlBatch(
                    x: x, count: count, importance: readImportance(first, count, length, work),
                    blocks: blocks.buffer.baseAddress! + first * bytes, work: work)
                B.write(batch, isBest: isBest)
            }
        }
        return isFinite
    }

    /// The numbers of a batch in single precision: where they are, or converted, with zeros behind them.
    @inline(__always) private func read(
        _ first: Int, _ count: Int, _ singles: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        if count == GgmlBatch.length, let values = values as? UnsafePointer<Float> { return values + first }
        for index in 0..<count { singles[index] = values[first + index].single }
        for index in count..<GgmlBatch.length { singles[index] = 0 }
        return UnsafePointer(singles)
    }

    /// The importance of each number of a batch: that of its column. Nil where there is none.
    private func readImportance(
        _ first: Int, _ count: Int, _ length: Int, _ work: GgmlWork
    ) -> GgmlImportance? {
        guard let importance else { return nil }
        for index in count * length..<GgmlBatch.length { work.importance[index] = 0 }
        for block in 0..<count {
            let row = (first + block) / layout.blocksInRow
            let column = (first + block - row * layout.blocksInRow) * length
            (work.importance + block * length).update(from: importance + column, count: length)
            if !meanSquares.buffer.isEmpty { work.rowMeanSquares[block] = meanSquares.buffer[row] }
        }
        return GgmlImportance(
            weights: UnsafePointer(work.importance), rowMeanSquares: UnsafePointer(work.rowMeanSquares))
    }

    /// A magnitude of infinity or more carries into the sign bit.
    @inline(__always) private func areFinite(_ x: UnsafePointer<Float>) -> Bool {
        var seen: UInt32 = 0
        for index in 0..<GgmlBatch.length { seen |= (x[index].bitPattern & 0x7FFF_FFFF) + 0x80_0000 }
        return seen < 0x8000_0000
    }

    private func notFinite() -> QuantcalError {
        let all = UnsafeBufferPointer(start: values, count: layout.rows * layout.columns)
        let index = all.firstIndex { !$0.single.isFinite } ?? 0
        return QuantcalError(
            .notFinite, "values[\(index)] is \(all[index].single); values must be finite")
    }
}
