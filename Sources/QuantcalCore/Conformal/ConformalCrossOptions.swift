/// What an interval of cross-conformal prediction is made of: `cross.h`.
extension ConformalCross {
    public enum Method: Int32, CaseIterable, Sendable {
        case plus
        case minmax
    }

    /// How the predictions of several models become one.
    public enum Aggregation: Int32, CaseIterable, Sendable {
        case mean
        case median
    }

    public struct Options: Sendable {
        public var method = Method.plus
        public var sides = ConformalRegression.Sides.symmetric
        public var aggregation = Aggregation.mean

        public init() {}
    }

    /// Ranks, among the n candidates for each end, of the ends: 0 is -infinity, n + 1 is +infinity.
    struct Ranks {
        let lower: Int
        let upper: Int

        /// With signed residuals an end misses on its side alone; two such ends have half the level each.
        init(n: Int, alpha: Double, sides: ConformalRegression.Sides) throws(QuantcalError) {
            let rank = try ConformalRank.rank(n: n, alpha: alpha)
            // floor(alpha (n + 1)); half of it, rounded down, is floor(alpha / 2 (n + 1)).
            let share = n + 1 - rank
            switch sides {
            case .symmetric: (lower, upper) = (share, rank)
            case .asymmetric: (lower, upper) = (share / 2, n + 1 - share / 2)
            case .lower: (lower, upper) = (share, n + 1)
            case .upper: (lower, upper) = (0, rank)
            }
        }

        private init(lower: Int, upper: Int) { (self.lower, self.upper) = (lower, upper) }

        /// Those among the other candidates where `missing` of n lie at -infinity below and at +infinity above.
        func without(_ missing: Int, of n: Int) -> Ranks {
            Ranks(lower: max(0, lower - missing), upper: min(upper, n - missing + 1))
        }
    }
}
