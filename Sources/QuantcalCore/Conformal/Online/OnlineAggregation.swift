/// Aggregated adaptive conformal inference: one adaptive level for each gamma, all on the magnitudes of signed
/// residuals. The lower ends of their intervals, and the upper ends by themselves, are averaged by Bernstein
/// online aggregation with the pinball losses of the levels target / 2 and 1 - target / 2.
///
/// An infinite end counts as the cap: a number of the caller's, or the largest magnitude in the window; an
/// empty interval as its centre. So lower ends are never above 0 nor upper ends below, and the means do not
/// cross.
///
/// Source: Zaffran, Feron, Goude, Josse, Dieuleveut (2022), algorithm 1.
final class OnlineAggregation: OnlineRule {
    private let target: Double
    private let gammas: [Double]
    private let cap: Double
    private var levels: [Double]
    private var lower: BernsteinAggregation
    private var upper: BernsteinAggregation
    let scores: OnlineScores?
    private let window: OnlineScores

    /// `cap` 0 stands for the largest magnitude.
    init(target: Double, gammas: [Double], start: Double, cap: Double, window: OnlineScores) {
        (self.target, self.gammas, self.cap, self.window) = (target, gammas, cap, window)
        levels = gammas.map { _ in start }
        lower = BernsteinAggregation(count: gammas.count, level: target / 2)
        upper = BernsteinAggregation(count: gammas.count, level: 1 - target / 2)
        scores = window
    }

    private func thresholds() throws(QuantcalError) -> [Double] {
        var thresholds: [Double] = []
        for level in levels { thresholds.append(try window.threshold(level: level)) }
        return thresholds
    }

    private func ends(_ thresholds: [Double]) -> [Double] {
        let cap = cap > 0 ? cap : window.largestMagnitude
        return thresholds.map { max($0 == .infinity ? cap : $0, 0) }
    }

    func interval(forecast: Double) throws(QuantcalError) -> OnlineInterval {
        // Without a score there is nothing to average.
        guard window.count > 0 || cap > 0 else { return OnlineInterval(upper: .infinity) }
        let ends = ends(try thresholds())
        return OnlineInterval(lower: lower.mean(ends.map { -$0 }), upper: upper.mean(ends))
    }

    func learn(_ score: Double, isCovered: Bool) throws(QuantcalError) {
        let thresholds = try thresholds()
        let ends = ends(thresholds)
        let magnitude = abs(score)
        lower.learn(ends.map { -$0 }, score)
        upper.learn(ends, score)
        for index in levels.indices {
            levels[index] = OnlineLevel.moved(
                levels[index], by: gammas[index], target: target,
                isCovered: magnitude <= thresholds[index])
        }
        window.append(magnitude)
    }

    var expertCount: Int { levels.count }
    var memory: [Double] { levels.map { $0 + 0 } + lower.memory + upper.memory }

    func restore(_ memory: [Double]) -> Bool {
        let count = levels.count
        guard memory.count == 7 * count, memory.areWritable,
            (0..<window.count).allSatisfy({ window[$0] >= 0 })
        else { return false }
        levels = Array(memory[..<count])
        return levels.allSatisfy(OnlineLevel.isPossible) && lower.restore(memory[count..<4 * count])
            && upper.restore(memory[(4 * count)...])
    }
}

/// Bernstein online aggregation of the predictions of a quantile, each expert with a learning rate of its own.
/// With p the weights, x_i the predictions, m = sum_i p_i x_i, an outcome y and g = 1{y < m} - level the
/// slope of the pinball loss at m:
///
///     r_i = g (m - x_i)                                  what it would have saved
///     B_i <- max(B_i, |r_i|),  V_i <- V_i + r_i^2,  eta_i = min(1 / (2 B_i), sqrt(log(K) / V_i))
///     R_i <- R_i + r_i - eta_i r_i^2,   p_i proportional to exp(eta_i R_i)
///
/// Source: Wintenberger (2017), with the rates and weights of the package opera, on which the method of
/// Zaffran et al. stands (file R/BOA.R, read in 2026): it has B_i where the paper rounds up to powers of 2,
/// no factor eta_i before the exponential, and leaves out the square while an expert has not yet differed
/// from the mean.
struct BernsteinAggregation {
    private let level: Double
    private var regrets: [Double]
    /// The square roots of V: they do not overflow.
    private var norms: [Double]
    private var largest: [Double]

    /// opera's bound of eta.
    private static let greatestRate = 1.007_090_887_028_079_8e152  // e^350

    init(count: Int, level: Double) {
        self.level = level
        regrets = Array(repeating: 0, count: count)
        (norms, largest) = (regrets, regrets)
    }

    private func rate(_ index: Int) -> Double {
        let spread = Exponential.log(Double(regrets.count)).squareRoot()
        return min(min(1 / (2 * largest[index]), spread / norms[index]), Self.greatestRate)
    }

    func mean(_ predictions: [Double]) -> Double {
        // An expert that never differed has regret 0, at any rate.
        let exponents = regrets.indices.map { regrets[$0] == 0 ? 0 : rate($0) * regrets[$0] }
        let greatest = exponents.max() ?? 0
        return predictions.mean(weights: exponents.map { Exponential.exp($0 - greatest) })
    }

    mutating func learn(_ predictions: [Double], _ outcome: Double) {
        let mean = mean(predictions)
        let slope = (outcome < mean ? 1.0 : 0.0) - level
        let saved = predictions.map { slope * (mean - $0) }
        for index in saved.indices {
            largest[index] = max(largest[index], abs(saved[index]))
            norms[index] = Self.norm(norms[index], saved[index])
        }
        let allDiffer = largest.allSatisfy { $0 > 0 }
        for index in saved.indices {
            let correction = allDiffer ? 1 - rate(index) * saved[index] : 1
            let regret = regrets[index] + saved[index] * correction
            regrets[index] = min(max(regret, -Double.greatestFiniteMagnitude), .greatestFiniteMagnitude)
        }
    }

    private static func norm(_ a: Double, _ b: Double) -> Double {
        let (greater, less) = (max(a, abs(b)), min(a, abs(b)))
        guard greater > 0 else { return 0 }
        let ratio = less / greater
        return min(greater * (1 + ratio * ratio).squareRoot(), .greatestFiniteMagnitude)
    }

    var memory: [Double] { (regrets + norms + largest).map { $0 + 0 } }

    /// Of three parts of equal length.
    mutating func restore(_ memory: ArraySlice<Double>) -> Bool {
        let (start, count) = (memory.startIndex, regrets.count)
        regrets = Array(memory[start..<start + count])
        norms = Array(memory[start + count..<start + 2 * count])
        largest = Array(memory[start + 2 * count..<start + 3 * count])
        // A step moves a regret by at most 1.5 times the largest, and the smallest doubles by their double.
        return (0..<count).allSatisfy {
            largest[$0] >= 0 && norms[$0] >= largest[$0] && abs(regrets[$0]) <= 0x1p54 * largest[$0]
        }
    }
}
