/// Matrices of compressed-tensors: pack-quantized, nvfp4 and mxfp4, and those of whole bytes (float-quantized,
/// int-quantized, mxfp8).
extension RuntimeJoiner {
    private static let numbers: [TensorType] = [.float16, .bfloat16, .float32, .float64]

    mutating func packed(_ parts: RuntimeParts) throws(QuantcalError) -> ModelFile.RuntimeCodes {
        let weights = try needed(parts, "weight_packed", [.int32])
        let scales = try needed(parts, "weight_scale", Self.numbers)
        let words = tensor(parts, "weight_packed")?.shape ?? []
        let columns = try self.columns(parts, rows: words[0])
        let bits = try self.bits(columns: columns, words: words[1])
        let shared = try sharing(parts, rows: words[0], columns: columns)
        let zeros = try part(parts, "weight_zero_point", [.int32])
        if zeros != nil {
            guard shared.block.rows == 1 else {
                throw QuantcalError(.format, "packed zero points are known per row and per group only")
            }
            try requireShape(parts, "weight_zero_point", [(words[0] * bits + 31) / 32, shared.groups])
        }
        let order = try part(parts, "weight_g_idx", [.int32])
        try requireShape(parts, "weight_g_idx", [columns])
        return ModelFile.RuntimeCodes(
            typeName: (zeros == nil ? "int" : "uint") + String(bits), rows: words[0], columns: columns,
            bits: bits, levels: zeros == nil ? .centred : .unsigned, format: .compressedTensors,
            weights: weights, scales: scales, block: shared.block, groups: shared.groups,
            scaleRows: shared.rows, zeros: zeros, columnGroups: order)
    }

    /// What weight_shape says, which must have as many rows.
    private func columns(_ parts: RuntimeParts, rows: Int) throws(QuantcalError) -> Int {
        let shape = try needed(parts, "weight_shape", [.int64, .int32])
        try requireShape(parts, "weight_shape", [2])
        let stored = try bytes(shape)
        let view = TensorView(
            name: "weight_shape", type: shape.type, shape: [2], file: UnsafeRawBufferPointer(stored.buffer),
            range: 0..<stored.buffer.count)
        let extents = try view.integers()
        // No row has more columns than bits.
        guard extents[0] == Int64(rows), let columns = Int(exactly: extents[1]), columns > 0,
            columns <= 1 << 40
        else {
            throw QuantcalError(
                .format, "its weight_shape is \(extents[0]) x \(extents[1]), but it has \(rows) rows")
        }
        return columns
    }

    /// How many bits make so many words of a row: one stream through all of them. Versions of late 2025 had
    /// whole codes in each word, which for 3, 5, 6 and 7 bits is something else.
    private mutating func bits(columns: Int, words: Int) throws(QuantcalError) -> Int {
        let fitting = (2...8).filter { (columns * $0 + 31) / 32 == words }
        let notes = try notes()
        let found = notes.bits.isEmpty ? fitting : fitting.filter { notes.bits.contains($0) }
        guard found.count == 1 else {
            let what = fitting.map { String($0) }.joined(separator: ", ")
            throw QuantcalError(
                .format,
                fitting.isEmpty || found.isEmpty
                    ? "rows of \(words) words do not hold \(columns) columns of the configuration's bits"
                    : "rows of \(words) words hold \(columns) columns of \(what) bits; the configuration must say of how many"
                        + (notes.trouble.map { " (\($0))" } ?? ""))
        }
        let bits = found[0]
        let whole = 32 / bits
        guard 32 % bits == 0 || words == 1 || (columns + whole - 1) / whole != words else {
            throw QuantcalError(
                .format,
                "whether codes of \(bits) bits go across words cannot be told from \(columns) columns")
        }
        return bits
    }

