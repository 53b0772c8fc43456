/// One row of predictions: how far an outcome lies below what is predicted, and how far above.
///
/// Each side is a function of y that never rises (below) or never falls (above), also after rounding; what an
/// interval's ends are searched for by.
struct RegressionRow {
    /// a and b of (a - y) / v and (y - b) / w; of quantiles the outermost.
    var lowAnchor = 0.0
    var highAnchor = 0.0
    var lowScale = 1.0
    var highScale = 1.0
    var isNonnegative = false
    var quantiles: Quantiles?

    /// A distribution function, linear between ascending quantiles, the outer probabilities at the outer ones.
    struct Quantiles {
        let values: UnsafeMutablePointer<Double>
        let levels: UnsafeBufferPointer<Double>

        /// F(y); or F(y-), the limit from the left.
        func probability(_ y: Double, fromLeft: Bool) -> Double {
            let count = levels.count
            let next = Search.first(in: 0..<count) { fromLeft ? values[$0] >= y : values[$0] > y }
            if next == 0 { return 0 }
            if next == count { return 1 }
            let (low, high) = (levels[next - 1], levels[next])
            let (left, right) = (values[next - 1], values[next])
            // Halves, as the distance of two doubles need not be one.
            let share = (y / 2 - left / 2) / (right / 2 - left / 2)
            return min(low + (high - low) * (share.isNaN ? 0 : share), high)
        }

        /// Near where F passes a probability.
        func value(_ probability: Double) -> Double {
            let count = levels.count
            let next = Search.first(in: 0..<count) { levels[$0] >= probability }
            if next == 0 { return values[0] }
            if next == count { return values[count - 1] }
            let share = (probability - levels[next - 1]) / (levels[next] - levels[next - 1])
            return values[next - 1] * (1 - share) + values[next] * share
        }
    }

    /// The score of y's lying below, rounded up.
    @inline(__always) func below(_ y: Double) -> Double {
        if let quantiles { return 0.5 - quantiles.probability(y, fromLeft: false) }
        return DirectedRounding.quotient(lowAnchor, minus: y, by: lowScale)
    }

    /// The score of y's lying above, rounded up.
    @inline(__always) func above(_ y: Double) -> Double {
        if let quantiles { return quantiles.probability(y, fromLeft: true) - 0.5 }
        return DirectedRounding.quotient(y, minus: highAnchor, by: highScale)
    }

    /// About the least y whose `below` is at most a threshold.
    @inline(__always) func nearLower(_ threshold: Double) -> Double {
        if let quantiles { return quantiles.value(0.5 - threshold) }
        return lowAnchor - threshold * lowScale
    }

    /// About the greatest y whose `above` is at most a threshold.
    @inline(__always) func nearUpper(_ threshold: Double) -> Double {
        if let quantiles { return quantiles.value(0.5 + threshold) }
        return highAnchor + threshold * highScale
    }
}

/// Reads rows of predictions: checks them, sorts quantiles that cross, makes scales.
struct RegressionReader<T: Scalar> {
    let predictions: UnsafeBufferPointer<T>
    let columns: Int
    let levels: UnsafeBufferPointer<Double>
    let options: ConformalRegression.Options

    /// Room that reading a row needs.
    var scratch: Int { 2 * columns }

    /// Columns fit the kind, levels ascend, all predictions are finite and every scale is above 0.
    func check(rows: Int) throws(QuantcalError) {
        try options.check()
        if let needed = options.kind.columns {
            guard columns == needed else {
                throw QuantcalError(.size, "columns is \(columns); this kind of score has \(needed)")
            }
        } else {
            guard columns >= 1 else { throw QuantcalError(.size, "columns is 0; it must be at least 1") }
            try checkLevels()
        }
        try Require.finite(predictions, "predictions")
        switch options.kind {
        case .absolute, .cqr, .quantiles: return
        case .gamma, .normalised, .cqrR, .cqrM: try checkScales(rows)
        }
    }

    private func checkLevels() throws(QuantcalError) {
        for (index, level) in levels.enumerated() {
            try Require.level(level, "levels[\(index)]")
            if index > 0, !(level > levels[index - 1]) {
                throw QuantcalError(
                    .domain,
                    "levels[\(index)] is \(level), levels[\(index - 1)] is \(levels[index - 1]); levels must increase"
                )
            }
        }
    }

    private func checkScales(_ rows: Int) throws(QuantcalError) {
        let memory = try Scratch<Double>(scratch)
        for row in 0..<rows {
            let read = read(row, memory.buffer.baseAddress!)
            let last = predictions[row * columns + columns - 1]
            if options.kind == .normalised, last < 0 {
                throw refused(row, columns - 1, "sigma must be >= 0")
            }
            guard read.lowScale > 0, read.highScale > 0 else {
                throw refused(row, 0, "the row's scale is not above 0")
            }
            guard read.lowScale.isFinite, read.highScale.isFinite else {
                throw refused(row, 0, "the row's scale is not finite")
            }
        }
    }

    private func refused(_ row: Int, _ column: Int, _ reason: String) -> QuantcalError {
        QuantcalError(
            .domain, "predictions[\(row), \(column)] is \(predictions[row * columns + column]); \(reason)")
    }

    /// A row, already checked.
    @inline(__always) func read(_ row: Int, _ scratch: UnsafeMutablePointer<Double>) -> RegressionRow {
        let first = predictions.baseAddress! + row * columns
        var result = RegressionRow()
        switch options.kind {
        case .absolute, .normalised, .gamma:
            result.lowAnchor = Double(first[0])
            result.highAnchor = result.lowAnchor
        case .cqr, .cqrR, .cqrM, .quantiles:
            sort(first, into: scratch)
            result.lowAnchor = scratch[0]
            result.highAnchor = scratch[columns - 1]
        }
        switch options.kind {
        case .absolute, .cqr: break
        case .normalised: result.setScales(atLeast(Double(first[1]) + options.beta))
        case .gamma:
            result.setScales(result.lowAnchor)
            result.isNonnegative = true
        case .cqrR: result.setScales(atLeast(scratch[1] - scratch[0]))
        case .cqrM:
            result.lowScale = atLeast(scratch[1] - scratch[0])
            result.highScale = atLeast(scratch[2] - scratch[1])
        case .quantiles: result.quantiles = RegressionRow.Quantiles(values: scratch, levels: levels)
        }
        return result
    }

    @inline(__always) private func atLeast(_ scale: Double) -> Double { max(scale, options.minimumScale) }

    @inline(__always) private func sort(_ row: UnsafePointer<T>, into scratch: UnsafeMutablePointer<Double>) {
        // Two and three columns are the rule; longer rows are nearly in order.
        for column in 0..<columns { scratch[column] = Double(row[column]) }
        if columns == 2 {
            if scratch[1] < scratch[0] { (scratch[0], scratch[1]) = (scratch[1], scratch[0]) }
        } else {
            NaturalMergeSort.sort(
                UnsafeMutableBufferPointer(start: scratch, count: columns), scratch: scratch + columns, <)
        }
    }
}

extension RegressionRow {
    @inline(__always) fileprivate mutating func setScales(_ scale: Double) {
        lowScale = scale
        highScale = scale
    }
}
