/// The isotonic fit of the largest weighted residual.
///
/// With E as the least possible largest residual, the optimal fits are those between
/// L_i = max over j <= i of y_j - E / w_j and U_i = min over j >= i of y_j + E / w_j, which are
/// isotonic themselves. Without weights E is half the largest fall, and the middle needs no E at all.
///
/// With weights E is the largest (y_i - y_j) / (1 / w_i + 1 / w_j) of pairs i < j. It is found from below: for a
/// given E the pair that most violates (y_i - E / w_i) - (y_j + E / w_j) <= 0 is known after one pass
/// with a running maximum, and gives the next E, until no pair does. This is Newton's method for a
/// falling, convex, piecewise linear function: E rises, over finitely many pairs, and a few passes are enough.
struct IsotonicChebyshev<T: IsotonicScalar> {
    private let points: IsotonicSequence<T>
    /// Powers of two that keep values, their differences and products in range.
    private let scale: Double
    private let weightScale: Double

    init(_ points: IsotonicSequence<T>) {
        self.points = points
        let largest = points.y.reduce(0) { max($0, abs(Double($1))) }
        scale = PowerOfTwo.bringing(largest, above: -900, below: 900)
        let heaviest = points.weights.map { $0.reduce(0) { max($0, Double($1)) } } ?? 1
        weightScale = PowerOfTwo.bringing(heaviest, above: 0, below: 0)
    }

    /// Writes the values of points of positive weight to their places.
    func fit(
        _ solution: IsotonicRegression.Solution, fitted: UnsafeMutablePointer<T>, _ progress: Progress
    ) throws(QuantcalError) {
        try progress(0)
        let lower = try Scratch<Double>(points.count)
        let isMiddle = solution == .standard || solution == .middle
        let error = points.weights == nil && isMiddle ? 0 : largestResidual()
        var highest = -Double.infinity
        for index in 0..<points.count where points.weight(index) > 0 {
            highest = max(highest, value(index) - slack(index, error))
            lower.buffer[index] = highest
        }
        var least = Double.infinity
        for index in stride(from: points.count - 1, through: 0, by: -1)
        where points.weight(index) > 0 {
            let place = points.place(index)
            least = min(least, value(index) + slack(index, error))
            let fit =
                switch solution {
                case .lower: lower.buffer[index]
                case .upper: least
                case .standard, .middle: lower.buffer[index].middle(to: least)
                }
            fitted[place] = T(fit / scale)
        }
    }

    @inline(__always) private func value(_ index: Int) -> Double { Double(points.value(index)) * scale }

    /// The weight of a point, the heaviest having about 1. The lightest count as 2^-1000.
    @inline(__always) private func weight(_ index: Int) -> Double {
        max(points.weight(index) * weightScale, 0x1p-1000)
    }

    /// How far the fit may be from a point whose weighted residual is `error`.
    @inline(__always) private func slack(_ index: Int, _ error: Double) -> Double { error / weight(index) }

    private func largestResidual() -> Double {
        var error = 0.0
        while let next = residual(ofWorstPairAt: error), next > error { error = next }
        return error
    }

    /// The residual that the pair needs which most violates a bound on residuals; nil if none does.
    private func residual(ofWorstPairAt error: Double) -> Double? {
        var (left, leftValue) = (-1, -Double.infinity)
        var (worst, violation) = ((-1, -1), 0.0)
        for index in 0..<points.count where points.weight(index) > 0 {
            let (value, slack) = (value(index), slack(index, error))
            if leftValue - (value + slack) > violation {
                (worst, violation) = ((left, index), leftValue - (value + slack))
            }
            if value - slack > leftValue { (left, leftValue) = (index, value - slack) }
        }
        guard violation > 0 else { return nil }
        let fall = value(worst.0) - value(worst.1)
        return fall / (1 / weight(worst.0) + 1 / weight(worst.1))
    }
}
