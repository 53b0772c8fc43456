/// Vectors of family `conformal`, abstention, through the Swift overlay.

import Quantcal

let overlayConformalAbstentionAdapters: [String: VectorAdapter] = [
    "qc_conformal_abstention_curve": { inputs, type in
        let wrong = try flags(inputs, "wrong")
        switch type {
        case .f32:
            return curve(
                try conformalAbstentionCurve(
                    uncertainties: inputs.scalars("uncertainties", as: Float.self), wrong: wrong))
        default:
            return curve(
                try conformalAbstentionCurve(
                    uncertainties: inputs.scalars("uncertainties", as: Double.self), wrong: wrong))
        }
    },
    "qc_conformal_abstention_threshold": { inputs, type in
        let wrong = try flags(inputs, "wrong")
        let word = try inputs.word("rule", default: "")
        let target = try inputs.double("target", default: 0)
        switch type {
        case .f32:
            let values = try inputs.scalars("uncertainties", as: Float.self)
            return point(
                try word.isEmpty
                    ? conformalAbstentionThreshold(uncertainties: values, wrong: wrong)
                    : conformalAbstentionThreshold(
                        uncertainties: values, wrong: wrong, rule: overlayCase(word), target: target))
        default:
            let values = try inputs.scalars("uncertainties", as: Double.self)
            return point(
                try word.isEmpty
                    ? conformalAbstentionThreshold(uncertainties: values, wrong: wrong)
                    : conformalAbstentionThreshold(
                        uncertainties: values, wrong: wrong, rule: overlayCase(word), target: target))
        }
    },
    "qc_conformal_abstention_decisions": { inputs, type in
        let sizes = try inputs.optionalIntegers("sizes").map { $0.map { Int32($0) } }
        let decisions =
            switch type {
            case .f32:
                try conformalAbstentionDecisions(
                    uncertainties: inputs.scalars("uncertainties", as: Float.self), sizes: sizes,
                    singleThreshold: inputs.scalar("single_threshold"),
                    abstentionThreshold: inputs.scalar("abstention_threshold"))
            default:
                try conformalAbstentionDecisions(
                    uncertainties: inputs.scalars("uncertainties", as: Double.self), sizes: sizes,
                    singleThreshold: inputs.scalar("single_threshold"),
                    abstentionThreshold: inputs.scalar("abstention_threshold"))
            }
        return ["decisions": .integers(decisions.map(\.rawValue))]
    },
    "qc_conformal_abstention_summarize": { inputs, _ in
        let decisions = try inputs.integers("decisions").map { raw in
            // What is no decision cannot be said here.
            guard let decision = ConformalDecision(rawValue: UInt8(raw)) else {
                throw VectorRefusal(status: "QC_ERR_DOMAIN", message: "decisions: \(raw)")
            }
            return decision
        }
        let summary = try conformalAbstentionSummary(
            decisions: decisions, singlesHold: flags(inputs, "singles_hold"),
            setsHold: flags(inputs, "sets_hold"))
        return [
            "abstained": .integer(summary.abstained), "singles": .integer(summary.singles),
            "singles_right": .integer(summary.singlesRight), "sets": .integer(summary.sets),
            "sets_right": .integer(summary.setsRight),
        ]
    },
]

private func flags(_ inputs: VectorInputs, _ key: String) throws -> [Bool] {
    try inputs.integers(key).map { $0 != 0 }
}

private func curve<T: BinaryFloatingPoint>(_ points: [AbstentionPoint<T>]) -> [String: VectorOutput] {
    [
        "thresholds": .floats(points.map(\.threshold)), "answered": .integers(points.map(\.answered)),
        "answered_wrong": .integers(points.map(\.answeredWrong)),
    ]
}

private func point<T: BinaryFloatingPoint>(_ point: AbstentionPoint<T>) -> [String: VectorOutput] {
    [
        "threshold": .float(point.threshold), "answered": .integer(point.answered),
        "answered_wrong": .integer(point.answeredWrong),
    ]
}
