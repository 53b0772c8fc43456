/// Abstention thresholds from points whose truth is known: the curve of all thresholds, and the one that a rule
/// picks. A point is answered if its uncertainty is at most the threshold.
///
/// The counts are whole numbers, and so are the comparisons: J is (right answered) / (right) less (wrong answered)
/// / (wrong), compared as a numerator over (right)(wrong), and a rate is compared with the decimal that was typed.
///
/// Source: Youden (1950); El-Yaniv, Wiener (2010).
public enum ConformalAbstention {
    public enum Rule: Int32, CaseIterable, Sendable {
        case youden = 0
        case abstentions = 1
        case falseAlarms = 2
        case misses = 3
        case errors = 4

        /// Whether the largest of the thresholds that will do is taken.
        fileprivate var takesLast: Bool { self == .misses || self == .errors }
    }

    /// A threshold, how many points it answers and how many of them are wrong.
    public struct Point<T> {
        public var threshold: T
        public var answered = 0
        public var answeredWrong = 0

        public init(threshold: T, answered: Int = 0, answeredWrong: Int = 0) {
            (self.threshold, self.answered, self.answeredWrong) = (threshold, answered, answeredWrong)
        }
    }

    public static func curve(
        uncertainties: UnsafeBufferPointer<Double>, wrong: UnsafeBufferPointer<UInt8>,
        thresholds: UnsafeMutablePointer<Double>, answered: UnsafeMutablePointer<Int>,
        answeredWrong: UnsafeMutablePointer<Int>
    ) throws(QuantcalError) -> Int {
        try write(uncertainties, wrong, thresholds, answered, answeredWrong)
    }

    public static func curve(
        uncertainties: UnsafeBufferPointer<Float>, wrong: UnsafeBufferPointer<UInt8>,
        thresholds: UnsafeMutablePointer<Float>, answered: UnsafeMutablePointer<Int>,
        answeredWrong: UnsafeMutablePointer<Int>
    ) throws(QuantcalError) -> Int {
        try write(uncertainties, wrong, thresholds, answered, answeredWrong)
    }

    public static func threshold(
        uncertainties: UnsafeBufferPointer<Double>, wrong: UnsafeBufferPointer<UInt8>, rule: Rule,
        target: Double
    ) throws(QuantcalError) -> Point<Double> { try pick(uncertainties, wrong, rule, target) }

    public static func threshold(
        uncertainties: UnsafeBufferPointer<Float>, wrong: UnsafeBufferPointer<UInt8>, rule: Rule,
        target: Double
    ) throws(QuantcalError) -> Point<Float> { try pick(uncertainties, wrong, rule, target) }

    private static func write<T: Scalar>(
        _ uncertainties: UnsafeBufferPointer<T>, _ wrong: UnsafeBufferPointer<UInt8>,
        _ thresholds: UnsafeMutablePointer<T>, _ answered: UnsafeMutablePointer<Int>,
        _ answeredWrong: UnsafeMutablePointer<Int>
    ) throws(QuantcalError) -> Int {
        var count = 0
        try forEachPoint(uncertainties, wrong) { point in
            thresholds[count] = point.threshold
            answered[count] = point.answered
            answeredWrong[count] = point.answeredWrong
            count += 1
        }
        return count
    }

    private static func pick<T: Scalar>(
        _ uncertainties: UnsafeBufferPointer<T>, _ wrong: UnsafeBufferPointer<UInt8>, _ rule: Rule,
        _ target: Double
    ) throws(QuantcalError) -> Point<T> {
        let limits = try AbstentionLimits(rule, target, total: wrong.count, wrong: wrong.count { $0 != 0 })
        var best: Point<T>?
        var bestIndex: Int128 = 0
        try forEachPoint(uncertainties, wrong) { point in
            if rule == .youden {
                let index = limits.youden(point.answered, point.answeredWrong)
                if best == nil || index >= bestIndex { (best, bestIndex) = (point, index) }
            } else if best == nil || rule.takesLast, limits.allow(point.answered, point.answeredWrong) {
                best = point
            }
        }
        guard let best else {
            throw QuantcalError(
                .infeasible, "no threshold meets the target, \(target): points of -infinity are wrong")
        }
        return best
    }

    /// The points of the curve in ascending order, from -infinity on. Sorted by key, -0 is just below 0, so a
    /// tie is told by the numbers.
    private static func forEachPoint<T: Scalar>(
        _ uncertainties: UnsafeBufferPointer<T>, _ wrong: UnsafeBufferPointer<UInt8>,
        _ visit: (Point<T>) -> Void
    ) throws(QuantcalError) {
        try Require.notNaN(uncertainties, "uncertainties")
        let sorted = try Scratch<Judged<T>>(uncertainties.count)
        try RadixSort.sort(JudgedPoints(uncertainties: uncertainties, wrong: wrong, sorted: sorted.buffer))
        var point = Point(threshold: -T.infinity)
        for item in sorted.buffer {
            let value = T(orderedKey: item.key) + 0
            if value != point.threshold {
                visit(point)
                point.threshold = value
            }
            point.answered += 1
            if item.isWrong { point.answeredWrong += 1 }
        }
        visit(point)
    }
}

/// What a rule compares: totals, and the target as the decimal that was typed.
private struct AbstentionLimits {
    let rule: ConformalAbstention.Rule
    let total: Int
    let wrong: Int
    let target: ConformalLevel?
    /// The most points that the rule allows of its kind, where that is the same for every threshold.
    let most: Int

    init(_ rule: ConformalAbstention.Rule, _ target: Double, total: Int, wrong: Int) throws(QuantcalError) {
        (self.rule, self.total, self.wrong) = (rule, total, wrong)
        guard rule != .youden else {
            guard wrong > 0, wrong < total else {
                throw QuantcalError(
                    .infeasible,
                    "\(wrong) of \(total) points are wrong; Youden's J needs wrong and right ones")
            }
            (self.target, most) = (nil, 0)
            return
        }
        let level = try ConformalLevel(rate: target, "target")
        let whole =
            switch rule {
            case .abstentions: total
            case .falseAlarms: total - wrong
            default: wrong
            }
        (self.target, most) = (level, level.share(of: whole))
    }

    /// J times (right)(wrong).
    func youden(_ answered: Int, _ answeredWrong: Int) -> Int128 {
        Int128(answered - answeredWrong) * Int128(wrong) - Int128(answeredWrong) * Int128(total - wrong)
    }

    func allow(_ answered: Int, _ answeredWrong: Int) -> Bool {
        switch rule {
        case .youden: true
        case .abstentions: total - answered <= most
        case .falseAlarms: (total - wrong) - (answered - answeredWrong) <= most
        case .misses: answeredWrong <= most
        case .errors: answeredWrong <= target!.share(of: answered)
        }
    }
}

private struct Judged<T: Scalar>: RadixItem {
    let key: T.Bits
    let isWrong: Bool
}

private struct JudgedPoints<T: Scalar>: RadixItems {
    let uncertainties: UnsafeBufferPointer<T>
    let wrong: UnsafeBufferPointer<UInt8>
    let sorted: UnsafeMutableBufferPointer<Judged<T>>

    var count: Int { uncertainties.count }
    func key(_ index: Int) -> T.Bits { uncertainties[index].orderedKey }
    func item(_ index: Int) -> Judged<T> { Judged(key: key(index), isWrong: wrong[index] != 0) }
    func store(_ item: Judged<T>, at place: Int) { sorted[place] = item }
}
