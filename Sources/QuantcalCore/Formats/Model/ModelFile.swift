/// A file of tensors: GGUF, safetensors or .npy, told apart by their content, or the index of a model that
/// lies in several safetensors files. Tensors are decoded when they are asked for.
///
/// Headers are held for hostile, as the readers of the formats say.
public final class ModelFile: Sendable {
    public enum Format: Int32, CaseIterable, Sendable {
        case gguf = 0
        case safetensors = 1
        case npy = 2
    }

    /// What elements are stored as.
    public enum ElementType: Equatable, Sendable {
        case plain(TensorType)
        /// Blocks of several elements.
        case blocks(GgmlType)
        /// This library's own layout.
        case codes(Codes)
        /// The layout of another runtime.
        case runtime(RuntimeCodes)

        /// As the formats call it: F32, BF16, Q4_K.
        public var name: String {
            switch self {
            case .plain(let type): type.rawValue
            case .blocks(let type): type.name
            case .codes(let codes): codes.typeName
            case .runtime(let codes): codes.typeName
            }
        }
    }

    public struct Tensor: Sendable {
        public let name: String
        public let type: ElementType
        /// The last index runs fastest; none for a scalar.
        public let shape: [Int]
        /// Which of the files, and where in it.
        let file: Int
        let range: Range<Int>
        let order: TensorView.Order
        let isBigEndian: Bool
        /// The matrix that this would be of, if the tensors beside it fitted it, and why they do not.
        var fault: (matrix: String, reason: String)?

        /// The elements of a row: the last dimension, 1 for a scalar.
        public var columns: Int { shape.last ?? 1 }
        /// The product of the other dimensions. Fits: readers count zeros as ones.
        public var rows: Int { shape.dropLast().reduce(1, *) }
        public var byteCount: Int {
            switch type {
            case .plain, .blocks: range.count
            case .codes(let codes): range.count + codes.scales.count + (codes.zeros?.count ?? 0)
            case .runtime(let codes): codes.parts.reduce(0) { $0 + $1.range.count }
            }
        }
    }

    public let format: Format
    /// In the order of the file; of several files, in the order of the index.
    public let tensors: [Tensor]
    /// Pairs of a GGUF file.
    public let metadata: [GgufMetadata]
    /// Pairs of a safetensors file.
    public let texts: [(key: String, value: String)]
    let files: [InputFile]
    /// By the bytes of the name: to a `String`, canonically equivalent names would be one.
    private let positions: [[UInt8]: Int]

    public init(_ path: String) throws(QuantcalError) {
        let file = try InputFile(path)
        let content = try Content(file)
        for tensor in content.tensors where tensor.name.utf8.contains(0) {
            throw QuantcalError(
                .format, "\(quotedPath(path)): the tensor's name \(quoted(tensor.name)) has a NUL")
        }
        (format, tensors, metadata, texts) = (
            content.format, content.tensors, content.metadata, content.texts
        )
        files = content.files
        positions = Dictionary(
            tensors.enumerated().map { (Array($1.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The index of the tensor with exactly this name.
    public func index(of name: some Sequence<UInt8>) throws(QuantcalError) -> Int {
        let name = Array(name)
        if let index = positions[name] { return index }
        for case let fault? in tensors.map(\.fault) where fault.matrix.utf8.elementsEqual(name) {
            throw QuantcalError(.format, "tensor \(quoted(fault.matrix)) cannot be read: \(fault.reason)")
        }
        throw QuantcalError(
            .domain, "name is \(quoted(String(decoding: name, as: UTF8.self))); no tensor has that name")
    }

    /// The tensor of an index that a caller sent.
    public func tensor(_ index: Int) throws(QuantcalError) -> Tensor {
        guard tensors.indices.contains(index) else {
            throw QuantcalError(
                .size, "index is \(UInt(bitPattern: index)); the file has \(tensors.count) tensors")
        }
        return tensors[index]
    }
}

/// What a file holds.
struct ModelContent {
    var format = ModelFile.Format.safetensors
    var tensors: [ModelFile.Tensor] = []
    var metadata: [GgufMetadata] = []
    var texts: [(key: String, value: String)] = []
    var files: [InputFile]
}

extension ModelFile {
    typealias Content = ModelContent
}

extension ModelContent {
    init(_ file: InputFile) throws(QuantcalError) {
        files = [file]
        let kind = try file.withBytes { ModelFileKind($0) }
        if kind == .index {
            try readIndex(file)
        } else {
            do throws(QuantcalError) {
                try file.withBytes { bytes throws(QuantcalError) in try read(bytes, kind, file: 0) }
            } catch { throw QuantcalError(error.kind, "\(quotedPath(file.path)) is \(error.message)") }
        }
        if format == .safetensors {
            joinCodes()
            try joinRuntimeCodes()
        }
    }

    /// Adds the tensors of one file.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ kind: ModelFileKind, file: Int
    ) throws(QuantcalError) {
        switch kind {
        case .gguf:
            let gguf = try Gguf(bytes)
            (format, metadata) = (.gguf, gguf.metadata)
            tensors += gguf.tensors.map { ModelFile.Tensor($0, file: file) }
        case .npy:
            format = .npy
            tensors.append(ModelFile.Tensor(try Npy(bytes).array, file: file))
        case .safetensors:
            let safetensors = try Safetensors(bytes)
            format = .safetensors
            if file == 0 { texts = safetensors.metadata }
            tensors += safetensors.tensors.map { ModelFile.Tensor($0, file: file) }
        case .index:
            throw QuantcalError(.format, "an index, where a file of tensors is expected")
        }
    }
}

enum ModelFileKind {
    case gguf, npy, safetensors, index

    /// By the first bytes. What is neither is safetensors, whose reader says what is wrong with it.
    init(_ bytes: UnsafeRawBufferPointer) {
        // Eight bytes of a header's length have a zero among them; text has not.
        if bytes.starts(with: Array("GGUF".utf8)) {
            self = .gguf
        } else if bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) {
            self = .npy
        } else if bytes.first == UInt8(ascii: "{"), !bytes.prefix(8).contains(0) {
            self = .index
        } else {
            self = .safetensors
        }
    }
}

extension ModelFile.Tensor {
    init(_ tensor: Gguf.Tensor, file: Int) {
        self.init(
            name: tensor.name, type: ModelFile.ElementType(tensor.type), shape: tensor.shape, file: file,
            range: tensor.range, order: .rowMajor, isBigEndian: false)
    }

    init(_ view: TensorView, file: Int) {
        self.init(
            name: view.name, type: .plain(view.type), shape: view.shape, file: file, range: view.range,
            order: view.shape.count > 1 ? view.order : .rowMajor, isBigEndian: view.isBigEndian)
    }
}

extension ModelFile.ElementType {
    init(_ type: GgmlType) {
        switch type {
        case .f32: self = .plain(.float32)
        case .f16: self = .plain(.float16)
        case .bf16: self = .plain(.bfloat16)
        case .f64: self = .plain(.float64)
        case .i8: self = .plain(.int8)
        case .i16: self = .plain(.int16)
        case .i32: self = .plain(.int32)
        case .i64: self = .plain(.int64)
        default: self = .blocks(type)
        }
    }

    /// ggml's type of the same elements, if it has one.
    var ggml: GgmlType? {
        switch self {
        case .blocks(let type): type
        case .codes, .runtime: nil
        case .plain(let type): GgmlType.allCases.first { Self($0) == .plain(type) }
        }
    }
}
