/// What holds the next score: from the lower to the upper end, both included. An upper end of -infinity
/// holds nothing.
public struct OnlineInterval: Equatable, Sendable {
    public var lower = -Double.infinity
    public var upper: Double

    func holds(_ score: Double) -> Bool { lower <= score && score <= upper }
}

/// One method of online conformal prediction: it says what holds the next score and learns from that score.
protocol OnlineRule: AnyObject {
    /// By the scores so far.
    func interval(forecast: Double) throws(QuantcalError) -> OnlineInterval
    /// Takes the next score, for which there is room. An error comes before any change.
    func learn(_ score: Double, isCovered: Bool) throws(QuantcalError)
    /// A point whose outcome stays unknown.
    func learnNothing()
    /// Makes room for so many points. After an error nothing has changed.
    func reserve(_ more: Int) throws(QuantcalError)
    /// The scores that it looks back at, if it does.
    var scores: OnlineScores? { get }
    /// The number that it steers: a level or a radius; NaN if there is none.
    var position: Double { get }
    /// How far a miss moves it; NaN if that means nothing.
    var stepSize: Double { get }
    /// How many experts it has.
    var expertCount: Int { get }
    /// All that it remembers but for the scores.
    var memory: [Double] { get }
    /// Takes what `memory` gave; false if no rule with these options and scores gave it.
    func restore(_ memory: [Double]) -> Bool
}

extension OnlineRule {
    func learnNothing() {}
    func reserve(_ more: Int) throws(QuantcalError) { try scores?.reserve(more) }
    var scores: OnlineScores? { nil }
    var position: Double { .nan }
    var stepSize: Double { .nan }
    var expertCount: Int { 1 }
}

extension [Double] {
    /// Every one is finite and none is -0, which is never written.
    var areWritable: Bool { allSatisfy { $0.isFinite && ($0 != 0 || $0.sign == .plus) } }
}
