/// Conformal predictive distributions: what the residuals of n calibration points say of outcomes
/// y = mean + scale * r.
///
/// With z = (y - mean) / scale, the distribution function at y is anywhere in the band from
/// #{r < z} / (n + 1) to (#{r <= z} + 1) / (n + 1), smoothed by one uniform number per prediction. It
/// is uniform at the outcome that comes, if that is exchangeable with the calibration points. With groups (Mondrian
/// categories) each prediction has the residuals of its own group, and that holds within each.
///
/// Source: Vovk, Shen, Manokhin, Xie (2019), "Nonparametric predictive distributions based on conformal
/// prediction"; Vovk, Petej, Nouretdinov, Manokhin, Gammerman (2020) for the split form. All is by one sort of
/// the residuals and binary search: no memory for pairs of calibration and test points.
public struct ConformalDistribution<T: Scalar> {
    let residuals: UnsafeBufferPointer<T>
    let mean: UnsafeBufferPointer<T>
    let scale: UnsafeBufferPointer<T>?
    let groups: Groups?

    /// `scale` has as many elements as `mean`, and groups are those of all residuals and predictions.
    public init(
        residuals: UnsafeBufferPointer<T>, mean: UnsafeBufferPointer<T>, scale: UnsafeBufferPointer<T>?,
        groups: Groups? = nil
    ) {
        (self.residuals, self.mean, self.scale, self.groups) = (residuals, mean, scale, groups)
    }

    /// The groups of residuals and of predictions: any integers.
    public struct Groups {
        let residuals: UnsafeBufferPointer<Int64>
        let predictions: UnsafeBufferPointer<Int64>

        public init(residuals: UnsafeBufferPointer<Int64>, predictions: UnsafeBufferPointer<Int64>) {
            (self.residuals, self.predictions) = (residuals, predictions)
        }
    }

    func requireInputs() throws(QuantcalError) {
        try Require.notNaN(residuals, "residuals")
        try Require.finite(mean, "mean")
        if let scale { try Require.positive(scale, "scale") }
    }

    func sorted() throws(QuantcalError) -> SortedGroups<T> {
        try SortedGroups(residuals, groups: groups?.residuals)
    }

    /// Which group of residuals a prediction has.
    @inline(__always) func place(_ row: Int, in sorted: borrowing SortedGroups<T>) -> Int? {
        guard let groups else { return 0 }
        return sorted.place(of: groups.predictions[row])
    }

    /// Calls `body` for every prediction, on all threads.
    func forEachPrediction(columns: Int, _ body: (Int) -> Void) {
        let grain = max(1, 4096 / max(columns, 1))
        Parallel.forEachRange(of: mean.count, grain: grain) { rows in
            for row in rows { body(row) }
        }
    }

    /// The residual of an outcome, by the arithmetic that the caller's residuals had: else ties would break.
    @inline(__always) private func residual(_ outcome: T, _ row: Int) -> T {
        let difference = outcome - mean[row]
        return if let scale { difference / scale[row] } else { difference }
    }

    @inline(__always) private func fill(
        _ band: DistributionBand<T>, columns: Int, _ outcome: (_ row: Int, _ column: Int) -> T
    ) throws(QuantcalError) {
        let groups = try sorted()
        let random = Philox(seed: band.seed, purpose: .predictiveDistribution)
        forEachPrediction(columns: columns) { row in
            let sorted = groups.sample(place(row, in: groups))
            let total = Double(sorted.count + 1)
            let share = band.draw == nil ? 0 : random.uniform(UInt64(row))
            for column in 0..<columns {
                let place = row * columns + column
                let limit = residual(outcome(row, column), row)
                let below = sorted.count(below: limit)
                let equal = sorted.count(upTo: limit, below: below) - below
                band.lower?[place] = T(Double(below) / total)
                band.upper?[place] = T(Double(below + equal + 1) / total)
                band.draw?[place] = T((Double(below) + share * Double(equal + 1)) / total)
            }
        }
    }

