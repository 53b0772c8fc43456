/// A whole number of 256 bits, for products that must stay exact.
struct UInt256: BitwiseCopyable, Equatable {
    var high: UInt128
    var low: UInt128

    init(high: UInt128 = 0, _ low: UInt128) { (self.high, self.low) = (high, low) }

    /// value * 2^shift, which must fit.
    init(_ value: UInt64, shiftedLeft shift: Int) {
        let wide = UInt128(value)
        high = shift < 128 ? (shift == 0 ? 0 : wide >> (128 - shift)) : wide << (shift - 128)
        low = wide << shift
    }

    static func + (a: UInt256, b: UInt256) -> UInt256 {
        let (low, carry) = a.low.addingReportingOverflow(b.low)
        return UInt256(high: a.high &+ b.high &+ (carry ? 1 : 0), low)
    }

    /// a is at least b.
    static func - (a: UInt256, b: UInt256) -> UInt256 {
        let (low, borrow) = a.low.subtractingReportingOverflow(b.low)
        return UInt256(high: a.high &- b.high &- (borrow ? 1 : 0), low)
    }

    /// The product must fit.
    static func * (a: UInt256, b: UInt64) -> UInt256 {
        let product = a.low.multipliedFullWidth(by: UInt128(b))
        return UInt256(high: a.high &* UInt128(b) &+ product.high, product.low)
    }

    /// The quotient, rounded down.
    static func / (a: UInt256, divisor: UInt64) -> UInt256 {
        var rest: UInt64 = 0
        func next(_ part: UInt64) -> UInt128 {
            let (quotient, remainder) = divisor.dividingFullWidth((rest, part))
            rest = remainder
            return UInt128(quotient)
        }
        let (h1, h0) = (UInt64(a.high >> 64), UInt64(truncatingIfNeeded: a.high))
        let (l1, l0) = (UInt64(a.low >> 64), UInt64(truncatingIfNeeded: a.low))
        let high = next(h1) << 64 | next(h0)
        return UInt256(high: high, next(l1) << 64 | next(l0))
    }
}
