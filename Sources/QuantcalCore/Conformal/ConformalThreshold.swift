/// The split-conformal threshold of unsorted scores: the rank-th smallest, or +infinity.
public enum ConformalThreshold {
    public static func threshold(
        scores: UnsafeBufferPointer<Double>, alpha: Double
    ) throws(QuantcalError) -> Double { try compute(scores, alpha) }

    public static func threshold(
        scores: UnsafeBufferPointer<Float>, alpha: Double
    ) throws(QuantcalError) -> Float { try compute(scores, alpha) }

    private static func compute<T: SelectableScalar>(
        _ scores: UnsafeBufferPointer<T>, _ alpha: Double
    ) throws(QuantcalError) -> T {
        try select(scores, rank: ConformalRank.rank(n: scores.count, alpha: alpha))
    }

    /// The rank-th smallest score; rank 0 is -infinity, n + 1 is +infinity.
    public static func orderStatistic(
        scores: UnsafeBufferPointer<Double>, rank: Int
    ) throws(QuantcalError) -> Double { try select(scores, rank: rank) }

    public static func orderStatistic(
        scores: UnsafeBufferPointer<Float>, rank: Int
    ) throws(QuantcalError) -> Float { try select(scores, rank: rank) }

    private static func select<T: SelectableScalar>(
        _ scores: UnsafeBufferPointer<T>, rank: Int
    ) throws(QuantcalError) -> T {
        guard rank >= 0, rank <= scores.count + 1 else {
            throw QuantcalError(
                .domain,
                "rank is \(UInt(bitPattern: rank)); rank must be 0 to n + 1, which is \(scores.count + 1)")
        }
        guard rank >= 1, rank <= scores.count else {
            try Require.notNaN(scores, "scores")
            return rank == 0 ? -.infinity : .infinity
        }
        return try Selection.select(rank: rank - 1, in: scores, name: "scores")
    }
}
