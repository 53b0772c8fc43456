/// What a quantization does with each tensor of a file, and how the file that comes out lies.
///
/// GGUF has blocks along the last dimension. Where they do not divide it, the type is taken that
/// llama.cpp falls back on, and where none fits F16 (16-bit floats stay what they are). In safetensors a
/// tensor X becomes `X.codes` (U8: rows x bytes of a row), `X.scales` (F32: rows x groups) and, with zero
/// points, `X.zeros` (U8: rows x groups), as `IntegerQuantization` and `CompiledGrid` lay them out; the first
/// dimension is rows, the others together are columns, so that groups of any width have tails. The
/// metadata's key `quantcal:X` says type, group size and shape: "int4 128 768,3072". For other runtimes
/// `RuntimeScheme` says what it becomes; a tensor that cannot be it stays as it is.
public struct ModelPlan: Sendable {
    public enum Action: Equatable, Sendable {
        case keep
        /// Blocks, other byte orders and types that the format has not, as F32.
        case decode
        case encode(GgmlType)
        case quantize
    }

    public struct Entry: Sendable {
        public let tensor: ModelFile.Tensor
        public let action: Action
        /// The type that comes out, such as "Q4_K" or "int4".
        public let type: String
        /// Why it is not the type that was asked for.
        public let remark: String?
        public fileprivate(set) var byteCount = 0
        /// Its tensors in the layout.
        fileprivate(set) var pieces = 0..<0

        /// The matrix that is quantized.
        var matrix: (rows: Int, columns: Int) {
            guard action == .quantize, tensor.shape.count > 1 else { return (tensor.rows, tensor.columns) }
            return (tensor.shape[0], tensor.shape.dropFirst().reduce(1, *))
        }
    }

    public let options: ModelQuantization
    public private(set) var entries: [Entry]
    let layout: TensorFileLayout
    /// What another runtime must know, for config.json: an object in JSON.
    public private(set) var quantizationConfig: String?
    /// Of all that decides what comes out: a partly written file with the same one can be continued.
    let digest: [UInt8]

    public init(_ file: ModelFile, _ options: ModelQuantization) throws(QuantcalError) {
        self.options = options
        try options.checkLayout()
        var entries: [Entry] = []
        for tensor in file.tensors { entries.append(try options.entry(tensor)) }
        try options.checkImportance(entries)
        switch options.format {
        case .gguf: layout = try options.layoutGguf(file, &entries)
        case .safetensors:
            quantizationConfig = try options.quantizationConfig(entries)
            layout = try options.layoutSafetensors(file, &entries, quantizationConfig)
        }
        for index in entries.indices {
            entries[index].byteCount = layout.ranges[entries[index].pieces].reduce(0) { $0 + $1.count }
        }
        self.entries = entries
        digest = planDigest(file, options, entries, layout)
    }

    public var fileSize: Int { layout.fileSize }
}

// MARK: - What becomes of a tensor

extension ModelQuantization {
    fileprivate func entry(_ tensor: ModelFile.Tensor) throws(QuantcalError) -> ModelPlan.Entry {
        guard chooses(tensor) else { return try kept(tensor, nil) }
        if let fault = tensor.fault {
            throw QuantcalError(
                .format, "tensor \(quoted(tensor.name)) is of a matrix that cannot be read: \(fault.reason)")
        }
        switch tensor.type {
        case .plain(.float32), .plain(.float16), .plain(.bfloat16), .plain(.float64): break
        case .blocks where format == .safetensors || requantizes: break
        case .blocks(let type):
            return try kept(tensor, target == .blocks(type) ? nil : "already \(type.name)")
        case .codes, .runtime: break
        default: return try kept(tensor, "\(tensor.type.name) is no type of weights")
        }
        switch target {
        case .blocks(let type): return try encoded(tensor, type)
        case .integer, .grid, .floats:
            if layout != .quantcal, let reason = try RuntimeScheme(self).refusal(of: tensor) {
                return try kept(tensor, reason)
            }
            return ModelPlan.Entry(tensor: tensor, action: .quantize, type: typeName, remark: nil)
        }
    }

