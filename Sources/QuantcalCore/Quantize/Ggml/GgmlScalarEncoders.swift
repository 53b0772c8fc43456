/// Encoders of the types with one scale. Levels are of numbers times the inverse of the scale before it is
/// rounded to half precision, as ggml has it.

extension GgmlF16: GgmlEncodable {
    static func encode(_ batch: GgmlBatch) {
        for index in 0..<batch.count { batch.blocks.store(half: batch.x[index], at: 2 * index) }
    }
}

extension GgmlBF16: GgmlEncodable {
    static func encode(_ batch: GgmlBatch) {
        for index in 0..<batch.count {
            batch.blocks.store16(BFloat16Bits(single: batch.x[index]).bits, at: 2 * index)
        }
    }
}

extension GgmlQ8_0: GgmlEncodable {
    static func encode(_ batch: GgmlBatch) {
        if let kernel = Kernels.ggmlBytes { return kernel(batch.x, batch.count, batch.blocks) }
        encodeReference(batch.x, batch.count, batch.blocks)
    }

    static func encodeReference(
        _ x: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutablePointer<UInt8>
    ) {
        for block in 0..<count { span(x + 32 * block, blocks + block * type.blockBytes) }
    }

    @inline(__always) private static func span(
        _ x: UnsafePointer<Float>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        let scale = ggmlPeak(x, 32) / 127
        let inverse = GgmlRounding.inverse(scale)
        block.store(half: scale, at: 0)
        for index in 0..<32 {
            block[2 + index] = UInt8(truncatingIfNeeded: GgmlRounding.awayFromZero(x[index] * inverse))
        }
    }
}

extension GgmlQ4_0: GgmlEncodable {}
extension GgmlQ4_1: GgmlEncodable {}
extension GgmlQ5_0: GgmlEncodable {}
extension GgmlQ5_1: GgmlEncodable {}

extension GgmlSmallInteger {
    private static var top: Int32 { 1 << Int32(bits) - 1 }

    static func encode(_ batch: GgmlBatch) {
        if batch.importance != nil { return search(batch) }
        if let kernel = Kernels.ggmlIntegers {
            return kernel(batch.x, batch.count, Int32(bits), hasMinimum ? 1 : 0, batch.blocks)
        }
        encodeReference(batch.x, batch.count, batch.blocks)
    }

    static func encodeReference(
        _ x: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutablePointer<UInt8>
    ) {
        withGgmlLevels { levels in
            for block in 0..<count {
                let (x, bytes) = (x + 32 * block, blocks + block * type.blockBytes)
                if hasMinimum { spanRange(x, levels, bytes) } else { spanExtreme(x, levels, bytes) }
                writeLevels(levels, bytes)
            }
        }
    }

    /// The extreme becomes level 0; the other side has one level less.
    @inline(__always) private static func spanExtreme(
        _ x: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        let zero = Float((top + 1) / 2)
        let scale = ggmlExtreme(x, 32) / -zero
        let inverse = GgmlRounding.inverse(scale)
        block.store(half: scale, at: 0)
        for index in 0..<32 {
            let level = GgmlRounding.truncated(x[index] * inverse + (zero + 0.5), top)
            levels[index] = UInt8(truncatingIfNeeded: level)
        }
    }

    @inline(__always) private static func spanRange(
        _ x: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        let (low, high) = ggmlRange(x, 32)
        let scale = (high - low) / Float(top)
        let inverse = GgmlRounding.inverse(scale)
        block.store(half: scale, at: 0)
        block.store(half: low, at: 2)
        for index in 0..<32 {
            let level = GgmlRounding.truncated((x[index] - low) * inverse + 0.5, top)
            levels[index] = UInt8(truncatingIfNeeded: level)
        }
    }

    private static func search(_ batch: GgmlBatch) {
        let work = batch.work
        let parts = batch.parts(of: 32) { part, importance in
            part < batch.count ? importance.rowMeanSquares[part] : 0
        }
        if hasMinimum {
            parts.searchOffsets(.forImportance(top: top), work.scales, work.minima, work.levels)
        } else {
            parts.searchSigned(top: (top + 1) / 2, work.scales, work.levels)
        }
        for block in 0..<batch.count {
            let bytes = batch.blocks + block * type.blockBytes
            bytes.store(half: work.scales[block], at: 0)
            if hasMinimum { bytes.store(half: -work.minima[block], at: 2) }
            writeLevels(work.levels + 32 * block, bytes)
        }
    }

    @inline(__always) static func writeLevels(
        _ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        GgmlBits.writeIntegers(levels, bits: bits, block + fifthBitsOffset)
    }
}