    func nibbles(_ parts: RuntimeParts) throws(QuantcalError) -> ModelFile.RuntimeCodes {
        let weights = try needed(parts, "weight_packed", [.uint8])
        let scales = try needed(parts, "weight_scale", [.float8E4M3, .uint8, .float8E8M0])
        let shape = tensor(parts, "weight_packed")?.shape ?? []
        let (rows, columns) = (shape[0], shape[1] * 2)
        let isShared = scales.type == .float8E4M3
        let size = isShared ? 16 : 32
        guard columns % size == 0 else {
            throw QuantcalError(.format, "its \(columns) columns are not whole groups of \(size)")
        }
        try requireShape(parts, "weight_scale", [rows, columns / size])
        let shared = isShared ? try needed(parts, "weight_global_scale", [.float32]) : nil
        guard shared == nil || shared?.range.count == 4 else {
            throw QuantcalError(.format, "its weight_global_scale is not one number")
        }
        return ModelFile.RuntimeCodes(
            typeName: isShared ? "nvfp4" : "mxfp4", rows: rows, columns: columns, bits: 4,
            levels: .grid("e2m1fn"), format: nil, weights: weights, scales: scales,
            block: .init(rows: 1, columns: size), groups: columns / size, scaleRows: rows,
            sharedScale: shared)
    }

    mutating func plain(_ parts: RuntimeParts) throws(QuantcalError) -> ModelFile.RuntimeCodes {
        let weights = try needed(parts, "weight", [.int8, .float8E4M3, .float8E5M2])
        let scales = try needed(parts, "weight_scale", Self.numbers + [.uint8, .float8E8M0])
        let shape = tensor(parts, "weight")?.shape ?? []
        let isPower = [.uint8, .float8E8M0].contains(scales.type)
        if isPower {
            guard weights.type == .float8E4M3, shape[1] % 32 == 0 else {
                throw QuantcalError(
                    .format, "\(weights.type.rawValue) of shape \(listed(shape)) is no mxfp8 in groups of 32")
            }
            try requireShape(parts, "weight_scale", [shape[0], shape[1] / 32])
        }
        let shared = try sharing(parts, rows: shape[0], columns: shape[1])
        // Those of floats are zeros, if they are there at all.
        let zeros = weights.type == .int8 ? try part(parts, "weight_zero_point", [.int8]) : nil
        if zeros != nil, let scale = tensor(parts, "weight_scale") {
            try requireShape(parts, "weight_zero_point", scale.shape)
        }
        let (name, levels): (String, ModelFile.RuntimeCodes.Levels) =
            switch weights.type {
            case .int8: (zeros == nil ? "int8" : "uint8", .twosComplement)
            case .float8E5M2: ("e5m2", .grid("e5m2"))
            default: (isPower ? "mxfp8" : "e4m3fn", .grid("e4m3fn"))
            }
        return ModelFile.RuntimeCodes(
            typeName: name, rows: shape[0], columns: shape[1], bits: 8, levels: levels, format: nil,
            weights: weights, scales: scales, block: shared.block, groups: shared.groups,
            scaleRows: shared.rows, zeros: zeros)
    }

    /// What shares a scale: all, a row, a group of a row, or a block of several rows.
    private mutating func sharing(
        _ parts: RuntimeParts, rows: Int, columns: Int
    ) throws(QuantcalError) -> (block: ModelFile.RuntimeCodes.Block, groups: Int, rows: Int) {
        let shape = tensor(parts, "weight_scale")?.shape ?? []
        let (down, across) =
            shape.count == 2 ? (shape[0], shape[1]) : (shape.reduce(1, *), 1)
        let block = try notes().block
        if shape.count == 2, down != 1, down != rows, block.count == 2 {
            guard (rows - 1) / block[0] + 1 == down, (columns - 1) / block[1] + 1 == across else {
                throw QuantcalError(
                    .format, "scales of shape \(listed(shape)) are not those of blocks of \(listed(block))")
            }
            return (.init(rows: block[0], columns: block[1]), across, down)
        }
        guard shape.count <= 2, rows % down == 0, columns % across == 0 else {
            throw QuantcalError(
                .format, "scales of shape \(listed(shape)) do not divide a matrix of \(rows) x \(columns)")
        }
        return (.init(rows: rows / down, columns: columns / across), across, down)
    }
}
