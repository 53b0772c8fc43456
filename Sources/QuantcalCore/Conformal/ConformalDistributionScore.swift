/// The continuous ranked probability score of conformal predictive distributions: the integral of
/// (F(t) - [y <= t])^2, where F puts mass 1 / n on every mean + scale * r. (The distribution function
/// proper has mass at both infinities, which makes the integral diverge.)
///
/// The integral of F^2 up to each residual and that of (1 - F)^2 from it on are summed once over the sorted
/// residuals of each group; an outcome then needs one search and two partial cells. All terms are at least 0, so that
/// nothing cancels, as the equivalent mean |r - z| less half the mean |r - r'| would for few far residuals.
private struct ScoreCells: ~Copyable {
    private let sorted: Scratch<Double>
    /// The integral of F^2 up to a residual, and of (1 - F)^2 from it on.
    private let below: Scratch<Double>
    private let above: Scratch<Double>
    /// For each group, a power of two by which its residuals are multiplied, so that no sum overflows; 0 if one of
    /// them is infinite.
    private let units: Scratch<Double>

    init<T: Scalar>(_ groups: borrowing SortedGroups<T>) throws(QuantcalError) {
        let count = groups.values.count
        let sorted = try Scratch<Double>(count)
        let below = try Scratch<Double>(count)
        let above = try Scratch<Double>(count)
        let units = try Scratch<Double>(groups.count)
        self.sorted = sorted
        self.below = below
        self.above = above
        self.units = units
        for place in 0..<groups.count { fill(place, groups) }
    }

    private func fill<T: Scalar>(_ place: Int, _ groups: borrowing SortedGroups<T>) {
        let range = groups.range(place)
        let first = Double(groups.values[range.lowerBound])
        let last = Double(groups.values[range.upperBound - 1])
        guard first.isFinite, last.isFinite else { return units.buffer[place] = 0 }
        let unit = PowerOfTwo.bringing(max(abs(first), abs(last)), above: -1100, below: 900)
        units.buffer[place] = unit
        for index in range { sorted.buffer[index] = Double(groups.values[index]) * unit }
        sumCells(range)
    }

    private func sumCells(_ range: Range<Int>) {
        let (values, start, n) = (sorted.buffer, range.lowerBound, range.count)
        var sum = DoubleDouble()
        below.buffer[start] = 0
        for index in 1..<n {
            let share = Double(index) / Double(n)
            sum += share * share * (values[start + index] - values[start + index - 1])
            below.buffer[start + index] = sum.value
        }
        sum = DoubleDouble()
        above.buffer[start + n - 1] = 0
        for index in (1..<n).reversed() {
            let share = Double(n - index) / Double(n)
            sum += share * share * (values[start + index] - values[start + index - 1])
            above.buffer[start + index - 1] = sum.value
        }
    }

    @inline(__always) func unit(_ place: Int) -> Double { units.buffer[place] }

    /// The score of an outcome with this residual in a group, both multiplied by the unit.
    @inline(__always) func score(_ z: Double, in range: Range<Int>) -> Double {
        let (values, start, end) = (sorted.buffer, range.lowerBound, range.upperBound)
        let next = Search.first(in: range) { values[$0] > z }
        if next == start { return (values[start] - z) + above.buffer[start] }
        if next == end { return (z - values[end - 1]) + below.buffer[end - 1] }
        let n = Double(range.count)
        let (share, rest) = (Double(next - start) / n, Double(end - next) / n)
        let inner = share * share * (z - values[next - 1]) + rest * rest * (values[next] - z)
        return below.buffer[next - 1] + inner + above.buffer[next]
    }
}

extension ConformalDistribution {
    private func computeCRPS(
        _ outcomes: UnsafeBufferPointer<T>, _ scores: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        guard !residuals.isEmpty else {
            throw QuantcalError(.size, "n is 0; a score takes at least one residual")
        }
        try requireInputs()
        try Require.finite(outcomes, "y")
        let sorted = try sorted()
        for row in mean.indices where place(row, in: sorted) == nil {
            let group = groups?.predictions[row] ?? 0
            throw QuantcalError(.domain, "groups[\(row)] is \(group); no residual is of that group")
        }
        let cells = try ScoreCells(sorted)
        forEachPrediction(columns: 1) { row in
            let place = place(row, in: sorted)!
            let unit = cells.unit(place)
            // Mass at an infinity.
            guard unit > 0 else { return scores[row] = .infinity }
            let (y, mean, scale) = (Double(outcomes[row]), Double(mean[row]), Double(scale?[row] ?? 1))
            let difference = y - mean
            let z = difference.isFinite ? difference * unit / scale : (y / 2 - mean / 2) * unit / (scale / 2)
            // Beyond the range, z is so large that the residuals do not count.
            let score = z.isFinite ? cells.score(z, in: sorted.range(place)) * scale / unit : abs(difference)
            scores[row] = T(score)
        }
    }
}

extension ConformalDistribution<Double> {
    public func crps(
        _ outcomes: UnsafeBufferPointer<Double>, into scores: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try computeCRPS(outcomes, scores) }
}

extension ConformalDistribution<Float> {
    public func crps(
        _ outcomes: UnsafeBufferPointer<Float>, into scores: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try computeCRPS(outcomes, scores) }
}
