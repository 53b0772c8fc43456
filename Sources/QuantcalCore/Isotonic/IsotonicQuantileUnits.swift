/// Integers for the slopes of quantile losses: a weight w counts as so many units, and the level is a
/// fraction, so that a breakpoint has `denominator` slopes for each unit.
struct IsotonicQuantileUnits {
    let numerator: Int64
    let denominator: Int64
    /// Two powers of two, as their product may be out of range.
    private let scale: (Double, Double)
    /// How many bits the slopes of one point need.
    let bits: Int

    /// The weights are positive or 0, and not all 0.
    init<T: Scalar>(level: Double, weights: UnsafeBufferPointer<T>?) {
        (numerator, denominator) = Self.fraction(level)
        let levelBits = Int64.bitWidth - denominator.leadingZeroBitCount
        guard let weights else {
            scale = (1, 1)
            bits = levelBits
            return
        }
        var (lowest, highest) = (Int.max, Int.min)
        for weight in weights where weight > 0 {
            let weight = Double(weight)
            lowest = min(lowest, Int(weight.exponent) - weight.significandWidth)
            highest = max(highest, Int(weight.exponent))
        }
        // Where 126 bits are not enough, the light weights are rounded.
        lowest = max(lowest, highest + levelBits + 1 - 126)
        scale = (
            Double(sign: .plus, exponent: -lowest / 2, significand: 1),
            Double(sign: .plus, exponent: -lowest - -lowest / 2, significand: 1)
        )
        bits = highest - lowest + 1 + levelBits
    }

    @inline(__always) func count<Mass: FixedWidthInteger>(of weight: Double) -> Mass {
        max(1, Mass(weight * scale.0 * scale.1))
    }

    /// The level as the caller meant it: the first continued fraction that rounds to it. So 0.9 is 9/10 and
    /// 1.0 / 3 is a third. A level below 2^-60 counts as that.
    static func fraction(_ level: Double) -> (numerator: Int64, denominator: Int64) {
        let level = max(level, 0x1p-60)
        let exponent = 52 - Int(level.exponent)
        var (larger, smaller) = (UInt128(1) << exponent, UInt128(level.significandBitPattern | 1 << 52))
        var last: (numerator: Int64, denominator: Int64) = (1, 0)
        var this: (numerator: Int64, denominator: Int64) = (0, 1)
        while Double(this.numerator) / Double(this.denominator) != level {
            let (quotient, rest) = larger.quotientAndRemainder(dividingBy: smaller)
            let whole = Int64(quotient)
            (last, this) = (
                this,
                (
                    whole &* this.numerator &+ last.numerator,
                    whole &* this.denominator &+ last.denominator
                )
            )
            (larger, smaller) = (smaller, rest)
        }
        return this
    }
}
