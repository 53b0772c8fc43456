/// A pair of numbers in eight bits: two integers of four bits, or an outlier and its victim, 0, which the
/// bits 1000 mark (OliVe: Guo et al., 2023). Departures: of two outliers the larger stays, and pairs
/// do not reach from one row into the next.
struct OutlierVictimPair {
    /// Of the two halves of the byte: units of the scale, and their four bits.
    var first: Half
    var second: Half

    struct Half {
        var units: Float
        var bits: UInt8

        static let victim = Half(units: 0, bits: 0b1000)

        /// The nearest integer from -7 to 7, ties to even.
        init(normal quotient: Float) {
            units = min(max(quotient.rounded(.toNearestOrEven), -7), 7)
            bits = UInt8(truncatingIfNeeded: Int32(units)) & 15
        }

        /// The nearest number of two bits of exponent and one of mantissa, ties to even; magnitudes of at
        /// least 9.5.
        init(outlier quotient: Float) {
            let magnitude = min(max(abs(quotient), 12), 96)
            // A step of the mantissa: 4 in 8 to 16, 8 in 16 to 32, ...
            let step = Float(sign: .plus, exponent: Int(magnitude.exponent) - 1, significand: 1)
            let rounded = (magnitude / step).rounded(.toNearestOrEven) * step
            let mantissa = UInt8(rounded.significand == 1.5 ? 1 : 0)
            let code = UInt8(truncatingIfNeeded: Int(rounded.exponent) - 3) << 1 | mantissa
            units = quotient < 0 ? -rounded : rounded
            bits = (quotient < 0 ? 8 : 0) | code
        }

        private init(units: Float, bits: UInt8) { (self.units, self.bits) = (units, bits) }
    }

    /// Beyond this a number is an outlier: halfway from the largest integer to the smallest outlier.
    private static let border: Float = 9.5

    init(_ a: Float, _ b: Float) {
        if max(abs(a), abs(b)) <= Self.border {
            (first, second) = (Half(normal: a), Half(normal: b))
        } else if abs(a) >= abs(b) {
            (first, second) = (Half(outlier: a), .victim)
        } else {
            (first, second) = (.victim, Half(outlier: b))
        }
    }

    var byte: UInt8 { first.bits | second.bits << 4 }

    /// The units of a byte's halves.
    static func units(_ byte: UInt8) -> (Float, Float) {
        let (a, b) = (byte & 15, byte >> 4)
        if a == Half.victim.bits { return (0, b == Half.victim.bits ? 0 : outlier(b)) }
        if b == Half.victim.bits { return (outlier(a), 0) }
        return (Float(Int8(bitPattern: a << 4) >> 4), Float(Int8(bitPattern: b << 4) >> 4))
    }

    private static func outlier(_ bits: UInt8) -> Float {
        guard bits & 7 != 0 else { return 0 }
        let magnitude = Float(
            sign: .plus, exponent: Int(bits >> 1 & 3) + 3, significand: bits & 1 == 0 ? 1 : 1.5)
        return bits & 8 == 0 ? magnitude : -magnitude
    }
}
