/// Conformal risk control: the first parameter whose expected loss on a new point is at most alpha.
///
/// Source: Angelopoulos, Bates, Fisch, Lei, Schuster (2024), "Conformal risk control". Departure: that no
/// parameter passes is an error of its own, where the authors' code returns one that does not.
public enum ConformalRiskControl {
    /// `losses` is n x count, each row for one point; row by row they fall along the parameters, or are
    /// replaced by their suprema over all later parameters. `bounds` gets (sum + bound) / (n + 1) of each.
    public static func firstIndex(
        losses: UnsafeBufferPointer<Double>, n: Int, count: Int, bound: Double, alpha: Double,
        monotonize: Bool, bounds: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Int {
        let greatest = try greatestMagnitude(losses, bound, count)
        let level = try ConformalRiskLevel(alpha: alpha, bound: bound, n: n, greatest: greatest)
        let sums = try Scratch<DoubleDouble>(zeroed: count)
        for row in 0..<n {
            let values = UnsafeBufferPointer(rebasing: losses[row * count..<(row + 1) * count])
            try add(values, to: sums.buffer, level.scale, monotonize, row)
        }
        guard let first = sums.buffer.firstIndex(where: { level.accepts($0) }) else {
            throw infeasible(level.expected(sums.buffer[count - 1]), alpha)
        }
        if let bounds { for index in 0..<count { bounds[index] = level.expected(sums.buffer[index]) } }
        return first
    }

    private static func infeasible(_ best: Double, _ alpha: Double) -> QuantcalError {
        QuantcalError(
            .infeasible, "no parameter brings the expected loss to \(alpha); the last one has \(best)")
    }

    private static func greatestMagnitude(
        _ losses: UnsafeBufferPointer<Double>, _ bound: Double, _ count: Int
    ) throws(QuantcalError) -> Double {
        try ConformalRiskLevel.requirePositive(bound, "bound")
        try Require.finite(losses, "losses")
        var (greatest, least) = (-Double.infinity, Double.infinity)
        for loss in losses { (greatest, least) = (max(greatest, loss), min(least, loss)) }
        if greatest > bound, let index = losses.firstIndex(where: { $0 > bound }) {
            throw QuantcalError(
                .domain,
                "losses[\(index / count), \(index % count)] is \(losses[index]); losses must be at most bound, \(bound)"
            )
        }
        return losses.isEmpty ? 0 : max(greatest, -least)
    }

    private static func add(
        _ values: UnsafeBufferPointer<Double>, to sums: UnsafeMutableBufferPointer<DoubleDouble>,
        _ scale: Double, _ monotonize: Bool, _ row: Int
    ) throws(QuantcalError) {
        var later = -Double.infinity
        for index in values.indices.reversed() {
            if values[index] >= later {
                later = values[index]
            } else if !monotonize {
                throw QuantcalError(
                    .domain,
                    "losses[\(row), \(index + 1)] is \(later), above the one before it, \(values[index]); "
                        + "losses must not rise along a row")
            }
            sums[index] += later * scale
        }
    }

    /// Losses that fall in steps: the loss of a threshold t is the sum of the drops at positions above t, over
    /// n points. The least t that passes: a position, or -infinity if all do. From the highest position down,
    /// nothing is subtracted.
    public static func firstThreshold(
        positions: UnsafeBufferPointer<Double>, drops: UnsafeBufferPointer<Double>?, n: Int, bound: Double,
        alpha: Double
    ) throws(QuantcalError) -> Double {
        try Require.notNaN(positions, "positions")
        var greatest = 1.0
        if let drops {
            if let index = drops.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
                throw QuantcalError(
                    drops[index].isFinite ? .domain : .notFinite,
                    "drops[\(index)] is \(drops[index]); drops must be finite and >= 0")
            }
            greatest = drops.max() ?? 0
        }
        let level = try ConformalRiskLevel(alpha: alpha, bound: bound, n: n, greatest: greatest)
        guard level.accepts(DoubleDouble()) else { throw infeasible(level.expected(DoubleDouble()), alpha) }
        let steps = try Scratch<LossStep>(positions.count)
        try RadixSort.sort(LossSteps(positions: positions, drops: drops, sorted: steps.buffer))
        var above = DoubleDouble()
        var end = positions.count
        while end > 0 {
            let position = steps.buffer[end - 1].position
            while end > 0, steps.buffer[end - 1].position == position {
                above += steps.buffer[end - 1].drop * level.scale
                end -= 1
            }
            if !level.accepts(above) { return position }
        }
        return -.infinity
    }
}

private struct LossStep: RadixItem {
    let key: UInt64
    let drop: Double

    var position: Double { Double(orderedKey: key) }
}

private struct LossSteps: RadixItems {
    let positions: UnsafeBufferPointer<Double>
    let drops: UnsafeBufferPointer<Double>?
    let sorted: UnsafeMutableBufferPointer<LossStep>

    var count: Int { positions.count }
    func key(_ index: Int) -> UInt64 { positions[index].orderedKey }
    func item(_ index: Int) -> LossStep { LossStep(key: key(index), drop: drops?[index] ?? 1) }
    func store(_ item: LossStep, at place: Int) { sorted[place] = item }
}
