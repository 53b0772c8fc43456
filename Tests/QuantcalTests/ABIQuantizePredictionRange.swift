/// Vectors of ranges by predictions through the C ABI.

import CQuantcal

/// The differences that a case lists, by candidate; the values of one candidate are kept.
private final class ListedDifferences {
    let differences: [Double]
    let watched: Int
    var kept: [Float]

    init(_ differences: [Double], watched: Int, kept: [Float]) {
        (self.differences, self.watched, self.kept) = (differences, watched, kept)
    }
}

private func measure(
    _ context: UnsafeMutableRawPointer?, _ candidate: UnsafeMutablePointer<qc_quantize_range_candidate>?
) -> Int32 {
    let listed = Unmanaged<ListedDifferences>.fromOpaque(context!).takeUnretainedValue()
    let given = candidate!.pointee
    if given.index == listed.watched {
        listed.kept = Array(UnsafeBufferPointer(start: given.quantized, count: given.rows * given.columns))
    }
    guard given.index < listed.differences.count else { return 1 }
    candidate!.pointee.difference = listed.differences[given.index]
    return 0
}

let abiQuantizePredictionRangeAdapters: [String: VectorAdapter] = [
    "qc_quantize_prediction_range": { inputs, _ in
        let values = try inputs.matrix("values")
        let elements = values.elements.map { Float($0) }
        let listed = ListedDifferences(
            try inputs.scalars("differences"), watched: try inputs.integer("watched", default: 0),
            kept: elements)
        let wantsZeros = try inputs.integer("with_zeros", default: 0) != 0
        let weight = try inputs.double("error_weight", default: 0)
        var (options, rule) = (try abiGridOptions(inputs), try abiRangeRule(inputs))
        var difference = qc_quantize_difference(
            measure: measure, context: Unmanaged.passUnretained(listed).toOpaque())
        var result = qc_quantize_prediction_range_result()
        result.struct_size = MemoryLayout.size(ofValue: result)
        return try withExtendedLifetime(listed) {
            try abiWithGrid(inputs) { grid in
                let groups = abiGridRoom(grid, values.rows, values.columns, &options).groups
                let (scales, zeros) = (ABIBuffer<Float>(groups), ABIBuffer<Float>(wantsZeros ? groups : 0))
                try abiCall(
                    qc_quantize_prediction_range_f32(
                        elements, values.rows, values.columns, grid, &options, &rule, weight, &difference,
                        scales.pointer, wantsZeros ? zeros.pointer : nil, &result), scales, zeros)
                return [
                    "scales": .floats(scales.elements), "quantized": .floats(listed.kept),
                    "index": .integer(result.index), "factor": .float(result.factor),
                    "difference": .float(result.difference), "error": .float(result.error),
                    "loss": .float(result.loss),
                ].merging(wantsZeros ? ["zeros": .floats(zeros.elements)] : [:]) { $1 }
            }
        }
    }
]
