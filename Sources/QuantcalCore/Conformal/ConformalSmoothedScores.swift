/// Smoothed scores: means and sample variances of draws, which may come in parts.
///
/// Source: the sum of two parts by Chan, Golub, LeVeque (1983). Sums are in twice the precision of a double.
public enum ConformalSmoothedScores {
    /// No more draws than this, so that a count is exact as a double.
    static let mostDraws = 1 << 40

    /// Draws of the same points that came before.
    public struct Earlier {
        let means: UnsafeBufferPointer<Double>
        let variances: UnsafeBufferPointer<Double>
        let draws: Int

        /// `draws` at least 1; as many means and variances as there are points.
        public init(
            means: UnsafeBufferPointer<Double>, variances: UnsafeBufferPointer<Double>, draws: Int
        ) throws(QuantcalError) {
            try ConformalSmoothedScores.requireDraws(draws, "earlier_draws")
            try Require.probabilities(means, "earlier_means")
            try Require.variances(variances, "earlier_variances")
            (self.means, self.variances, self.draws) = (means, variances, draws)
        }
    }

    static func requireDraws(_ draws: Int, _ name: String = "draws") throws(QuantcalError) {
        guard draws >= 1, draws <= mostDraws else {
            throw QuantcalError(
                .size, "\(name) is \(UInt(bitPattern: draws)); \(name) must be 1 to \(mostDraws)")
        }
    }

    public static func compute(
        samples: UnsafeBufferPointer<Double>, n: Int, draws: Int, earlier: Earlier?,
        means: UnsafeMutablePointer<Double>, variances: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) { try summarise(samples, n, draws, earlier, means, variances) }

    public static func compute(
        samples: UnsafeBufferPointer<Float>, n: Int, draws: Int, earlier: Earlier?,
        means: UnsafeMutablePointer<Double>, variances: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) { try summarise(samples, n, draws, earlier, means, variances) }

    private static func summarise<T: Scalar>(
        _ samples: UnsafeBufferPointer<T>, _ n: Int, _ draws: Int, _ earlier: Earlier?,
        _ means: UnsafeMutablePointer<Double>, _ variances: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) {
        try requireDraws(draws)
        try Require.probabilities(samples, "samples")
        Parallel.forEachRange(of: n, grain: max(1, (1 << 15) / draws)) { range in
            for point in range {
                let row = UnsafeBufferPointer(rebasing: samples[point * draws..<(point + 1) * draws])
                var summary = Summary(row)
                if let earlier {
                    summary.add(
                        Summary(
                            mean: earlier.means[point], variance: earlier.variances[point],
                            draws: earlier.draws))
                }
                means[point] = min(summary.mean, 1)
                variances?[point] = summary.variance
            }
        }
    }
}

/// What is kept of some draws from 0 to 1.
private struct Summary {
    var mean: Double
    /// The sum of squares about the mean.
    var squares: Double
    var draws: Double

    var variance: Double { draws > 1 ? squares / (draws - 1) : 0 }

    init(mean: Double, variance: Double, draws: Int) {
        self.mean = mean
        self.draws = Double(draws)
        squares = variance * (self.draws - 1)
    }

    init<T: Scalar>(_ values: UnsafeBufferPointer<T>) {
        var sum = DoubleDouble()
        for value in values { sum += Double(value) }
        draws = Double(values.count)
        mean = sum.normalized / DoubleDouble(high: draws)
        var about = DoubleDouble()
        // What the mean is off by its rounding, squared, is below the last bit.
        for value in values {
            let difference = Double(value) - mean
            about += difference * difference
        }
        squares = about.value
    }

    mutating func add(_ other: Summary) {
        let all = draws + other.draws
        let difference = other.mean - mean
        var weighted = DoubleDouble()
        weighted.addProduct(mean, draws)
        weighted.addProduct(other.mean, other.draws)
        mean = weighted.normalized / DoubleDouble(high: all)
        squares += other.squares + difference * difference * draws * (other.draws / all)
        draws = all
    }
}

extension Require {
    /// Sample variances of numbers from 0 to 1.
    static func variances(
        _ values: UnsafeBufferPointer<Double>, _ name: String = "variances"
    ) throws(QuantcalError) {
        guard let index = values.firstIndex(where: { !($0 >= 0 && $0 <= 0.5) }) else { return }
        let kind: QuantcalError.Kind = values[index].isNaN ? .notFinite : .domain
        throw QuantcalError(kind, "\(name)[\(index)] is \(values[index]); \(name) must be 0 to 0.5")
    }
}
