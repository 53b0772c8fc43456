/// Adaptive conformal inference: the level of split conformal prediction goes up after a hit and down after
/// a miss,
///
///     alpha <- alpha + gamma (target - err),
///
/// and is not clipped: at 0 or below all scores are in, at 1 or above none. So it stays in
/// [-gamma, 1 + gamma], and the share of misses in T steps is within (max(a, 1 - a) + gamma) / (gamma T) of
/// the target, with a the level at the start, whatever the data are.
///
/// Source: Gibbs, Candes (2021), equation 2 and proposition 4.1.
final class OnlineLevel: OnlineRule {
    private let target: Double
    private let gamma: Double
    private var level: Double
    let scores: OnlineScores?
    private let window: OnlineScores

    init(target: Double, gamma: Double, start: Double, window: OnlineScores) {
        (self.target, self.gamma, level, self.window) = (target, gamma, start, window)
        scores = window
    }

    func interval(forecast: Double) throws(QuantcalError) -> OnlineInterval {
        OnlineInterval(upper: try window.threshold(level: level))
    }

    func learn(_ score: Double, isCovered: Bool) {
        level = Self.moved(level, by: gamma, target: target, isCovered: isCovered)
        window.append(score)
    }

    static func moved(_ level: Double, by gamma: Double, target: Double, isCovered: Bool) -> Double {
        level + gamma * (isCovered ? target : target - 1)
    }

    /// It starts within 1e300 and stays within gamma, at most 1e300, of 0 ... 1.
    static func isPossible(_ level: Double) -> Bool { abs(level) <= 1e301 }

    var position: Double { level }
    var stepSize: Double { gamma }
    var memory: [Double] { [level + 0] }

    func restore(_ memory: [Double]) -> Bool {
        guard memory.count == 1, memory.areWritable else { return false }
        level = memory[0]
        return Self.isPossible(level)
    }
}

/// Many adaptive levels of different gamma, and the mean of them, weighted by how well each has done of late.
/// With beta the largest level whose threshold still held the score, level a_i loses
///
///     l_i = target (beta - a_i) - min(0, beta - a_i),      w_i <- w_i exp(-eta l_i),
///
/// and then each weight goes a part sigma of the way to the mean of all. beta is the conformal p-value of the
/// score, a supremum: the threshold at beta itself no longer holds it.
///
///     sigma = 1 / (2 I),   eta = sqrt(3 / I) sqrt((log(K I) + 2) / ((1 - t)^2 t^3 + (1 - t)^3 t^2))
///
/// for K levels, a horizon of I steps and the target t; the last denominator is (t (1 - t))^2.
///
/// Source: Gibbs, Candes (2024), "Conformal inference for online prediction with arbitrary distribution
/// shifts", algorithm 1 and section 3.
final class OnlineLevels: OnlineRule {
    private let target: Double
    private let gammas: [Double]
    private let eta: Double
    private let sigma: Double
    private var levels: [Double]
    /// They sum to 1, but for rounding.
    private var weights: [Double]
    let scores: OnlineScores?
    private let window: OnlineScores

    init(target: Double, gammas: [Double], horizon: Double, start: Double, window: OnlineScores) {
        (self.target, self.gammas, self.window) = (target, gammas, window)
        let count = Double(gammas.count)
        let logarithm = Exponential.log(count * horizon) + 2
        eta = min(
            (3 / horizon).squareRoot() * logarithm.squareRoot() / (target * (1 - target)),
            .greatestFiniteMagnitude)
        sigma = 1 / (2 * horizon)
        levels = gammas.map { _ in start }
        weights = gammas.map { _ in 1 / count }
        scores = window
    }

    var position: Double { levels.mean(weights: weights) }

    func interval(forecast: Double) throws(QuantcalError) -> OnlineInterval {
        OnlineInterval(upper: try window.threshold(level: position))
    }

    func learn(_ score: Double, isCovered: Bool) throws(QuantcalError) {
        let below = window.count(below: score)
        var moved = levels
        for index in levels.indices {
            let holds = try window.rank(level: levels[index]) > below
            moved[index] = OnlineLevel.moved(
                levels[index], by: gammas[index], target: target, isCovered: holds)
        }
        let beta = Double(window.count + 1 - below) / Double(window.count + 1)
        weigh(levels.map { target * (beta - $0) - min(0, beta - $0) })
        levels = moved
        window.append(score)
    }

    private func weigh(_ losses: [Double]) {
        // A constant in all losses changes nothing; the least one keeps the sum away from 0, as does the
        // share that each weight has by sigma.
        let least = losses.min() ?? 0
        for index in weights.indices { weights[index] *= Exponential.exp(eta * (least - losses[index])) }
        let sum = weights.reduce(0, +)
        for index in weights.indices {
            weights[index] = (1 - sigma) * (weights[index] / sum) + sigma / Double(weights.count)
        }
    }

    var stepSize: Double { eta }
    var expertCount: Int { levels.count }
    var memory: [Double] { levels.map { $0 + 0 } + weights }

    func restore(_ memory: [Double]) -> Bool {
        guard memory.count == 2 * levels.count, memory.areWritable else { return false }
        levels = Array(memory[..<levels.count])
        weights = Array(memory[levels.count...])
        // Sigma keeps every weight above 0.
        return weights.allSatisfy { $0 > 0 && $0 <= 1 } && levels.allSatisfy(OnlineLevel.isPossible)
    }
}

extension [Double] {
    /// The mean by weights, exact where all values are equal. Two values differ by a finite number. The parts
    /// of the sum are of the mean's size, so that large values do not overflow.
    func mean(weights: [Double]) -> Double {
        let total = weights.reduce(0, +)
        return self[0] + zip(self, weights).reduce(0) { $0 + $1.1 / total * ($1.0 - self[0]) }
    }
}
