/// A binary floating-point format all of whose values are doubles: rounding to it, and distances in it.
struct FloatFormat: Equatable, Sendable {
    let precision: Int
    let leastExponent: Int
    let greatestExponent: Int

    static let f64 = FloatFormat(precision: 53, leastExponent: -1022, greatestExponent: 1023)
    static let f32 = FloatFormat(precision: 24, leastExponent: -126, greatestExponent: 127)
    static let f16 = FloatFormat(precision: 11, leastExponent: -14, greatestExponent: 15)
    static let bf16 = FloatFormat(precision: 8, leastExponent: -126, greatestExponent: 127)

    /// The spacing of the format's numbers around x.
    private func quantum(_ x: Double) -> Double {
        let exponent = x == 0 ? leastExponent : max(Int(x.exponent), leastExponent)
        return Double(sign: .plus, exponent: exponent - precision + 1, significand: 1)
    }

    /// To nearest, ties to even; beyond the largest number to an infinity.
    func round(_ x: Double) -> Double {
        guard x.isFinite else { return x }
        let quantum = quantum(x)
        let rounded = (x / quantum).rounded(.toNearestOrEven) * quantum
        return rounded.magnitude < Double(sign: .plus, exponent: greatestExponent, significand: 1) * 2
            ? rounded : Double(signOf: x, magnitudeOf: .infinity)
    }

    /// The place of a number of the format when all are in order: neighbours differ by one, both
    /// zeros are 0, and infinity follows the largest number.
    private func place(_ x: Double) -> Int {
        let perExponent = 1 << (precision - 1)
        let magnitude: Int
        if x.isInfinite {
            magnitude = (greatestExponent - leastExponent + 2) * perExponent
        } else {
            let exponent = x == 0 ? leastExponent : max(Int(x.exponent), leastExponent)
            magnitude = (exponent - leastExponent) * perExponent + Int(x.magnitude / quantum(x))
        }
        return x < 0 ? -magnitude : magnitude
    }

    /// How many steps of the format lie between two of its numbers; nil if just one of them is NaN.
    func ulps(from x: Double, to y: Double) -> Int? {
        if x.isNaN || y.isNaN { return x.isNaN && y.isNaN ? 0 : nil }
        let (steps, overflow) = place(x).subtractingReportingOverflow(place(y))
        return overflow ? Int.max : abs(steps)
    }
}
