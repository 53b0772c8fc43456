/// A sum of doubles, or of products of two, without any rounding, for sums that cancel almost wholly.
///
/// Every bit has its place in a number with a fixed point, of digits of 32 bits, from the square of the
/// least double to the square of 2^1024. Digits are held in 64 bits each, and carried only now and then.
///
/// Source: Kulisch's long accumulator, with delayed carries as in Neal (2015).
struct ExactSum {
    /// Twice the exponent of the least double.
    private static let lowestExponent = -2148
    private static let digitCount = 136
    /// As many numbers can be added before a digit could overflow.
    private static let additions = 1 << 30

    private let digits: UnsafeMutablePointer<Int64>
    private var room = Self.additions

    /// Calls `body` with an empty sum.
    static func with<Result>(_ body: (inout ExactSum) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: digitCount) { memory in
            memory.initialize(repeating: 0)
            var sum = ExactSum(digits: memory.baseAddress!)
            return body(&sum)
        }
    }

    private init(digits: UnsafeMutablePointer<Int64>) { self.digits = digits }

    /// Adds the product of two finite numbers.
    mutating func addProduct(_ a: Double, _ b: Double) {
        guard a != 0, b != 0 else { return }
        let (first, second) = (Self.parts(a), Self.parts(b))
        var (high, low) = first.significand.multipliedFullWidth(by: second.significand)
        let exponent = first.exponent + second.exponent - Self.lowestExponent
        let (digit, shift) = (exponent >> 5, UInt64(exponent & 31))
        // 106 bits and the shift are at most 137: what leaves the high word is a digit of its own.
        let top = shift == 0 ? 0 : high >> (64 - shift)
        high = high << shift | (shift == 0 ? 0 : low >> (64 - shift))
        low <<= shift
        let sign: Int64 = (a < 0) != (b < 0) ? -1 : 1
        digits[digit] += sign * Int64(low & 0xFFFF_FFFF)
        digits[digit + 1] += sign * Int64(low >> 32)
        digits[digit + 2] += sign * Int64(high & 0xFFFF_FFFF)
        digits[digit + 3] += sign * Int64(high >> 32)
        digits[digit + 4] += sign * Int64(top)
        room -= 1
        if room == 0 { carry() }
    }

    /// The magnitude is significand * 2^exponent.
    @inline(__always) private static func parts(_ x: Double) -> (significand: UInt64, exponent: Int) {
        let biased = Int(x.bitPattern >> 52 & 0x7FF)
        let fraction = x.bitPattern & (1 << 52 - 1)
        return biased == 0 ? (fraction, -1074) : (fraction | 1 << 52, biased - 1075)
    }

    /// Brings every digit but the highest into 0 to 2^32 - 1.
    private mutating func carry() {
        for digit in 0..<Self.digitCount - 1 {
            let excess = digits[digit] >> 32
            digits[digit] -= excess << 32
            digits[digit + 1] += excess
        }
        room = Self.additions
    }

    /// The sum to 2^-105 of itself, where that is within the range of doubles.
    mutating func rounded() -> DoubleDouble {
        carry()
        let isNegative = digits[Self.digitCount - 1] < 0
        if isNegative {
            for digit in 0..<Self.digitCount { digits[digit].negate() }
            carry()
        }
        var total = DoubleDouble()
        guard let first = (0..<Self.digitCount).last(where: { digits[$0] != 0 }) else { return total }
        // The first digit may have a single bit.
        for digit in stride(from: first, through: max(first - 4, 0), by: -1) {
            let exponent = 32 * digit + Self.lowestExponent
            let term = Double(sign: .plus, exponent: exponent, significand: Double(digits[digit]))
            total += isNegative ? -term : term
        }
        return total.normalized
    }
}
