import Glibc

/// Conformal PID control: the threshold of the next score is the sum of three terms,
///
///     forecast + q + r_t(E),     q <- q + eta (err - target),     E = sum of (err - target)
///
/// where the forecast of the score is the caller's, and the integrator saturates,
///
///     r_t(E) = K_I tan(E log(t) / (C_sat t)),   +-infinity where the angle is beyond +-pi / 2,
///
/// after t scores, 0 for t <= 1. eta is fixed, or a rate times the largest magnitude of the scores in the window.
/// Because r goes to infinity, the share of misses in T steps is within (h(T) + 1) / T of the target for any
/// data and forecasts, with h(T) the largest of C_sat (pi / 2) t / log t for 2 <= t <= T; and, if the forecast
/// and integrator are 0 and eta fixed, within (b + eta) / (eta T) for scores and start of 0 to b.
///
/// Source: Angelopoulos, Candes, Tibshirani (2023), section 2. Departure: the integrator is that of the paper,
/// where the authors' code has C_sat t less a burn-in instead of C_sat times that difference.
final class OnlineControl: OnlineRule {
    struct Integrator: Equatable {
        let saturation: Double
        let gain: Double
    }

    private let target: Double
    private let rate: Double
    private let integrator: Integrator?
    /// The P term.
    private(set) var position: Double
    private var steps = 0.0
    private var misses = 0.0
    let scores: OnlineScores?

    /// Without a window the rate is fixed.
    init(target: Double, rate: Double, integrator: Integrator?, start: Double, window: OnlineScores?) {
        (self.target, self.rate, self.integrator) = (target, rate, integrator)
        position = start
        scores = window
    }

    func interval(forecast: Double) -> OnlineInterval {
        let integral = integral
        return OnlineInterval(upper: integral.isFinite ? forecast + position + integral : integral)
    }

    private var integral: Double {
        guard let integrator, integrator.gain > 0, steps > 1 else { return 0 }
        let excess = misses - target * steps
        let angle = excess * log(steps) / (integrator.saturation * steps)
        if angle >= .pi / 2 { return .infinity }
        if angle <= -.pi / 2 { return -.infinity }
        return integrator.gain * tan(angle)
    }

    func learn(_ score: Double, isCovered: Bool) {
        scores?.append(score)
        steps += 1
        if !isCovered { misses += 1 }
        let moved = position + stepSize * (isCovered ? -target : 1 - target)
        position = min(max(moved, -Double.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    }

    var stepSize: Double { scores.map { min(rate * $0.largestMagnitude, .greatestFiniteMagnitude) } ?? rate }
    var memory: [Double] { [position + 0, steps, misses] }

    func restore(_ memory: [Double]) -> Bool {
        guard memory.count == 3, memory.areWritable else { return false }
        (position, steps, misses) = (memory[0], memory[1], memory[2])
        return misses >= 0 && misses <= steps && steps <= 0x1p53 && steps.rounded() == steps
            && misses.rounded() == misses
    }
}
