import QuantcalCore

/// What a file is made into: the format, the type of its weights, which tensors become of that type.
/// C: `qc_quantize_file_convert_options_init`.
public typealias QuantizeFileConversion = QuantcalCore.ModelQuantization
/// How much errors count in each column of the tensors, from a file.
public typealias QuantizeFileImportance = QuantcalCore.ModelImportance
/// What has become of a tensor, or would.
public typealias QuantizeFileOutcome = QuantcalCore.ModelOutcome

extension QuantizeFile {
    /// Writes a file with the tensors of this one, of which some are quantized. It takes its name at the
    /// end; if that is interrupted, the same call goes on where it was. C: `qc_quantize_file_convert`.
    ///
    /// - Returns: what has become of each tensor, in order.
    @discardableResult
    public func convert(
        to path: String, _ conversion: QuantizeFileConversion, progress: ProgressReport? = nil
    ) throws(QuantcalError) -> [QuantizeFileOutcome] {
        try conversion.convert(file, to: path, Progress(progress))
    }

    /// What `convert` would make of each tensor.
    public func plan(_ conversion: QuantizeFileConversion) throws(QuantcalError) -> [QuantizeFileOutcome] {
        try conversion.plan(file)
    }
}
