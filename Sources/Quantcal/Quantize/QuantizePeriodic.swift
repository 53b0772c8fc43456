import QuantcalCore

/// Which elements share a scale, and the sine. Defaults are those of C: `qc_quantize_periodic_options_init`.
public typealias PeriodicBinary = QuantcalCore.PeriodicBinary

/// Periodic binary weights, and gradients (nil without upstream ones).
public struct PeriodicWeights: Equatable, Sendable {
    public let quantized: Matrix<Float>
    public let valueGradients: Matrix<Float>?
    /// One for each scale.
    public let scaleGradients: [Float]?
    public let penalty: Double
}

/// Binary weights that are periodic in what is trained, with gradients if there are some to pass on.
/// C: `qc_quantize_periodic_f32`.
public func quantizePeriodic(
    _ values: Matrix<Float>, scales: [Float], upstream: Matrix<Float>? = nil,
    options: PeriodicBinary = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> PeriodicWeights {
    let layout = try options.layout(rows: values.rows, columns: values.columns)
    let count = values.elements.count
    try requireCount(scales.count, layout.groupCount, "scales")
    if let upstream { try requireCount(upstream.elements.count, count, "upstream") }
    var (ofValues, ofScales, penalty): ([Float], [Float], Double) = ([], [], 0)
    let quantized = try filled(count) { (quantized: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        ofValues = try filled(count) { (ofValues: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            if upstream == nil { ofValues.initialize(repeating: 0, count: count) }
            ofScales = try filled(layout.groupCount) {
                (ofScales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
                if upstream == nil { ofScales.initialize(repeating: 0, count: layout.groupCount) }
                try withOptionalBuffer(upstream?.elements) { upstream throws(QuantcalError) in
                    let gradients = upstream.map {
                        GridFake.Gradients(upstream: $0, values: ofValues, scales: ofScales)
                    }
                    try withBuffer(scales) { scales throws(QuantcalError) in
                        try withBuffer(values.elements) { elements throws(QuantcalError) in
                            penalty = try options(
                                elements, layout, scales: scales, Progress(progress), into: quantized,
                                gradients)
                        }
                    }
                }
            }
        }
    }
    func matrix(_ elements: [Float]) -> Matrix<Float> {
        Matrix(unchecked: values.rows, values.columns, elements)
    }
    return PeriodicWeights(
        quantized: matrix(quantized), valueGradients: upstream == nil ? nil : matrix(ofValues),
        scaleGradients: upstream == nil ? nil : ofScales, penalty: penalty)
}

/// The signs and the blocks of a rotation. Defaults are those of C: `qc_quantize_rotation_options_init`.
public typealias SignedRotation = QuantcalCore.SignedRotation

/// Rows times a rotation of random signs and Hadamard matrices, or its inverse.
/// C: `qc_quantize_rotate_f32`.
public func quantizeRotate(
    _ values: Matrix<Float>, isInverse: Bool = false, options: SignedRotation = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Float> {
    let elements = try filled(values.elements.count) {
        (result: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        try withBuffer(values.elements) { elements throws(QuantcalError) in
            try options(
                elements, rows: values.rows, columns: values.columns, isInverse: isInverse,
                Progress(progress), into: result)
        }
    }
    return Matrix(unchecked: values.rows, values.columns, elements)
}

/// Whether a rotation makes rounding of a layer's activations and weights better, with a min-max scale
/// for each row. C: `qc_quantize_rotation_choose_f32`.
public func quantizeRotationChoice(
    activations: Matrix<Float>, weights: Matrix<Float>, activationGrid: QuantizationGrid,
    weightGrid: QuantizationGrid, options: SignedRotation = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> SignedRotation.Choice {
    try requireCount(weights.columns, activations.columns, "a row of weights")
    return try withBuffer(activations.elements) { input throws(QuantcalError) in
        try withBuffer(weights.elements) { matrix throws(QuantcalError) in
            try options.choice(
                .init(input, rows: activations.rows, "activations", activationGrid),
                .init(matrix, rows: weights.rows, "weights", weightGrid), columns: activations.columns,
                Progress(progress))
        }
    }
}
