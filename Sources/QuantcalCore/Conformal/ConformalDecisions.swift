/// One label, a set of labels, or no answer, by two thresholds on the uncertainty of a point; and what became of it.
public enum ConformalDecisions {
    public enum Decision: UInt8, CaseIterable, Sendable {
        case abstain = 0
        case single = 1
        case set = 2
    }

    /// Points that got each decision, and whose answer holds the truth.
    public struct Summary: Equatable, Sendable {
        public internal(set) var abstained = 0
        public internal(set) var singles = 0
        public internal(set) var singlesRight = 0
        public internal(set) var sets = 0
        public internal(set) var setsRight = 0
    }

    public static func decide(
        uncertainties: UnsafeBufferPointer<Double>, sizes: UnsafeBufferPointer<Int32>?,
        singleThreshold: Double,
        abstentionThreshold: Double, _ decisions: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        try compute(uncertainties, sizes, singleThreshold, abstentionThreshold, decisions)
    }

    public static func decide(
        uncertainties: UnsafeBufferPointer<Float>, sizes: UnsafeBufferPointer<Int32>?, singleThreshold: Float,
        abstentionThreshold: Float, _ decisions: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        try compute(uncertainties, sizes, singleThreshold, abstentionThreshold, decisions)
    }

    private static func compute<T: Scalar>(
        _ uncertainties: UnsafeBufferPointer<T>, _ sizes: UnsafeBufferPointer<Int32>?, _ singleThreshold: T,
        _ abstentionThreshold: T, _ decisions: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        for (limit, name) in [
            (singleThreshold, "single_threshold"), (abstentionThreshold, "abstention_threshold"),
        ] where limit.isNaN {
            throw QuantcalError(.notFinite, "\(name) is nan; \(name) must not be NaN")
        }
        try Require.notNaN(uncertainties, "uncertainties")
        if let sizes, let index = sizes.firstIndex(where: { $0 < 0 }) {
            throw QuantcalError(.domain, "sizes[\(index)] is \(sizes[index]); sizes must be >= 0")
        }
        for (index, value) in uncertainties.enumerated() {
            let decision: Decision =
                if value > abstentionThreshold {
                    .abstain
                } else if value <= singleThreshold {
                    .single
                } else {
                    sizes?[index] == 0 ? .abstain : .set
                }
            decisions[index] = decision.rawValue
        }
    }

    /// All three are of one length. What is not 0 is right.
    public static func summary(
        decisions: UnsafeBufferPointer<UInt8>, singlesHold: UnsafeBufferPointer<UInt8>,
        setsHold: UnsafeBufferPointer<UInt8>
    ) throws(QuantcalError) -> Summary {
        var summary = Summary()
        for (index, raw) in decisions.enumerated() {
            switch Decision(rawValue: raw) {
            case .abstain: summary.abstained += 1
            case .single:
                summary.singles += 1
                if singlesHold[index] != 0 { summary.singlesRight += 1 }
            case .set:
                summary.sets += 1
                if setsHold[index] != 0 { summary.setsRight += 1 }
            case nil:
                throw QuantcalError(.domain, "decisions[\(index)] is \(raw); decisions must be 0 to 2")
            }
        }
        return summary
    }
}
