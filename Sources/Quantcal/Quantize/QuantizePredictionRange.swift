import QuantcalCore

/// A candidate range, with what a model would have in place of the values.
public struct QuantizeRangeCandidate: Equatable, Sendable {
    /// From 0, the widest, of so many.
    public let index: Int
    public let candidates: Int
    /// Which the min-max ranges are multiplied by.
    public let factor: Double
    /// The mean of |x - decoded|^norm.
    public let error: Double
    public let quantized: Matrix<Float>
    public let parameters: GridParameters
}

/// The range that changes a model's predictions least.
public struct QuantizePredictionRange: Equatable, Sendable {
    public let parameters: GridParameters
    public let outcome: PredictionRange.Outcome
}

/// The scales, and zero points if wanted, of the range that changes a model's predictions least: `difference`
/// measures how far they are with a candidate's values from those of the model as it is; nil stops, which throws
/// `.cancelled`. The rule is "mse" unless another is given. C: `qc_quantize_prediction_range_f32`.
public func quantizePredictionRange(
    _ values: Matrix<Float>, grid: QuantizationGrid, rule: QuantizationRangeRule? = nil,
    wantsZeros: Bool = false, errorWeight: Double = 0, groups: QuantizationGroups = .init(),
    progress: ProgressReport? = nil, difference: (QuantizeRangeCandidate) -> Double?
) throws(QuantcalError) -> QuantizePredictionRange {
    let own = if let rule { rule } else { try RangeRule.named("mse") }
    let search = try PredictionRange(grid, own, errorWeight: errorWeight, hasZeros: wantsZeros)
    let layout = try groups.layout(grid.compiled(), values.rows, values.columns)
    let count = layout.groupCount
    var (zeros, outcome): ([Float], PredictionRange.Outcome) = ([], .init())
    func measure(_ given: PredictionRange.Candidate) -> Double? {
        // The sizes are those of the values.
        let quantized = try! Matrix(
            rows: values.rows, columns: values.columns, elements: Array(given.quantized))
        return difference(
            QuantizeRangeCandidate(
                index: given.index, candidates: given.candidates, factor: given.factor, error: given.error,
                quantized: quantized,
                parameters: GridParameters(scales: Array(given.scales), zeros: given.zeros.map { Array($0) }))
        )
    }
    let scales = try filled(count) { (scales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        zeros = try filled(wantsZeros ? count : 0) {
            (zeros: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            try withBuffer(values.elements) { elements throws(QuantcalError) in
                guard let base = elements.baseAddress else { return }
                outcome = try search(
                    base, layout, Progress(progress), scales: scales, zeros: wantsZeros ? zeros : nil, measure
                )
            }
        }
    }
    return QuantizePredictionRange(
        parameters: GridParameters(scales: scales, zeros: wantsZeros ? zeros : nil), outcome: outcome)
}
