import Glibc

/// Bounds of smoothed scores against the draws' error and an attack.
///
/// With b the correction of a mean m for its draws, the lower bound is Phi(Phi^-1(m - b) - radius / sigma): the
/// quantile of an expectation under noise of deviation sigma changes by no more than radius / sigma.
///
/// Source: Salman et al. (2019); RSCP+ of Yan, Romano, Weng (2024); Hoeffding (1963); Maurer, Pontil (2009); Clopper,
/// Pearson (1934). Departure: all is rounded outwards, by more than the functions used here can be off.
public enum ConformalRobust {
    public enum Side: Int32, CaseIterable, Sendable {
        case lower = 0
        case upper = 1
    }

    public enum Correction: Int32, CaseIterable, Sendable {
        case empiricalBernstein = 0
        case hoeffding = 1
        case clopperPearson = 2
        case exactMeans = 3
    }

    public struct Options: Sendable {
        public var side = Side.lower
        public var correction = Correction.empiricalBernstein
        public var beta = 0.001
        public var radius = 0.0
        public var sigma = 1.0

        public init() {}

        public func check() throws(QuantcalError) {
            guard ConformalRobust.isChance(beta) else {
                throw QuantcalError(.options, "beta is \(beta); beta must be 1e-20 to below 0.5")
            }
            guard radius >= 0, radius.isFinite else {
                throw QuantcalError(.options, "radius is \(radius); radius must be finite and >= 0")
            }
            guard sigma > 0, sigma.isFinite else {
                throw QuantcalError(.options, "sigma is \(sigma); sigma must be finite and > 0")
            }
        }
    }

    static func isChance(_ beta: Double) -> Bool { beta >= 1e-20 && beta < 0.5 }

    /// `variances` are needed by empirical Bernstein bounds, `draws` by all but exact means.
    public static func bounds(
        means: UnsafeBufferPointer<Double>, variances: UnsafeBufferPointer<Double>, draws: Int,
        options: Options, _ bounds: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        try options.check()
        try Require.probabilities(means, "means")
        let correction = try DrawsCorrection(options, draws)
        switch options.correction {
        case .empiricalBernstein: try Require.variances(variances)
        case .clopperPearson: try correction.requireCounts(means)
        case .hoeffding, .exactMeans: break
        }
        let shift = options.radius / options.sigma
        Parallel.forEachRange(of: means.count, grain: 1 << 10) { range in
            for index in range {
                let variance = options.correction == .empiricalBernstein ? variances[index] : 0
                let corrected = correction.bound(means[index], variance: variance)
                bounds[index] = attacked(corrected, options.side, by: shift)
            }
        }
    }

    /// Where an attack can have brought an expectation at most, on one side. 0 and 1 stay.
    private static func attacked(_ p: Double, _ side: Side, by shift: Double) -> Double {
        if shift == 0 || p <= 0 || p >= 1 { return p }
        let middle = NormalDistribution.quantile(max(p, 1e-300))
        let sign: Double = side == .lower ? -1 : 1
        let moved = middle + sign * shift
        let slack = (1 + abs(middle) + abs(moved)) * 0x1p-48
        let probability = NormalDistribution.probability(moved + sign * slack)
        guard side == .lower else { return min(max(probability * (1 + 0x1p-49), p), 1) }
        return p < 1e-300 ? 0 : min(probability * (1 - 0x1p-49), p)
    }
}

/// What a mean of draws says of their expectation, but for a small probability.
struct DrawsCorrection {
    let side: ConformalRobust.Side
    let kind: ConformalRobust.Correction
    let beta: Double
    let draws: Double

    init(_ options: ConformalRobust.Options, _ draws: Int) throws(QuantcalError) {
        (side, kind, beta) = (options.side, options.correction, options.beta)
        self.draws = Double(draws)
        guard kind != .exactMeans else { return }
        try ConformalSmoothedScores.requireDraws(draws)
        guard kind != .empiricalBernstein || draws >= 2 else {
            throw QuantcalError(.size, "draws is 1; empirical Bernstein bounds need at least 2")
        }
    }

    /// The bound of the expectation, 0 to 1.
    func bound(_ mean: Double, variance: Double) -> Double {
        switch kind {
        case .exactMeans: return mean
        case .clopperPearson:
            let count = (mean * draws).rounded()
            return side == .lower ? leastChance(count) : 1 - leastChance(draws - count)
        case .hoeffding: return apart(mean, by: (-log(beta) / (2 * draws)).squareRoot())
        case .empiricalBernstein:
            let nats = log(2 / beta)
            return apart(mean, by: (2 * variance * nats / draws).squareRoot() + 7 * nats / (3 * (draws - 1)))
        }
    }

    private func apart(_ mean: Double, by correction: Double) -> Double {
        let widened = correction * (1 + 0x1p-49) + 0x1p-52
        return side == .lower ? max(mean - widened, 0) : min(mean + widened, 1)
    }

    /// The chance of success for which so many successes, or more, have probability beta.
    private func leastChance(_ successes: Double) -> Double {
        guard successes > 0 else { return 0 }
        var (low, high) = (0.0, successes / draws)
        if successes == draws {
            low = exp(log(beta) / draws)
        } else {
            for _ in 0..<120 where low.nextUp < high {
                let middle = low + (high - low) / 2
                let chance = BinomialDistribution(trials: draws, chance: middle).atLeast(successes)
                if chance <= beta { low = middle } else { high = middle }
            }
        }
        return low * (1 - 1e-12)
    }

    /// Means of draws that are 0 or 1.
    func requireCounts(_ means: UnsafeBufferPointer<Double>) throws(QuantcalError) {
        let isCount = { (mean: Double) in
            let count = mean * draws
            return abs(count - count.rounded()) <= count * 0x1p-50
        }
        guard let index = means.firstIndex(where: { !isCount($0) }) else { return }
        throw QuantcalError(
            .domain, "means[\(index)] is \(means[index]); with \(Int(draws)) draws of 0 or 1 no mean is that")
    }
}
