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
        let rank = try ConformalRank.rank(n: scores.count, alpha: alpha)
        guard rank <= scores.count else {
            try Require.notNaN(scores, "scores")
            return .infinity
        }
        return try Selection.select(rank: rank - 1, in: scores, name: "scores")
    }
}
