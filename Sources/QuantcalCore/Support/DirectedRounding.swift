/// Rounding up, where a comparison must hold in exact arithmetic: a rounded-up x is at most t if and only if
/// x is, for every t of the type.
enum DirectedRounding {
    /// The least double that is at least (a - b) / scale, for finite a and b and scale > 0; +infinity if there
    /// is none. It never falls as a rises or b falls.
    ///
    /// The difference is two doubles exactly; the sign of what a quotient leaves of it says whether the
    /// quotient is too small. Where the scale's or the quotient's magnitude is above 2^996 that sign cannot
    /// be had, and the quotient is the nearest double.
    @inline(__always) static func quotient(_ a: Double, minus b: Double, by scale: Double) -> Double {
        let difference = DoubleDouble.twoSum(a, -b)
        if difference.sum.isFinite { return quotient(difference, by: scale) }
        // Where the difference is out of range the quotient need not be, and nothing is lost by halving.
        return scale > 1 ? quotient(DoubleDouble.twoSum(a / 2, -b / 2), by: scale / 2) : difference.sum
    }

    @inline(__always) private static func quotient(
        _ difference: (sum: Double, error: Double), by scale: Double
    ) -> Double {
        let (high, low) = difference
        if scale == 1 { return low > 0 ? high.nextUp : high }
        let first = high / scale
        guard first.magnitude < 0x1p996, scale < 0x1p996 else { return first }
        let nearest = first + remainder(high, low, first, scale) / scale
        // Where the product is out of range there is no remainder.
        guard nearest.isFinite else { return first }
        return remainder(high, low, nearest, scale) > 0 ? nearest.nextUp : nearest
    }

    /// high + low - quotient * scale.
    @inline(__always) private static func remainder(
        _ high: Double, _ low: Double, _ quotient: Double, _ scale: Double
    ) -> Double {
        let (product, error) = DoubleDouble.twoProduct(quotient, scale)
        return ((high - product) - error) + low
    }

    /// The least number of a type that is at least x, but for -infinity where x is below all of them.
    @inline(__always) static func up<T: Scalar>(_ x: Double, to type: T.Type = T.self) -> T {
        let nearest = T(x)
        return Double(nearest) < x && nearest.isFinite ? nearest.nextUp : nearest
    }
}
