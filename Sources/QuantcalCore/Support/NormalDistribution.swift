import Glibc

/// The standard normal distribution.
enum NormalDistribution {
    /// P(X <= x): within a few ulps, and below 1/2 so far as a double goes.
    static func probability(_ x: Double) -> Double { 0.5 * erfc(-x * 0.707_106_781_186_547_52) }

    /// The x with P(X <= x) = p, for p from 1e-300 up to, not including, 1: within a few ulps.
    ///
    /// Source: Abramowitz and Stegun, 26.2.23, within 5e-4; then two steps of Halley's method, each of which
    /// cubes the error. Around the middle, where the tail would cancel, they use erf instead of erfc.
    static func quantile(_ p: Double) -> Double {
        let fromMiddle = p - 0.5
        if fromMiddle == 0 { return 0 }
        let tail = min(p, 1 - p)
        let t = (-2 * log(tail)).squareRoot()
        var x =
            t - (2.515517 + t * (0.802853 + t * 0.010328))
            / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
        for _ in 0..<2 {
            let argument = x * 0.707_106_781_186_547_52
            let excess =
                abs(fromMiddle) < 0.25
                ? abs(fromMiddle) - 0.5 * erf(argument) : 0.5 * erfc(argument) - tail
            let step = excess * 2.506_628_274_631_000_5 * exp(0.5 * x * x)
            x += step / (1 - 0.5 * step * x)
        }
        return fromMiddle < 0 ? -x : x
    }
}
