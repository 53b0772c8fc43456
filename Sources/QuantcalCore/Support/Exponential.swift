/// exp(x) for x <= 0 and log(x) for normal x > 0, the same bits on every processor: additions,
/// multiplications and divisions in a fixed order, none of them fused. `CQuantcalKernels/softmax_lanes.h`
/// has the same steps on vectors.
///
/// Single precision: Cody-Waite reduction by ln 2 in two parts and a polynomial of degree 6 for e^r,
/// within 1 ulp. Double precision: Taylor's polynomial of degree 13, |r| <= ln(2)/2, within 1 ulp. The
/// logarithm is that of Tang (1990): log(1 + f) by the odd series in f / (2 + f), within 1 ulp.
enum Exponential {
    @inline(__always) static func exp(_ x: Float) -> Float {
        let bounded = x < -104 ? -104 : x
        let magic: Float = 12_582_912  // 1.5 * 2^23: adding it rounds to an integer
        let shifted = bounded * 1.442_695_04 + magic
        let n = shifted - magic
        let r = (bounded - n * 0.693_359_375) + n * 2.121_944_40e-4
        var p: Float = 0.001_381_454_018
        p = p * r + 0.008_368_745_109
        p = p * r + 0.041_668_390_78
        p = p * r + 0.166_665_204
        p = p * r + 0.499_999_934_3
        let power = 1 + (r + (r * r) * p)
        // Two factors, because 2^n may be below the smallest normal number.
        let exponent = Int32(bitPattern: shifted.bitPattern) &- Int32(bitPattern: magic.bitPattern)
        let half = exponent >> 1
        let first = Float(bitPattern: UInt32(bitPattern: (half &+ 127) << 23))
        let second = Float(bitPattern: UInt32(bitPattern: (exponent &- half &+ 127) << 23))
        return (power * first) * second
    }

    @inline(__always) static func exp(_ x: Double) -> Double {
        let bounded = x < -746 ? -746 : x
        let magic = 6_755_399_441_055_744.0  // 1.5 * 2^52
        let shifted = bounded * 1.442_695_040_888_963_4 + magic
        let n = shifted - magic
        let r = (bounded - n * 0.693_147_180_369_123_82) - n * 1.908_214_929_270_587_7e-10
        var p = 1.605_904_383_682_161_3e-10  // 1 / 13!
        p = p * r + 2.087_675_698_786_809_8e-9
        p = p * r + 2.505_210_838_544_171_9e-8
        p = p * r + 2.755_731_922_398_589_3e-7
        p = p * r + 2.755_731_922_398_589_3e-6
        p = p * r + 2.480_158_730_158_730_2e-5
        p = p * r + 1.984_126_984_126_984_1e-4
        p = p * r + 1.388_888_888_888_889e-3
        p = p * r + 8.333_333_333_333_333e-3
        p = p * r + 4.166_666_666_666_666_4e-2
        p = p * r + 0.166_666_666_666_666_66
        p = p * r + 0.5
        let power = 1 + (r + (r * r) * p)
        let exponent = Int64(bitPattern: shifted.bitPattern) &- Int64(bitPattern: magic.bitPattern)
        let half = exponent >> 1
        let first = Double(bitPattern: UInt64(bitPattern: (half &+ 1023) << 52))
        let second = Double(bitPattern: UInt64(bitPattern: (exponent &- half &+ 1023) << 52))
        return (power * first) * second
    }

    @inline(__always) static func log(_ x: Double) -> Double {
        let offset = x.bitPattern &- 0x3FE6_A09E_667F_3BCD  // bits of sqrt(1/2)
        let exponent = Int64(bitPattern: offset) >> 52
        let mantissa = Double(bitPattern: (offset & 0x000F_FFFF_FFFF_FFFF) &+ 0x3FE6_A09E_667F_3BCD)
        let f = mantissa - 1
        let s = f / (2 + f)
        let z = s * s
        var t = 1.0 / 19
        t = t * z + 1.0 / 17
        t = t * z + 1.0 / 15
        t = t * z + 1.0 / 13
        t = t * z + 1.0 / 11
        t = t * z + 1.0 / 9
        t = t * z + 1.0 / 7
        t = t * z + 1.0 / 5
        t = t * z + 1.0 / 3
        t = t * z
        let h = 0.5 * f * f
        let e = Double(exponent)
        return e * 0.693_147_180_369_123_82
            - ((h - (s * (h + 2 * t) + e * 1.908_214_929_270_587_7e-10)) - f)
    }
}
