/// Four-bit floats (E2M1) with a scale for each 32 (MXFP4) or 16 (NVFP4), and trits (TQ1_0, TQ2_0).

/// Twice the magnitudes of E2M1: halves are left to the scale, as ggml does. Code 8 is 0.
enum GgmlE2M1 {
    @inline(__always) static func twice(_ code: UInt8) -> Float {
        let magnitude = Float((0xC864_3210 as UInt32) >> UInt32(4 * (code & 7)) & 15)
        return code > 8 ? -magnitude : magnitude
    }
}

enum GgmlMXFP4: GgmlBlock {
    static var type: GgmlType { .mxfp4 }

    /// 2^(e - 128), half the scale that the exponent stands for.
    @inline(__always) static func halfScale(_ exponent: UInt8) -> Float {
        let exponent = UInt32(exponent)
        return Float(bitPattern: exponent < 2 ? 0x20_0000 << exponent : (exponent - 1) << 23)
    }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        let scale = halfScale(block[0])
        withGgmlLevels { codes in
            GgmlBits.readNibbles(block + 1, count: 32, half: 16, codes)
            for index in 0..<32 { values[index] = scale * GgmlE2M1.twice(codes[index]) }
        }
    }
}

enum GgmlNVFP4: GgmlBlock {
    static var type: GgmlType { .nvfp4 }

    /// Half of an E4M3 scale without a sign; 0 and 0x7F are 0. The top bit is not looked at.
    @inline(__always) static func halfScale(_ scale: UInt8) -> Float {
        let exponent = UInt32(scale >> 3 & 15)
        let mantissa = Float(scale & 7)
        guard scale != 0x7F else { return 0 }
        if exponent == 0 { return mantissa * 0x1p-10 }
        return (1 + mantissa / 8) * Float(bitPattern: (exponent + 127 - 8) << 23)
    }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        withGgmlLevels { codes in
            GgmlBits.readNibbles(block + 4, count: 64, half: 8, codes)
            for part in 0..<4 {
                let scale = halfScale(block[part])
                for index in 16 * part..<16 * part + 16 {
                    values[index] = scale * GgmlE2M1.twice(codes[index])
                }
            }
        }
    }
}

/// Five trits in a byte, as the ceiling of 256/243 of the number that they are in base 3: then the leading
/// trit is the integer part of 3/256 of the byte, and multiplying by 3 brings the next.
enum GgmlTQ1_0: GgmlBlock {
    static var type: GgmlType { .tq1_0 }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        let scale = block.half(at: 52)
        decodeRun(block, 32, 5, scale, values)
        decodeRun(block + 32, 16, 5, scale, values + 160)
        decodeRun(block + 48, 4, 4, scale, values + 240)
    }

    @inline(__always) private static func decodeRun(
        _ bytes: UnsafePointer<UInt8>, _ length: Int, _ trits: Int, _ scale: Float,
        _ values: UnsafeMutablePointer<Float>
    ) {
        var power: UInt8 = 1
        for n in 0..<trits {
            let to = values + length * n
            for m in 0..<length {
                let trit = (UInt32(bytes[m] &* power) * 3) >> 8
                to[m] = scale * Float(Int32(trit) - 1)
            }
            power &*= 3
        }
    }
}

enum GgmlTQ2_0: GgmlBlock {
    static var type: GgmlType { .tq2_0 }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        let scale = block.half(at: 64)
        withGgmlLevels { levels in
            GgmlBits.readPairs(block, shift: 0, levels)
            for index in 0..<256 { values[index] = scale * Float(Int32(levels[index]) - 1) }
        }
    }
}