    private func encoded(
        _ tensor: ModelFile.Tensor, _ wanted: GgmlType
    ) throws(QuantcalError) -> ModelPlan.Entry {
        var type = wanted
        while tensor.columns % type.blockLength != 0 { type = type.fallback }
        let remark =
            type == wanted
            ? nil : "\(wanted.name) has blocks of \(wanted.blockLength), rows have \(tensor.columns)"
        if tensor.type == .blocks(type) { return try kept(tensor, remark) }
        if type != wanted, type.blockLength == 1,
            [.plain(.float16), .plain(.bfloat16)].contains(tensor.type)
        {
            return try kept(tensor, remark)
        }
        return ModelPlan.Entry(tensor: tensor, action: .encode(type), type: type.name, remark: remark)
    }

    private func kept(_ tensor: ModelFile.Tensor, _ remark: String?) throws(QuantcalError) -> ModelPlan.Entry
    {
        let isPlain = tensor.order == .rowMajor && !tensor.isBigEndian
        let exists = format == .gguf ? tensor.type.ggml != nil : tensor.type.isPlain
        if isPlain && exists {
            return ModelPlan.Entry(tensor: tensor, action: .keep, type: tensor.type.name, remark: remark)
        }
        guard tensor.isDecodable, ![.plain(.uint32), .plain(.uint64)].contains(tensor.type) else {
            throw QuantcalError(
                .domain,
                "tensor \(quoted(tensor.name)) is of type \(tensor.type.name), which \(format.rawValue) has not"
            )
        }
        return ModelPlan.Entry(
            tensor: tensor, action: .decode, type: TensorType.float32.rawValue,
            remark: exists ? remark : "\(format.rawValue) has no \(tensor.type.name)")
    }

    /// Whether there is a search that weighs errors: not where scales are powers of two or shared, and not in
    /// this library's own layout.
    private var usesImportance: Bool {
        get throws(QuantcalError) {
            if case .blocks = target { return true }
            guard layout != .quantcal else { return false }
            let scheme = try RuntimeScheme(self)
            return scheme.scales == .numbers && scheme.granularity != .tensor
        }
    }

    /// Importance that does not fit, or is for nothing, is a mistake.
    fileprivate func checkImportance(_ entries: [ModelPlan.Entry]) throws(QuantcalError) {
        guard let importance else { return }
        guard try usesImportance else {
            throw QuantcalError(
                .options,
                "importance is for GGUF, and for integers and e4m3fn per group or row in other runtimes' layouts; \(typeName) here does not use it"
            )
        }
        var used = 0
        for entry in entries {
            switch entry.action {
            case .encode, .quantize: if try importance.weights(of: entry.tensor) != nil { used += 1 }
            case .keep, .decode: break
            }
        }
        guard used > 0 else {
            throw QuantcalError(.domain, "importance is for none of the tensors that are quantized")
        }
    }
}

extension ModelFile.ElementType {
    fileprivate var isPlain: Bool {
        switch self {
        case .plain: true
        case .blocks, .codes, .runtime: false
        }
    }
}

// MARK: - The layout

extension ModelQuantization {
    fileprivate func layoutGguf(
        _ file: ModelFile, _ entries: inout [ModelPlan.Entry]
    ) throws(QuantcalError) -> TensorFileLayout {
        var tensors: [Gguf.Description] = []
        for index in entries.indices {
            let entry = entries[index]
            let type: GgmlType =
                switch entry.action {
                case .encode(let type): type
                case .keep: entry.tensor.type.ggml ?? .f32
                case .decode, .quantize: .f32
                }
            entries[index].pieces = index..<index + 1
            tensors.append(Gguf.Description(name: entry.tensor.name, type: type, shape: entry.tensor.shape))
        }
        return try Gguf.layout(tensors, metadata: ggufMetadata(file))
    }

    fileprivate func layoutSafetensors(
        _ file: ModelFile, _ entries: inout [ModelPlan.Entry], _ quantizationConfig: String?
    ) throws(QuantcalError) -> TensorFileLayout {
        var tensors: [Safetensors.Description] = []
        var texts = file.texts.filter { !$0.key.hasPrefix("quantcal:") && $0.key != "quantization_config" }
        if let quantizationConfig {
            // Without this key transformers refuses files.
            if !texts.contains(where: { $0.key == "format" }) { texts.append((key: "format", value: "pt")) }
            texts.append((key: "quantization_config", value: quantizationConfig))
        }
        for index in entries.indices {
            let entry = entries[index]
            let (name, shape) = (entry.tensor.name, entry.tensor.shape)
            let first = tensors.count
            switch entry.action {
            case .keep:
                guard case .plain(let type) = entry.tensor.type else { continue }
                tensors.append(Safetensors.Description(name: name, type: type, shape: shape))
            case .decode, .encode:
                tensors.append(Safetensors.Description(name: name, type: .float32, shape: shape))
            case .quantize where layout != .quantcal:
                tensors += try RuntimeScheme(self).pieces(entry.tensor).map(\.description)
            case .quantize:
                tensors += try pieces(entry)
                let extents = shape.map { String($0) }.joined(separator: ",")
                texts.append((key: "quantcal:" + name, value: "\(typeName) \(groupSize) \(extents)"))
            }
            entries[index].pieces = first..<tensors.count
        }
        return try Safetensors.layout(tensors, metadata: texts)
    }

