/// Quantizing the tensors of a model file into another file.
///
/// A plan comes first (`ModelPlan`): for every tensor what it becomes, before any work. Then tensors are
/// read, encoded and written by pieces, so that memory stays far below the largest tensor
/// (`ModelConversion`), into a file beside the target that takes its name at the end (`PartialFile`).
public struct ModelQuantization: Sendable {
    public enum Format: String, CaseIterable, Sendable {
        case gguf
        case safetensors
    }

    /// What chosen tensors become.
    public enum Target: Equatable, Sendable {
        /// Blocks of ggml, in GGUF.
        case blocks(GgmlType)
        /// Integer codes with scales, and zero points if the scheme is affine, in safetensors.
        case integer(bits: Int, IntegerQuantization.Scheme)
        /// Codes of a named grid with scales, in safetensors.
        case grid(String)
        /// Small floats with scales, in safetensors for other runtimes.
        case floats(SmallFloats)
    }

    public let format: Format
    /// In safetensors.
    public let layout: Layout
    /// The target's name, in lower case.
    public let typeName: String
    let target: Target
    /// Neighbours of a row that share a scale, in safetensors.
    public var groupSize = 128
    /// What shares a scale in the layouts of other runtimes.
    public var granularity = Granularity.group
    /// A config.json that goes beside the new file, with what a runtime must know.
    public var configuration: ModelConfiguration?
    /// Patterns of fnmatch(3) for names. Without patterns to include, tensors are chosen that have two
    /// dimensions or more and no "norm" in their names; for other runtimes, not embeddings, heads and
    /// routers either.
    public var include: [String] = []
    public var exclude: [String] = []
    public var importance: ModelImportance?
    /// How the levels and scales of blocks are found.
    public var mode = GgmlEncoding.Mode.best
    /// Whether blocks of a GGUF file become those of another type; otherwise they stay as they are.
    public var requantizes = false
    /// Whether a file of the target's name is replaced.
    public var overwrites = false

    /// - Parameter type: for GGUF one of ggml's types that can be encoded, such as "q4_k"; for safetensors
    ///   "int2" to "int8" (symmetric), "uint2" to "uint8" (with zero points) or the name of another grid; in
    ///   the layouts of other runtimes those that they have.
    public init(
        _ format: Format, type: String, layout: Layout = .quantcal
    ) throws(QuantcalError) {
        let name = type.lowercased()
        (self.format, self.layout, typeName) = (format, layout, name)
        switch format {
        case .gguf:
            guard layout == .quantcal else {
                throw QuantcalError(
                    .options, "layout is \(layout.name), which is one of safetensors, not of GGUF")
            }
            target = .blocks(try Self.ggmlType(name))
        case .safetensors:
            target = layout == .quantcal ? try Self.codes(name) : try Self.target(name, layout)
        }
    }

    private static func ggmlType(_ name: String) throws(QuantcalError) -> GgmlType {
        let known = GgmlType.allCases.filter(\.isEncodable)
        if let type = known.first(where: { $0.name.lowercased() == name }) { return type }
        throw QuantcalError(
            .options,
            "type is \(quoted(name)); for GGUF it must be one of "
                + known.map { $0.name.lowercased() }.joined(separator: ", "))
    }

    private static func codes(_ name: String) throws(QuantcalError) -> Target {
        for bits in 2...8 {
            if name == "int\(bits)" { return .integer(bits: bits, .symmetric) }
            if name == "uint\(bits)" { return .integer(bits: bits, .affine) }
        }
        let grid: CompiledGrid
        do { grid = try ScalarGrid.named(name).compiled() } catch {
            throw QuantcalError(
                .options,
                "type is \(quoted(name)); for safetensors it must be int2 to int8, uint2 to uint8 or a grid: \(error.message)"
            )
        }
        guard grid.lowest < 0, grid.highest > 0 else {
            throw QuantcalError(.options, "type is \(quoted(name)), which has not numbers of both signs")
        }
        return .grid(name)
    }

    /// Whether a tensor is to be quantized, if its elements can be.
    func chooses(_ tensor: ModelFile.Tensor) -> Bool {
        guard !tensor.shape.isEmpty, !tensor.range.isEmpty, !matches(tensor.name, exclude) else {
            return false
        }
        guard include.isEmpty else { return matches(tensor.name, include) }
        let others = layout == .quantcal ? [] : Self.unquantized
        return tensor.shape.count >= 2 && !matches(tensor.name.lowercased(), ["*norm*"] + others)
    }
}
