/// What runtimes are told of a model's quantized tensors: the object `quantization_config` of its config.json.
extension RuntimeScheme {
    /// - Parameters:
    ///   - quantized: the names of tensors that have the layout.
    ///   - kept: the names of matrices that have not.
    func configuration(quantized: [String], kept: [String]) -> String {
        let others = kept.compactMap(Self.module).filter { !$0.isEmpty }
        let modules = quantized.compactMap(Self.module)
        return switch layout {
        case .quantcal, .compressedTensors, .intQuantized: compressedTensors(modules, others).text
        case .gptq, .gptqV2: gptq(modules, others).text
        case .awq: awq(others).text
        }
    }

    private func compressedTensors(_ modules: [String], _ others: [String]) -> JSONText {
        // A head that shares its numbers with the embedding is in no file, and yet a linear layer.
        let head = modules.contains("lm_head") || others.contains("lm_head") ? [] : ["lm_head"]
        let format = JSONText.text(formatName)
        let group: JSONText = .object([
            ("targets", .list([.text("Linear")])), ("weights", weights), ("input_activations", .null),
            ("output_activations", .null), ("format", format),
        ])
        return .object([
            ("quant_method", .text("compressed-tensors")), ("format", format),
            ("quantization_status", .text("compressed")), ("config_groups", .object([("group_0", group)])),
            ("ignore", .list((others + head).map { .text($0) })), ("kv_cache_scheme", .null),
            ("global_compression_ratio", .null),
        ])
    }

    private var formatName: String {
        if checkpoint != nil { return "pack-quantized" }
        if isInteger { return "int-quantized" }
        if scales == .numbers { return "float-quantized" }
        return typeName + (grid.grid.bits == 8 ? "-quantized" : "-pack-quantized")
    }

    private var weights: JSONText {
        var members: [(String, JSONText)] = [
            ("num_bits", .number(grid.grid.bits)), ("type", .text(isInteger ? "int" : "float")),
            ("symmetric", .flag(!isAffine)), ("dynamic", .flag(false)),
        ]
        switch (granularity, scales) {
        case (_, .shared): members.append(("strategy", .text("tensor_group")))
        case (.group, _): members.append(("strategy", .text("group")))
        case (.row, _): members.append(("strategy", .text("channel")))
        case (.tensor, _): members.append(("strategy", .text("tensor")))
        }
        if granularity == .group { members.append(("group_size", .number(groupSize))) }
        switch scales {
        case .numbers: break
        case .exponents: members.append(("scale_dtype", .text("torch.uint8")))
        case .shared: members.append(("scale_dtype", .text("torch.float8_e4m3fn")))
        }
        return .object(members)
    }

    private var groups: JSONText { .number(granularity == .group ? groupSize : -1) }

    private func gptq(_ modules: [String], _ others: [String]) -> JSONText {
        var members: [(String, JSONText)] = [
            ("quant_method", .text("gptq")), ("checkpoint_format", .text(layout.name)),
            ("bits", .number(grid.grid.bits)), ("group_size", groups), ("desc_act", .flag(false)),
            ("sym", .flag(!isAffine)), ("lm_head", .flag(modules.contains("lm_head"))),
            ("pack_dtype", .text("int32")),
            ("meta", .object([("quantizer", .list([.text("quantcal:" + Version.string)]))])),
        ]
        if !others.isEmpty {
            // A pattern after "-:" names modules that are not quantized.
            members.append(
                (
                    "dynamic",
                    .object(
                        others.map { ("-:^" + escaped($0) + "$", JSONText.object([])) })
                ))
        }
        return .object(members)
    }

    private func awq(_ others: [String]) -> JSONText {
        .object([
            ("quant_method", .text("awq")), ("bits", .number(grid.grid.bits)), ("group_size", groups),
            ("zero_point", .flag(true)), ("version", .text("gemm")),
            ("modules_to_not_convert", others.isEmpty ? .null : .list(others.map { .text($0) })),
        ])
    }
}

/// A JSON value that is to be written.
indirect enum JSONText {
    case null
    case flag(Bool)
    case number(Int)
    case text(String)
    case list([JSONText])
    case object([(String, JSONText)])

    var text: String {
        switch self {
        case .null: "null"
        case .flag(let value): value ? "true" : "false"
        case .number(let value): String(value)
        case .text(let value): quotedJSON(value)
        case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { quotedJSON($0.0) + ": " + $0.1.text }.joined(separator: ", ") + "}"
        }
    }
}

/// A name as a regular expression that matches only it. By hand: `replacing` would bring along the standard
/// library's parser of regular expressions, a tenth of the whole library.
private func escaped(_ name: String) -> String {
    name.reduce(into: "") { $0 += #"\.^$*+?{}[]|()"#.contains($1) ? "\\\($1)" : String($1) }
}
