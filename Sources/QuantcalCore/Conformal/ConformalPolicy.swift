/// What a policy of abstention is worth: two levels, tried on points whose truth is known.
///
/// Each point is decided by the thresholds that the other points make, so its label has no part in its own
/// decision. Of all points but one the k-th smallest score is S_(k) if the one's score is above S_(k), else
/// S_(k+1), of which the sorted scores know both.
public enum ConformalPolicy {
    public struct Options: Sendable {
        public var wrongCost = 1.0
        public var sizeCost = 1.0
        public var abstentionCost = 0.0
        public var singleRange = 0.05...0.95
        public var abstentionRange = 0.01...0.05
        public var candidates = 100
        public var rounds = 30
        public var seed: UInt64 = 42

        public init() {}
    }

    /// A policy, and what became of the points that it was tried on.
    public struct Outcome: Equatable, Sendable {
        public internal(set) var singleAlpha: Double
        public internal(set) var abstentionAlpha: Double
        public internal(set) var value = 0.0
        public internal(set) var abstained = 0
        public internal(set) var singles = 0
        public internal(set) var singlesRight = 0
        public internal(set) var sets = 0
        public internal(set) var setsRight = 0
        public internal(set) var setSizes = 0
    }

    public static func value(
        scores: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Int64>, classes: Int,
        singleAlpha: Double, abstentionAlpha: Double, options: Options
    ) throws(QuantcalError) -> Outcome {
        try tried(scores, labels, classes, singleAlpha, abstentionAlpha, options)
    }

    public static func value(
        scores: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int64>, classes: Int,
        singleAlpha: Double, abstentionAlpha: Double, options: Options
    ) throws(QuantcalError) -> Outcome {
        try tried(scores, labels, classes, singleAlpha, abstentionAlpha, options)
    }

    private static func tried<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ labels: UnsafeBufferPointer<Int64>, _ classes: Int,
        _ singleAlpha: Double, _ abstentionAlpha: Double, _ options: Options
    ) throws(QuantcalError) -> Outcome {
        try Require.level(singleAlpha, "single_alpha")
        try Require.level(abstentionAlpha, "abstention_alpha")
        let points = try PolicyPoints(scores, labels, classes, options)
        return points.outcome(
            singleAlpha, try points.limits(singleAlpha), abstentionAlpha, try points.limits(abstentionAlpha))
    }
}

/// Points to try policies on.
struct PolicyPoints<T: Scalar>: ~Copyable {
    /// The threshold of a point whose own score is above `reached`, and that of the others.
    struct Limits {
        let reached: T
        let above: T

        @inline(__always) func threshold(own: T) -> T { own > reached ? reached : above }
    }

    /// The true label's score, as it is sorted.
    private struct Own: RadixItem { let key: T.Bits }

    private struct Owns: RadixItems {
        let scores: UnsafeBufferPointer<T>
        let labels: UnsafeBufferPointer<Int64>
        let classes: Int
        let sorted: UnsafeMutableBufferPointer<Own>

        var count: Int { labels.count }
        func key(_ index: Int) -> T.Bits { scores[index * classes + Int(labels[index])].orderedKey }
        func item(_ index: Int) -> Own { Own(key: key(index)) }
        func store(_ item: Own, at place: Int) { sorted[place] = item }
    }

    let scores: UnsafeBufferPointer<T>
    private let labels: UnsafeBufferPointer<Int64>
    private let classes: Int
    private let options: ConformalPolicy.Options
    private let sorted: Scratch<Own>
    private let least: Scratch<T>

    init(
        _ scores: UnsafeBufferPointer<T>, _ labels: UnsafeBufferPointer<Int64>, _ classes: Int,
        _ options: ConformalPolicy.Options
    ) throws(QuantcalError) {
        guard labels.count > 0 else { throw QuantcalError(.size, "rows is 0; rows must be at least 1") }
        try Require.notNaN(scores, "scores")
        try Require.labels(labels, classes: classes)
        let sorted = try Scratch<Own>(labels.count)
        let least = try Scratch<T>(labels.count)
        try RadixSort.sort(Owns(scores: scores, labels: labels, classes: classes, sorted: sorted.buffer))
        for row in 0..<labels.count {
            var value = scores[row * classes]
            for column in 1..<classes { value = min(value, scores[row * classes + column]) }
            least.buffer[row] = value
        }
        (self.scores, self.labels, self.classes, self.options) = (scores, labels, classes, options)
        self.sorted = sorted
        self.least = least
    }

    /// What a level makes of all points but one.
    func limits(_ alpha: Double) throws(QuantcalError) -> Limits {
        let others = labels.count - 1
        let rank = try ConformalRank.rank(n: others, alpha: alpha)
        guard rank <= others else { return Limits(reached: .infinity, above: .infinity) }
        let (reached, above) = (sorted.buffer[rank - 1].key, sorted.buffer[rank].key)
        return Limits(reached: T(orderedKey: reached), above: T(orderedKey: above))
    }

    func outcome(
        _ singleAlpha: Double, _ single: Limits, _ abstentionAlpha: Double, _ abstention: Limits
    ) -> ConformalPolicy.Outcome {
        var result = ConformalPolicy.Outcome(singleAlpha: singleAlpha, abstentionAlpha: abstentionAlpha)
        for (row, label) in labels.enumerated() {
            let own = scores[row * classes + Int(label)]
            let limit = abstention.threshold(own: own)
            if least.buffer[row] > limit {
                result.abstained += 1
            } else if least.buffer[row] <= single.threshold(own: own) {
                result.singles += 1
                if isTop(Int(label), row) { result.singlesRight += 1 }
            } else {
                result.sets += 1
                result.setSizes += size(row, limit)
                if own <= limit { result.setsRight += 1 }
            }
        }
        result.value = value(result)
        return result
    }

    /// Whether no class has a smaller score, and no class before it the same.
    private func isTop(_ label: Int, _ row: Int) -> Bool {
        let values = UnsafeBufferPointer(rebasing: scores[row * classes..<row * classes + label])
        return scores[row * classes + label] == least.buffer[row] && !values.contains(least.buffer[row])
    }

    private func size(_ row: Int, _ limit: T) -> Int {
        var size: T.Bits = 0
        for value in scores[row * classes..<(row + 1) * classes] { size &+= value <= limit ? 1 : 0 }
        return Int(size)
    }

    private func value(_ result: ConformalPolicy.Outcome) -> Double {
        let answers = result.singles + result.sets
        let right = result.singlesRight + result.setsRight
        let excess = classes > 1 ? Double(result.setSizes - result.sets) / Double(classes - 1) : 0
        let sum =
            Double(right) - options.wrongCost * Double(answers - right)
            - options.abstentionCost * Double(result.abstained) - options.sizeCost * excess
        return sum / Double(labels.count)
    }
}
