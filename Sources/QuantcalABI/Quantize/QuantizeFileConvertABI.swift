import CQuantcal
import QuantcalCore

extension qc_quantize_file_convert_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, include: nil, include_count: 0, exclude: nil,
            exclude_count: 0, importance: nil, group_size: 128, format: ModelFile.Format.gguf.rawValue,
            mode: GgmlEncoding.Mode.best.rawValue, overwrite: 0, plan_only: 0, progress: qc_progress(),
            config: nil, layout: ModelQuantization.Layout.quantcal.rawValue,
            granularity: Granularity.group.rawValue, requantize: 0, reserved: 0)
    }

    fileprivate func resolved(_ type: String) throws(QuantcalError) -> ModelQuantization {
        var result = try ModelQuantization(
            try kind(), type: type, layout: try Structs.value(layout, "layout"))
        result.include = try texts(include, include_count, "include")
        result.exclude = try texts(exclude, exclude_count, "exclude")
        guard group_size != 0 else {
            throw QuantcalError(.options, "group_size is 0; it must be at least 1")
        }
        try Boundary.length(group_size, "group_size")
        result.groupSize = group_size
        result.granularity = try Structs.value(granularity, "granularity")
        result.mode = try Structs.value(mode, "mode")
        result.requantizes = try Structs.flag(requantize, "requantize")
        try Structs.reserved(reserved)
        result.overwrites = try Structs.flag(overwrite, "overwrite")
        if let importance {
            result.importance = try ModelImportance(try Boundary.text(importance, "importance"))
        }
        if let config {
            result.configuration = try ModelConfiguration(try Boundary.text(config, "config"))
        }
        return result
    }

    private func kind() throws(QuantcalError) -> ModelQuantization.Format {
        switch format {
        case Int32(QC_QUANTIZE_FILE_GGUF): .gguf
        case Int32(QC_QUANTIZE_FILE_SAFETENSORS): .safetensors
        default:
            throw QuantcalError(
                .options,
                "format is \(format); it must be QC_QUANTIZE_FILE_GGUF or QC_QUANTIZE_FILE_SAFETENSORS")
        }
    }
}

private func texts(
    _ pointer: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ name: String
) throws(QuantcalError) -> [String] {
    var result: [String] = []
    for (index, text) in try Boundary.input(pointer, count, name).enumerated() {
        result.append(try Boundary.text(text, "\(name)[\(index)]"))
    }
    return result
}

@c @implementation
public func qc_quantize_file_convert_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_file_convert_options>!, _ size: Int
) -> qc_status {
    qc_quantize_file_convert_options.initialise(options, size)
}

@c @implementation
public func qc_quantize_file_convert(
    _ file: OpaquePointer!, _ path: UnsafePointer<CChar>!, _ type: UnsafePointer<CChar>!,
    _ options: UnsafePointer<qc_quantize_file_convert_options>!,
    _ outcomes: UnsafeMutablePointer<qc_quantize_file_outcome>!, _ outcome_capacity: Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object = try Handles.object(file, "file", as: ModelFile.self)
        let target = try Boundary.text(path, "path")
        let name = try Boundary.text(type, "type")
        let given = try qc_quantize_file_convert_options.given(options)
        let output = try Boundary.optionalOutput(outcomes, outcome_capacity, "outcomes")
        try Region.requireDisjoint(
            outputs: [Region(outcomes, outcome_capacity, "outcomes")],
            inputs: [
                Region(path, target.utf8.count + 1, "path"), Region(type, name.utf8.count + 1, "type"),
            ])
        try Boundary.capacity(
            outcome_capacity, object.tensors.count, isWanted: outcomes != nil, "outcome_capacity")
        let conversion = try given.resolved(name)
        let found =
            try Structs.flag(given.plan_only, "plan_only")
            ? try conversion.plan(object)
            : try conversion.convert(object, to: target, Structs.progress(given.progress))
        if let output {
            for (index, one) in found.enumerated() { output[index] = qc_quantize_file_outcome(one) }
        }
    }
}

extension qc_quantize_file_outcome {
    fileprivate init(_ outcome: ModelOutcome) {
        self.init()
        (bytes, error, square) = (outcome.byteCount, outcome.error, outcome.square)
        action = outcome.action.rawValue
        // Names of types are shorter than the room for them, which is zero already.
        withUnsafeMutableBytes(of: &type) { $0.copyBytes(from: outcome.type.utf8.prefix(15)) }
        withUnsafeMutableBytes(of: &reason) { $0.copyBytes(from: (outcome.reason ?? "").utf8.prefix(127)) }
    }
}
