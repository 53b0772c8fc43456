/// Whether a sum of n losses is small enough: (sum + bound) / (n + 1) <= alpha.
///
/// Compared as (sum + bound) 10^d <= (n + 1) digits, alpha being the decimal digits / 10^d that the caller
/// typed: exactly, if sum + bound is a double and d at most 22, else in twice the precision of a double. A level
/// of more decimals, or numbers of extreme size, are compared as the doubles that they are.
struct ConformalRiskLevel {
    /// A power of two that losses are multiplied by before they are summed.
    let scale: Double
    private let bound: Double
    private let power: DoubleDouble
    private let limit: DoubleDouble
    private let points: Double

    /// `greatest` is the magnitude of the largest loss.
    init(alpha: Double, bound: Double, n: Int, greatest: Double) throws(QuantcalError) {
        try Self.requirePositive(alpha, "alpha")
        try Self.requirePositive(bound, "bound")
        scale = PowerOfTwo.bringing(max(greatest, max(bound, alpha)), above: -300, below: 300)
        self.bound = bound * scale
        points = Double(n) + 1
        let decimal = ConformalRank.Decimal(shortest: alpha)
        if scale == 1, (0...22).contains(decimal.fractionDigits), let divisor = decimal.divisor {
            power = DoubleDouble(high: Double(divisor))
            let product = UInt128(n + 1) * UInt128(decimal.digits)
            let high = Double(product)
            limit = DoubleDouble(high: high, low: Double(Int128(product) - Int128(high)))
        } else {
            power = DoubleDouble(high: 1)
            limit = DoubleDouble(high: alpha * scale) * DoubleDouble(high: points)
        }
    }

    static func requirePositive(_ value: Double, _ name: String) throws(QuantcalError) {
        guard value.isFinite else {
            throw QuantcalError(.notFinite, "\(name) is \(value); \(name) must be finite and > 0")
        }
        guard value > 0 else {
            throw QuantcalError(.domain, "\(name) is \(value); \(name) must be finite and > 0")
        }
    }

    private func withBound(_ sum: DoubleDouble) -> DoubleDouble {
        var total = sum
        total += bound
        return total.normalized
    }

    func accepts(_ sum: DoubleDouble) -> Bool { (withBound(sum) * power - limit).value <= 0 }

    /// (sum + bound) / (n + 1).
    func expected(_ sum: DoubleDouble) -> Double {
        withBound(sum) / DoubleDouble(high: points) / scale
    }
}
