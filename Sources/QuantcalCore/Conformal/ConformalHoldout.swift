import Glibc

/// A holdout set that may be asked again and again, by questions that depend on earlier answers.
///
/// A question is a mean over the training and over the holdout set. Where the two are close, the answer is that
/// of the training set, which tells nothing of the holdout; else it is that of the holdout, blurred by noise or
/// by rounding to a grid, and costs one of the budget. When the budget is spent, no question is answered any more.
///
/// Source: Dwork, Feldman, Hardt, Pitassi, Reingold, Roth (2015), "Generalization in adaptive data analysis and
/// holdout reuse", Thresholdout: the noise of the threshold is drawn anew only when the holdout was asked. The
/// grid is our own variant without noise, see `ConformalHoldoutBound`.
public final class ConformalHoldout {
    public enum Mechanism: Int32, CaseIterable, Sendable {
        /// Laplace noise: of the threshold 2 sigma, of a comparison 4 sigma, of an answer sigma.
        case noise = 0
        /// Rounding to a grid.
        case grid = 1
    }

    public static let greatestBudget = 1 << 20
    public static let greatestGrid = 1 << 20

    public struct Options: Equatable, Sendable {
        public let mechanism: Mechanism
        public let threshold: Double
        public let sigma: Double
        public let grid: Int
        public let budget: Int
        public let seed: UInt64

        public init(
            mechanism: Mechanism = .noise, threshold: Double = 0.04, sigma: Double = 0.01, grid: Int = 101,
            budget: Int = 100, seed: UInt64 = 0
        ) throws(QuantcalError) {
            guard threshold >= 0, threshold <= 1 else {
                throw QuantcalError(.options, "threshold is \(threshold); threshold must be 0 to 1")
            }
            guard sigma > 0, sigma <= 1 else {
                throw QuantcalError(.options, "sigma is \(sigma); sigma must be above 0, at most 1")
            }
            guard grid >= 2, grid <= greatestGrid else {
                throw QuantcalError(.options, "grid is \(UInt(bitPattern: grid)); grid must be 2 to 2^20")
            }
            guard budget >= 1, budget <= greatestBudget else {
                throw QuantcalError(
                    .options, "budget is \(UInt(bitPattern: budget)); budget must be 1 to 2^20")
            }
            (self.mechanism, self.threshold, self.sigma) = (mechanism, threshold, sigma)
            (self.grid, self.budget, self.seed) = (grid, budget, seed)
        }
    }

    public let options: Options
    /// What is left of the budget.
    public private(set) var remaining: Int
    /// How many questions were answered.
    public private(set) var asked: Int

    public convenience init(_ options: Options) {
        self.init(options, remaining: options.budget, asked: 0)
    }

    init(_ options: Options, remaining: Int, asked: Int) {
        (self.options, self.remaining, self.asked) = (options, remaining, asked)
    }

    public func copy() -> ConformalHoldout {
        ConformalHoldout(options, remaining: remaining, asked: asked)
    }

    /// Answers one question of means from 0 to 1; nil if the budget is spent.
    func answer(training: Double, holdout: Double) -> (value: Double, isFromHoldout: Bool)? {
        guard remaining > 0 else { return nil }
        let isFar = isFar(abs(holdout - training))
        let value = isFar ? blurred(holdout) : training
        asked += 1
        if isFar { remaining -= 1 }
        return (value, isFar)
    }

    private func isFar(_ gap: Double) -> Bool {
        switch options.mechanism {
        case .grid: gap > options.threshold
        case .noise:
            gap > options.threshold
                + laplace(2 * options.sigma, stream: 0, UInt64(options.budget - remaining))
                + laplace(4 * options.sigma, stream: 1, UInt64(asked))
        }
    }

    private func blurred(_ mean: Double) -> Double {
        switch options.mechanism {
        case .grid:
            let steps = Double(options.grid - 1)
            return (mean * steps).rounded() / steps
        case .noise: return mean + laplace(options.sigma, stream: 2, UInt64(asked))
        }
    }

    /// The Laplace distribution by its quantile function, at the middle of one of 2^53 equal parts.
    private func laplace(_ scale: Double, stream: UInt32, _ index: UInt64) -> Double {
        let uniform = Philox(seed: options.seed, stream: stream, purpose: .holdoutNoise).uniform(index)
        let below = uniform + 0x1p-54
        return uniform < 0.5 ? scale * log(2 * below) : -scale * log(2 * (1 - uniform - 0x1p-54))
    }
}
