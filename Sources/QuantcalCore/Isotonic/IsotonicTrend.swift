/// Whether a response rises or falls with a predictor, by Spearman's rank correlation, as
/// scikit-learn's `IsotonicRegression(increasing="auto")` decides it.
///
/// Equal values share the mean of their ranks. Twice a rank less its mean is an integer, so the sums of
/// squares and products are exact, and rho is rounded in its last steps only. The interval is Fisher's,
/// tanh(atanh(rho) -+ 1.96 / sqrt(n - 3)).
public struct IsotonicTrend: Equatable, Sendable {
    public let direction: IsotonicRegression.Direction
    /// The data do not tell: the interval reaches from one sign to the other, or there is no correlation.
    public let isAmbiguous: Bool
    /// Spearman's rho; NaN if all values of one side are equal.
    public let correlation: Double
    /// NaN where three points or fewer, or no correlation, give no interval.
    public let lower: Double
    public let upper: Double

    public static func decide(
        x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>
    ) throws(QuantcalError) -> IsotonicTrend { try IsotonicTrend(x, y) }

    public static func decide(
        x: UnsafeBufferPointer<Float>, y: UnsafeBufferPointer<Float>
    ) throws(QuantcalError) -> IsotonicTrend { try IsotonicTrend(x, y) }

    /// `x` is nil for the positions of the points.
    private init<T: Scalar>(_ x: UnsafeBufferPointer<T>?, _ y: UnsafeBufferPointer<T>) throws(QuantcalError) {
        let ranks = try Scratch<Int>(y.count)
        try Self.rank(y, "y", ranks.buffer)
        var sums = RankSums()
        if let x {
            let others = try Scratch<Int>(x.count)
            try Self.rank(x, "x", others.buffer)
            for index in y.indices { sums.add(others.buffer[index], ranks.buffer[index]) }
        } else {
            for index in y.indices { sums.add(2 * index + 1 - y.count, ranks.buffer[index]) }
        }
        self.init(correlation: sums.correlation, count: y.count)
    }

    /// The direction that is given, or the one that the data decide.
    static func resolve<T: Scalar>(
        _ given: IsotonicRegression.Direction?, _ x: UnsafeBufferPointer<T>?, _ y: UnsafeBufferPointer<T>
    ) throws(QuantcalError) -> IsotonicTrend {
        guard let given else { return try IsotonicTrend(x, y) }
        return IsotonicTrend(given: given)
    }

    private init(given direction: IsotonicRegression.Direction) {
        self.direction = direction
        isAmbiguous = false
        (correlation, lower, upper) = (.nan, .nan, .nan)
    }

    private init(correlation: Double, count: Int) {
        self.correlation = correlation
        direction = correlation >= 0 ? .increasing : .decreasing
        if correlation.isNaN || count <= 3 {
            (lower, upper) = (.nan, .nan)
            isAmbiguous = correlation.isNaN
        } else {
            let width = 1.96 / Double(count - 3).squareRoot()
            upper = Self.moved(correlation, width)
            lower = -Self.moved(-correlation, width)
            isAmbiguous = lower <= 0 && upper >= 0
        }
    }

    /// tanh(atanh(rho) + width) = (1 + rho - (1 - rho) q) / (1 + rho + (1 - rho) q), q = exp(-2 width).
    private static func moved(_ rho: Double, _ width: Double) -> Double {
        let q = Exponential.exp(-2 * width)
        let (above, below) = (1 + rho, (1 - rho) * q)
        return (above - below) / (above + below)
    }

    /// Twice the rank of each value, counted from the middle.
    private static func rank<T: Scalar>(
        _ values: UnsafeBufferPointer<T>, _ name: String, _ ranks: UnsafeMutableBufferPointer<Int>
    ) throws(QuantcalError) {
        let order = try PredictorOrder(values, name)
        let groups = try PredictorGroups(order.x)
        for group in 0..<groups.count {
            let places = groups[group]
            let rank = places.lowerBound + places.upperBound - values.count
            for place in places { ranks[order.origin(place)] = rank }
        }
    }
}

/// Exact sums over pairs of ranks.
private struct RankSums {
    private var products: Int128 = 0
    private var squaresOfX: Int128 = 0
    private var squaresOfY: Int128 = 0

    @inline(__always) mutating func add(_ x: Int, _ y: Int) {
        products += Int128(x) * Int128(y)
        squaresOfX += Int128(x) * Int128(x)
        squaresOfY += Int128(y) * Int128(y)
    }

    /// 1 or -1 only where the ranks agree or oppose each other: then the squares are equal.
    var correlation: Double {
        guard squaresOfX > 0, squaresOfY > 0 else { return .nan }
        if squaresOfX == squaresOfY { return Double(products) / Double(squaresOfX) }
        return Double(products) / (Double(squaresOfX).squareRoot() * Double(squaresOfY).squareRoot())
    }
}
