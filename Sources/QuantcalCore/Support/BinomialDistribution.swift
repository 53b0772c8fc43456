import Glibc

/// The number of successes in some trials, each of which succeeds with the same chance.
///
/// Source: Loader (2000), "Fast and accurate computation of binomial probabilities": the factorials'
/// and the powers' large parts, which cancel, are never formed. Tails are sums of probabilities, each from
/// its neighbour by their ratio, on the side where they fall; O(sqrt(trials)) terms.
struct BinomialDistribution {
    /// Whole numbers from 0; the chance is strictly between 0 and 1.
    let trials: Double
    let chance: Double

    /// P(X = successes), for 0 <= successes <= trials.
    func probability(_ successes: Double) -> Double {
        let failures = trials - successes
        if successes == 0 { return exp(trials * log1p(-chance)) }
        if failures == 0 { return pow(chance, trials) }
        let exponent =
            Self.stirlingError(trials) - Self.stirlingError(successes) - Self.stirlingError(failures)
            - Self.deviance(successes, trials * chance) - Self.deviance(failures, trials * (1 - chance))
        return (trials / (2 * .pi * successes * failures)).squareRoot() * exp(exponent)
    }

    /// P(X <= successes).
    func atMost(_ successes: Double) -> Double {
        if successes < 0 { return 0 }
        if successes >= trials { return 1 }
        if successes > trials * chance { return 1 - upperTail(successes + 1) }
        return lowerTail(successes)
    }

    /// P(X >= successes).
    func atLeast(_ successes: Double) -> Double {
        if successes <= 0 { return 1 }
        if successes > trials { return 0 }
        if successes < trials * chance { return 1 - lowerTail(successes - 1) }
        return upperTail(successes)
    }

    /// Down from a number that is not much above the mean.
    private func lowerTail(_ successes: Double) -> Double {
        let odds = (1 - chance) / chance
        var (sum, term, count) = (1.0, 1.0, successes)
        while count > 0, term > 0x1p-54 * sum {
            term *= count / (trials - count + 1) * odds
            sum += term
            count -= 1
        }
        return probability(successes) * sum
    }

    /// Up from a number that is not much below the mean.
    private func upperTail(_ successes: Double) -> Double {
        let odds = chance / (1 - chance)
        var (sum, term, count) = (1.0, 1.0, successes)
        while count < trials, term > 0x1p-54 * sum {
            term *= (trials - count) / (count + 1) * odds
            sum += term
            count += 1
        }
        return probability(successes) * sum
    }

    /// log(n!) - log(sqrt(2 pi n) (n / e)^n), for n >= 1.
    private static func stirlingError(_ n: Double) -> Double {
        if n < 16 { return stirlingErrors[Int(n)] }
        let square = n * n
        return
            (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square)
                / square)
            / n
    }

    private static let stirlingErrors = [
        0, 0.081_061_466_795_327_258, 0.041_340_695_955_409_294, 0.027_677_925_684_998_339,
        0.020_790_672_103_765_093, 0.016_644_691_189_821_192, 0.013_876_128_823_070_748,
        0.011_896_709_945_891_770, 0.010_411_265_261_972_096, 0.009_255_462_182_712_733,
        0.008_330_563_433_362_871, 0.007_573_675_487_951_841, 0.006_942_840_107_209_530,
        0.006_408_994_188_004_207, 0.005_951_370_112_758_848, 0.005_554_733_551_962_801,
    ]

    /// x log(x / mean) + mean - x, for x > 0; by a series where that would cancel.
    static func deviance(_ x: Double, _ mean: Double) -> Double {
        let difference = x - mean
        guard abs(difference) < 0.1 * (x + mean) else { return x * log(x / mean) + mean - x }
        let ratio = difference / (x + mean)
        let square = ratio * ratio
        var sum = difference * ratio
        var power = 2 * x * ratio
        var odd = 1.0
        while true {
            power *= square
            odd += 2
            let next = sum + power / odd
            if next == sum { return sum }
            sum = next
        }
    }
}