    private func computeCDF(
        _ thresholds: UnsafeBufferPointer<T>, _ band: DistributionBand<T>
    ) throws(QuantcalError) {
        try requireInputs()
        try Require.notNaN(thresholds, "thresholds")
        try fill(band, columns: thresholds.count) { _, column in thresholds[column] }
    }

    private func computeTransform(
        _ outcomes: UnsafeBufferPointer<T>, _ band: DistributionBand<T>
    ) throws(QuantcalError) {
        try requireInputs()
        try Require.notNaN(outcomes, "y")
        try fill(band, columns: 1) { row, _ in outcomes[row] }
    }

    private func computeQuantiles(
        _ levels: UnsafeBufferPointer<Double>, _ lower: UnsafeMutablePointer<T>?,
        _ upper: UnsafeMutablePointer<T>?
    ) throws(QuantcalError) {
        try requireInputs()
        for (index, level) in levels.enumerated() { try Require.level(level, "levels[\(index)]") }
        let groups = try sorted()
        let columns = levels.count
        let ends = try ends(levels, groups)
        forEachPrediction(columns: columns) { row in
            let (centre, unit) = (mean[row], scale?[row] ?? 1)
            let place = place(row, in: groups)
            for column in 0..<columns {
                let pair = place.map { ends.buffer[$0 * columns + column] } ?? (-.infinity, .infinity)
                lower?[row * columns + column] = centre + unit * pair.0
                upper?[row * columns + column] = centre + unit * pair.1
            }
        }
    }

    /// The residuals at the lower and the upper rank of each level, for each group.
    private func ends(
        _ levels: UnsafeBufferPointer<Double>, _ groups: borrowing SortedGroups<T>
    ) throws(QuantcalError) -> Scratch<(T, T)> {
        let (count, overflow) = groups.count.multipliedReportingOverflow(by: levels.count)
        guard !overflow else {
            throw QuantcalError(.noMemory, "no memory for \(levels.count) levels of \(groups.count) groups")
        }
        let ends = try Scratch<(T, T)>(count)
        for (column, level) in levels.enumerated() {
            let decimal = ConformalRank.Decimal(shortest: level)
            for place in 0..<groups.count {
                let sorted = groups.sample(place)
                let ranks = ConformalRank.ranks(n: sorted.count, level: decimal)
                ends.buffer[place * levels.count + column] = (
                    ranks.lower > 0 ? sorted.buffer[ranks.lower - 1] : -.infinity,
                    ranks.upper <= sorted.count ? sorted.buffer[ranks.upper - 1] : .infinity
                )
            }
        }
        return ends
    }
}

extension ConformalDistribution<Double> {
    /// A row for each prediction, a column for each threshold.
    public func cdf(
        at thresholds: UnsafeBufferPointer<Double>, into band: DistributionBand<Double>
    ) throws(QuantcalError) { try computeCDF(thresholds, band) }

    /// The distribution function of each prediction at its outcome.
    public func transform(
        _ outcomes: UnsafeBufferPointer<Double>, into band: DistributionBand<Double>
    ) throws(QuantcalError) { try computeTransform(outcomes, band) }

    /// A row for each prediction, a column for each level.
    public func quantiles(
        at levels: UnsafeBufferPointer<Double>, lower: UnsafeMutablePointer<Double>?,
        upper: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) { try computeQuantiles(levels, lower, upper) }
}

extension ConformalDistribution<Float> {
    public func cdf(
        at thresholds: UnsafeBufferPointer<Float>, into band: DistributionBand<Float>
    ) throws(QuantcalError) { try computeCDF(thresholds, band) }

    public func transform(
        _ outcomes: UnsafeBufferPointer<Float>, into band: DistributionBand<Float>
    ) throws(QuantcalError) { try computeTransform(outcomes, band) }

    public func quantiles(
        at levels: UnsafeBufferPointer<Double>, lower: UnsafeMutablePointer<Float>?,
        upper: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) { try computeQuantiles(levels, lower, upper) }
}
