/// Vectors of family `conformal` through the C ABI.

import CQuantcal

let abiConformalAdapters: [String: VectorAdapter] = [
    "qc_conformal_rank": { inputs, _ in
        let rank = ABIBuffer<Int>(1)
        try abiCall(qc_conformal_rank(inputs.size("n"), inputs.double("alpha"), rank.pointer), rank)
        return ["rank": .integers(rank.elements)]
    },
    "qc_conformal_threshold": { inputs, type in
        switch type {
        case .f32: try threshold(inputs, qc_conformal_threshold_f32)
        default: try threshold(inputs, qc_conformal_threshold_f64)
        }
    },
    "qc_conformal_sets": { inputs, type in
        switch type {
        case .f32: try sets(inputs, qc_conformal_sets_f32)
        default: try sets(inputs, qc_conformal_sets_f64)
        }
    },
    "qc_conformal_intervals": { inputs, type in
        switch type {
        case .f32: try intervals(inputs, qc_conformal_intervals_f32)
        default: try intervals(inputs, qc_conformal_intervals_f64)
        }
    },
]

private func threshold<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (UnsafePointer<T>?, Int, Double, UnsafeMutablePointer<T>?) -> qc_status
) throws -> [String: VectorOutput] {
    let scores: [T] = try inputs.scalars("scores")
    let threshold = ABIBuffer<T>(1)
    try abiCall(function(scores, scores.count, inputs.double("alpha"), threshold.pointer), threshold)
    return ["threshold": .floats(threshold.elements)]
}

private func sets<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (UnsafePointer<T>?, Int, Int, T, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?)
        -> qc_status
) throws -> [String: VectorOutput] {
    let scores = try inputs.matrix("scores")
    let elements = scores.elements.map { T($0) }
    let threshold: T = try inputs.scalar("threshold")
    let mask = ABIBuffer<UInt8>(scores.rows * ((scores.columns + 7) / 8))
    let sizes = ABIBuffer<Int32>(scores.rows)
    try abiCall(
        function(elements, scores.rows, scores.columns, threshold, mask.pointer, sizes.pointer), mask, sizes)
    return ["mask": .integers(mask.elements), "sizes": .integers(sizes.elements)]
}

private func intervals<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs,
    _ function: (UnsafePointer<T>?, Int, T, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?) -> qc_status
) throws -> [String: VectorOutput] {
    let mean: [T] = try inputs.scalars("mean")
    let threshold: T = try inputs.scalar("threshold")
    let (lower, upper) = (ABIBuffer<T>(mean.count), ABIBuffer<T>(mean.count))
    try abiCall(function(mean, mean.count, threshold, lower.pointer, upper.pointer), lower, upper)
    return ["lower": .floats(lower.elements), "upper": .floats(upper.elements)]
}
