import CQuantcal
import QuantcalCore

extension qc_quantize_kl_result: SizedStruct {
    fileprivate init(_ divergence: LogitDivergence) {
        self.init(
            struct_size: MemoryLayout<Self>.size, mean: divergence.mean,
            standard_error: divergence.standardError, maximum: divergence.maximum,
            top_agreement: divergence.topAgreement)
    }
}

private func divergence<T>(
    _ reference: UnsafePointer<T>?, _ approximation: UnsafePointer<T>?, _ rows: Int, _ classes: Int,
    _ perRow: UnsafeMutablePointer<Double>?, _ result: UnsafeMutablePointer<qc_quantize_kl_result>?,
    _ measure: (UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, Int, UnsafeMutablePointer<Double>?)
        throws(QuantcalError) -> LogitDivergence
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let count = try Boundary.product(rows, classes, ("rows", "classes"))
        let first = try Boundary.input(reference, count, "reference")
        let second = try Boundary.input(approximation, count, "approximation")
        let divergences = try Boundary.optionalOutput(perRow, rows, "per_row")
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [Region(perRow, rows, "per_row"), place.region],
            inputs: [Region(reference, count, "reference"), Region(approximation, count, "approximation")])
        place.write(qc_quantize_kl_result(try measure(first, second, classes, divergences)))
    }
}

@c @implementation
public func qc_quantize_kl_divergence_f64(
    _ reference: UnsafePointer<Double>!, _ approximation: UnsafePointer<Double>!, _ rows: Int,
    _ classes: Int, _ per_row: UnsafeMutablePointer<Double>!,
    _ result: UnsafeMutablePointer<qc_quantize_kl_result>!
) -> qc_status {
    divergence(
        reference, approximation, rows, classes, per_row, result,
        LogitDivergence.init(reference:approximation:classes:perRow:))
}

@c @implementation
public func qc_quantize_kl_divergence_f32(
    _ reference: UnsafePointer<Float>!, _ approximation: UnsafePointer<Float>!, _ rows: Int,
    _ classes: Int, _ per_row: UnsafeMutablePointer<Double>!,
    _ result: UnsafeMutablePointer<qc_quantize_kl_result>!
) -> qc_status {
    divergence(
        reference, approximation, rows, classes, per_row, result,
        LogitDivergence.init(reference:approximation:classes:perRow:))
}

extension qc_quantize_propagation_result: SizedStruct {
    fileprivate init(_ error: ErrorPropagation) {
        self.init(
            struct_size: MemoryLayout<Self>.size, input_error: error.inputError,
            weight_error: error.weightError, carried_error: error.carriedError, own_error: error.ownError,
            cross_term: error.crossTerm, total_error: error.totalError, amplification: error.amplification)
    }
}

@c @implementation
public func qc_quantize_propagation_f32(
    _ input: UnsafePointer<Float>!, _ approximate_input: UnsafePointer<Float>!,
    _ weights: UnsafePointer<Float>!, _ approximate_weights: UnsafePointer<Float>!, _ rows: Int,
    _ inner: Int, _ outputs: Int, _ result: UnsafeMutablePointer<qc_quantize_propagation_result>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let sizes = try ErrorPropagation.Sizes(rows: rows, inner: inner, outputs: outputs)
        let inputs = try Boundary.product(rows, inner, ("rows", "inner"))
        let weightCount = try Boundary.product(outputs, inner, ("outputs", "inner"))
        let layer = ErrorPropagation.Layer(
            sizes, input: try Boundary.input(input, inputs, "input"),
            approximateInput: try Boundary.input(approximate_input, inputs, "approximate_input"),
            weights: try Boundary.input(weights, weightCount, "weights"),
            approximateWeights: try Boundary.input(approximate_weights, weightCount, "approximate_weights"))
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [place.region],
            inputs: [
                Region(input, inputs, "input"), Region(approximate_input, inputs, "approximate_input"),
                Region(weights, weightCount, "weights"),
                Region(approximate_weights, weightCount, "approximate_weights"),
            ])
        place.write(qc_quantize_propagation_result(try ErrorPropagation(layer)))
    }
}
