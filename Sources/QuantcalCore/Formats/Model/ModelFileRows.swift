/// Decoding rows of a tensor.
extension ModelFile {
    /// Elements that are read at once: a whole number of every type's blocks.
    static let piece = 1 << 18

    /// Rows of a tensor as single precision, row-major. `values` are written only if all could be read.
    public func decode(
        _ tensor: Tensor, rows: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        let decoded = try Scratch<Float>(rows.count * tensor.columns)
        try read(tensor, rows: rows, into: decoded.buffer.baseAddress!)
        values.update(from: decoded.buffer.baseAddress!, count: decoded.buffer.count)
    }

    /// The same, written as it comes.
    func read(
        _ tensor: Tensor, rows: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        let first = rows.lowerBound * tensor.columns
        let count = rows.count * tensor.columns
        do throws(QuantcalError) {
            if case .codes(let codes) = tensor.type {
                try readCodes(tensor, codes, first..<first + count, into: values)
            } else if case .runtime(let codes) = tensor.type {
                try readRuntimeCodes(tensor, codes, rows, into: values)
            } else if tensor.order == .columnMajor {
                try readScattered(tensor, first..<first + count, into: values)
            } else {
                for begin in stride(from: 0, to: count, by: Self.piece) {
                    let range = first + begin..<first + min(begin + Self.piece, count)
                    try readPiece(tensor, range, into: values + begin)
                }
            }
        } catch {
            guard error.kind == .format else { throw error }
            throw QuantcalError(.format, "\(quotedPath(files[tensor.file].path)): \(error.message)")
        }
    }

    /// Elements that lie together.
    private func readPiece(
        _ tensor: Tensor, _ range: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        let bytes = tensor.bytes(of: range)
        let scratch = try Scratch<UInt8>(bytes.count)
        let memory = scratch.buffer.baseAddress!
        try files[tensor.file].read(bytes.count, at: tensor.range.lowerBound + bytes.lowerBound, into: memory)
        switch tensor.type {
        case .codes, .runtime: break
        case .blocks(let type):
            type.decode(memory, try type.layout(rows: 1, columns: range.count), into: values)
        case .plain(let type):
            let view = TensorView(
                name: tensor.name, type: type, shape: [range.count],
                file: UnsafeRawBufferPointer(scratch.buffer), range: 0..<bytes.count,
                isBigEndian: tensor.isBigEndian)
            try view.floats(0..<range.count, into: values, indexOffset: range.lowerBound)
        }
    }

    /// Elements of a column-major array, all of which is read.
    private func readScattered(
        _ tensor: Tensor, _ range: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        guard case .plain(let type) = tensor.type else { return }
        let scratch = try Scratch<UInt8>(tensor.byteCount)
        try files[tensor.file].read(
            tensor.byteCount, at: tensor.range.lowerBound, into: scratch.buffer.baseAddress!)
        let view = TensorView(
            name: tensor.name, type: type, shape: tensor.shape, file: UnsafeRawBufferPointer(scratch.buffer),
            range: 0..<tensor.byteCount, order: .columnMajor, isBigEndian: tensor.isBigEndian)
        try view.floats(range, into: values)
    }

    /// Rows that a caller asked for.
    public func rows(
        of tensor: Tensor, from first: Int, count: Int
    ) throws(QuantcalError) -> Range<Int> {
        guard first >= 0, first <= tensor.rows, count >= 0, count <= tensor.rows - first else {
            throw QuantcalError(
                .size,
                "first_row is \(UInt(bitPattern: first)) and row_count \(UInt(bitPattern: count)); tensor \(quoted(tensor.name)) has \(tensor.rows) rows"
            )
        }
        return first..<first + count
    }
}

extension ModelFile.Tensor {
    /// Whether its elements are numbers that can be decoded.
    public var isDecodable: Bool {
        switch type {
        case .blocks, .codes, .runtime: true
        case .plain(let type): type.isNumeric
        }
    }

    /// The bytes of neighbouring elements, from the first byte of the tensor on. Of blocks, whole ones.
    func bytes(of range: Range<Int>) -> Range<Int> {
        switch type {
        case .codes, .runtime: return 0..<self.range.count
        case .blocks(let type):
            let (length, bytes) = (type.blockLength, type.blockBytes)
            return range.lowerBound / length * bytes..<range.upperBound / length * bytes
        case .plain(let type):
            return range.lowerBound * type.bits / 8..<range.upperBound * type.bits / 8
        }
    }
}
