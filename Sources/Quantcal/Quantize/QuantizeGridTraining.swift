import QuantcalCore

/// The codes of the levels on either side of each number.
public struct GridNeighbours: Equatable, Sendable {
    /// Of the largest level that is not above.
    public let lower: [UInt8]
    /// Of the smallest level that is not below.
    public let upper: [UInt8]
}

/// The two levels that each value / scale + zero lies between: what rounding has to choose from.
/// C: `qc_quantize_grid_neighbours_f32`.
public func quantizeGridNeighbours(
    _ values: Matrix<Float>, grid: QuantizationGrid, scales: [Float], zeros: [Float]? = nil,
    groups: QuantizationGroups = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> GridNeighbours {
    let compiled = try grid.compiled()
    let layout = try groups.layout(compiled, values.rows, values.columns)
    let count = values.elements.count
    var upper: [UInt8] = []
    let lower = try filled(count) { (lower: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        upper = try filled(count) { (upper: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
            try withParameters(layout, scales, zeros) { parameters throws(QuantcalError) in
                try withBuffer(values.elements) { elements throws(QuantcalError) in
                    guard let base = elements.baseAddress else { return }
                    try compiled.neighbours(
                        of: base, layout, parameters, Progress(progress), lower: lower, upper: upper)
                }
            }
        }
    }
    return GridNeighbours(lower: lower, upper: upper)
}

/// Where the gradient of a rounded number passes to the number. The default argument of
/// `quantizeGridFake` is that of C: `qc_quantize_grid_fake_options_init`.
public typealias QuantizationGradient = QuantcalCore.GridFake.Gradient

/// A matrix rounded to a grid, and gradients (nil without upstream ones).
public struct FakeQuantized: Equatable, Sendable {
    public let quantized: Matrix<Float>
    public let valueGradients: Matrix<Float>?
    /// One for each scale.
    public let scaleGradients: [Float]?
}

/// Rounds a matrix to a grid and back, with gradients if there are some to pass on.
/// C: `qc_quantize_grid_fake_f32`.
public func quantizeGridFake(
    _ values: Matrix<Float>, grid: QuantizationGrid, scales: [Float], zeros: [Float]? = nil,
    upstream: Matrix<Float>? = nil, gradient: QuantizationGradient = .clipped,
    groups: QuantizationGroups = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> FakeQuantized {
    let fake = try GridFake(grid, gradient)
    let layout = try groups.layout(grid.compiled(), values.rows, values.columns)
    let count = values.elements.count
    if let upstream { try requireCount(upstream.elements.count, count, "upstream") }
    var (ofValues, ofScales): ([Float], [Float]) = ([], [])
    let quantized = try filled(count) { (quantized: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        ofValues = try filled(count) { (ofValues: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            if upstream == nil { ofValues.initialize(repeating: 0, count: count) }
            ofScales = try filled(layout.groupCount) {
                (ofScales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
                if upstream == nil { ofScales.initialize(repeating: 0, count: layout.groupCount) }
                try withParameters(layout, scales, zeros) { parameters throws(QuantcalError) in
                    try withOptionalBuffer(upstream?.elements) { upstream throws(QuantcalError) in
                        let gradients = upstream.map {
                            GridFake.Gradients(upstream: $0, values: ofValues, scales: ofScales)
                        }
                        try withBuffer(values.elements) { elements throws(QuantcalError) in
                            guard let base = elements.baseAddress else { return }
                            try fake(
                                base, layout, parameters, Progress(progress), into: quantized, gradients)
                        }
                    }
                }
            }
        }
    }
    func matrix(_ elements: [Float]) -> Matrix<Float> {
        Matrix(unchecked: values.rows, values.columns, elements)
    }
    return FakeQuantized(
        quantized: matrix(quantized), valueGradients: upstream == nil ? nil : matrix(ofValues),
        scaleGradients: upstream == nil ? nil : ofScales)
}
