/// Vectors of family `base` through the C ABI, and the table of all families.

import CQuantcal

let vectorABIAdapters: [String: VectorAdapter] = [
    abiBaseAdapters,
    abiIsotonicRegressionAdapters,
    abiIsotonicPredictionAdapters,
    abiIsotonicShapeAdapters,
    abiIsotonicNearlyAdapters,
    abiIsotonicCenteredAdapters,
    abiIsotonicOrderAdapters,
    abiIsotonicDistributionAdapters,
    abiIsotonicRewardAdapters,
    abiIsotonicStateAdapters,
    abiConformalAdapters,
    abiConformalCalibratorAdapters,
    abiConformalPlanningAdapters,
    abiConformalRiskAdapters,
    abiConformalSelectionAdapters,
    abiConformalRefitSelectionAdapters,
    abiConformalHoldoutAdapters,
    abiConformalOnlineAdapters,
    abiConformalBatchAdapters,
    abiConformalClustersAdapters,
    abiConformalCrossAdapters,
    abiConformalRegressionScoresAdapters,
    abiConformalClassScoresAdapters,
    abiConformalRobustAdapters,
    abiConformalCircuitAdapters,
    abiConformalCensoringAdapters,
    abiConformalAbstentionAdapters,
    abiConformalPolicyAdapters,
    abiConformalPursuitAdapters,
    abiConformalDistributionAdapters,
    abiConformalMartingaleAdapters,
    abiTemperatureAdapters,
    abiCalibrationErrorAdapters,
    abiQuantizeAdapters,
    abiQuantizeFileAdapters,
    abiQuantizeFileConvertAdapters,
    abiQuantizeCheckpointAdapters,
    abiQuantizeGgmlAdapters,
    abiQuantizeGridAdapters,
    abiQuantizeRangeAdapters,
    abiQuantizeObserverAdapters,
    abiQuantizePredictionRangeAdapters,
    abiQuantizeSamplesAdapters,
    abiQuantizeSharedRangeAdapters,
    abiQuantizeVectorAdapters,
    abiQuantizeCandidatesAdapters,
    abiQuantizeTrellisAdapters,
    abiQuantizeMaskedAdapters,
    abiQuantizeOutlierVictimAdapters,
    abiQuantizeTwinLogAdapters,
    abiQuantizeNoisyBiasAdapters,
    abiQuantizeTrainingAdapters,
    abiQuantizeElasticAdapters,
    abiQuantizeGridTrainingAdapters,
    abiQuantizeDiagnosticsAdapters,
].reduce(into: [:]) { all, family in all.merge(family) { _, _ in fatalError("two adapters for a function") } }

private let abiBaseAdapters: [String: VectorAdapter] = [
    "qc_version": { _, _ in ["value": .text(String(cString: qc_version()))] },
    "qc_kernel_level": { _, _ in ["one_of": .text(String(cString: qc_kernel_level()))] },
    "qc_status_name": { inputs, _ in
        let status = Int32(truncatingIfNeeded: try inputs.integer("status"))
        return ["value": .text(String(cString: qc_status_name(status)))]
    },
    "qc_last_error": lastError,
    "qc_set_thread_count": setThreadCount,
    "qc_thread_count": setThreadCount,
]

@Sendable private func lastError(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    let rank = ABIBuffer<Int>(1)
    let (n, alpha) = (try inputs.size("n"), try inputs.double("alpha"))
    do {
        try abiCall(qc_conformal_rank(n, alpha, rank.pointer), rank)
    } catch let refusal as VectorRefusal {
        return ["value": .text(refusal.message)]
    }
    return [:]
}

@Sendable private func setThreadCount(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput]
{
    let count = Int32(truncatingIfNeeded: try inputs.integer("count"))
    return try ThreadCount.exclusively {
        try abiCall(qc_set_thread_count(count))
        defer { qc_set_thread_count(0) }
        return ["count": .integer(qc_thread_count())]
    }
}
