/// What a score of a class is made of. The kinds and the options' effect on coverage: `class_scores.h`.
extension ConformalClasses {
    public enum Kind: Int32, CaseIterable, Sendable {
        case lac
        case margin
        case aps
        case raps
        case saps
        case topK
        case logLoss
        case entropy
        case entmax

        /// Whether a score depends on a class's rank and what stands before it.
        var isRanked: Bool {
            switch self {
            case .aps, .raps, .saps, .topK: true
            case .lac, .margin, .logLoss, .entropy, .entmax: false
            }
        }
    }

    /// How much of a class's own probability its score counts.
    public enum Randomisation: Int32, CaseIterable, Sendable {
        case inclusive
        case exclusive
        case randomised
    }

    /// Whose random numbers a row takes.
    public enum Points: Int32, CaseIterable, Sendable {
        case byCall
        case calibration
        case test
    }

    public enum EmptySets: Int32, CaseIterable, Sendable {
        case kept
        case topLabel
    }

    public struct Options: Sendable {
        public var kind = Kind.lac
        public var randomisation = Randomisation.inclusive
        public var points = Points.byCall
        public var thresholdFor = ThresholdFor.all
        public var emptySets = EmptySets.kept
        public var kReg = 5
        public var lambda = 0.2
        public var gamma = 1.5
        public var seed: UInt64 = 42
        public var firstRow: UInt64 = 0

        public init() {}

        public func check() throws(QuantcalError) {
            guard kReg >= 0 else { throw QuantcalError(.options, "k_reg is \(kReg); k_reg must be >= 0") }
            guard lambda >= 0, lambda.isFinite else {
                throw QuantcalError(.options, "lambda is \(lambda); lambda must be finite and >= 0")
            }
            guard [1, 1.5, 2].contains(gamma) else {
                throw QuantcalError(.options, "gamma is \(gamma); gamma must be 1, 1.5 or 2")
            }
        }

        /// The share of its own probability that the class of a row counts.
        func shares(of call: Points) -> ClassShares {
            let points = points == .byCall ? call : points
            return ClassShares(
                random: Philox(seed: seed, stream: points == .test ? 1 : 0, purpose: .conformalScore),
                randomisation: randomisation, firstRow: firstRow)
        }
    }
}

/// One share u for each point, in units of 2^-32: 0 up to 1, both included.
struct ClassShares {
    let random: Philox
    let randomisation: ConformalClasses.Randomisation
    let firstRow: UInt64

    func callAsFunction(_ row: Int) -> UInt64 {
        switch randomisation {
        case .inclusive: 1 << 32
        case .exclusive: 0
        case .randomised: UInt64(random.block(firstRow &+ UInt64(row)).0)
        }
    }
}
