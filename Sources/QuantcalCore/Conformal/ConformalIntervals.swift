/// Prediction intervals mean - threshold to mean + threshold, for absolute residuals as scores.
public enum ConformalIntervals {
    public static func intervals(
        mean: UnsafeBufferPointer<Double>, threshold: Double,
        lower: UnsafeMutablePointer<Double>, upper: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try compute(mean, threshold, lower, upper) }

    public static func intervals(
        mean: UnsafeBufferPointer<Float>, threshold: Float,
        lower: UnsafeMutablePointer<Float>, upper: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try compute(mean, threshold, lower, upper) }

    private static func compute<T: Scalar>(
        _ mean: UnsafeBufferPointer<T>, _ threshold: T,
        _ lower: UnsafeMutablePointer<T>, _ upper: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        guard !threshold.isNaN else {
            throw QuantcalError(.notFinite, "threshold is nan; threshold must be >= 0")
        }
        guard threshold >= 0 else {
            throw QuantcalError(.domain, "threshold is \(threshold); threshold must be >= 0")
        }
        try Require.finite(mean, "mean")
        // Either output may be the mean's own memory: both values come from one read.
        for index in mean.indices {
            let centre = mean[index]
            lower[index] = centre - threshold
            upper[index] = centre + threshold
        }
    }
}
