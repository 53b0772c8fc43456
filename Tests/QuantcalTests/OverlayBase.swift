/// Vectors of family `base` through the Swift overlay, and the table of all families.

import Quantcal

let vectorOverlayAdapters: [String: VectorAdapter] = [
    overlayBaseAdapters,
    overlayIsotonicRegressionAdapters,
    overlayIsotonicPredictionAdapters,
    overlayIsotonicShapeAdapters,
    overlayIsotonicNearlyAdapters,
    overlayIsotonicCenteredAdapters,
    overlayIsotonicOrderAdapters,
    overlayIsotonicDistributionAdapters,
    overlayIsotonicRewardAdapters,
    overlayIsotonicStateAdapters,
    overlayConformalAdapters,
    overlayConformalCalibratorAdapters,
    overlayConformalPlanningAdapters,
    overlayConformalRiskAdapters,
    overlayConformalSelectionAdapters,
    overlayConformalRefitSelectionAdapters,
    overlayConformalHoldoutAdapters,
    overlayConformalOnlineAdapters,
    overlayConformalBatchAdapters,
    overlayConformalClustersAdapters,
    overlayConformalCrossAdapters,
    overlayConformalRegressionScoresAdapters,
    overlayConformalClassScoresAdapters,
    overlayConformalRobustAdapters,
    overlayConformalCircuitAdapters,
    overlayConformalCensoringAdapters,
    overlayConformalAbstentionAdapters,
    overlayConformalPolicyAdapters,
    overlayConformalPursuitAdapters,
    overlayConformalDistributionAdapters,
    overlayConformalMartingaleAdapters,
    overlayCalibrationAdapters,
    overlayQuantizeAdapters,
    overlayQuantizeFileAdapters,
    overlayQuantizeFileConvertAdapters,
    overlayQuantizeCheckpointAdapters,
    overlayQuantizeGgmlAdapters,
    overlayQuantizeGridAdapters,
    overlayQuantizeDiagnosticsAdapters,
    overlayQuantizeRangeAdapters,
    overlayQuantizeObserverAdapters,
    overlayQuantizePredictionRangeAdapters,
    overlayQuantizeSamplesAdapters,
    overlayQuantizeSharedRangeAdapters,
    overlayQuantizeVectorAdapters,
    overlayQuantizeCandidatesAdapters,
    overlayQuantizeTrellisAdapters,
    overlayQuantizeMaskedAdapters,
    overlayQuantizeOutlierVictimAdapters,
    overlayQuantizeTwinLogAdapters,
    overlayQuantizeNoisyBiasAdapters,
    overlayQuantizeTrainingAdapters,
    overlayQuantizeElasticAdapters,
].reduce(into: [:]) { all, family in
    all.merge(family.mapValues(tellingRefusals)) { _, _ in fatalError("two adapters for a function") }
}

private func tellingRefusals(_ adapter: @escaping VectorAdapter) -> VectorAdapter {
    { inputs, type in
        do {
            return try adapter(inputs, type)
        } catch let error as QuantcalError {
            throw VectorRefusal(status: statusName(error.kind.rawValue), message: error.message)
        }
    }
}

private let overlayBaseAdapters: [String: VectorAdapter] = [
    "qc_version": { _, _ in ["value": .text(Quantcal.version)] },
    "qc_kernel_level": { _, _ in ["one_of": .text(kernelLevel)] },
    "qc_status_name": { inputs, _ in
        ["value": .text(statusName(Int32(truncatingIfNeeded: try inputs.integer("status"))))]
    },
    "qc_last_error": { inputs, _ in
        do {
            return ["rank": .integer(try conformalRank(n: inputs.size("n"), alpha: inputs.double("alpha")))]
        } catch let error as QuantcalError {
            return ["value": .text(error.message)]
        }
    },
    "qc_set_thread_count": setCount,
    "qc_thread_count": setCount,
]

@Sendable private func setCount(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    let count = try inputs.integer("count")
    return try ThreadCount.exclusively {
        try setThreadCount(count)
        let outputs = ["count": VectorOutput.integer(threadCount)]
        try setThreadCount(0)
        return outputs
    }
}

/// The case of an enumeration that a vector names; `notConverged` is "not_converged".
func overlayCase<Value: CaseIterable>(_ word: String, of type: Value.Type = Value.self) throws -> Value {
    guard let value = Value.allCases.first(where: { overlayWord($0) == word }) else {
        throw VectorInputs.Malformed(description: "\(word) is no \(type)")
    }
    return value
}

func overlayWord<Value>(_ value: Value) -> String {
    "\(value)".reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
}

/// The one choice that gives what leaving it out gives: a default argument, seen from outside.
func overlayDefault<Choice, Result: Equatable>(
    _ choices: [Choice], same result: Result, _ call: (Choice) throws -> Result
) throws -> Choice {
    let matching = try choices.filter { try call($0) == result }
    guard matching.count == 1 else {
        throw VectorInputs.Malformed(description: "\(matching.count) of the choices act as the default")
    }
    return matching[0]
}
