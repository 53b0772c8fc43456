/// Matrices of compressed-tensors: pack-quantized, nvfp4 and mxfp4, and those of whole bytes (float-quantized,
/// int-quantized, mxfp8).
extension RuntimeJoiner {
    private static let numbers: [TensorType] = [.float16, .bfloat16, .float32, .float64]

    mutating func packed(_ parts: RuntimeParts) throws(QuantcalError) -> ModelFile.RuntimeCodes {
        let weights = try needed(parts, "weight_packed", [.int32])
        let scales = try needed(parts, "weight_scale", Self.numbers)
        let words = tensor(parts, "weight_packed")?.shape ?? []
        let columns = try self.columns(parts, rows: words[0])
        let (bits, isWhole) = try self.bits(columns: columns, words: words[1])
        let shared = try sharing(parts, rows: words[0], columns: columns)
        let zeros = try part(parts, "weight_zero_point", [.int32])
        if zeros != nil {
            guard shared.block.rows == 1 else {
                throw QuantcalError(.format, "packed zero points are known per row and per group only")
            }
            let lines = Self.words(of: words[0], bits, isWhole)
            try requireShape(parts, "weight_zero_point", [lines, shared.groups])
        }
        let order = try part(parts, "weight_g_idx", [.int32])
        try requireShape(parts, "weight_g_idx", [columns])
        return ModelFile.RuntimeCodes(
            typeName: (zeros == nil ? "int" : "uint") + String(bits), rows: words[0], columns: columns,
            bits: bits, levels: zeros == nil ? .centred : .unsigned, format: .compressedTensors,
            weights: weights, scales: scales, block: shared.block, groups: shared.groups,
            scaleRows: shared.rows, zeros: zeros, columnGroups: order, hasWholeCodes: isWhole)
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

    /// Words of a row, or of a column of zero points.
    private static func words(of count: Int, _ bits: Int, _ isWhole: Bool) -> Int {
        isWhole ? (count - 1) / (32 / bits) + 1 : (count * bits + 31) / 32
    }

    /// How many bits make so many words of a row: one stream through all of them, or, in files of late 2025
    /// whose configuration says of how many bits, whole codes in each word.
    private mutating func bits(columns: Int, words: Int) throws(QuantcalError) -> (Int, isWhole: Bool) {
        let notes = try notes()
        let dense = (2...8).filter { Self.words(of: columns, $0, false) == words }
        let bits = notes.bits.isEmpty ? dense : dense.filter { notes.bits.contains($0) }
        let whole = [3, 5, 6, 7].filter {
            notes.bits.contains($0) && Self.words(of: columns, $0, true) == words
        }
        // In one word both are the same.
        let others = words == 1 ? whole.filter { !bits.contains($0) } : whole
        guard bits.count + others.count == 1 else {
            let what = dense.map { String($0) }.joined(separator: ", ")
            throw QuantcalError(
                .format,
                bits.isEmpty && others.isEmpty
                    ? "rows of \(words) words do not hold \(columns) columns of the configuration's bits"
                    : bits == others
                        ? "whether codes of \(bits[0]) bits go across words cannot be told from \(columns) columns"
                        : "rows of \(words) words hold \(columns) columns of \(what) bits; the configuration must say of how many"
                            + (notes.trouble.map { " (\($0))" } ?? ""))
        }
        // Without a configuration nothing speaks for whole codes, but a row of few columns does not say either.
        if let one = bits.first, notes.bits.isEmpty, 32 % one != 0, words > 1,
            Self.words(of: columns, one, true) == words
        {
            throw QuantcalError(
                .format, "whether codes of \(one) bits go across words cannot be told from \(columns) columns"
            )
        }
        return bits.first.map { ($0, false) } ?? (others[0], true)
    }

    /// The tensor of codes has this name, and what all scales share that one.
    func nibbles(
        _ parts: RuntimeParts, _ name: String, shared sharedName: String
    ) throws(QuantcalError) -> ModelFile.RuntimeCodes {
        let weights = try needed(parts, name, [.uint8])
        let isPower = tensor(parts, sharedName) == nil
        let scales = try needed(
            parts, "weight_scale", isPower ? [.float8E4M3, .uint8, .float8E8M0] : [.float8E4M3])
        let shape = tensor(parts, name)?.shape ?? []
        let (rows, columns) = (shape[0], shape[1] * 2)
        let isShared = scales.type == .float8E4M3
        let size = isShared ? 16 : 32
        guard columns % size == 0 else {
            throw QuantcalError(.format, "its \(columns) columns are not whole groups of \(size)")
        }
        try requireShape(parts, "weight_scale", [rows, columns / size])
        let shared = isShared ? try needed(parts, sharedName, [.float32]) : nil
        guard shared == nil || shared?.range.count == 4 else {
            throw QuantcalError(.format, "its \(sharedName) is not one number")
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
