import Glibc

/// The number of marked things among some that are drawn at once, all draws of that number being equally likely.
///
/// Source: three binomial probabilities of one chance, drawn / all, whose powers cancel (Loader, 2000). Tails
/// are sums of probabilities, each from its neighbour by their ratio, on the side where they fall.
struct HypergeometricDistribution {
    /// Whole numbers from 0.
    let marked: Double
    let unmarked: Double
    /// Above 0, below marked + unmarked.
    let drawn: Double

    private var least: Double { max(0, drawn - unmarked) }
    private var greatest: Double { min(marked, drawn) }

    /// P(X = count).
    func probability(_ count: Double) -> Double {
        guard count >= least, count <= greatest else { return 0 }
        let all = marked + unmarked
        let chance = drawn / all
        return binomial(marked, count, chance) * binomial(unmarked, drawn - count, chance)
            / binomial(all, drawn, chance)
    }

    private func binomial(_ trials: Double, _ successes: Double, _ chance: Double) -> Double {
        BinomialDistribution(trials: trials, chance: chance).probability(successes)
    }

    private var mean: Double { drawn / (marked + unmarked) * marked }

    /// P(X <= count).
    func atMost(_ count: Double) -> Double {
        if count < least { return 0 }
        if count >= greatest { return 1 }
        return count > mean ? 1 - upperTail(count + 1) : lowerTail(count)
    }

    /// P(X >= count).
    func atLeast(_ count: Double) -> Double {
        if count <= least { return 1 }
        if count > greatest { return 0 }
        return count < mean ? 1 - lowerTail(count - 1) : upperTail(count)
    }

    /// Down from a number that is not much above the mean.
    private func lowerTail(_ from: Double) -> Double {
        var (sum, term, count) = (1.0, 1.0, from)
        while count > least, term > 0x1p-54 * sum {
            term *= count / (marked - count + 1) * ((unmarked - drawn + count) / (drawn - count + 1))
            sum += term
            count -= 1
        }
        return probability(from) * sum
    }

    /// Up from a number that is not much below the mean.
    private func upperTail(_ from: Double) -> Double {
        var (sum, term, count) = (1.0, 1.0, from)
        while count < greatest, term > 0x1p-54 * sum {
            term *= (marked - count) / (count + 1) * ((drawn - count) / (unmarked - drawn + count + 1))
            sum += term
            count += 1
        }
        return probability(from) * sum
    }
}
