/// Online conformal prediction: before each point it says what the point's score must lie between to count as
/// covered, and then learns from that score, so that in the long run the wanted share is covered, even if the
/// scores drift.
///
/// A method is a rule (`OnlineRule`) of scores that are strange when large. If each side has a rule of its own,
/// the upper one sees a signed score and the lower one its negative, each at half the level.
///
/// Several calls may read a state at once; one that changes it must be alone.
public final class ConformalOnline {
    /// With nothing left to the method.
    public let options: Options
    /// One, or those of the lower and the upper side.
    let rules: [any OnlineRule]
    /// Points whose outcome came, those that were not covered, and points whose outcome did not come.
    var observed = 0
    var misses = 0
    var missing = 0

    public init(_ options: Options) throws(QuantcalError) {
        self.options = try options.resolved()
        rules = self.options.rules()
    }

    /// What happened to a point.
    public enum Outcome: Int32, Sendable {
        case missed = 0
        case covered = 1
        /// Its outcome did not come.
        case missing = -1
    }

    /// What the next score must lie between. `forecast` is that of the score, for the PID controller only.
    public func interval(forecast: Double = 0) throws(QuantcalError) -> OnlineInterval {
        try check(forecast: forecast, "forecast")
        return try joint(parts(forecast))
    }

    private func parts(_ forecast: Double) throws(QuantcalError) -> [OnlineInterval] {
        guard rules.count == 2 else { return [try rules[0].interval(forecast: forecast)] }
        return [try rules[0].interval(forecast: -forecast), try rules[1].interval(forecast: forecast)]
    }

    private func joint(_ parts: [OnlineInterval]) -> OnlineInterval {
        parts.count == 2 ? OnlineInterval(lower: -parts[0].upper, upper: parts[1].upper) : parts[0]
    }

    /// Takes the score of the point that `interval` was for; NaN if it stays unknown.
    public func observe(_ score: Double, forecast: Double = 0) throws(QuantcalError) -> Outcome {
        try check(score: score, "score")
        try check(forecast: forecast, "forecast")
        for rule in rules { try rule.reserve(1) }
        return try step(score, try parts(forecast))
    }

    private func step(_ score: Double, _ parts: [OnlineInterval]) throws(QuantcalError) -> Outcome {
        if score.isNaN {
            for rule in rules { rule.learnNothing() }
            missing += 1
            return .missing
        }
        if parts.count == 2 {
            try rules[0].learn(-score, isCovered: parts[0].holds(-score))
            try rules[1].learn(score, isCovered: parts[1].holds(score))
        } else {
            try rules[0].learn(score, isCovered: parts[0].holds(score))
        }
        let isCovered = parts.count == 2 ? joint(parts).holds(score) : parts[0].holds(score)
        observed += 1
        if !isCovered { misses += 1 }
        return isCovered ? .covered : .missed
    }

    /// One point after the other. Each output has an element for each score, or is nil.
    public func run(
        scores: UnsafeBufferPointer<Double>, forecasts: UnsafeBufferPointer<Double>? = nil,
        lower: UnsafeMutablePointer<Double>? = nil, upper: UnsafeMutablePointer<Double>? = nil,
        outcomes: UnsafeMutablePointer<Int32>? = nil
    ) throws(QuantcalError) {
        // All that could fail comes first.
        for index in scores.indices { try check(score: scores[index], "scores[\(index)]") }
        if let forecasts {
            for index in forecasts.indices { try check(forecast: forecasts[index], "forecasts[\(index)]") }
        }
        for rule in rules { try rule.reserve(scores.count) }
        for index in scores.indices {
            let parts = try parts(forecasts?[index] ?? 0)
            let interval = joint(parts)
            let outcome = try step(scores[index], parts)
            lower?[index] = interval.lower
            upper?[index] = interval.upper
            outcomes?[index] = outcome.rawValue
        }
    }

    /// Adds scores of calibration points, oldest first, to those that the rules look back at, and changes nothing
    /// else.
    public func calibrate(_ scores: UnsafeBufferPointer<Double>) throws(QuantcalError) {
        for rule in rules where rule.scores == nil {
            throw QuantcalError(.domain, "a state of this method and rate keeps no scores to calibrate with")
        }
        for index in scores.indices {
            guard !scores[index].isNaN else {
                throw QuantcalError(
                    .notFinite, "scores[\(index)] is nan; a calibration point has an outcome")
            }
            try check(score: scores[index], "scores[\(index)]")
        }
        for rule in rules { try rule.reserve(scores.count) }
        for score in scores {
            if rules.count == 2 { rules[0].scores?.append(-score) }
            rules[rules.count - 1].scores?.append(options.method == .agaci ? abs(score) : score)
        }
    }

    /// A score is finite, or NaN; or +infinity where only large scores are strange.
    private func check(score: Double, _ name: @autoclosure () -> String) throws(QuantcalError) {
        guard score.isInfinite else { return }
        guard score > 0 else {
            throw QuantcalError(.notFinite, "\(name()) is \(score); a score must be above -infinity")
        }
        guard options.sides == .one else {
            throw QuantcalError(.notFinite, "\(name()) is \(score); a signed score must be finite")
        }
    }

    private func check(forecast: Double, _ name: @autoclosure () -> String) throws(QuantcalError) {
        guard forecast.isFinite else {
            throw QuantcalError(.notFinite, "\(name()) is \(forecast); a forecast must be finite")
        }
        guard forecast == 0 || options.method == .pid else {
            throw QuantcalError(.domain, "\(name()) is \(forecast); only the method pid has forecasts")
        }
    }
}

extension ConformalOnline {
    /// What can be read off a state.
    public struct Summary: Equatable, Sendable {
        public var observed = 0
        public var misses = 0
        public var missing = 0
        /// The scores that are looked back at, and the experts.
        public var scoreCount = 0
        public var expertCount = 0
        /// The level or radius that the rule of each side steers; NaN if there is none.
        public var lowerPosition = Double.nan
        public var upperPosition = Double.nan
        /// How far a miss moves it (of the upper side); for DtACI the rate of the weights.
        public var stepSize = Double.nan
    }

    public var summary: Summary {
        let upper = rules[rules.count - 1]
        return Summary(
            observed: observed, misses: misses, missing: missing, scoreCount: upper.scores?.count ?? 0,
            expertCount: upper.expertCount, lowerPosition: rules.count == 2 ? rules[0].position : .nan,
            upperPosition: upper.position, stepSize: upper.stepSize)
    }
}
