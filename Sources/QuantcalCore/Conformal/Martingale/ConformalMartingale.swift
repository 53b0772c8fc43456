/// A martingale that tests whether scores are exchangeable, while they come. Of each score's rank among those
/// so far it makes a p-value, ties broken at random; these are independent and uniform if the scores are exchangeable,
/// and then the capital of who bets on them reaches c with probability at most 1 / c, ever.
///
/// All capital is kept as a logarithm: over many bets it leaves the range of doubles on either side.
///
/// Several calls may read one at once; one that changes it must be alone.
///
/// Sources: Vovk, Nouretdinov, Gammerman (2003), "Testing exchangeability on-line"; Vovk, Petej, Nouretdinov,
/// Ahlberg, Carlsson, Gammerman (2021), "Retrain or not retrain". Departure: u is from ]0, 1] instead of [0, 1], so
/// that no p-value is 0 by chance.
public final class ConformalMartingale {
    public enum Betting: Int32, CaseIterable, Sendable {
        case jumper = 0
        case composite = 1
        case power = 2
        case mixture = 3
    }

    public struct Options: Equatable, Sendable {
        public var betting = Betting.jumper
        /// Of the simple jumper, above 0 and at most 1.
        public var jump = 0.01
        /// Of the power martingale, above 0 and below 1.
        public var epsilon = 0.92
        /// Of the p-values of scores.
        public var seed: UInt64 = 0

        public init(
            betting: Betting = .jumper, jump: Double = 0.01, epsilon: Double = 0.92, seed: UInt64 = 0
        ) {
            (self.betting, self.jump, self.epsilon, self.seed) = (betting, jump, epsilon, seed)
        }
    }

    /// What can be read off a martingale.
    public struct Summary: Equatable, Sendable {
        /// P-values that were bet on, and those of them that came from scores.
        public var bets = 0
        public var scoreCount = 0
        /// Natural logarithms of the martingale and of its largest value so far, 1 at least.
        public var logMartingale = 0.0
        public var logMaximum = 0.0

        /// One over the largest value: valid whenever one looks.
        public var pValue: Double { logMaximum == .infinity ? 0 : Exponential.exp(-logMaximum) }
    }

    public let options: Options
    private let random: Philox
    let scores = OnlineScores(limit: OrderStatisticTree.slotLimit)
    var bets: any MartingaleBets
    public internal(set) var summary = Summary()

    public init(_ options: Options) throws(QuantcalError) {
        guard options.jump > 0, options.jump <= 1 else {
            throw QuantcalError(.options, "jump is \(options.jump); it must be above 0 and at most 1")
        }
        guard options.epsilon > 0, options.epsilon < 1, options.epsilon.isNormal else {
            throw QuantcalError(.options, "epsilon is \(options.epsilon); it must be above 0 and below 1")
        }
        self.options = options
        random = Philox(seed: options.seed, purpose: .exchangeabilityTest)
        bets =
            switch options.betting {
            case .jumper: JumperBets(jump: options.jump)
            case .composite: CompositeBets()
            case .power: PowerBets(epsilon: options.epsilon)
            case .mixture: MixtureBets()
            }
    }

    /// Takes scores in the order of their points. Each output has an element for each score, or is nil.
    public func update(
        _ given: UnsafeBufferPointer<Double>, pValues: UnsafeMutablePointer<Double>? = nil,
        logMartingale: UnsafeMutablePointer<Double>? = nil
    ) throws(QuantcalError) {
        try Require.notNaN(given, "scores")
        guard given.count <= OrderStatisticTree.slotLimit - scores.count else {
            throw QuantcalError(.noMemory, "no room for more than \(OrderStatisticTree.slotLimit) scores")
        }
        try scores.reserve(given.count)
        for index in given.indices {
            let p = pValue(ofNext: given[index] + 0)
            bet(on: p)
            pValues?[index] = p
            logMartingale?[index] = summary.logMartingale
        }
    }

    private func pValue(ofNext score: Double) -> Double {
        let before = scores.count
        scores.append(score)
        let (below, upTo) = (scores.count(below: score), scores.count(upTo: score))
        let share = 1 - random.uniform(UInt64(before))
        summary.scoreCount = before + 1
        return (Double(before + 1 - upTo) + share * Double(upTo - below)) / Double(before + 1)
    }

    /// Bets on p-values from elsewhere.
    public func bet(
        _ pValues: UnsafeBufferPointer<Double>, logMartingale: UnsafeMutablePointer<Double>? = nil
    ) throws(QuantcalError) {
        try Require.probabilities(pValues, "p_values")
        for index in pValues.indices {
            bet(on: pValues[index])
            logMartingale?[index] = summary.logMartingale
        }
    }

    private func bet(on p: Double) {
        bets.bet(on: p)
        summary.bets += 1
        summary.logMartingale = bets.logCapital + 0
        summary.logMaximum = max(summary.logMaximum, summary.logMartingale)
    }
}
