/// The conformal rank, exactly.
///
/// k is the smallest integer >= (n + 1)(1 - alpha), that is n + 1 - floor((n + 1) alpha), for the
/// decimal alpha that the caller typed: the shortest one that rounds to the given double. Integers
/// of 128 bits hold every step, so no pair (n, alpha) is off by one.
///
/// Source: Vovk, Gammerman, Shafer (2005). Departure: the level is read as a decimal, because
/// 0.44 as a double is a little above 44/100 and that alone moves the rank.
public enum ConformalRank {
    /// n >= 0. The result is 1 to n + 1; n + 1 means that the threshold is +infinity.
    public static func rank(n: Int, alpha: Double) throws(QuantcalError) -> Int {
        try Require.level(alpha)
        guard n >= 0, n < Int.max else {
            throw QuantcalError(.size, "n is \(UInt(bitPattern: n)); n must be at most \(Int.max - 1)")
        }
        let decimal = Decimal(shortest: alpha)
        // (n + 1) * digits < 2^63 * 10^17 < 10^36: above 10^38 as divisor the quotient is 0.
        guard let divisor = decimal.divisor else { return n + 1 }
        let excluded = UInt128(n + 1) * UInt128(decimal.digits) / divisor
        return n + 1 - Int(excluded)
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
