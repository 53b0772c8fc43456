/// The thresholds q k / m of a step-up procedure, k = 1 to m, as fractions numerator * k / denominator.
///
/// q is the decimal that the caller typed, so that nothing is lost where a p-value equals a threshold: 1/5 is at
/// most 0.2 * 1 / 1. Where the decimal has too many digits for 63 bits, q is rounded down by less than
/// m / 2^61.
struct SelectionLevel {
    let q: Double
    let m: Int
    let numerator: UInt64
    let denominator: UInt64
    /// More than how far from a whole number a guess is that should be one.
    private static let doubt = 0x1p-16

    /// Whether the fraction is q / m itself, and both of its parts are doubles.
    private let isShort: Bool

    /// 1 to 2^31 points.
    init(q: Double, m: Int) throws(QuantcalError) {
        try Require.level(q, "q")
        (self.q, self.m) = (q, m)
        let decimal = ConformalRank.Decimal(shortest: q)
        if let divisor = decimal.divisor, divisor < UInt128(1) << 63 / UInt128(m) {
            (numerator, denominator) = (decimal.digits, UInt64(divisor) * UInt64(m))
            isShort = denominator < 1 << 53
        } else {
            let shift = m.leadingZeroBitCount - 2
            numerator = UInt64((q * Double(sign: .plus, exponent: shift, significand: 1)).rounded(.down))
            denominator = UInt64(m) << UInt64(shift)
            isShort = false
        }
    }

    /// q k / m to the nearest double; off by a few units in the last place if q has many digits.
    func threshold(_ k: Int) -> Double {
        isShort ? Double(numerator * UInt64(k)) / Double(denominator) : q * Double(k) / Double(m)
    }

    /// m / (q k) likewise.
    func evidence(_ k: Int) -> Double {
        isShort ? Double(denominator) / Double(numerator * UInt64(k)) : Double(m) / (q * Double(k))
    }

    /// Whether part / whole, each up to 2^31, is at most q k / m, exactly.
    @inline(__always) func admits(_ part: Int, of whole: Int, _ k: Int) -> Bool {
        let left = UInt64(part).multipliedFullWidth(by: denominator)
        let right = UInt64(whole).multipliedFullWidth(by: numerator * UInt64(k))
        return (left.high, left.low) <= (right.high, right.low)
    }

    /// The smallest k, 1 to m, for which `holds`, which holds for all after it; m + 1 if there is none.
    /// `guess` is near it, if q is not at the end of the range of doubles.
    @inline(__always) func first(near guess: Double, _ holds: (Int) -> Bool) -> Int {
        let middle = guess < Double(m) ? Int(guess) : m
        let rest = guess - Double(middle)
        // No quotient of a few roundings is off by so much. Most guesses are decided here.
        if isShort, rest > Self.doubt, rest < 1 - Self.doubt || middle == m { return middle + 1 }
        let (low, high) = (max(1, middle - 2), min(m + 1, middle + 3))
        let isInside = (low == 1 || !holds(low - 1)) && (high > m || holds(high))
        return Search.first(in: isInside ? low..<high : 1..<m + 1, holds)
    }
}
