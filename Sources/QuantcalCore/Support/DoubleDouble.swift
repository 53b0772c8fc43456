/// An unevaluated sum of two doubles: twice the precision for sums that cancel. No fused operations,
/// so the bits are the same on every processor.
///
/// Source: Knuth's and Dekker's error-free transformations, as in Hida, Li, Bailey (2001).
struct DoubleDouble: BitwiseCopyable {
    var high = 0.0
    var low = 0.0

    /// a + b = sum + error, exactly.
    @inline(__always) static func twoSum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
        let sum = a + b
        let part = sum - a
        return (sum, (a - (sum - part)) + (b - part))
    }

    /// a * b = product + error, exactly, for magnitudes well inside the range of doubles.
    @inline(__always) static func twoProduct(_ a: Double, _ b: Double) -> (product: Double, error: Double) {
        let product = a * b
        let (aHigh, aLow) = split(a)
        let (bHigh, bLow) = split(b)
        return (product, ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow)
    }

    @inline(__always) private static func split(_ a: Double) -> (Double, Double) {
        let shifted = a * 134_217_729  // 2^27 + 1
        let high = shifted - (shifted - a)
        return (high, a - high)
    }

    @inline(__always) static func += (a: inout DoubleDouble, b: Double) {
        let (sum, error) = twoSum(a.high, b)
        (a.high, a.low) = (sum, a.low + error)
    }

    @inline(__always) static func += (a: inout DoubleDouble, b: DoubleDouble) {
        let (sum, error) = twoSum(a.high, b.high)
        (a.high, a.low) = (sum, a.low + b.low + error)
    }

    @inline(__always) mutating func addProduct(_ a: Double, _ b: Double) {
        let (product, error) = Self.twoProduct(a, b)
        self += product
        low += error
    }

    @inline(__always) static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let (sum, error) = twoSum(a.high, -b.high)
        return DoubleDouble(high: sum, low: (a.low - b.low) + error)
    }

    /// Exact if both factors are doubles.
    @inline(__always) static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let (product, error) = twoProduct(a.high, b.high)
        return DoubleDouble(high: product, low: (a.high * b.low + a.low * b.high) + error)
    }

    /// The same number as its nearest double and the rest.
    var normalized: DoubleDouble {
        let (sum, error) = Self.twoSum(high, low)
        return DoubleDouble(high: sum, low: error)
    }

    /// The nearest double, or nearly.
    var value: Double { high + low }

    /// a / b to the nearest double, or nearly.
    @inline(__always) static func / (a: DoubleDouble, b: DoubleDouble) -> Double {
        quotient(a, by: b).value
    }

    /// a / b: what is left of the first quotient is divided again.
    @inline(__always) static func quotient(_ a: DoubleDouble, by b: DoubleDouble) -> DoubleDouble {
        let quotient = a.value / b.high
        let (product, error) = twoProduct(quotient, b.high)
        let rest = ((a.high - product) - error) + (a.low - quotient * b.low)
        return DoubleDouble(high: quotient, low: rest / b.high)
    }
}
