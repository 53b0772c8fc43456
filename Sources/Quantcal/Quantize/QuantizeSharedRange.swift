import QuantcalCore

/// How a common scale and zero point are chosen. The defaults are those of C:
/// `qc_quantize_reparameterize_options_init`.
public typealias QuantizeReparameterization = ChannelReparameterization

/// A normalization and the linear layer behind it.
public struct QuantizeLayers: Equatable, Sendable {
    public var gamma: [Float]
    /// This and `bias` may be nil if there are no zero points.
    public var beta: [Float]?
    /// A row for each output, a column for each channel.
    public var weights: [Float]
    public var bias: [Float]?

    public init(gamma: [Float], beta: [Float]? = nil, weights: [Float], bias: [Float]? = nil) {
        (self.gamma, self.beta, self.weights, self.bias) = (gamma, beta, weights, bias)
    }
}

/// One scale and zero point for channels that have their own; the differences go into the layers, whose output is
/// what it was. Channels of scale 0 are skipped. C: `qc_quantize_reparameterize_f32`.
public func quantizeReparameterize(
    _ layers: inout QuantizeLayers, scales: [Float], zeros: [Float]? = nil,
    options: QuantizeReparameterization = .init()
) throws(QuantcalError) -> (scale: Float, zero: Float) {
    let channels = scales.count
    let rows = channels == 0 ? 0 : layers.weights.count / channels
    try requireCount(layers.gamma.count, channels, "gamma")
    try requireCount(layers.weights.count, rows * channels, "weights")
    if let zeros {
        try requireCount(zeros.count, channels, "zeros")
        guard layers.beta != nil, layers.bias != nil else {
            throw QuantcalError(.nullPointer, "beta or bias is nil; with zero points they must be there")
        }
    }
    if let beta = layers.beta { try requireCount(beta.count, channels, "beta") }
    if let bias = layers.bias { try requireCount(bias.count, rows, "bias") }
    var (changed, beta, bias) = (layers, layers.beta ?? [], layers.bias ?? [])
    let (hasBeta, hasBias) = (layers.beta != nil, layers.bias != nil)
    let common = try withBuffer(scales) { scales throws(QuantcalError) in
        try withBuffer(zeros ?? []) { zeroPoints throws(QuantcalError) in
            try changed.gamma.withUnsafeMutableBufferPointer { gamma throws(QuantcalError) in
                try changed.weights.withUnsafeMutableBufferPointer { weights throws(QuantcalError) in
                    try beta.withUnsafeMutableBufferPointer { beta throws(QuantcalError) in
                        try bias.withUnsafeMutableBufferPointer { bias throws(QuantcalError) in
                            try options(
                                scales: scales, zeros: zeros == nil ? nil : zeroPoints,
                                .init(
                                    gamma: gamma, beta: hasBeta ? beta : nil, weights: weights,
                                    bias: hasBias ? bias : nil))
                        }
                    }
                }
            }
        }
    }
    (changed.beta, changed.bias) = (hasBeta ? beta : nil, hasBias ? bias : nil)
    layers = changed
    return common
}

/// How ranges are grouped. The defaults are those of C: `qc_quantize_range_groups_options_init`.
public typealias QuantizeRangeGrouping = RangeGrouping

/// Groups of ranges, and what they hold.
public struct QuantizeGroupedRanges: Equatable, Sendable {
    public let groupOf: [Int]
    public let minimum: [Double]
    public let maximum: [Double]
}

/// Fewer ranges than there are channels or time steps. C: `qc_quantize_range_groups`.
public func quantizeRangeGroups(
    minimum: [Double], maximum: [Double], groups: Int, options: QuantizeRangeGrouping = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> QuantizeGroupedRanges {
    try requireCount(maximum.count, minimum.count, "maximum")
    guard groups >= 0 else { throw QuantcalError(.size, "groups is \(groups); it is too large") }
    var (count, assignment) = (0, [Int](repeating: 0, count: minimum.count))
    let ends = try filledArrays(2, of: groups) {
        (ends: [UnsafeMutablePointer<Double>]) throws(QuantcalError) in
        count = try withBuffer(minimum) { minimum throws(QuantcalError) in
            try withBuffer(maximum) { maximum throws(QuantcalError) in
                try assignment.withUnsafeMutableBufferPointer { assignment throws(QuantcalError) in
                    try options(
                        minimum, maximum, groups: groups, Progress(progress),
                        assignment.baseAddress ?? UnsafeMutablePointer(bitPattern: 8)!, ends[0], ends[1])
                }
            }
        }
    }
    return QuantizeGroupedRanges(
        groupOf: assignment, minimum: Array(ends[0][..<count]), maximum: Array(ends[1][..<count]))
}

/// The places of the nearest calibrated time steps. C: `qc_quantize_step_places`.
public func quantizeStepPlaces(calibrated: [Double], steps: [Double]) throws(QuantcalError) -> [Int] {
    try filled(steps.count) { (places: UnsafeMutablePointer<Int>) throws(QuantcalError) in
        try withBuffer(calibrated) { calibrated throws(QuantcalError) in
            try withBuffer(steps) { steps throws(QuantcalError) in
                try CalibratedSteps.places(of: steps, in: calibrated, places)
            }
        }
    }
}
