/// Scale-free gradient descent on the pinball loss of a radius: with g = target - err,
///
///     radius <- radius - eta g / sqrt(sum of g^2 so far).
struct ScaleFreeDescent: Equatable {
    var radius: Double
    /// The sum of g^2.
    var squares = 0.0

    mutating func learn(_ score: Double, target: Double, eta: Double) {
        let slope = score > radius ? target - 1 : target
        squares += slope * slope
        // The square of a tiny target is 0; such a step is a first one, and as long as eta.
        radius -= squares > 0 ? eta * slope / squares.squareRoot() : eta
    }

    /// No number of steps that can be taken leads further: eta is at most 1e300, and step t is eta / sqrt(t) long.
    var isPossible: Bool { abs(radius) <= 0x1p1021 && squares >= 0 }

    /// eta for scores that do not exceed `bound`.
    static func eta(bound: Double) -> Double { bound / 3.0.squareRoot() }
}

/// One such radius: SF-OGD.
///
/// Source: Bhatnagar, Wang, Xiong, Bai (2023), section 4, after Orabona and Pal (2018). Departure: none; some
/// implementations clip the radius at 0, which is of use only where scores cannot be negative.
final class OnlineDescent: OnlineRule {
    private let target: Double
    private let eta: Double
    private var descent: ScaleFreeDescent

    init(target: Double, bound: Double, start: Double) {
        self.target = target
        eta = ScaleFreeDescent.eta(bound: bound)
        descent = ScaleFreeDescent(radius: start)
    }

    func interval(forecast: Double) -> OnlineInterval { OnlineInterval(upper: descent.radius) }

    func learn(_ score: Double, isCovered: Bool) { descent.learn(score, target: target, eta: eta) }

    var position: Double { descent.radius }
    var stepSize: Double { eta }
    var memory: [Double] { [descent.radius + 0, descent.squares] }

    func restore(_ memory: [Double]) -> Bool {
        guard memory.count == 2, memory.areWritable else { return false }
        descent = ScaleFreeDescent(radius: memory[0], squares: memory[1])
        return descent.isPossible
    }
}

/// Strongly adaptive online conformal prediction: each step starts a scale-free descent of its own, that of step
/// t from the radius then and for g 2^v steps, where 2^v is the largest power of 2 in t; so about g log2 t of
/// them live. The radius is their mean by
///
///     p_i proportional to prior_i max(w_i, 0),   prior_i = i^-2 / (1 + floor(log2 i))
///
/// with i the step of birth; by the prior alone if no w_i is above 0. A step moves the weights by what each
/// would have saved, in units of the bound D, l being the pinball loss of the level 1 - target:
///
///     h_i = (l(radius) - l(radius_i)) / D, at least 0 if w_i <= 0,
///     w_i <- (sum of h_i) (1 + sum of w_i h_i) / age_i.
///
/// Source: Bhatnagar, Wang, Xiong, Bai (2023), algorithm 1. Departures: h_i is clipped to -1 ... 1, where it is
/// anyway if radii and scores are 0 to D; and it is 0 for a radius that agrees with the mean to 2^-40.
final class OnlineStrongDescent: OnlineRule {
    private struct Expert: Equatable {
        let birth: Double
        var descent: ScaleFreeDescent
        /// The sums of h and of w h.
        var saved = 0.0
        var won = 0.0

        /// At a step.
        func weight(at step: Double) -> Double {
            step == birth ? 0 : saved / (step - birth) * (1 + won)
        }

        var prior: Double { 1 / (birth * birth * (1 + Double(birth.exponent))) }
    }

    private let target: Double
    private let bound: Double
    private let eta: Double
    private let lifetime: Int
    /// The next one, from 1.
    private var step = 1.0
    private var experts: [Expert]

    init(target: Double, bound: Double, lifetime: Int, start: Double) {
        (self.target, self.bound, self.lifetime) = (target, bound, lifetime)
        eta = ScaleFreeDescent.eta(bound: bound)
        experts = [Expert(birth: 1, descent: ScaleFreeDescent(radius: start))]
    }

    var position: Double {
        var weights = experts.map { $0.prior * max($0.weight(at: step), 0) }
        if !weights.contains(where: { $0 > 0 }) { weights = experts.map(\.prior) }
        return experts.map(\.descent.radius).mean(weights: weights)
    }

    func interval(forecast: Double) -> OnlineInterval { OnlineInterval(upper: position) }

    func learn(_ score: Double, isCovered: Bool) {
        let radius = position
        for index in experts.indices { learn(score, radius, &experts[index]) }
        step += 1
        let start = position
        experts.removeAll { $0.birth + span(of: $0.birth) <= step }
        experts.append(Expert(birth: step, descent: ScaleFreeDescent(radius: start)))
    }

    private func learn(_ score: Double, _ radius: Double, _ expert: inout Expert) {
        let weight = expert.weight(at: step)
        var gain = difference(score, radius, expert.descent.radius) / bound
        gain = min(max(gain, weight > 0 ? -1 : 0), 1)
        expert.saved += gain
        // What is won grows by a factor at most; it must not overflow.
        expert.won = min(max(expert.won + weight * gain, -1e300), 1e300)
        expert.descent.learn(score, target: target, eta: eta)
    }

    /// How much less radius b loses than a, also for an infinite score.
    private func difference(_ score: Double, _ a: Double, _ b: Double) -> Double {
        // An expert that is the mean differs from it by rounding only; taken for a gain, that would
        // outweigh the others, who have none.
        guard abs(a - b) > 0x1p-40 * max(bound, abs(a), abs(b)) else { return 0 }
        let score = min(max(score, min(a, b)), max(a, b))
        return loss(score, a) - loss(score, b)
    }

    private func loss(_ score: Double, _ radius: Double) -> Double {
        max((1 - target) * (score - radius), target * (radius - score))
    }

    /// How many steps an expert lives.
    private func span(of birth: Double) -> Double {
        Double(lifetime) * Double(1 << min(Int(birth).trailingZeroBitCount, 52))
    }

    var stepSize: Double { eta }
    var expertCount: Int { experts.count }

    var memory: [Double] {
        [step]
            + experts.flatMap {
                [$0.birth, $0.descent.radius + 0, $0.descent.squares, $0.saved + 0, $0.won + 0]
            }
    }

    func restore(_ memory: [Double]) -> Bool {
        let count = memory.count / 5
        guard memory.count == 1 + 5 * count, count > 0, memory.areWritable else { return false }
        step = memory[0]
        experts = (0..<count).map {
            let part = memory[(1 + 5 * $0)..<(6 + 5 * $0)].map { $0 }
            let descent = ScaleFreeDescent(radius: part[1], squares: part[2])
            return Expert(birth: part[0], descent: descent, saved: part[3], won: part[4])
        }
        guard step >= 1, step <= 0x1p53, step.rounded() == step, experts[count - 1].birth == step else {
            return false
        }
        return experts.indices.allSatisfy { index in
            let expert = experts[index]
            let least = index == 0 ? 1 : experts[index - 1].birth + 1
            return expert.birth >= least && expert.birth <= step && expert.birth.rounded() == expert.birth
                && expert.birth + span(of: expert.birth) > step && expert.descent.isPossible
                && abs(expert.saved) <= step - expert.birth && abs(expert.won) <= 1e300
        }
    }
}
