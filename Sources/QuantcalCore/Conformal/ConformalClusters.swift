/// Clusters of classes whose scores are distributed alike, as groups for a calibrator.
///
/// Source: Ding, Angelopoulos, Bates, Jordan, Tibshirani (2023), "Class-conditional conformal prediction with many
/// classes". Departure: quantiles are order statistics, and do not interpolate.
public enum ConformalClusters {
    /// Where classes go that have too few points for a finite threshold of their own.
    public enum Rare: Int32, CaseIterable, Sendable {
        /// To the null cluster, which has the marginal threshold.
        case marginal
        /// To none.
        case none
    }

    public struct Options: Sendable {
        /// The most there may be; 0: half the number of points of the class with fewest that is not rare.
        public let clusterCount: Int
        public let rare: Rare
        public let restarts: Int
        public let seed: UInt64

        public init() { (clusterCount, rare, restarts, seed) = (0, .marginal, 10, 0) }

        public init(
            clusterCount: Int = 0, rare: Rare = .marginal, restarts: Int = 10, seed: UInt64 = 0
        ) throws(QuantcalError) {
            guard (0...Int(Int32.max)).contains(clusterCount) else {
                throw QuantcalError(
                    .options, "cluster_count is \(clusterCount); it must be 0 to \(Int32.max)")
            }
            guard (1...1000).contains(restarts) else {
                throw QuantcalError(.options, "restarts is \(restarts); it must be 1 to 1000")
            }
            (self.clusterCount, self.rare, self.restarts, self.seed) = (clusterCount, rare, restarts, seed)
        }
    }

    /// What part of the calibration points makes the clusters, and how many to ask for.
    public struct Plan: Equatable, Sendable {
        public let fraction: Double
        public let clusterCount: Int
    }

    public static func plan(
        counts: UnsafeBufferPointer<Int64>, alpha: Double
    ) throws(QuantcalError) -> Plan {
        try Require.level(alpha)
        try requireClasses(counts.count)
        if let index = counts.firstIndex(where: { $0 < 0 }) {
            throw QuantcalError(.domain, "counts[\(index)] is \(counts[index]); counts must be >= 0")
        }
        let least = try max(Int(counts.min() ?? 0), leastCount(alpha: alpha))
        let classes = counts.reduce(0) { $0 + (Int($1) >= least ? 1 : 0) }
        let points = UInt128(classes) * UInt128(least) / (2 * UInt128(75 + classes))
        return Plan(fraction: Double(classes) / Double(75 + classes), clusterCount: Int(points))
    }

    /// The smallest number of points with a finite threshold; Int.max - 1 if that is larger.
    static func leastCount(alpha: Double) throws(QuantcalError) -> Int {
        var (low, high) = (0, Int.max - 1)
        while low < high {
            let middle = low + (high - low) / 2
            if try ConformalRank.rank(n: middle, alpha: alpha) <= middle {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return high
    }

    public static func requireClasses(_ count: Int) throws(QuantcalError) {
        guard (0...Int(Int32.max)).contains(count) else {
            throw QuantcalError(
                .size, "class_count is \(UInt(bitPattern: count)); class_count must be at most \(Int32.max)")
        }
    }
}
