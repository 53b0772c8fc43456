extension IsotonicRegression {
    public enum Direction: Int32, CaseIterable, Sendable {
        case increasing = 0
        case decreasing = 1
    }

    /// What a fitted value costs.
    public enum Loss: Equatable, Sendable {
        case squared
        /// The loss whose minimiser is the quantile of a level; 0.5 for the absolute loss.
        case quantile(level: Double = 0.5)
        /// Squared, weighted with the level above the fit and 1 - level below.
        case expectile(level: Double = 0.5)
        /// Squared up to a threshold and linear beyond.
        case huber(threshold: Double = 1)
        /// The absolute residual to a power above 1.
        case power(Double = 2)
        /// The largest weighted residual.
        case chebyshev
        /// The Poisson deviance; its fit is that of the squared loss.
        case poisson
        /// The binomial deviance; its fit is that of the squared loss.
        case binomial
    }

    /// Which fit, where a loss has several that are optimal.
    public enum Solution: Int32, CaseIterable, Sendable {
        /// The middle for Chebyshev, the lower for the others.
        case standard = 0
        case lower = 1
        case upper = 2
        case middle = 3
    }

    /// What a fit to a predictor does with equal values of it.
    public enum Ties: Int32, CaseIterable, Sendable {
        case secondary = 0
        case primary = 1
        case tertiary = 2
    }

    public struct Options: Sendable {
        /// nil: decided by the data.
        public var direction: Direction? = .increasing
        public var loss = Loss.squared
        public var solution = Solution.standard
        public var lowerBound = -Double.infinity
        public var upperBound = Double.infinity
        /// Of neighbours in the fit.
        public var minimumGap = 0.0
        public var ties = Ties.secondary
        public var tieTolerance = 0.0

        public init() {}

        public func check() throws(QuantcalError) {
            try loss.check()
            guard lowerBound < .infinity else {
                throw QuantcalError(
                    .options, "lower_bound is \(lowerBound); lower_bound must be finite or -infinity")
            }
            guard upperBound > -.infinity else {
                throw QuantcalError(
                    .options, "upper_bound is \(upperBound); upper_bound must be finite or infinity")
            }
            guard lowerBound <= upperBound else {
                throw QuantcalError(
                    .options,
                    "lower_bound is \(lowerBound) and upper_bound \(upperBound); the lower must not be larger"
                )
            }
            try Self.require(minimumGap, "minimum_gap", "finite and >= 0") { $0 >= 0 }
            guard minimumGap == 0 || (loss != .poisson && loss != .binomial) else {
                throw QuantcalError(
                    .options, "minimum_gap is \(minimumGap); it must be 0 for Poisson and binomial losses")
            }
            try Self.require(tieTolerance, "tie_tolerance", "finite and >= 0") { $0 >= 0 }
        }

        fileprivate static func require(
            _ value: Double, _ name: String, _ rule: String, _ isGood: (Double) -> Bool
        ) throws(QuantcalError) {
            guard value.isFinite, isGood(value) else {
                throw QuantcalError(.options, "\(name) is \(value); \(name) must be \(rule)")
            }
        }
    }
}

extension IsotonicRegression.Loss {
    public func check() throws(QuantcalError) {
        typealias Options = IsotonicRegression.Options
        switch self {
        case .squared, .chebyshev, .poisson, .binomial: break
        case .quantile(let level), .expectile(let level):
            try Options.require(level, "level", "above 0 and below 1") { $0 > 0 && $0 < 1 }
        case .huber(let threshold):
            try Options.require(threshold, "huber_threshold", "finite and above 0") { $0 > 0 }
        case .power(let power):
            try Options.require(power, "power", "finite and above 1") { $0 > 1 }
        }
    }
}
