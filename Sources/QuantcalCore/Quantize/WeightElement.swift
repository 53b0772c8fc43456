/// The element types of a weight matrix: single precision, IEEE half and bfloat16 (both as their
/// bits), all read and written as single precision.
public protocol WeightElement: BitwiseCopyable, Sendable {
    /// What kernels know it as.
    static var kernelType: Int32 { get }
    associatedtype Pattern: FixedWidthInteger & UnsignedInteger & Sendable
    var pattern: Pattern { get }
    /// Of infinity.
    static var infinityPattern: Pattern { get }
    var single: Float { get }
    /// Rounds to nearest, ties to even.
    init(single: Float)

    /// The same for runs.
    static func widen(_ values: UnsafePointer<Self>, _ count: Int, to singles: UnsafeMutablePointer<Float>)
    static func narrow(
        _ singles: UnsafePointer<Float>, _ count: Int, to values: UnsafeMutablePointer<Self>)
}

extension Float: WeightElement {
    @inline(__always) public static var kernelType: Int32 { 0 }
    @inline(__always) public var pattern: UInt32 { bitPattern }
    @inline(__always) public static var infinityPattern: UInt32 { 0x7F80_0000 }
    @inline(__always) public var single: Float { self }
    @inline(__always) public init(single: Float) { self = single }
}

/// An IEEE 754 half-precision number, as its bits. Conversions are by integers and exact scaling, since
/// baseline processors have no instruction for them; they give what those instructions give, also
/// for NaN.
public struct HalfBits: WeightElement {
    public var bits: UInt16

    @inline(__always) public init(bits: UInt16) { self.bits = bits }

    @inline(__always) public static var kernelType: Int32 { 1 }
    @inline(__always) public var pattern: UInt16 { bits }
    @inline(__always) public static var infinityPattern: UInt16 { 0x7C00 }

    @inline(__always) public var single: Float {
        let magnitude = UInt32(bits & 0x7FFF)
        let sign = UInt32(bits & 0x8000) << 16
        // Exponents move from bias 15 to 127; the product puts subnormals right.
        let finite = Float(bitPattern: magnitude << 13) * 0x1p+112
        let quiet: UInt32 = magnitude > 0x7C00 ? 0x40_0000 : 0
        let special = Float(bitPattern: magnitude << 13 | 0x7F80_0000 | quiet)
        let value = magnitude < 0x7C00 ? finite : special
        return Float(bitPattern: value.bitPattern | sign)
    }

    @inline(__always) public init(single: Float) {
        let sign = UInt16(truncatingIfNeeded: single.bitPattern >> 16) & 0x8000
        let magnitude = single.bitPattern & 0x7FFF_FFFF
        let rounded: UInt32
        if magnitude > 0x7F80_0000 {
            rounded = 0x7E00 | (magnitude >> 13) & 0x3FF
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

    @inline(__always) public static var kernelType: Int32 { 2 }
    @inline(__always) public var pattern: UInt16 { bits }
    @inline(__always) public static var infinityPattern: UInt16 { 0x7F80 }

    @inline(__always) public var single: Float { Float(bitPattern: UInt32(bits) << 16) }

    @inline(__always) public init(single: Float) {
        let pattern = single.bitPattern
        let isNaN = pattern & 0x7FFF_FFFF > 0x7F80_0000
        let rounded = (pattern &+ 0x7FFF &+ ((pattern >> 16) & 1)) >> 16
        bits = UInt16(truncatingIfNeeded: isNaN ? pattern >> 16 | 0x40 : rounded)
    }
}
