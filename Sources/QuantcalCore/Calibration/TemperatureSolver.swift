import Glibc

/// A bracketed Newton iteration for the root in beta of the convex objective's derivative.
///
/// The derivative rises with beta, so each evaluation moves one end of the bracket. A Newton step that
/// would leave the bracket is replaced by its geometric middle; while one end is unknown, steps
/// are at most fourfold at first, and may be the square of that each time, so that no end is far.
/// A fixed sample of the rows gives the starting point, so that only a few passes see all of them. Data without an optimum are recognised exactly: labels that all have the
/// highest logit by comparison, an inverted derivative at beta = 0 in twice the precision.
struct TemperatureSolver<T: SoftmaxScalar> {
    let data: LabelledLogits<T>
    /// One unit of the scaled logits in units of the caller's: a power of two.
    let unit: Double
    let options: TemperatureScaling.Options
    private var iterations = 0

    /// After a relative step this small the next one is below the last place (the error of Newton's
    /// method squares), or below what single-precision exponentials resolve.
    private static var smallStep: Double { T.self == Float.self ? 1e-6 : 1e-10 }
    /// Below this beta the sign of the derivative at 0 is settled before going on.
    private static var smallBeta: Double { 1.0 / 1024 }
    private static var smallestSampled: Int { 1 << 16 }

    init(data: LabelledLogits<T>, unit: Double, options: TemperatureScaling.Options) {
        (self.data, self.unit, self.options) = (data, unit, options)
    }

    mutating func solve() throws(QuantcalError) -> TemperatureScaling.Fit {
        // The caller's T = 1 is beta = unit here.
        let start = try evaluate(unit)
        let before = start.nll / start.weight
        guard start.hasSpread else { return result(.degenerate, unit, before, start) }
        guard start.hasLabelBelowMaximum else {
            return result(.separated, .infinity, before, try limitAtInfinity())
        }
        var beta = unit
        if data.rows >= Self.smallestSampled {
            let guess = try root(from: unit, passes: 50, smallStep: 1e-3) { beta throws(QuantcalError) in
                try SoftmaxMoments.sum(data, beta: beta, sampled: true)
            }
            if guess.converged { beta = guess.beta }
        }
        let first = beta == unit ? start : nil
        var pending = first
        let found = try root(from: beta, passes: options.maximumIterations, smallStep: Self.smallStep) {
            (beta: Double) throws(QuantcalError) -> SoftmaxMoments in
            defer { pending = nil }
            if let pending { return pending }
            return try evaluate(beta)
        }
        if found.beta == 0 { return result(.inverted, 0, before, try evaluate(0)) }
        return result(found.converged ? .ok : .notConverged, found.beta, before, try evaluate(found.beta))
    }

    private mutating func evaluate(_ beta: Double) throws(QuantcalError) -> SoftmaxMoments {
        try options.progress(1 - 1 / Double(iterations + 1))
        iterations += 1
        return try SoftmaxMoments.sum(data, beta: beta)
    }

    /// The root of the derivative that `evaluate` gives; beta = 0 if it is not below 0.
    private func root(
        from start: Double, passes: Int, smallStep: Double,
        _ evaluate: (Double) throws(QuantcalError) -> SoftmaxMoments
    ) throws(QuantcalError) -> (beta: Double, converged: Bool) {
        var beta = start
        var low = 0.0
        var high = Double.infinity
        var checkedZero = false
        var reach = 4.0
        for _ in 0..<passes {
            let moments = try evaluate(beta)
            if moments.gradient == 0 { return (beta, true) }
            if moments.gradient < 0 { low = beta } else { high = beta }
            if low == 0, beta <= Self.smallBeta, !checkedZero {
                if isInverted() { return (0, true) }
                checkedZero = true
            }
            let newton = beta - moments.gradient / moments.curvature
            // Asked before the bracket: at the root rounding may put the step outside it, and its
            // middle may be far off.
            if abs(newton - beta) <= smallStep * beta { return (min(max(newton, low), high), true) }
            let next = step(from: beta, to: newton, low, high, reach)
            if high <= low.nextUp { return (next, true) }
            reach = min(reach * reach, 0x1p+500)
            beta = next
        }
        return (beta, false)
    }

    private func step(
        from beta: Double, to newton: Double, _ low: Double, _ high: Double, _ reach: Double
    ) -> Double {
        if high == .infinity {
            let furthest = min(reach * beta, .greatestFiniteMagnitude)
            return newton <= furthest ? max(newton, low.nextUp) : furthest
        }
        if low == 0 { return newton >= beta / reach ? min(newton, high.nextDown) : beta / reach }
        if newton > low, newton < high { return newton }
        return low.squareRoot() * high.squareRoot()
    }

    /// Whether the derivative at beta = 0, sum_i w_i (mean z_i - z_iy), is not below 0: then it is above 0
    /// for every positive beta.
    private func isInverted() -> Bool {
        var sum = DoubleDouble()
        for row in 0..<data.rows {
            let weight = data.weights.map { Double($0[row]) } ?? 1
            let logits = data.logits + row * data.classes
            let label = Double(logits[Int(data.labels[row])])
            var total = DoubleDouble()
            for j in 0..<data.classes {
                let (difference, error) = DoubleDouble.twoSum(Double(logits[j]), -label)
                total += DoubleDouble(high: difference, low: error)
            }
            sum.addProduct(total.high, weight)
            sum.addProduct(total.low, weight)
        }
        return sum.value >= 0
    }

    /// The sums' limits as beta grows, when every label has the highest logit: each row's likelihood is
    /// shared by the classes that tie with it.
    private func limitAtInfinity() throws(QuantcalError) -> SoftmaxMoments {
        var sums = SoftmaxMoments()
        for row in 0..<data.rows {
            let weight = data.weights.map { Double($0[row]) } ?? 1
            let logits = data.logits + row * data.classes
            let highest = logits[Int(data.labels[row])]
            let ties = (0..<data.classes).reduce(0) { $0 + (logits[$1] == highest ? 1 : 0) }
            if weight > 0 { sums.nll += weight * log(Double(ties)) }
            sums.weight += weight
        }
        return sums
    }

    private func result(
        _ outcome: TemperatureScaling.Outcome, _ beta: Double, _ before: Double, _ moments: SoftmaxMoments
    ) -> TemperatureScaling.Fit {
        TemperatureScaling.Fit(
            temperature: unit / beta, inverseTemperature: beta / unit, nllBefore: before,
            nllAfter: moments.nll / moments.weight, gradient: moments.gradient / moments.weight * unit,
            outcome: outcome, iterations: iterations)
    }
}
