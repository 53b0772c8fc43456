/// How a quantized tensor lies in a file.
extension ModelQuantization {
    /// The tensors that other runtimes look for instead of `X.weight`, or this library's own.
    public enum Layout: Int32, CaseIterable, Sendable {
        case quantcal = 0
        case compressedTensors = 1
        case gptq = 2
        case gptqV2 = 3
        case awq = 4
        /// Of compressed-tensors too: a byte for each code, as kernels for 8-bit activations want it.
        case intQuantized = 5

        /// As configurations of models name it.
        public var name: String {
            switch self {
            case .quantcal: "quantcal"
            case .compressedTensors: "compressed-tensors"
            case .gptq: "gptq"
            case .gptqV2: "gptq_v2"
            case .awq: "awq"
            case .intQuantized: "int-quantized"
            }
        }

        /// Where a matrix of integers has this layout.
        var checkpoint: CheckpointFormat? {
            switch self {
            case .quantcal, .intQuantized: nil
            case .compressedTensors: .compressedTensors
            case .gptq: .gptq
            case .gptqV2: .gptqV2
            case .awq: .awq
            }
        }

        fileprivate var bits: [Int] {
            switch self {
            case .quantcal: Array(2...8)
            case .compressedTensors: [4, 8]
            case .gptq, .gptqV2: [2, 3, 4, 8]
            case .awq: [4]
            case .intQuantized: [8]
            }
        }

        fileprivate var schemes: [(prefix: String, scheme: IntegerQuantization.Scheme)] {
            self == .intQuantized ? [("int", .symmetric)] : [("int", .symmetric), ("uint", .affine)]
        }

        /// Whether a matrix M.weight has its scales in M.weight_scale.
        var isCompressedTensors: Bool { self == .compressedTensors || self == .intQuantized }
    }

    /// Small floats that compressed-tensors has formats for.
    public enum SmallFloats: String, CaseIterable, Sendable {
        case e4m3fn, mxfp4, mxfp8, nvfp4
    }

    /// The codes of a name in the layout of another runtime.
    static func target(_ name: String, _ layout: Layout) throws(QuantcalError) -> Target {
        let integers = layout.bits.flatMap { bits in
            layout.schemes.map { ("\($0.prefix)\(bits)", Target.integer(bits: bits, $0.scheme)) }
        }
        if let found = integers.first(where: { $0.0 == name }) { return found.1 }
        let hasFloats = layout == .compressedTensors
        if hasFloats, let floats = SmallFloats(rawValue: name) { return .floats(floats) }
        let known =
            integers.map(\.0) + (hasFloats ? SmallFloats.allCases.map(\.rawValue) : [])
        throw QuantcalError(
            .options,
            "type is \(quoted(name)); in the layout \(layout.name) it must be one of "
                + known.joined(separator: ", "))
    }

    /// Refuses options that the layout has no use for.
    public func checkLayout() throws(QuantcalError) {
        if layout == .quantcal {
            guard granularity == .group else {
                throw QuantcalError(
                    .options, "granularity is per \(granularity); without another layout scales are per group"
                )
            }
            guard configuration == nil else {
                throw QuantcalError(.options, "config is for the layouts of other runtimes")
            }
        } else {
            _ = try RuntimeScheme(self)
        }
    }

    /// Parts of the names of matrices that runtimes load as they are: embeddings, heads and routers.
    static let unquantized = ["*embed*", "*lm_head*", "*wte*", "*wpe*", "*router*", "*.gate.weight"]
}
