/// The conformal rank, exactly.
///
/// k is the smallest integer >= (n + 1)(1 - alpha), that is n + 1 - floor((n + 1) alpha), for the
/// decimal alpha that the caller typed. No pair (n, alpha) is off by one.
///
/// Source: Vovk, Gammerman, Shafer (2005).
public enum ConformalRank {
    /// n >= 0. The result is 1 to n + 1; n + 1 means that the threshold is +infinity.
    public static func rank(n: Int, alpha: Double) throws(QuantcalError) -> Int {
        let level = try ConformalLevel(alpha)
        guard n >= 0, n < Int.max else {
            throw QuantcalError(.size, "n is \(UInt(bitPattern: n)); n must be at most \(Int.max - 1)")
        }
        return n + 1 - Int(level.share(of: UInt256(UInt128(n + 1))).low)
    }

    /// floor(level (n + 1)) and ceil(level (n + 1)), for a level strictly between 0 and 1. 0 is the rank of
    /// -infinity, n + 1 that of +infinity.
    static func ranks(n: Int, level decimal: Decimal) -> (lower: Int, upper: Int) {
        // (n + 1) * digits < 2^63 * 10^17 < 10^36: above 10^38 as divisor the quotient is 0.
        guard let divisor = decimal.divisor else { return (0, 1) }
        let (quotient, rest) = (UInt128(n + 1) * UInt128(decimal.digits)).quotientAndRemainder(
            dividingBy: divisor)
        return (Int(quotient), Int(quotient) + (rest == 0 ? 0 : 1))
    }

    /// digits / 10^fractionDigits, for a number strictly between 0 and 1.
    struct Decimal {
        private(set) var digits: UInt64 = 0
        private(set) var fractionDigits = 0

        /// 10^fractionDigits, if it fits.
        var divisor: UInt128? {
            guard fractionDigits <= 38 else { return nil }
            return (0..<fractionDigits).reduce(1) { power, _ in power * 10 }
        }

        /// Reads what the standard library prints: "0.44", "1e-05", "2.5e-300".
        init(shortest value: Double) {
            let parts = value.description.split(separator: "e")
            var seenPoint = false
            for character in parts[0].utf8 {
                if character == UInt8(ascii: ".") {
                    seenPoint = true
                } else {
                    digits = digits * 10 + UInt64(character - UInt8(ascii: "0"))
                    if seenPoint { fractionDigits += 1 }
                }
            }
            if parts.count > 1, let exponent = Int(parts[1]) { fractionDigits -= exponent }
        }
    }
}

/// A level strictly between 0 and 1 as the decimal that the caller typed: the shortest one that rounds to
/// the given double. 0.44 as a double is a little above 44/100, and that alone would move a rank.
struct ConformalLevel {
    let value: Double
    let decimal: ConformalRank.Decimal

    init(_ alpha: Double, _ name: String = "alpha") throws(QuantcalError) {
        try Require.level(alpha, name)
        value = alpha
        decimal = ConformalRank.Decimal(shortest: alpha)
    }

    /// A rate, which may also be 0 or 1.
    init(rate: Double, _ name: String) throws(QuantcalError) {
        guard !rate.isNaN else { throw QuantcalError(.notFinite, "\(name) is nan; \(name) must be 0 to 1") }
        guard rate >= 0, rate <= 1 else {
            throw QuantcalError(.domain, "\(name) is \(rate); \(name) must be 0 to 1")
        }
        value = rate
        decimal = ConformalRank.Decimal(shortest: rate.magnitude)  // of -0, too
    }

    /// floor(level * whole), for a whole number >= 0.
    func share(of whole: Int) -> Int { Int(share(of: UInt256(UInt128(whole))).low) }

    /// floor(level * whole), for whole < 2^199.
    func share(of whole: UInt256) -> UInt256 {
        // A product below 2^256 is less than this power of ten.
        guard decimal.fractionDigits < 78 else { return UInt256(0) }
        // There are at most 17 digits.
        return Self.divide(whole * decimal.digits, byTenTo: decimal.fractionDigits)
    }

    /// floor((level - count * other) * whole), or nil if nothing is left of the level. The other one is at least
    /// 10^-20, and count * other is below 1.
    func share(of whole: UInt64, less count: UInt64, times other: ConformalLevel) -> UInt64? {
        // Then nothing is left; and of what is left below, the digits that follow the point are few.
        guard value > other.value else { return nil }
        let digits = max(decimal.fractionDigits, other.decimal.fractionDigits)
        let scaled = { (decimal: ConformalRank.Decimal) in
            (decimal.fractionDigits..<digits).reduce(UInt128(decimal.digits)) { number, _ in number * 10 }
        }
        let (mine, taken) = (scaled(decimal), scaled(other.decimal) * UInt128(count))
        guard mine > taken else { return nil }
        return UInt64(Self.divide(UInt256(mine - taken) * whole, byTenTo: digits).low)
    }

    private static func divide(_ number: UInt256, byTenTo power: Int) -> UInt256 {
        var (result, left) = (number, power)
        // Rounding down twice is rounding down once.
        while left > 0 {
            let step = min(left, powersOfTen.count - 1)
            result = result / powersOfTen[step]
            left -= step
        }
        return result
    }

    /// What is left of the whole: ceil((1 - level) * whole).
    func rest(of whole: UInt256) -> UInt256 { whole - share(of: whole) }

    /// All that fit into 64 bits.
    private static let powersOfTen: [UInt64] = (0..<20).map { (0..<$0).reduce(1) { power, _ in power * 10 } }
}
