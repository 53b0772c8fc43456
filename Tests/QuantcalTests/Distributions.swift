/// Quantiles of two discrete laws, by summing their probabilities.

import Foundation

/// The range that leaves at most half of `outside` on either side.
func binomialRange(_ n: Int, _ p: Double, outside: Double) -> ClosedRange<Int> {
    centralRange(n, outside) { k in
        logChoose(n, k) + Double(k) * log(p) + Double(n - k) * log1p(-p)
    }
}

func betaBinomialRange(_ n: Int, _ a: Double, _ b: Double, outside: Double) -> ClosedRange<Int> {
    centralRange(n, outside) { k in
        logChoose(n, k) + logBeta(Double(k) + a, Double(n - k) + b) - logBeta(a, b)
    }
}

private func centralRange(
    _ n: Int, _ outside: Double, _ logProbability: (Int) -> Double
) -> ClosedRange<Int> {
    let probabilities = (0...n).map { exp(logProbability($0)) }
    func tail(_ values: some Sequence<Double>) -> Int {
        var sum = 0.0
        return values.prefix { probability in
            sum += probability
            return sum <= outside / 2
        }.count
    }
    return tail(probabilities)...(n - tail(probabilities.reversed()))
}

private func logChoose(_ n: Int, _ k: Int) -> Double {
    lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
}

private func logBeta(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }
