/// Scores of regression models, and the intervals that thresholds on them give.
///
/// An interval is all y with below(y) <= t and above(y) <= t. Scores are rounded up, so this holds of the
/// rounded score if and only if it holds of the exact one; and the ends are the outermost numbers of the type
/// for which it holds, so the library's own scores agree with its intervals to the last bit.
///
/// Sources: `regression_scores.h`.
public enum ConformalRegression {
    public static func scores(
        y: UnsafeBufferPointer<Double>, predictions: UnsafeBufferPointer<Double>, columns: Int,
        levels: UnsafeBufferPointer<Double>, options: Options, scores: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try computeScores(y, predictions, columns, levels, options, scores) }

    public static func scores(
        y: UnsafeBufferPointer<Float>, predictions: UnsafeBufferPointer<Float>, columns: Int,
        levels: UnsafeBufferPointer<Double>, options: Options, scores: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try computeScores(y, predictions, columns, levels, options, scores) }

    public static func intervals(
        predictions: UnsafeBufferPointer<Double>, rows: Int, columns: Int,
        levels: UnsafeBufferPointer<Double>, thresholds: UnsafeBufferPointer<Double>, options: Options,
        lower: UnsafeMutablePointer<Double>, upper: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        try computeIntervals(predictions, rows, columns, levels, thresholds, options, lower, upper)
    }

    public static func intervals(
        predictions: UnsafeBufferPointer<Float>, rows: Int, columns: Int,
        levels: UnsafeBufferPointer<Double>, thresholds: UnsafeBufferPointer<Float>, options: Options,
        lower: UnsafeMutablePointer<Float>, upper: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try computeIntervals(predictions, rows, columns, levels, thresholds, options, lower, upper)
    }

    private static func computeScores<T: Scalar>(
        _ y: UnsafeBufferPointer<T>, _ predictions: UnsafeBufferPointer<T>, _ columns: Int,
        _ levels: UnsafeBufferPointer<Double>, _ options: Options, _ scores: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        let reader = RegressionReader(
            predictions: predictions, columns: columns, levels: levels, options: options)
        try reader.check(rows: y.count)
        try Require.finite(y, "y")
        if options.kind == .gamma, let index = y.firstIndex(where: { $0 < 0 }) {
            throw QuantcalError(.domain, "y[\(index)] is \(y[index]); y must be >= 0 for this kind of score")
        }
        let sides = options.sides
        try forEachRow(reader, rows: y.count) { index, row in
            let value = Double(y[index])
            switch sides {
            case .symmetric: scores[index] = DirectedRounding.up(max(row.below(value), row.above(value)))
            case .lower: scores[index] = DirectedRounding.up(row.below(value))
            case .upper: scores[index] = DirectedRounding.up(row.above(value))
            case .asymmetric:
                scores[2 * index] = DirectedRounding.up(row.below(value))
                scores[2 * index + 1] = DirectedRounding.up(row.above(value))
            }
        }
    }

    private static func computeIntervals<T: Scalar>(
        _ predictions: UnsafeBufferPointer<T>, _ rows: Int, _ columns: Int,
        _ levels: UnsafeBufferPointer<Double>, _ thresholds: UnsafeBufferPointer<T>, _ options: Options,
        _ lower: UnsafeMutablePointer<T>, _ upper: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        let reader = RegressionReader(
            predictions: predictions, columns: columns, levels: levels, options: options)
        try reader.check(rows: rows)
        try Require.notNaN(thresholds, "thresholds")
        let (sides, count) = (options.sides, options.sides.count)
        try forEachRow(reader, rows: rows) { index, row in
            let first = options.thresholdFor == .all ? 0 : index * count
            let (low, high) = (thresholds[first], thresholds[first + count - 1])
            let interval = row.interval(
                below: sides == .upper ? .infinity : low, above: sides == .lower ? .infinity : high)
            (lower[index], upper[index]) = interval.orEmpty(options.empty, row)
        }
    }

    /// Reads each row and hands it on, on all threads.
    private static func forEachRow<T: Scalar>(
        _ reader: RegressionReader<T>, rows: Int, _ body: (Int, RegressionRow) -> Void
    ) throws(QuantcalError) {
        let grain = max(1, (1 << 13) / reader.columns)
        let tasks = (rows + grain - 1) / grain
        let threads = Parallel.threads(for: tasks, work: rows * reader.columns * 4)
        let memory = try Scratch<Double>(threads * reader.scratch)
        Parallel.forEach(tasks, threads: threads) { task, thread in
            let scratch = memory.buffer.baseAddress! + thread * reader.scratch
            for row in task * grain..<min(rows, (task + 1) * grain) { body(row, reader.read(row, scratch)) }
        }
    }
}

/// Both ends of an interval; empty if they cross, or if one is an infinity on the wrong side.
private struct Interval<T: Scalar> {
    var lower: T
    var upper: T

    func orEmpty(_ empty: ConformalRegression.Empty, _ row: RegressionRow) -> (T, T) {
        guard lower > upper || lower == .infinity || upper == -.infinity else { return (lower, upper) }
        if empty == .marked { return (.nan, .nan) }
        let isBounded = lower.isFinite && upper.isFinite
        let middle =
            isBounded ? lower.middle(to: upper) : T(row.lowAnchor).middle(to: T(row.highAnchor))
        return (middle, middle)
    }
}

extension RegressionRow {
    /// All y whose scores are at most the thresholds.
    @inline(__always) fileprivate func interval<T: Scalar>(below: T, above: T) -> Interval<T> {
        var lower = -T.infinity
        if below < .infinity {
            lower = OutermostNumber.least(near: T(nearLower(Double(below)))) {
                DirectedRounding.up(self.below(Double($0))) <= below
            }
        }
        if isNonnegative, lower < 0 { lower = 0 }
        var upper = T.infinity
        if above < .infinity {
            upper = -OutermostNumber.least(near: -T(nearUpper(Double(above)))) {
                DirectedRounding.up(self.above(-Double($0))) <= above
            }
        }
        return Interval(lower: lower, upper: upper)
    }
}

/// The end of a half-line that a test describes, found among the numbers of a type.
enum OutermostNumber {
    /// The least finite number for which `isInside` holds, given that it holds for all above one for which it
    /// does; -infinity if it holds for all, +infinity if for none. Two tests if `guess` is it, else steps
    /// that double and then halve.
    @inline(__always) static func least<T: Scalar>(near guess: T, _ isInside: (T) -> Bool) -> T {
        let top = T.greatestFiniteMagnitude
        let start = guess.isNaN ? 0 : min(max(guess, -top), top)
        var outside: T.Bits
        var inside: T.Bits
        if isInside(start) {
            inside = start.orderedKey
            var step: T.Bits = 1
            repeat {
                let room = inside - (-top).orderedKey
                if room == 0 { return -.infinity }
                outside = inside - min(step, room)
                if !isInside(T(orderedKey: outside)) { break }
                inside = outside
                step <<= 1
            } while true
        } else {
            outside = start.orderedKey
            var step: T.Bits = 1
            repeat {
                let room = top.orderedKey - outside
                if room == 0 { return .infinity }
                inside = outside + min(step, room)
                if isInside(T(orderedKey: inside)) { break }
                outside = inside
                step <<= 1
            } while true
        }
        while inside - outside > 1 {
            let middle = outside + (inside - outside) / 2
            if isInside(T(orderedKey: middle)) { inside = middle } else { outside = middle }
        }
        return T(orderedKey: inside) + 0
    }
}
