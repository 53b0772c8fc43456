import CQuantcal
import QuantcalCore

/// What a call is about: the matrix, as the format has it.
private func checkpoint(
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_integer_options>?, _ format: Int32
) throws(QuantcalError) -> (Checkpoint, isAffine: Bool) {
    let settings = try qc_quantize_integer_options.resolved(options)
    let format = try Structs.value(format, "format", as: CheckpointFormat.self)
    _ = try Boundary.product(rows, columns, ("rows", "columns"))
    return (try Checkpoint(format, settings, rows: rows, columns: columns), settings.scheme == .affine)
}

@c @implementation
public func qc_quantize_checkpoint_layout(
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_integer_options>!, _ format: Int32,
    _ weight_bytes: UnsafeMutablePointer<Int>!, _ zero_bytes: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (checkpoint, _) = try checkpoint(rows, columns, options, format)
        let weights = try Boundary.optionalOutput(weight_bytes, 1, "weight_bytes")
        let zeros = try Boundary.optionalOutput(zero_bytes, 1, "zero_bytes")
        try Region.requireDisjoint(
            outputs: [Region(weight_bytes, 1, "weight_bytes"), Region(zero_bytes, 1, "zero_bytes")])
        weights?.pointee = checkpoint.weightBytes
        zeros?.pointee = checkpoint.zeroBytes
    }
}

@c @implementation
public func qc_quantize_checkpoint_write(
    _ codes: UnsafePointer<UInt8>!, _ scales: UnsafePointer<Float>!, _ zeros: UnsafePointer<UInt8>!,
    _ rows: Int, _ columns: Int, _ options: UnsafePointer<qc_quantize_integer_options>!, _ format: Int32,
    _ weights: UnsafeMutablePointer<UInt8>!, _ weight_scales: UnsafeMutablePointer<Float>!,
    _ weight_zeros: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (checkpoint, isAffine) = try checkpoint(rows, columns, options, format)
        let (codeBytes, groups) = (checkpoint.layout.codeBytes, checkpoint.layout.groupCount)
        let zeros = isAffine ? zeros : nil
        let storedZeros = checkpoint.zeroBytes > 0 ? weight_zeros : nil
        let packed = try Boundary.input(codes, codeBytes, "codes")
        let stored = try Boundary.input(scales, groups, "scales")
        let given = isAffine ? try Boundary.input(zeros, groups, "zeros") : nil
        let parts = Checkpoint.Parts(
            weights: try Boundary.output(weights, checkpoint.weightBytes, "weights"),
            scales: try Boundary.output(weight_scales, groups, "weight_scales"),
            zeros: checkpoint.zeroBytes > 0
                ? try Boundary.output(storedZeros, checkpoint.zeroBytes, "weight_zeros") : nil)
        try Region.requireDisjoint(
            outputs: [
                Region(weights, checkpoint.weightBytes, "weights"),
                Region(weight_scales, groups, "weight_scales"),
                Region(storedZeros, checkpoint.zeroBytes, "weight_zeros"),
            ],
            inputs: [
                Region(codes, codeBytes, "codes"), Region(scales, groups, "scales"),
                Region(zeros, groups, "zeros"),
            ])
        guard let base = packed.baseAddress else { return }
        try checkpoint.write(.init(packed: base, scales: stored, zeros: given), to: parts)
    }
}

@c @implementation
public func qc_quantize_checkpoint_read(
    _ weights: UnsafePointer<UInt8>!, _ weight_scales: UnsafePointer<Float>!,
    _ weight_zeros: UnsafePointer<UInt8>!, _ rows: Int, _ columns: Int,
    _ options: UnsafePointer<qc_quantize_integer_options>!, _ format: Int32,
    _ codes: UnsafeMutablePointer<UInt8>!, _ scales: UnsafeMutablePointer<Float>!,
    _ zeros: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (checkpoint, isAffine) = try checkpoint(rows, columns, options, format)
        let (codeBytes, groups) = (checkpoint.layout.codeBytes, checkpoint.layout.groupCount)
        let zeros = isAffine ? zeros : nil
        let storedZeros = checkpoint.zeroBytes > 0 ? weight_zeros : nil
        let packed = try Boundary.input(weights, checkpoint.weightBytes, "weights")
        let stored = try Boundary.input(weight_scales, groups, "weight_scales")
        let given = try Boundary.input(storedZeros, checkpoint.zeroBytes, "weight_zeros")
        let output = IntegerQuantization.Codes(
            packed: try Boundary.output(codes, codeBytes, "codes"),
            scales: try Boundary.output(scales, groups, "scales"),
            zeros: isAffine ? try Boundary.output(zeros, groups, "zeros") : nil)
        try Region.requireDisjoint(
            outputs: [
                Region(codes, codeBytes, "codes"), Region(scales, groups, "scales"),
                Region(zeros, groups, "zeros"),
            ],
            inputs: [
                Region(weights, checkpoint.weightBytes, "weights"),
                Region(weight_scales, groups, "weight_scales"),
                Region(storedZeros, checkpoint.zeroBytes, "weight_zeros"),
            ])
        guard let base = packed.baseAddress else { return }
        try checkpoint.read(
            .init(weights: base, scales: stored, zeros: given.baseAddress), into: output)
    }
}
