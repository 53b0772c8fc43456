import QuantcalCore

/// A tensor of a file: its name, its type, its shape.
public typealias QuantizeFileTensor = QuantcalCore.ModelFile.Tensor
public typealias QuantizeFileFormat = QuantcalCore.ModelFile.Format

/// A file of tensors that is open for reading: GGUF, safetensors or .npy, told apart by their content, or
/// the index of a model in several safetensors files. Threads may share one.
/// C: `qc_quantize_file_open` and `qc_quantize_file_destroy`.
public struct QuantizeFile: Sendable {
    let file: ModelFile

    /// Reads the header, which is believed in nothing.
    public init(_ path: String) throws(QuantcalError) { file = try ModelFile(path) }

    /// C: `qc_quantize_file_contents`.
    public var format: QuantizeFileFormat { file.format }

    /// What the tensors are, in the order of the file. C: `qc_quantize_file_describe`.
    public var tensors: [QuantizeFileTensor] { file.tensors }

    /// The index of the tensor with exactly this name, byte by byte. C: `qc_quantize_file_find`.
    public func index(of name: String) throws(QuantcalError) -> Int { try file.index(of: name.utf8) }

    /// Rows of a tensor in single precision, by default all. C: `qc_quantize_file_decode_f32`.
    ///
    /// - Parameters:
    ///   - index: of the tensor.
    ///   - rows: a range of its rows; a row is as long as the last dimension.
    public func decode(_ index: Int, rows: Range<Int>? = nil) throws(QuantcalError) -> Matrix<Float> {
        let tensor = try file.tensor(index)
        let rows = rows ?? 0..<tensor.rows
        let range = try file.rows(of: tensor, from: rows.lowerBound, count: rows.count)
        let elements = try filled(range.count * tensor.columns) {
            (values: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            try file.decode(tensor, rows: range, into: values)
        }
        return Matrix(unchecked: range.count, tensor.columns, elements)
    }
}
