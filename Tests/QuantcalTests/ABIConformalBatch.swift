/// Vectors of family `conformal`, batches, through the C ABI.

import CQuantcal

let abiConformalBatchAdapters: [String: VectorAdapter] = [
    "qc_conformal_order_statistic": { inputs, type in
        switch type {
        case .f32: try orderStatistic(inputs, qc_conformal_order_statistic_f32)
        default: try orderStatistic(inputs, qc_conformal_order_statistic_f64)
        }
    },
    "qc_conformal_batch_law": { inputs, _ in
        let ranks = try inputs.integers("ranks")
        let pmf = ABIBuffer<Double>(ranks.count)
        let (most, least) = (ABIBuffer<Double>(ranks.count), ABIBuffer<Double>(ranks.count))
        try abiCall(
            qc_conformal_batch_law(
                inputs.size("n"), inputs.size("m"), inputs.size("zeta"), ranks, ranks.count, pmf.pointer,
                most.pointer, least.pointer), pmf, most, least)
        return [
            "pmf": .floats(pmf.elements), "at_most": .floats(most.elements),
            "at_least": .floats(least.elements),
        ]
    },
    "qc_conformal_batch_rank": { inputs, _ in
        let (lower, upper) = (ABIBuffer<Int>(1), ABIBuffer<Int>(1))
        try abiCall(
            qc_conformal_batch_rank(
                inputs.size("n"), inputs.size("m"), inputs.size("zeta"), inputs.double("alpha_lower"),
                inputs.double("alpha_upper"), lower.pointer, upper.pointer), lower, upper)
        return ["lower": .integers(lower.elements), "upper": .integers(upper.elements)]
    },
    "qc_conformal_batch_bracket": { inputs, _ in
        let (lower, upper, probability) = (ABIBuffer<Int>(1), ABIBuffer<Int>(1), ABIBuffer<Double>(1))
        try abiCall(
            qc_conformal_batch_bracket(
                inputs.size("n"), inputs.size("m"), inputs.size("zeta_low"), inputs.size("zeta_high"),
                inputs.double("alpha"), lower.pointer, upper.pointer, probability.pointer), lower, upper,
            probability)
        return [
            "lower": .integers(lower.elements), "upper": .integers(upper.elements),
            "probability": .floats(probability.elements),
        ]
    },
    "qc_conformal_batch_rank_sum": { inputs, _ in
        let sum = ABIBuffer<Int>(1)
        try abiCall(
            qc_conformal_batch_rank_sum(
                inputs.size("n"), inputs.size("m"), inputs.double("alpha"), sum.pointer), sum)
        return ["rank_sum": .integers(sum.elements)]
    },
    "qc_conformal_batch_mean": { inputs, type in
        switch type {
        case .f32: try mean(inputs, qc_conformal_batch_mean_f32)
        default: try mean(inputs, qc_conformal_batch_mean_f64)
        }
    },
]

private func orderStatistic<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ function: (UnsafePointer<T>?, Int, Int, UnsafeMutablePointer<T>?) -> qc_status
) throws -> [String: VectorOutput] {
    let scores: [T] = try inputs.scalars("scores")
    let value = ABIBuffer<T>(1)
    try abiCall(function(scores, scores.count, inputs.size("rank"), value.pointer), value)
    return ["value": .floats(value.elements)]
}

private func mean<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (UnsafePointer<T>?, Int, Int, Int, T, UnsafeMutablePointer<T>?) -> qc_status
) throws -> [String: VectorOutput] {
    let scores: [T] = try inputs.scalars("scores")
    let bound = ABIBuffer<T>(1)
    try abiCall(
        function(
            scores, scores.count, inputs.size("m"), inputs.size("rank_sum"), inputs.scalar("upper"),
            bound.pointer), bound)
    return ["bound": .floats(bound.elements)]
}
