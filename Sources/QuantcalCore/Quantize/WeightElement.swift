/// The element types of a weight matrix: single precision, IEEE half and bfloat16 (both as their
/// bits), all read and written as single precision.
public protocol WeightElement: BitwiseCopyable, Sendable {
    var single: Float { get }
    /// Rounds to nearest, ties to even.
    init(single: Float)
}

extension Float: WeightElement {
    @inline(__always) public var single: Float { self }
    @inline(__always) public init(single: Float) { self = single }
}

/// An IEEE 754 half-precision number, as its bits. Conversions are by integers and exact scaling:
/// baseline processors have no instruction for them.
public struct HalfBits: WeightElement {
    public var bits: UInt16

    @inline(__always) public init(bits: UInt16) { self.bits = bits }

    @inline(__always) public var single: Float {
        let magnitude = UInt32(bits & 0x7FFF)
        let sign = UInt32(bits & 0x8000) << 16
        // Exponents move from bias 15 to 127; the product puts subnormals right.
        let finite = Float(bitPattern: magnitude << 13) * 0x1p+112
        let special = Float(bitPattern: magnitude << 13 | 0x7F80_0000)
        let value = magnitude < 0x7C00 ? finite : special
        return Float(bitPattern: value.bitPattern | sign)
    }

    @inline(__always) public init(single: Float) {
        let sign = UInt16(truncatingIfNeeded: single.bitPattern >> 16) & 0x8000
        let magnitude = single.bitPattern & 0x7FFF_FFFF
        let rounded: UInt32
        if magnitude > 0x7F80_0000 {
            rounded = 0x7E00
        } else if magnitude >= 0x477F_F000 {  // 65520 and above round to infinity
            rounded = 0x7C00
        } else if magnitude < 0x3880_0000 {  // below 2^-14: subnormal, in units of 2^-24
            let units = Float(bitPattern: magnitude) * 0x1p+24 + 8_388_608
            rounded = units.bitPattern &- 0x4B00_0000
        } else {
            let even = (magnitude >> 13) & 1
            rounded = (magnitude &- 0x3800_0000 &+ 0xFFF &+ even) >> 13
        }
        bits = sign | UInt16(truncatingIfNeeded: rounded)
    }
}

/// A bfloat16 number, as its bits: the upper half of a single.
public struct BFloat16Bits: WeightElement {
    public var bits: UInt16

    @inline(__always) public init(bits: UInt16) { self.bits = bits }

    @inline(__always) public var single: Float { Float(bitPattern: UInt32(bits) << 16) }

    @inline(__always) public init(single: Float) {
        let pattern = single.bitPattern
        let isNaN = pattern & 0x7FFF_FFFF > 0x7F80_0000
        let rounded = (pattern &+ 0x7FFF &+ ((pattern >> 16) & 1)) >> 16
        bits = UInt16(truncatingIfNeeded: isNaN ? pattern >> 16 | 0x40 : rounded)
    }
}
