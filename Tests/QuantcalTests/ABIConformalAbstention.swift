/// Vectors of family `conformal`, abstention, through the C ABI.

import CQuantcal

let abiConformalAbstentionAdapters: [String: VectorAdapter] = [
    "qc_conformal_abstention_curve": { inputs, type in
        switch type {
        case .f32: try curve(inputs, qc_conformal_abstention_curve_f32)
        default: try curve(inputs, qc_conformal_abstention_curve_f64)
        }
    },
    "qc_conformal_abstention_threshold": { inputs, type in
        switch type {
        case .f32: try threshold(inputs, qc_conformal_abstention_threshold_f32)
        default: try threshold(inputs, qc_conformal_abstention_threshold_f64)
        }
    },
    "qc_conformal_abstention_decisions": { inputs, type in
        switch type {
        case .f32: try decisions(inputs, qc_conformal_abstention_decisions_f32)
        default: try decisions(inputs, qc_conformal_abstention_decisions_f64)
        }
    },
    "qc_conformal_abstention_summarize": { inputs, _ in
        let decisions = try bytes(inputs, "decisions")
        var summary = qc_conformal_abstention_summary()
        summary.struct_size = MemoryLayout<qc_conformal_abstention_summary>.size
        try abiCall(
            qc_conformal_abstention_summarize(
                decisions, bytes(inputs, "singles_hold"), bytes(inputs, "sets_hold"), decisions.count,
                &summary))
        return [
            "abstained": .integer(summary.abstained), "singles": .integer(summary.singles),
            "singles_right": .integer(summary.singles_right), "sets": .integer(summary.sets),
            "sets_right": .integer(summary.sets_right),
        ]
    },
]

private func bytes(_ inputs: VectorInputs, _ key: String) throws -> [UInt8] {
    try inputs.integers(key).map { UInt8($0) }
}

private func curve<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        UnsafePointer<T>?, UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<T>?, UnsafeMutablePointer<Int>?,
        UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Int>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let uncertainties: [T] = try inputs.scalars("uncertainties")
    let room = uncertainties.count + 1
    let (thresholds, count) = (ABIBuffer<T>(room), ABIBuffer<Int>(1))
    let (answered, wrong) = (ABIBuffer<Int>(room), ABIBuffer<Int>(room))
    try abiCall(
        function(
            uncertainties, bytes(inputs, "wrong"), uncertainties.count, thresholds.pointer, answered.pointer,
            wrong.pointer, count.pointer), thresholds, answered, wrong, count)
    let rows = count.elements[0]
    return [
        "thresholds": .floats(Array(thresholds.elements.prefix(rows))),
        "answered": .integers(Array(answered.elements.prefix(rows))),
        "answered_wrong": .integers(Array(wrong.elements.prefix(rows))),
    ]
}

private func threshold<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        UnsafePointer<T>?, UnsafePointer<UInt8>?, Int, Int32, Double, UnsafeMutablePointer<T>?,
        UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Int>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let uncertainties: [T] = try inputs.scalars("uncertainties")
    let rule = try abiConstant(
        inputs.word("rule", default: "youden"),
        [
            "youden": QC_CONFORMAL_ABSTENTION_YOUDEN, "abstentions": QC_CONFORMAL_ABSTENTION_ABSTENTIONS,
            "false_alarms": QC_CONFORMAL_ABSTENTION_FALSE_ALARMS, "misses": QC_CONFORMAL_ABSTENTION_MISSES,
            "errors": QC_CONFORMAL_ABSTENTION_ERRORS,
        ])
    let (threshold, answered, wrong) = (ABIBuffer<T>(1), ABIBuffer<Int>(1), ABIBuffer<Int>(1))
    try abiCall(
        function(
            uncertainties, bytes(inputs, "wrong"), uncertainties.count, rule,
            inputs.double("target", default: 0), threshold.pointer, answered.pointer, wrong.pointer),
        threshold, answered, wrong)
    return [
        "threshold": .floats(threshold.elements), "answered": .integers(answered.elements),
        "answered_wrong": .integers(wrong.elements),
    ]
}

private func decisions<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (
        UnsafePointer<T>?, UnsafePointer<Int32>?, Int, T, T, UnsafeMutablePointer<UInt8>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let uncertainties: [T] = try inputs.scalars("uncertainties")
    let sizes = try inputs.optionalIntegers("sizes").map { $0.map { Int32($0) } }
    let decisions = ABIBuffer<UInt8>(uncertainties.count)
    try abiCall(
        function(
            uncertainties, sizes, uncertainties.count, inputs.scalar("single_threshold"),
            inputs.scalar("abstention_threshold"), decisions.pointer), decisions)
    return ["decisions": .integers(decisions.elements)]
}
