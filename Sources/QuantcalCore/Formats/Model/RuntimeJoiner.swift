/// Finds the matrices that other runtimes' tensors make up: X.qweight, X.qzeros, X.scales and X.g_idx of GPTQ
/// and AWQ; X.weight_packed or X.weight with X.weight_scale and more of compressed-tensors; X.weight of nibbles
/// with X.weight_scale and X.weight_scale_2 of ModelOpt's NVFP4. Each becomes one tensor X.weight. Shapes say most of what must be known, a configuration the rest. Tensors that should be
/// such a matrix and do not fit stay tensors of their own, with the reason.
///
/// Source: the files of AutoGPTQ, GPTQModel, AutoAWQ, compressed-tensors and ModelOpt.
extension ModelContent {
    mutating func joinRuntimeCodes() throws(QuantcalError) {
        var joiner = RuntimeJoiner(self)
        var used: Set<Int> = []
        for index in tensors.indices {
            guard let parts = joiner.parts(index) else { continue }
            do throws(QuantcalError) {
                guard joiner.places[Array(parts.name.utf8)] ?? index == index else {
                    throw QuantcalError(.format, "there is a tensor \(quoted(parts.name)) too")
                }
                let codes = try joiner.codes(parts)
                let weights = tensors[index]
                tensors[index] = ModelFile.Tensor(
                    name: parts.name, type: .runtime(codes), shape: [codes.rows, codes.columns],
                    file: weights.file, range: weights.range, order: .rowMajor, isBigEndian: false)
                for part in parts.indices where part.index != index { used.insert(part.index) }
            } catch {
                guard error.kind == .format || error.kind == .size || error.kind == .options else {
                    throw error
                }
                tensors[index].fault = (parts.name, error.message)
            }
        }
        tensors = tensors.enumerated().filter { !used.contains($0.offset) }.map(\.element)
    }
}

/// The tensors of one module.
struct RuntimeParts {
    enum Kind { case transposed, packed, nibbles, plain, modelOpt }

    let kind: Kind
    /// Of the matrix.
    let name: String
    /// The places of the parts by what follows the module's name.
    let indices: [(part: String, index: Int)]
}

struct RuntimeJoiner {
    private let content: ModelContent
    /// By the bytes of the names.
    let places: [[UInt8]: Int]
    private var cachedNotes: RuntimeNotes?

    init(_ content: ModelContent) {
        self.content = content
        var places: [[UInt8]: Int] = [:]
        for (index, tensor) in content.tensors.enumerated() { places[Array(tensor.name.utf8)] = index }
        self.places = places
    }

    /// What the configuration says, which is read when it is needed.
    mutating func notes() throws(QuantcalError) -> RuntimeNotes {
        if let cachedNotes { return cachedNotes }
        let notes = try RuntimeNotes(content.texts, beside: content.files[0])
        cachedNotes = notes
        return notes
    }

    /// What must be beside the codes, and what may.
    private static let kinds:
        [(suffix: String, kind: RuntimeParts.Kind, needed: [String], others: [String])] = [
            ("qweight", .transposed, ["scales", "qzeros"], ["g_idx"]),
            (
                "weight_packed", .packed, ["weight_scale", "weight_shape"],
                ["weight_zero_point", "weight_g_idx"]
            ),
            ("weight_packed", .nibbles, ["weight_scale"], ["weight_global_scale"]),
            ("weight", .plain, ["weight_scale"], ["weight_zero_point"]),
            ("weight", .modelOpt, ["weight_scale", "weight_scale_2"], []),
        ]

    /// The parts of a matrix whose codes are in this tensor; nil: it has none.
    func parts(_ index: Int) -> RuntimeParts? {
        let tensor = content.tensors[index]
        guard case .plain(let type) = tensor.type, tensor.shape.count == 2 else { return nil }
        let name = Array(tensor.name.utf8)
        for (suffix, kind, needed, others) in Self.kinds where Self.has(kind, type) {
            guard name.reversed().starts(with: suffix.utf8.reversed()) else { continue }
            let module = name.dropLast(suffix.utf8.count)
            guard module.isEmpty || module.last == UInt8(ascii: ".") else { continue }
            var indices = [(part: suffix, index: index)]
            for part in needed + others {
                guard let place = places[module + Array(part.utf8)] else { continue }
                indices.append((part, place))
            }
            guard needed.allSatisfy({ part in indices.contains { $0.part == part } }) else { continue }
            return RuntimeParts(
                kind: kind, name: String(decoding: module + Array("weight".utf8), as: UTF8.self),
                indices: indices)
        }
        return nil
    }

    private static func has(_ kind: RuntimeParts.Kind, _ type: TensorType) -> Bool {
        switch kind {
        case .transposed, .packed: type == .int32
        case .nibbles, .modelOpt: type == .uint8
        case .plain: [.int8, .float8E4M3, .float8E5M2].contains(type)
        }
    }

    func tensor(_ parts: RuntimeParts, _ name: String) -> ModelFile.Tensor? {
        parts.indices.first { $0.part == name }.map { content.tensors[$0.index] }
    }

    mutating func codes(_ parts: RuntimeParts) throws(QuantcalError) -> ModelFile.RuntimeCodes {
        for (name, index) in parts.indices {
            guard case .plain = content.tensors[index].type, !content.tensors[index].shape.contains(0) else {
                throw QuantcalError(.format, "its \(name) has no elements")
            }
        }
        switch parts.kind {
        case .transposed: return try transposed(parts)
        case .packed: return try packed(parts)
        case .nibbles: return try nibbles(parts, "weight_packed", shared: "weight_global_scale")
        case .modelOpt:
            var codes = try nibbles(parts, "weight", shared: "weight_scale_2")
            codes.isSharedFactor = true
            return codes
        case .plain: return try plain(parts)
        }
    }

    /// The bytes of a small tensor.
    func bytes(_ part: ModelFile.RuntimeCodes.Part) throws(QuantcalError) -> Scratch<UInt8> {
        let scratch = try Scratch<UInt8>(part.range.count)
        try content.files[part.file].read(
            part.range.count, at: part.range.lowerBound, into: scratch.buffer.baseAddress!)
        return scratch
    }

    /// A part of one of these types.
    func part(
        _ parts: RuntimeParts, _ name: String, _ types: [TensorType]
    ) throws(QuantcalError) -> ModelFile.RuntimeCodes.Part? {
        guard let tensor = tensor(parts, name) else { return nil }
        guard let part = ModelFile.RuntimeCodes.Part(tensor), types.contains(part.type) else {
            let wanted = types.map(\.rawValue).joined(separator: ", ")
            throw QuantcalError(.format, "its \(name) is of type \(tensor.type.name), not \(wanted)")
        }
        return part
    }

    func needed(
        _ parts: RuntimeParts, _ name: String, _ types: [TensorType]
    ) throws(QuantcalError) -> ModelFile.RuntimeCodes.Part {
        if let part = try part(parts, name, types) { return part }
        throw QuantcalError(.format, "there is no \(name)")
    }

    /// A part that must have this shape.
    func requireShape(_ parts: RuntimeParts, _ name: String, _ shape: [Int]) throws(QuantcalError) {
        guard let found = tensor(parts, name)?.shape, found != shape else { return }
        throw QuantcalError(
            .format, "its \(name) has the shape \(listed(found)), where \(listed(shape)) is expected")
    }
}
