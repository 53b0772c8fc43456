/// Tensors in this library's own layout: `X.codes`, `X.scales` and `X.zeros` are one tensor X, as the
/// metadata's key `quantcal:X` says. Metadata that do not fit the tensors are text like any other.
extension ModelFile {
    /// Codes of a matrix, with what the groups of its rows share.
    public struct Codes: Equatable, Sendable {
        /// As `ModelQuantization` names types: "int4", "nf4".
        public let typeName: String
        let groupSize: Int
        let rows: Int
        let columns: Int
        /// Where in the file.
        let scales: Range<Int>
        fileprivate(set) var zeros: Range<Int>?

        fileprivate func encoder() throws(QuantcalError) -> CodeEncoder {
            var options = try ModelQuantization(.safetensors, type: typeName)
            options.groupSize = groupSize
            return try CodeEncoder(options)
        }
    }
}

extension ModelContent {
    private static let prefix = Array("quantcal:".utf8)

    mutating func joinCodes() {
        var places: [[UInt8]: Int] = [:]
        for (index, tensor) in tensors.enumerated() { places[Array(tensor.name.utf8)] = index }
        var parts: Set<Int> = []
        for text in texts where text.key.utf8.starts(with: Self.prefix) {
            let name = Array(text.key.utf8.dropFirst(Self.prefix.count))
            guard !name.isEmpty, places[name] == nil else { continue }
            let found = ["codes", "scales", "zeros"].map { places[name + ".\($0)".utf8] }
            guard let codes = found[0], let scales = found[1],
                parts.isDisjoint(with: found.compactMap { $0 }),
                let tensor = Self.joined(
                    String(decoding: name, as: UTF8.self), text.value, tensors[codes], tensors[scales],
                    found[2].map { tensors[$0] })
            else { continue }
            parts.insert(scales)
            if case .codes(let joined) = tensor.type, joined.zeros != nil, let zeros = found[2] {
                parts.insert(zeros)
            }
            places[Array(tensors[codes].name.utf8)] = nil
            places[name] = codes
            tensors[codes] = tensor
        }
        tensors = tensors.enumerated().filter { !parts.contains($0.offset) }.map(\.element)
    }

    /// The tensor that parts make up; nil if they do not fit what is said of them.
    private static func joined(
        _ name: String, _ text: String, _ codes: ModelFile.Tensor, _ scales: ModelFile.Tensor,
        _ zeros: ModelFile.Tensor?
    ) -> ModelFile.Tensor? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, let groupSize = count(words[1]), groupSize > 0 else { return nil }
        let extents = words[2].split(separator: ",", omittingEmptySubsequences: false).map(count)
        let shape = extents.compactMap { $0 }
        guard shape.count == extents.count, let matrix = matrix(shape) else { return nil }
        var description = ModelFile.Codes(
            typeName: String(words[0]), groupSize: groupSize, rows: matrix.rows, columns: matrix.columns,
            scales: scales.range, zeros: nil)
        guard let encoder = try? description.encoder(),
            let layout = try? encoder.layout(rows: matrix.rows, columns: matrix.columns),
            codes.holds(.uint8, [matrix.rows, layout.rowBytes]),
            scales.holds(.float32, [matrix.rows, layout.groupsInRow]), scales.file == codes.file
        else { return nil }
        if encoder.hasZeros {
            guard let zeros, zeros.holds(.uint8, [matrix.rows, layout.groupsInRow]), zeros.file == codes.file
            else { return nil }
            description.zeros = zeros.range
        }
        return ModelFile.Tensor(
            name: name, type: .codes(description), shape: shape, file: codes.file, range: codes.range,
            order: .rowMajor, isBigEndian: false)
    }

    private static func count(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    /// The first dimension by all others; nil: empty, or too large.
    private static func matrix(_ shape: [Int]) -> (rows: Int, columns: Int)? {
        guard !shape.isEmpty, !shape.contains(0) else { return nil }
        var columns = 1
        for extent in shape.dropFirst(shape.count > 1 ? 1 : 0) {
            let (product, overflow) = columns.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            columns = product
        }
        return (shape.count > 1 ? shape[0] : 1, columns)
    }
}

extension ModelFile.Tensor {
    func holds(_ type: TensorType, _ shape: [Int]) -> Bool {
        self.type == .plain(type) && self.shape == shape
    }
}

// MARK: - Decoding

extension ModelFile {
    /// Elements of a tensor that is stored as codes.
    func readCodes(
        _ tensor: Tensor, _ codes: Codes, _ range: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        guard !range.isEmpty else { return }
        let encoder = try codes.encoder()
        let end = (range.upperBound + codes.columns - 1) / codes.columns
        var row = range.lowerBound / codes.columns
        let most = max(1, Self.piece / codes.columns)
        while row < end {
            let rows = row..<min(row + most, end)
            let decoded = try decoded(tensor, codes, rows, encoder)
            let first = row * codes.columns
            let part = range.clamped(to: first..<first + decoded.buffer.count)
            (values + part.lowerBound - range.lowerBound).update(
                from: decoded.buffer.baseAddress! + part.lowerBound - first, count: part.count)
            row = rows.upperBound
        }
    }

    private func decoded(
        _ tensor: Tensor, _ codes: Codes, _ rows: Range<Int>, _ encoder: CodeEncoder
    ) throws(QuantcalError) -> Scratch<Float> {
        let layout = try encoder.layout(rows: rows.count, columns: codes.columns)
        let packed = try Scratch<UInt8>(layout.codeBytes)
        let scales = try Scratch<Float>(layout.groupCount)
        let zeros = try Scratch<UInt8>(layout.groupCount)
        let decoded = try Scratch<Float>(rows.count * codes.columns)
        let file = files[tensor.file]
        try file.read(
            layout.codeBytes, at: tensor.range.lowerBound + rows.lowerBound * layout.rowBytes,
            into: packed.buffer.baseAddress!)
        let group = rows.lowerBound * layout.groupsInRow
        try file.read(
            4 * layout.groupCount, at: codes.scales.lowerBound + 4 * group, into: scales.buffer.baseAddress!)
        if let places = codes.zeros {
            try file.read(
                layout.groupCount, at: places.lowerBound + group, into: zeros.buffer.baseAddress!)
        }
        do throws(QuantcalError) {
            try encoder.decode(
                packed.buffer.baseAddress!, UnsafeBufferPointer(scales.buffer),
                UnsafeBufferPointer(zeros.buffer),
                layout, into: decoded.buffer.baseAddress!)
        } catch {
            guard [.notFinite, .domain].contains(error.kind) else { throw error }
            throw QuantcalError(.format, "tensor \(quoted(tensor.name)): \(error.message)")
        }
        return decoded
    }
}
