/// Scaling that loses nothing.
enum PowerOfTwo {
    /// A power of two that brings `magnitude` (finite, >= 0) into 2^low ..< 2^(high + 1); 1 if it is there
    /// already, or 0.
    static func bringing(_ magnitude: Double, above low: Int, below high: Int) -> Double {
        guard magnitude > 0 else { return 1 }
        let exponent = Int(magnitude.exponent)
        if exponent > high { return Double(sign: .plus, exponent: high - exponent, significand: 1) }
        if exponent < low { return Double(sign: .plus, exponent: min(low - exponent, 1023), significand: 1) }
        return 1
    }
}
