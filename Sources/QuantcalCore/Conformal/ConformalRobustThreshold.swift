/// The threshold of RSCP+: that of the calibration means at alpha - 2 beta, corrected for their draws.
///
/// Source: Yan, Romano, Weng (2024). Departure: the rank is exact, and no quantile is interpolated.
extension ConformalRobust {
    public static func threshold(
        scores: UnsafeBufferPointer<Double>, draws: Int, alpha: Double, beta: Double
    ) throws(QuantcalError) -> Double {
        let level = try ConformalLevel(alpha)
        try Require.level(beta, "beta")
        guard isChance(beta) else {
            throw QuantcalError(.domain, "beta is \(beta); beta must be 1e-20 to below 0.5")
        }
        var options = Options()
        options.side = .upper
        options.correction = .hoeffding
        options.beta = beta
        let correction = try DrawsCorrection(options, draws)
        try Require.probabilities(scores, "scores")
        let whole = UInt64(scores.count + 1)
        guard let share = level.share(of: whole, less: 2, times: try ConformalLevel(beta)) else {
            throw QuantcalError(
                .infeasible, "alpha is \(alpha) and beta is \(beta); nothing is left of alpha - 2 beta")
        }
        let quantile = try ConformalThreshold.orderStatistic(
            scores: scores, rank: scores.count + 1 - Int(share))
        return quantile.isFinite ? correction.bound(quantile, variance: 0) : quantile
    }
}
