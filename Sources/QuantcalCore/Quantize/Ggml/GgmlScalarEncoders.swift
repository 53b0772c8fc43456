/// Encoders of the types with one scale. Levels are of numbers times the inverse of the scale before it is
/// rounded to half precision, as ggml has it.

extension GgmlF16: GgmlEncodable {
    @inline(__always) static func encode(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
    ) { block.store(half: x[0], at: 0) }
}

extension GgmlBF16: GgmlEncodable {
    @inline(__always) static func encode(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
    ) { block.store16(BFloat16Bits(single: x[0]).bits, at: 0) }
}

extension GgmlQ8_0: GgmlEncodable {
    @inline(__always) static func encode(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
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

    @inline(__always) static func encode(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        if let importance {
            search(x, importance, work, block)
        } else if hasMinimum {
            spanRange(x, work, block)
        } else {
            spanExtreme(x, work, block)
        }
        writeLevels(work.levels, block)
    }

    /// The extreme becomes level 0; the other side has one level less.
    @inline(__always) private static func spanExtreme(
        _ x: UnsafePointer<Float>, _ work: GgmlWork, _ block: UnsafeMutablePointer<UInt8>
    ) {
        let zero = Float((top + 1) / 2)
        let scale = ggmlExtreme(x, 32) / -zero
        let inverse = GgmlRounding.inverse(scale)
        block.store(half: scale, at: 0)
        for index in 0..<32 {
            let level = GgmlRounding.truncated(x[index] * inverse + (zero + 0.5), top)
            work.levels[index] = UInt8(truncatingIfNeeded: level)
        }
    }

    @inline(__always) private static func spanRange(
        _ x: UnsafePointer<Float>, _ work: GgmlWork, _ block: UnsafeMutablePointer<UInt8>
    ) {
        var (low, high) = (x[0], x[0])
        for index in 1..<32 {
            low = x[index] < low ? x[index] : low
            high = x[index] > high ? x[index] : high
        }
        let scale = (high - low) / Float(top)
        let inverse = GgmlRounding.inverse(scale)
        block.store(half: scale, at: 0)
        block.store(half: low, at: 2)
        for index in 0..<32 {
            let level = GgmlRounding.truncated((x[index] - low) * inverse + 0.5, top)
            work.levels[index] = UInt8(truncatingIfNeeded: level)
        }
    }

    private static func search(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        importance.fill(work.weights, x, 0..<32, meanSquare: importance.rowMeanSquare)
        if hasMinimum {
            let search = GgmlSearch.Offsets(top: top, first: -0.9, step: 0.05, count: 36, isAbsolute: false)
            let fit = GgmlSearch.affine(x, work.weights, 32, search, work.levels, trial: work.trial)
            block.store(half: fit.scale, at: 0)
            block.store(half: -fit.minimum, at: 2)
        } else {
            let scale = GgmlSearch.signed(x, work.weights, 32, top: (top + 1) / 2, work.levels)
            block.store(half: scale, at: 0)
        }
    }

    @inline(__always) private static func writeLevels(
        _ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        GgmlBits.writeNibbles(levels, count: 32, half: 16, block + nibblesOffset)
        guard bits == 5 else { return }
        var fifths: UInt32 = 0
        for index in 0..<32 { fifths |= UInt32(levels[index] >> 4) << UInt32(index) }
        block.store16(UInt16(truncatingIfNeeded: fifths), at: fifthBitsOffset)
        block.store16(UInt16(truncatingIfNeeded: fifths >> 16), at: fifthBitsOffset + 2)
    }
}
