import QuantcalCore

public typealias ErrorPropagation = QuantcalCore.ErrorPropagation

/// The divergence of a quantized model's logits.
public struct LogitDivergence: Equatable, Sendable {
    /// Of the rows' divergences, in nats.
    public let mean: Double
    /// Of the mean; NaN for one row.
    public let standardError: Double
    public let maximum: Double
    /// The share of rows whose first largest logit is in the same column.
    public let topAgreement: Double
    /// The divergence of each row.
    public let perRow: [Double]
}

/// The Kullback-Leibler divergence of softmax(approximation) from softmax(reference), row by row.
/// C: `qc_quantize_kl_divergence_f64`.
public func quantizeKLDivergence(
    reference: Matrix<Double>, approximation: Matrix<Double>
) throws(QuantcalError) -> LogitDivergence {
    try divergence(
        reference, approximation,
        QuantcalCore.LogitDivergence.init(reference:approximation:classes:perRow:))
}

/// The same for logits in single precision. C: `qc_quantize_kl_divergence_f32`.
public func quantizeKLDivergence(
    reference: Matrix<Float>, approximation: Matrix<Float>
) throws(QuantcalError) -> LogitDivergence {
    try divergence(
        reference, approximation,
        QuantcalCore.LogitDivergence.init(reference:approximation:classes:perRow:))
}

private func divergence<Scalar>(
    _ reference: Matrix<Scalar>, _ approximation: Matrix<Scalar>,
    _ measure: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, Int, UnsafeMutablePointer<Double>?)
        throws(QuantcalError) -> QuantcalCore.LogitDivergence
) throws(QuantcalError) -> LogitDivergence {
    try requireSameShape(approximation, reference, "approximation")
    var summary: QuantcalCore.LogitDivergence?
    let perRow = try filled(reference.rows) { (perRow: UnsafeMutablePointer<Double>) throws(QuantcalError) in
        summary = try withBuffer(reference.elements) { first throws(QuantcalError) in
            try withBuffer(approximation.elements) { second throws(QuantcalError) in
                try measure(first, second, reference.columns, perRow)
            }
        }
    }
    let found = summary!
    return LogitDivergence(
        mean: found.mean, standardError: found.standardError, maximum: found.maximum,
        topAgreement: found.topAgreement, perRow: perRow)
}

/// How the error of a linear layer y = x w^T comes about. C: `qc_quantize_propagation_f32`.
///
/// - Parameters:
///   - input: x, a row for each token; and x' as the quantized model has it.
///   - weights: w, a row for each output; and w' as they are quantized.
public func quantizePropagation(
    input: Matrix<Float>, approximateInput: Matrix<Float>, weights: Matrix<Float>,
    approximateWeights: Matrix<Float>
) throws(QuantcalError) -> ErrorPropagation {
    try requireSameShape(approximateInput, input, "approximateInput")
    try requireSameShape(approximateWeights, weights, "approximateWeights")
    guard weights.columns == input.columns else {
        throw QuantcalError(
            .size, "weights has \(weights.columns) columns; \(input.columns) are needed")
    }
    let sizes = try ErrorPropagation.Sizes(
        rows: input.rows, inner: input.columns, outputs: weights.rows)
    return try withBuffer(input.elements) { x throws(QuantcalError) in
        try withBuffer(approximateInput.elements) { approximateX throws(QuantcalError) in
            try withBuffer(weights.elements) { w throws(QuantcalError) in
                try withBuffer(approximateWeights.elements) { approximateW throws(QuantcalError) in
                    try ErrorPropagation(
                        .init(
                            sizes, input: x, approximateInput: approximateX, weights: w,
                            approximateWeights: approximateW))
                }
            }
        }
    }
}

private func requireSameShape<Element>(
    _ matrix: Matrix<Element>, _ other: Matrix<Element>, _ name: String
) throws(QuantcalError) {
    guard matrix.rows == other.rows, matrix.columns == other.columns else {
        throw QuantcalError(
            .size,
            "\(name) is \(matrix.rows) x \(matrix.columns); \(other.rows) x \(other.columns) is needed")
    }
}
