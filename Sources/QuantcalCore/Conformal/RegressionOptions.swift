/// What a regression score is made of. The kinds and what their columns are: `regression_scores.h`.
extension ConformalRegression {
    public enum Kind: Int32, CaseIterable, Sendable {
        case absolute
        case normalised
        case gamma
        case cqr
        case cqrR
        case cqrM
        case quantiles

        /// How many columns predictions have; nil where the levels say it.
        var columns: Int? {
            switch self {
            case .absolute, .gamma: 1
            case .normalised, .cqr, .cqrR: 2
            case .cqrM: 3
            case .quantiles: nil
            }
        }
    }

    /// How the two sides of an interval are scored.
    public enum Sides: Int32, CaseIterable, Sendable {
        case symmetric
        case asymmetric
        case lower
        case upper

        /// Scores, and thresholds, of one row.
        public var count: Int { self == .asymmetric ? 2 : 1 }
    }

    /// An interval that a threshold leaves empty.
    public enum Empty: Int32, CaseIterable, Sendable {
        case midpoint
        case marked
    }

    public struct Options: Sendable {
        public var kind = Kind.absolute
        public var sides = Sides.symmetric
        public var thresholdFor = ThresholdFor.all
        public var empty = Empty.midpoint
        public var beta = 0.0
        public var minimumScale = 1e-8

        public init() {}

        public func check() throws(QuantcalError) {
            for (value, name) in [(beta, "beta"), (minimumScale, "minimum_scale")] {
                guard value >= 0, value.isFinite else {
                    throw QuantcalError(.options, "\(name) is \(value); \(name) must be finite and >= 0")
                }
            }
            guard thresholdFor != .eachClass else {
                throw QuantcalError(.options, "threshold_for is each class; intervals have no classes")
            }
        }
    }
}

/// Whose thresholds an array of them holds.
public enum ThresholdFor: Int32, CaseIterable, Sendable {
    case all
    case eachRow
    case eachClass

    /// How many thresholds there are.
    public func count(rows: Int, classes: Int = 1) -> Int {
        switch self {
        case .all: 1
        case .eachRow: rows
        case .eachClass: classes
        }
    }
}
