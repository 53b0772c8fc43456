import QuantcalCore

/// Layouts in which other runtimes hold integer matrices.
public typealias CheckpointFormat = QuantcalCore.CheckpointFormat

/// An integer matrix as a checkpoint or an operator of another runtime holds it.
public struct CheckpointWeights: Equatable, Sendable {
    public let format: CheckpointFormat
    /// Packed codes; words in little-endian bytes.
    public var weights: [UInt8]
    /// In the format's order.
    public var scales: [Float]
    /// Packed zero points; empty where a symmetric matrix has none.
    public var zeros: [UInt8]

    public init(format: CheckpointFormat, weights: [UInt8], scales: [Float], zeros: [UInt8] = []) {
        (self.format, self.weights, self.scales, self.zeros) = (format, weights, scales, zeros)
    }
}

/// How many bytes codes and zero points take. C: `qc_quantize_checkpoint_layout`.
public func checkpointLayout(
    _ format: CheckpointFormat, rows: Int, columns: Int, bits: Int = 4, groupSize: Int = 128,
    scheme: QuantizationScheme = .symmetric, granularity: QuantizationGranularity = .group
) throws(QuantcalError) -> (weightBytes: Int, zeroBytes: Int) {
    _ = try quantizationLayout(
        rows: rows, columns: columns, bits: bits, groupSize: groupSize, scheme: scheme,
        granularity: granularity)
    let options = quantizationOptions(bits, groupSize, scheme, granularity)
    let checkpoint = try Checkpoint(format, options, rows: rows, columns: columns)
    return (checkpoint.weightBytes, checkpoint.zeroBytes)
}

extension QuantizedMatrix {
    private var options: IntegerQuantization { quantizationOptions(bits, groupSize, scheme, granularity) }

    /// The same matrix as another runtime holds it. C: `qc_quantize_checkpoint_write`.
    public func checkpoint(_ format: CheckpointFormat) throws(QuantcalError) -> CheckpointWeights {
        let checkpoint = try Checkpoint(format, options, rows: rows, columns: columns)
        var result = CheckpointWeights(format: format, weights: [], scales: [])
        result.weights = try filled(checkpoint.weightBytes) { (weights) throws(QuantcalError) in
            result.scales = try filled(checkpoint.layout.groupCount) { (memory) throws(QuantcalError) in
                result.zeros = try filled(checkpoint.zeroBytes) { (zeros) throws(QuantcalError) in
                    try write(checkpoint, .init(weights: weights, scales: memory, zeros: zeros))
                }
            }
        }
        return result
    }

    private func write(_ checkpoint: Checkpoint, _ parts: Checkpoint.Parts) throws(QuantcalError) {
        try withBuffer(packedCodes) { packed throws(QuantcalError) in
            try withBuffer(scales) { scales throws(QuantcalError) in
                try withBuffer(zeros) { zeros throws(QuantcalError) in
                    guard let base = packed.baseAddress, checkpoint.layout.groupCount > 0 else { return }
                    try checkpoint.write(.init(packed: base, scales: scales, zeros: zeros), to: parts)
                }
            }
        }
    }

    /// A matrix that another runtime holds. C: `qc_quantize_checkpoint_read`.
    public init(
        _ stored: CheckpointWeights, rows: Int, columns: Int, bits: Int = 4, groupSize: Int = 128,
        scheme: QuantizationScheme = .symmetric, granularity: QuantizationGranularity = .group
    ) throws(QuantcalError) {
        _ = try quantizationLayout(
            rows: rows, columns: columns, bits: bits, groupSize: groupSize, scheme: scheme,
            granularity: granularity)
        let options = quantizationOptions(bits, groupSize, scheme, granularity)
        let checkpoint = try Checkpoint(stored.format, options, rows: rows, columns: columns)
        let layout = checkpoint.layout
        try requireCount(stored.weights.count, checkpoint.weightBytes, "weights")
        try requireCount(stored.scales.count, layout.groupCount, "scales")
        try requireCount(stored.zeros.count, checkpoint.zeroBytes, "zeros")
        var (scales, zeros): ([Float], [UInt8]) = ([], [])
        let packed = try filled(layout.codeBytes) {
            (packed: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
            scales = try filled(layout.groupCount) {
                (scales: UnsafeMutablePointer<Float>) throws(QuantcalError) in
                zeros = try filled(scheme == .affine ? layout.groupCount : 0) {
                    (zeros: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
                    try read(stored, checkpoint, into: .init(packed: packed, scales: scales, zeros: zeros))
                }
            }
        }
        try self.init(
            rows: rows, columns: columns, bits: bits, groupSize: groupSize, scheme: scheme,
            granularity: granularity, packedCodes: packed, scales: scales, zeros: zeros)
    }
}

private func read(
    _ stored: CheckpointWeights, _ checkpoint: Checkpoint, into codes: IntegerQuantization.Codes
) throws(QuantcalError) {
    try withBuffer(stored.weights) { weights throws(QuantcalError) in
        try withBuffer(stored.scales) { scales throws(QuantcalError) in
            try withBuffer(stored.zeros) { zeros throws(QuantcalError) in
                guard let base = weights.baseAddress, checkpoint.layout.groupCount > 0 else { return }
                try checkpoint.read(
                    .init(weights: base, scales: scales, zeros: zeros.baseAddress), into: codes)
            }
        }
    }
}
