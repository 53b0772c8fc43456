/// Matrices of GPTQ and AWQ, whose words run down the inputs.
extension RuntimeJoiner {
    mutating func transposed(_ parts: RuntimeParts) throws(QuantcalError) -> ModelFile.RuntimeCodes {
        let weights = try needed(parts, "qweight", [.int32])
        let scales = try needed(parts, "scales", [.float16, .bfloat16, .float32])
        let zeros = try needed(parts, "qzeros", [.int32])
        guard let words = tensor(parts, "qweight")?.shape, let scaleShape = tensor(parts, "scales")?.shape,
            let zeroShape = tensor(parts, "qzeros")?.shape, scaleShape.count == 2, zeroShape.count == 2
        else { throw QuantcalError(.format, "its scales or qzeros are no matrix") }
        let (groups, rows) = (scaleShape[0], scaleShape[1])
        if words[1] == zeroShape[1], words[1] * 8 == rows {
            let codes = try awq(words[0], rows, groups, weights, scales, zeros)
            try requireShape(parts, "qzeros", [groups, rows / 8])
            return codes
        }
        let bits = zeroShape[1] * 32 / rows
        guard words[1] == rows, [2, 3, 4, 8].contains(bits), rows * bits == zeroShape[1] * 32,
            words[0] * 32 % bits == 0
        else {
            throw QuantcalError(
                .format,
                "qweight of shape \(listed(words)), qzeros of \(listed(zeroShape)) and scales of \(listed(scaleShape)) are neither GPTQ's nor AWQ's"
            )
        }
        try requireShape(parts, "qzeros", [groups, zeroShape[1]])
        return try gptq(parts, words[0] * 32 / bits, rows, groups, bits, weights, scales, zeros)
    }

    private func awq(
        _ columns: Int, _ rows: Int, _ groups: Int, _ weights: ModelFile.RuntimeCodes.Part,
        _ scales: ModelFile.RuntimeCodes.Part, _ zeros: ModelFile.RuntimeCodes.Part
    ) throws(QuantcalError) -> ModelFile.RuntimeCodes {
        guard columns % groups == 0 else {
            throw QuantcalError(.format, "\(groups) groups do not divide its \(columns) inputs")
        }
        return ModelFile.RuntimeCodes(
            typeName: "uint4", rows: rows, columns: columns, bits: 4, levels: .unsigned, format: .awq,
            weights: weights, scales: scales, block: .init(rows: 1, columns: columns / groups),
            groups: groups, scaleRows: rows, zeros: zeros)
    }

    private mutating func gptq(
        _ parts: RuntimeParts, _ columns: Int, _ rows: Int, _ groups: Int, _ bits: Int,
        _ weights: ModelFile.RuntimeCodes.Part, _ scales: ModelFile.RuntimeCodes.Part,
        _ zeros: ModelFile.RuntimeCodes.Part
    ) throws(QuantcalError) -> ModelFile.RuntimeCodes {
        guard rows % 32 == 0, columns % 32 == 0 else {
            throw QuantcalError(
                .format, "it has \(rows) outputs and \(columns) inputs; GPTQ has multiples of 32")
        }
        let notes = try notes()
        if !notes.bits.isEmpty, !notes.bits.contains(bits) {
            throw QuantcalError(
                .format, "by its shape it has \(bits) bits, which the configuration does not say")
        }
        let order = try part(parts, "g_idx", [.int32])
        try requireShape(parts, "g_idx", [columns])
        var width = columns / groups
        if order == nil {
            if let size = notes.groupSize, size > 0 { width = size }
            guard width > 0, (columns - 1) / width + 1 == groups,
                columns % groups == 0 || notes.groupSize != nil
            else {
                throw QuantcalError(
                    .format, "\(groups) groups for \(columns) inputs need a group_size that fits, or g_idx")
            }
        }
        let layout = try zeroPoints(notes, zeros, rows, groups, bits)
        return ModelFile.RuntimeCodes(
            typeName: (layout.isSymmetric ? "int" : "uint") + String(bits), rows: rows, columns: columns,
            bits: bits, levels: layout.isSymmetric ? .centred : .unsigned, format: .gptqV2, weights: weights,
            scales: scales, block: .init(rows: 1, columns: max(width, 1)), groups: groups, scaleRows: rows,
            zeros: layout.isSymmetric ? nil : zeros, zeroOffset: layout.offset, columnGroups: order)
    }

    /// How zero points are stored. The first version has them lessened by 1; files of the second exist that are
    /// called the first, so those of symmetric matrices, which are all the middle, are looked at.
    private func zeroPoints(
        _ notes: RuntimeNotes, _ zeros: ModelFile.RuntimeCodes.Part, _ rows: Int, _ groups: Int, _ bits: Int
    ) throws(QuantcalError) -> (isSymmetric: Bool, offset: Int) {
        let offset = notes.checkpointFormat == "gptq_v2" ? 0 : 1
        if notes.isThere, notes.isSymmetric != true { return (false, offset) }
        let stored = try bytes(zeros)
        let lanes = try CheckpointFormat.gptqV2.zeros(rows: rows, groups: groups, bits: bits)
        let memory = UnsafePointer(stored.buffer.baseAddress!)
        let middle = 1 << (bits - 1)
        let first = Int(lanes.code(row: 0, column: 0, in: memory))
        var isEven = first == middle || first == middle - 1
        for group in 0..<groups where isEven {
            isEven = (0..<rows).allSatisfy {
                Int(lanes.code(row: $0, column: group, in: memory)) == first
            }
        }
        if isEven { return (true, 0) }
        if notes.isThere { return (false, offset) }
        throw QuantcalError(
            .format,
            "without a configuration it is open whether zero points are those of gptq or gptq_v2"
                + (notes.trouble.map { " (\($0))" } ?? ""))
    }
}
