/// The element types of the library's arrays: `Float` and `Double`, with the bits that vectorised
/// checks and ordered keys need. Algorithms are generic over it inside this module, and called
/// with concrete types from the module's edge, so that the compiler specialises them.
public protocol Scalar: BinaryFloatingPoint, BitwiseCopyable, CustomStringConvertible, Sendable {
    associatedtype Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable
    var bitPattern: Bits { get }
    init(bitPattern: Bits)
}

extension Float: Scalar {}
extension Double: Scalar {}

extension Scalar {
    /// All bits but the sign.
    @inline(__always) static var magnitudeMask: Bits { Bits.max >> 1 }

    /// The bits of +infinity: every finite magnitude is below, every NaN above.
    @inline(__always) static var infinityBits: Bits { Self.infinity.bitPattern }

    /// An unsigned key in the order of the numbers, with -0 just below +0 and NaN at the ends.
    @inline(__always) var orderedKey: Bits {
        let sign = Bits(1) << (Bits.bitWidth - 1)
        return bitPattern & sign != 0 ? ~bitPattern : bitPattern | sign
    }

    /// The number whose `orderedKey` is `key`.
    @inline(__always) init(orderedKey key: Bits) {
        let sign = Bits(1) << (Bits.bitWidth - 1)
        self.init(bitPattern: key & sign != 0 ? key ^ sign : ~key)
    }

    /// The mean of two finite numbers, correctly rounded where their sum is in range.
    @inline(__always) func middle(to other: Self) -> Self {
        let sum = self + other
        return sum.isFinite ? sum / 2 : self / 2 + other / 2
    }
}
