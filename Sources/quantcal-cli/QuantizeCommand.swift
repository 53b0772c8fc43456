import ArgumentParser
import Quantcal
import QuantcalCore

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Quantize the weights of a model file into another file.",
        discussion: """
            IN is a GGUF, safetensors or .npy file, or the index of a model in several safetensors files \
            (model.safetensors.index.json).

            Without --include, tensors are quantized that have two dimensions or more and no "norm" in \
            their names; the others stay as they are. GGUF has blocks of 32 to 256 neighbours of a row: \
            where they do not fit, the type is taken that llama.cpp falls back on, and that is said before \
            the work. Blocks that are there already stay as they are, but for --requantize. Safetensors hold codes of any width: a tensor X becomes X.codes, X.scales and, for \
            uint2 to uint8, X.zeros.

            With --layout, matrices named M.weight lie in safetensors as other runtimes read them: \
            compressed-tensors (int4, int8, uint4, uint8; e4m3fn per row or tensor; mxfp4; mxfp8; nvfp4), \
            int-quantized (of compressed-tensors too: int8, a byte for each), gptq and gptq_v2 (2, 3, 4 and 8 \
            bits), awq (int4, uint4). Embeddings, heads and routers stay as they are \
            then, unless --include names them, and so does what the layout cannot hold, which is said before \
            the work. The runtimes want "quantization_config" in the model's config.json: --config puts a copy \
            with it beside OUT; otherwise it is printed.

            Models in these layouts are read, too: with their config.json beside them they become GGUF, or codes of \
            another kind.

            OUT is written under another name, OUT.quantcal-partial, which it takes at the end. If that is \
            interrupted, the same command goes on where it was.

            Exit status: 0 if all went well, 1 for a file that cannot be read, encoded or written, 64 for a \
            wrong command line, 130 after an interrupt.
            """)

    @Argument(help: "The model.")
    var input: String

    @Argument(help: "Where to write it.")
    var output: String

    @Option(help: "gguf or safetensors; by default as the name of OUT ends.")
    var format: ModelQuantization.Format?

    @Option(
        help: ArgumentHelp(
            "For gguf: q4_0, q4_1, q5_0, q5_1, q8_0, q2_k to q6_k, iq4_nl, iq4_xs, tq1_0, tq2_0, mxfp4, "
                + "nvfp4, f16 or bf16. For safetensors: int2 to int8, uint2 to uint8, nf4, e2m1fn, e4m3fn, "
                + "e5m2 or another grid's name."))
    var type: String

    @Option(
        name: .customLong("include"), parsing: .singleValue,
        help: ArgumentHelp(
            "Quantize the tensors whose names match, as a shell's patterns do, and no others.",
            valueName: "pattern"))
    var include: [String] = []

    @Option(
        name: .customLong("exclude"), parsing: .singleValue,
        help: ArgumentHelp("Leave the tensors as they are whose names match.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "How much errors count in each column: llama.cpp's importance matrix in GGUF, or a file with a "
                + "vector of the same name for each tensor. For gguf, and for integers and e4m3fn per group or row in "
                + "the layouts of other runtimes.", valueName: "file"))
    var importance: String?

    @Option(
        help: ArgumentHelp(
            "How the blocks of gguf are found: with little error, or as ggml's own encoders do, byte for byte, "
                + "which is faster.", valueName: "mode"))
    var mode = BlockMode.best

    @Option(help: "Neighbours of a row that share a scale, in safetensors.")
    var groupSize = 128

    @Option(help: "How quantized tensors lie in safetensors: this library's way, or another runtime's.")
    var layout = TensorLayout.quantcal

    @Option(help: "What shares a scale in the layouts of other runtimes.")
    var granularity = ScaleSharing.group

    @Option(
        help: ArgumentHelp(
            "The model's config.json, of which a copy that says how it is quantized goes beside OUT.",
            valueName: "file"))
    var config: String?

    @Option(help: "How many threads to use; by default one for each processor.")
    var threads: Int = 0

    @Flag(
        help: ArgumentHelp(
            "Decode blocks of a GGUF file and encode them in another type, with the errors of both; otherwise "
                + "they stay as they are."))
    var requantize = false

    @Flag(help: "Replace OUT if it is there.")
    var overwrite = false

    @Flag(help: "Only say what would be done.")
    var plan = false

    func validate() throws {
        guard groupSize >= 1 else {
            throw ValidationError("--group-size is \(groupSize); it must be at least 1")
        }
        guard (0...1024).contains(threads) else {
            throw ValidationError("--threads is \(threads); it must be 0 to 1024")
        }
        do { try quantization().checkLayout() } catch let error as QuantcalError {
            throw ValidationError(error.message)
        }
        guard config == nil || layout != .quantcal else {
            throw ValidationError("--config needs a --layout of another runtime")
        }
    }

    private func quantization() throws -> ModelQuantization {
        var options = try ModelQuantization(resolvedFormat(), type: type, layout: layout.layout)
        (options.groupSize, options.granularity) = (groupSize, granularity.granularity)
        return options
    }

    private func resolvedFormat() throws -> ModelQuantization.Format {
        if let format { return format }
        for format in ModelQuantization.Format.allCases where output.hasSuffix("." + format.rawValue) {
            return format
        }
        throw ValidationError("--format is needed: the name of OUT ends in neither .gguf nor .safetensors")
    }

    func run() throws {
        if threads > 0 { try setThreadCount(threads) }
        var options = try quantization()
        (options.include, options.exclude) = (include, exclude)
        (options.mode, options.overwrites) = (mode.mode, overwrite)
        options.requantizes = requantize
        if let importance { options.importance = try ModelImportance(importance) }
        if let config { options.configuration = try ModelConfiguration(config) }
        let file = try ModelFile(input)
        let plan = try ModelPlan(file, options)
        printToTerminal(TensorTable.remarks(of: plan))
        let outcomes = self.plan ? nil : try converted(plan, file)
        print(TensorTable(plan, outcomes).text)
        if config == nil, let needed = plan.quantizationConfig {
            print("\nIn the model's config.json it needs:\n\"quantization_config\": \(needed)")
        }
    }

    private func converted(_ plan: ModelPlan, _ file: ModelFile) throws -> [ModelConversion.Outcome] {
        let bar = ProgressBar(plan.entries.map(\.tensor.name))
        Interrupt.watch()
        do throws(QuantcalError) {
            let outcomes = try ModelConversion.run(plan, of: file, to: output) { tensor, fraction in
                bar.show(tensor, fraction)
                return Interrupt.came
            }
            bar.clear()
            return outcomes
        } catch {
            bar.clear()
            guard error.kind == .cancelled else { throw error }
            printToTerminal([error.message])
            throw ExitCode(130)
        }
    }
}

extension ModelQuantization.Format: ExpressibleByArgument {}

/// The layouts of `ModelQuantization` by their names.
enum TensorLayout: String, ExpressibleByArgument, CaseIterable {
    case quantcal
    case compressedTensors = "compressed-tensors"
    case gptq
    case gptqV2 = "gptq_v2"
    case awq
    case intQuantized = "int-quantized"

    var layout: ModelQuantization.Layout {
        switch self {
        case .quantcal: .quantcal
        case .compressedTensors: .compressedTensors
        case .gptq: .gptq
        case .gptqV2: .gptqV2
        case .awq: .awq
        case .intQuantized: .intQuantized
        }
    }
}

/// `Granularity` by its names.
enum ScaleSharing: String, ExpressibleByArgument, CaseIterable {
    case group, row, tensor

    var granularity: Granularity {
        switch self {
        case .group: .group
        case .row: .row
        case .tensor: .tensor
        }
    }
}

/// The modes of `GgmlEncoding` by their names.
enum BlockMode: String, ExpressibleByArgument, CaseIterable {
    case best, reference

    var mode: GgmlEncoding.Mode {
        switch self {
        case .best: .best
        case .reference: .reference
        }
    }
}
