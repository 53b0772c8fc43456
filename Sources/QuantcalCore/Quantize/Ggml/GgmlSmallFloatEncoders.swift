import Glibc

/// Encoders of four-bit floats and trits.

extension GgmlE2M1 {
    /// The nearest code for a scale `half` that is half of 1; ties go to the smaller magnitude, and what
    /// rounds to 0 has no sign.
    @inline(__always) static func code(_ value: Float, half: Float) -> UInt8 {
        let magnitude = value.magnitude
        var code: UInt8 = 0
        code += magnitude > 0.5 * half ? 1 : 0
        code += magnitude > 1.5 * half ? 1 : 0
        code += magnitude > 2.5 * half ? 1 : 0
        code += magnitude > 3.5 * half ? 1 : 0
        code += magnitude > 5 * half ? 1 : 0
        code += magnitude > 7 * half ? 1 : 0
        code += magnitude > 10 * half ? 1 : 0
        return value < 0 && code > 0 ? code | 8 : code
    }
}

extension GgmlMXFP4: GgmlEncodable {
    /// floor(log2(peak)) - 2, biased by 127. The logarithm is rounded to single precision, which just below a
    /// power of two gives the next one. Where ggml's byte would wrap around below 0, it is 0.
    private static func exponent(_ peak: Float) -> UInt8 {
        guard peak > 0 else { return 0 }
        let isNearNext = peak.significandBitPattern >= 0x7F_FF00 || !peak.isNormal
        let power = isNearNext ? Int(Float(log2(Double(peak))).rounded(.down)) : Int(peak.exponent)
        return UInt8(clamping: power + 125)
    }

    static func encode(_ batch: GgmlBatch) { batch.forEachBlock(of: self, encode) }

    @inline(__always) private static func encode(
        _ x: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        block[0] = exponent(ggmlPeak(x, 32))
        let half = halfScale(block[0])
        for index in 0..<32 { levels[index] = GgmlE2M1.code(x[index], half: half) }
        GgmlBits.writeNibbles(levels, count: 32, half: 16, block + 1)
    }
}

extension GgmlNVFP4: GgmlEncodable {
    /// E4M3 without a sign as ggml rounds it: subnormals stop at 7, halves go up, and from 248 on all is 448.
    private static func scale(_ value: Float) -> UInt8 {
        guard value > 0 else { return 0 }
        let value = min(value, 448)
        let exponent = Int32(value.exponent) + 7
        if exponent <= 0 || !value.isNormal { return UInt8(GgmlRounding.truncated(value * 512 + 0.5, 7)) }
        // The mantissa's carry goes on into the exponent.
        let bits =
            UInt32(exponent) << 3 + value.significandBitPattern >> 20 + value.significandBitPattern >> 19 & 1
        return bits >= 15 << 3 ? 0x7E : UInt8(truncatingIfNeeded: bits)
    }

    static func encode(_ batch: GgmlBatch) { batch.forEachBlock(of: self, encode) }

    @inline(__always) private static func encode(
        _ x: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        for part in 0..<4 {
            block[part] = scale(ggmlPeak(x + 16 * part, 16) / 6)
            let half = halfScale(block[part])
            for index in 16 * part..<16 * part + 16 {
                levels[index] = half > 0 ? GgmlE2M1.code(x[index], half: half) : 0
            }
        }
        GgmlBits.writeNibbles(levels, count: 64, half: 8, block + 4)
    }
}

/// Levels 0, 1 and 2 for -d, 0 and d, d being the peak.
@inline(__always) private func fillTrits(
    _ x: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>
) -> Float {
    let scale = ggmlPeak(x, 256)
    let inverse = GgmlRounding.inverse(scale)
    for index in 0..<256 {
        let trit = GgmlRounding.awayFromZero(x[index] * inverse)
        levels[index] = UInt8(truncatingIfNeeded: trit + 1)
    }
    return scale
}

extension GgmlTQ1_0: GgmlEncodable {
    static func encode(_ batch: GgmlBatch) { batch.forEachBlock(of: self, encode) }

    private static func encode(
        _ x: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        block.store(half: fillTrits(x, levels), at: 52)
        encodeRun(levels, 32, 5, block)
        encodeRun(levels + 160, 16, 5, block + 32)
        encodeRun(levels + 240, 4, 4, block + 48)
    }

    @inline(__always) private static func encodeRun(
        _ trits: UnsafePointer<UInt8>, _ length: Int, _ count: Int, _ bytes: UnsafeMutablePointer<UInt8>
    ) {
        for m in 0..<length {
            var number: UInt32 = 0
            for n in 0..<5 { number = 3 * number + (n < count ? UInt32(trits[length * n + m]) : 0) }
            bytes[m] = UInt8(truncatingIfNeeded: (number * 256 + 242) / 243)
        }
    }
}

extension GgmlTQ2_0: GgmlEncodable {
    static func encode(_ batch: GgmlBatch) { batch.forEachBlock(of: self, encode) }

    private static func encode(
        _ x: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        block.store(half: fillTrits(x, levels), at: 64)
        GgmlBits.writePairs(levels, shift: 0, block)
    }
}
