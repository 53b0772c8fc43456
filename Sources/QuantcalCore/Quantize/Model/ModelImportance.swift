import Glibc

/// How much a squared error in each column of a tensor counts, from a file: an importance matrix as
/// llama.cpp writes it in GGUF (`NAME.in_sum2` and `NAME.counts`, whose quotient is taken), or a tensor of
/// the same name with a number for each column.
///
/// A tensor of several matrices, such as that of experts, may have columns for each of them.
public struct ModelImportance: Sendable {
    private let file: ModelFile
    var identity: [UInt64] { file.files.flatMap(\.identity) }

    public init(_ path: String) throws(QuantcalError) { file = try ModelFile(path) }

    /// Whole rows of weights, one for each matrix of the tensor or one for all; nil: none are known.
    func weights(of tensor: ModelFile.Tensor) throws(QuantcalError) -> [Float]? {
        let sums = try? file.index(of: (tensor.name + ".in_sum2").utf8)
        guard let index = try? sums ?? file.index(of: tensor.name.utf8) else { return nil }
        var weights = try values(index)
        if sums != nil {
            let counts = try values(file.index(of: (tensor.name + ".counts").utf8))
            try divide(&weights, by: counts, tensor)
        }
        guard tensor.columns > 0, weights.count % tensor.columns == 0, !weights.isEmpty,
            tensor.rows % (weights.count / tensor.columns) == 0
        else {
            throw QuantcalError(
                .size,
                "importance of \(quoted(tensor.name)) has \(weights.count) numbers; it has \(tensor.columns) columns"
            )
        }
        if let bad = weights.first(where: { !($0 >= 0 && $0.isFinite) }) {
            throw QuantcalError(
                .domain, "importance of \(quoted(tensor.name)) has \(bad); it must be finite and >= 0")
        }
        return weights
    }

    private func values(_ index: Int) throws(QuantcalError) -> [Float] {
        let tensor = try file.tensor(index)
        let decoded = try Scratch<Float>(tensor.rows * tensor.columns)
        try file.read(tensor, rows: 0..<tensor.rows, into: decoded.buffer.baseAddress!)
        return Array(decoded.buffer)
    }

    /// The sums of each matrix by how many numbers they are of; a matrix that saw none counts evenly.
    private func divide(
        _ sums: inout [Float], by counts: [Float], _ tensor: ModelFile.Tensor
    ) throws(QuantcalError) {
        guard !counts.isEmpty, sums.count % counts.count == 0 else {
            throw QuantcalError(
                .size,
                "importance of \(quoted(tensor.name)) has \(counts.count) counts for \(sums.count) sums")
        }
        let columns = sums.count / counts.count
        for (matrix, count) in counts.enumerated() {
            for index in matrix * columns..<(matrix + 1) * columns {
                sums[index] = count > 0 ? sums[index] / count : 1
            }
        }
    }
}

/// Whether a name matches one of several patterns of fnmatch(3).
func matches(_ name: String, _ patterns: [String]) -> Bool {
    patterns.contains { fnmatch($0, name, 0) == 0 }
}
