import QuantcalCore

/// A tensor of a file: its name, its type, its shape.
public typealias QuantizeFileTensor = QuantcalCore.ModelFile.Tensor
public typealias QuantizeFileFormat = QuantcalCore.ModelFile.Format

/// What the elements of a tensor are.
public typealias QuantizeElementType = QuantcalCore.TensorType

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

extension QuantizeFile {
    /// Writes an array into an .npy file, as NumPy does. C: `qc_quantize_file_write_npy`.
    ///
    /// - Parameters:
    ///   - elements: row-major; together they have the bytes of the shape.
    ///   - type: one that the format has: integers, truths, F16, F32, F64.
    public static func writeNpy<Element: BitwiseCopyable>(
        _ elements: [Element], as type: QuantizeElementType, shape: [Int], to path: String,
        overwrites: Bool = false
    ) throws(QuantcalError) {
        var failure: QuantcalError?
        elements.withUnsafeBytes { bytes in
            do throws(QuantcalError) {
                try ArrayFile.write(
                    bytes, type: type, shape: shape, to: path, overwrites: overwrites)
            } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