    private func pieces(_ entry: ModelPlan.Entry) throws(QuantcalError) -> [Safetensors.Description] {
        let layout = try CodeEncoder(self).layout(rows: entry.matrix.rows, columns: entry.matrix.columns)
        let (name, rows) = (entry.tensor.name, entry.matrix.rows)
        var pieces = [
            Safetensors.Description(name: name + ".codes", type: .uint8, shape: [rows, layout.rowBytes]),
            Safetensors.Description(
                name: name + ".scales", type: .float32, shape: [rows, layout.groupsInRow]),
        ]
        if case .integer(_, .affine) = target {
            pieces.append(
                Safetensors.Description(
                    name: name + ".zeros", type: .uint8, shape: [rows, layout.groupsInRow]))
        }
        return pieces
    }

    /// For the layouts of other runtimes.
    fileprivate func quantizationConfig(_ entries: [ModelPlan.Entry]) throws(QuantcalError) -> String? {
        guard layout != .quantcal else { return nil }
        let matrices = entries.filter { $0.tensor.shape.count == 2 }
        return try RuntimeScheme(self).configuration(
            quantized: matrices.filter { $0.action == .quantize }.map(\.tensor.name),
            kept: matrices.filter { $0.action != .quantize }.map(\.tensor.name))
    }

    /// The pairs of a GGUF file as they are, but for what says how it is quantized.
    private func ggufMetadata(_ file: ModelFile) -> [GgufMetadata] {
        guard case .blocks(let type) = target else { return [] }
        var pairs = file.metadata
        for pair in [
            GgufMetadata("general.quantization_version", 2 as UInt32),
            GgufMetadata("general.file_type", type.fileType),
        ] {
            if let index = pairs.firstIndex(where: { $0.key == pair.key }) {
                pairs[index] = pair
            } else {
                pairs.append(pair)
            }
        }
        return pairs
    }
}

extension GgmlType {
    /// llama.cpp's number of a file whose tensors are mostly of this type.
    fileprivate var fileType: UInt32 {
        switch self {
        case .f16: 1
        case .q4_0: 2
        case .q4_1: 3
        case .q8_0: 7
        case .q5_0: 8
        case .q5_1: 9
        case .q2_K: 10
        case .q3_K: 12
        case .q4_K: 15
        case .q5_K: 17
        case .q6_K: 18
        case .iq4_NL: 25
        case .iq4_XS: 30
        case .bf16: 32
        case .tq1_0: 36
        case .tq2_0: 37
        case .mxfp4: 38
        case .nvfp4: 39
        default: 0
        }
    }
}

/// Of the input's content, short of reading it, and of what is done with it.
private func planDigest(
    _ file: ModelFile, _ options: ModelQuantization, _ entries: [ModelPlan.Entry], _ layout: TensorFileLayout
) -> [UInt8] {
    var hash = Blake2b(digestBytes: 32)
    hash.update("quantcal plan 3 \(Version.string) \(options.typeName) \(options.groupSize)".utf8)
    hash.update(" \(options.layout) \(options.granularity) ".utf8)
    hash.update(littleEndianBytes(UInt64(options.mode.rawValue)))
    for one in file.files { for number in one.identity { hash.update(littleEndianBytes(number)) } }
    for number in options.importance?.identity ?? [] { hash.update(littleEndianBytes(number)) }
    for entry in entries {
        hash.update("\(entry.tensor.range) \(entry.action) \(entry.pieces)\n".utf8)
        // What a configuration beside the input has decided.
        if case .runtime(let codes) = entry.tensor.type { hash.update(codes.digest.utf8) }
    }
    hash.update(layout.header)
    return hash.digest()
}
