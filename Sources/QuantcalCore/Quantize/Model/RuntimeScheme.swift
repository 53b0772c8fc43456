/// What the tensors `M.weight` of a model become in the layout of another runtime.
///
/// Source: the files that compressed-tensors, GPTQModel and AutoAWQ write, and what vLLM and transformers
/// read of `quantization_config`. Only matrices whose name ends in "weight" have such layouts.
struct RuntimeScheme: Sendable {
    /// How the scale of a group is made and stored.
    enum Scales: Sendable {
        /// As a number of the type that the tensor had, or as the format wants.
        case numbers
        /// A power of two: its exponent plus 127.
        case exponents
        /// E4M3, divided by a number that the whole tensor shares.
        case shared
    }

    /// A tensor of the new file, and what is in it.
    struct Piece {
        enum Content { case weights, scales, zeros, shape, groups, sharedScale }

        let content: Content
        let description: Safetensors.Description
    }

    let layout: ModelQuantization.Layout
    let typeName: String
    let grid: CompiledGrid
    let isAffine: Bool
    let scales: Scales
    let granularity: Granularity
    let groupSize: Int
    /// Where integers lie that are packed; codes of all else follow one another.
    let checkpoint: CheckpointFormat?
    let isInteger: Bool

    init(_ options: ModelQuantization) throws(QuantcalError) {
        (layout, typeName) = (options.layout, options.typeName)
        switch options.target {
        case .integer(let bits, let scheme):
            isAffine = scheme == .affine
            grid = try ScalarGrid(kind: .integer, bits: bits, isSigned: !isAffine).compiled()
            (scales, checkpoint, isInteger) = (.numbers, layout.checkpoint, true)
            (granularity, groupSize) = (options.granularity, options.groupSize)
        case .floats(let floats):
            let isByte = floats == .e4m3fn || floats == .mxfp8
            grid = try ScalarGrid.named(isByte ? "e4m3fn" : "e2m1fn").compiled()
            (isAffine, checkpoint, isInteger) = (false, nil, false)
            switch floats {
            case .e4m3fn: (scales, granularity, groupSize) = (.numbers, options.granularity, 0)
            case .mxfp4, .mxfp8: (scales, granularity, groupSize) = (.exponents, .group, 32)
            case .nvfp4: (scales, granularity, groupSize) = (.shared, .group, 16)
            }
        case .blocks, .grid:
            throw QuantcalError(.options, "\(options.typeName) is no type of the layout \(layout.name)")
        }
        try check()
    }

    private func check() throws(QuantcalError) {
        let isFloat8 = !isInteger && scales == .numbers
        guard !isFloat8 || granularity != .group else {
            throw QuantcalError(
                .options, "granularity is per group; \(layout.name) has \(typeName) per row or per tensor")
        }
        let hasTensorScales = layout.isCompressedTensors && !isAffine
        guard granularity != .tensor || hasTensorScales else {
            throw QuantcalError(
                .options, "granularity is per tensor; \(layout.name) has \(typeName) per group or per row")
        }
    }

    /// Whether the scales of any row depend on all rows.
    var needsWholeRange: Bool { granularity == .tensor || scales == .shared }

    /// How codes and scales of some rows lie while they are made. One scale for all is one for each row,
    /// all of them the same.
    func layout(rows: Int, columns: Int) throws(QuantcalError) -> GroupLayout {
        try GroupLayout(
            rows: rows, columns: columns, bits: grid.grid.bits,
            granularity: granularity == .group ? .group : .row, groupSize: groupSize)
    }

    var integers: IntegerQuantization {
        var integers = IntegerQuantization()
        (integers.bits, integers.scheme) = (grid.grid.bits, isAffine ? .affine : .symmetric)
        integers.granularity = granularity == .group ? .group : .row
        integers.groupSize = max(groupSize, 1)
        return integers
    }

    /// Why a tensor cannot have this layout.
    func refusal(of tensor: ModelFile.Tensor) -> String? {
        guard tensor.shape.count == 2 else { return "\(layout.name) has matrices only" }
        guard Self.module(of: tensor.name) != nil else {
            return "\(layout.name) has tensors whose names end in .weight only"
        }
        let (rows, columns) = (tensor.shape[0], tensor.shape[1])
        if let checkpoint {
            do { _ = try Checkpoint(checkpoint, integers, rows: rows, columns: columns) } catch {
                return error.message
            }
        } else if granularity == .group, columns % groupSize != 0 {
            return "\(typeName) has groups of \(groupSize), rows have \(columns)"
        }
        return nil
    }

    /// The module "M" of a tensor "M.weight"; nil: another name.
    static func module(of name: String) -> String? {
        if name == "weight" { return "" }
        return name.hasSuffix(".weight") ? String(name.dropLast(7)) : nil
    }

    /// The type of stored numbers: of the model, if it is a 16-bit one; GPTQ and AWQ have none but F16.
    func scaleType(_ tensor: ModelFile.Tensor) -> TensorType {
        switch scales {
        case .exponents: return .uint8
        case .shared: return .float8E4M3
        case .numbers: break
        }
        guard layout.isCompressedTensors else { return .float16 }
        switch tensor.type {
        case .plain(.float16): return .float16
        case .plain(.bfloat16): return .bfloat16
        default: return .float32
        }
    }
}

// MARK: - Tensors

extension RuntimeScheme {
    /// The tensors of one that is not refused.
    func pieces(_ tensor: ModelFile.Tensor) throws(QuantcalError) -> [Piece] {
        let (rows, columns) = (tensor.shape[0], tensor.shape[1])
        let layout = try layout(rows: rows, columns: columns)
        let module = Self.module(of: tensor.name) ?? ""
        func piece(_ content: Piece.Content, _ name: String, _ type: TensorType, _ shape: [Int]) -> Piece {
            let name = module.isEmpty ? name : module + "." + name
            return Piece(content: content, description: .init(name: name, type: type, shape: shape))
        }
        let (groups, bits, scale) = (layout.groupsInRow, grid.grid.bits, scaleType(tensor))
        guard self.layout.isCompressedTensors else {
            let isAwq = self.layout == .awq
            let weights = isAwq ? [columns, rows * bits / 32] : [columns * bits / 32, rows]
            let pieces = [
                piece(.weights, "qweight", .int32, weights),
                piece(.zeros, "qzeros", .int32, [groups, rows * bits / 32]),
                piece(.scales, "scales", scale, [groups, rows]),
            ]
            return isAwq ? pieces : pieces + [piece(.groups, "g_idx", .int32, [columns])]
        }
        let scales = piece(.scales, "weight_scale", scale, granularity == .tensor ? [1] : [rows, groups])
        guard let checkpoint else {
            if bits == 8 {
                let type: TensorType = isInteger ? .int8 : .float8E4M3
                return [piece(.weights, "weight", type, [rows, columns]), scales]
            }
            let pieces = [piece(.weights, "weight_packed", .uint8, [rows, columns / 2]), scales]
            guard self.scales == .shared else { return pieces }
            return pieces + [piece(.sharedScale, "weight_global_scale", .float32, [1])]
        }
        let stored = try Checkpoint(checkpoint, integers, rows: rows, columns: columns)
        let pieces = [
            piece(.weights, "weight_packed", .int32, [rows, stored.weightBytes / 4 / max(rows, 1)]), scales,
            piece(.shape, "weight_shape", .int64, [2]),
        ]
        guard isAffine else { return pieces }
        return pieces + [
            piece(.zeros, "weight_zero_point", .int32, [stored.zeroBytes / 4 / max(groups, 1), groups])
        ]
    }
}
