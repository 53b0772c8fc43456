/// Vectors of code books through the C ABI.

import CQuantcal

let abiQuantizeVectorAdapters: [String: VectorAdapter] = [
    "qc_quantize_vector_options_init": { _, _ in
        let options = try defaults()
        return [
            "centres": .integer(options.centres), "parts": .integer(options.parts),
            "stages": .integer(options.stages), "seed": .integer(options.seed),
            "start": .text(starts.first { $0.value == Int(options.start) }?.key ?? "unknown"),
            "iterations": .integer(options.iterations), "restarts": .integer(options.restarts),
            "passes": .integer(options.passes), "tolerance": .float(options.tolerance),
            "beam": .integer(options.beam),
        ]
    },
    "qc_quantize_vector_train": { inputs, _ in
        let vectors = try inputs.matrix("vectors")
        var options = try readOptions(inputs)
        let count = options.centres * options.stages * vectors.columns
        let centres = ABIBuffer<Float>(count)
        if inputs.optional("first") != nil {
            for (index, value) in try singles(inputs, "first").enumerated() { centres.pointer[index] = value }
        }
        let codes = ABIBuffer<UInt16>(vectors.rows * options.parts * options.stages)
        var result = qc_quantize_vector_result()
        result.struct_size = MemoryLayout.size(ofValue: result)
        try abiCall(
            qc_quantize_vector_train_f32(
                vectors.elements.map { Float($0) }, vectors.rows, vectors.columns,
                optional(inputs, "weights"), optional(inputs, "importance"), &options, centres.pointer,
                codes.pointer, &result))
        return outputs(centres, codes, result)
    },
    "qc_quantize_vector_encode": { inputs, _ in
        let vectors = try inputs.matrix("vectors")
        var options = try readOptions(inputs)
        let codes = ABIBuffer<UInt16>(vectors.rows * options.parts * options.stages)
        try abiCall(
            qc_quantize_vector_encode_f32(
                vectors.elements.map { Float($0) }, vectors.rows, vectors.columns,
                optional(inputs, "importance"), singles(inputs, "books"), &options, codes.pointer), codes)
        return ["codes": .integers(codes.elements)]
    },
    "qc_quantize_vector_decode": { inputs, _ in
        let codes = try inputs.matrix("codes")
        let books = try inputs.matrix("books")
        var options = try readOptions(inputs)
        let dimension = books.columns * options.parts
        let vectors = ABIBuffer<Float>(codes.rows * dimension)
        try abiCall(
            qc_quantize_vector_decode_f32(
                codes.elements.map { UInt16($0) }, codes.rows, dimension, books.elements.map { Float($0) },
                &options, vectors.pointer), vectors)
        return ["vectors": .floats(vectors.elements)]
    },
    "qc_quantize_vector_refine": { inputs, _ in
        let matrix = try inputs.matrix("matrix")
        let books = try singles(inputs, "books")
        let codes = try inputs.matrix("codes").elements.map { UInt16($0) }
        var options = try readOptions(inputs)
        let (centres, found) = (ABIBuffer<Float>(books.count), ABIBuffer<UInt16>(codes.count))
        var result = qc_quantize_vector_result()
        result.struct_size = MemoryLayout.size(ofValue: result)
        try abiCall(
            qc_quantize_vector_refine_f32(
                matrix.elements.map { Float($0) }, matrix.rows, matrix.columns,
                inputs.integer("dimension", default: 1), singles(inputs, "hessian"),
                optional(inputs, "weights"), books, codes, &options, centres.pointer, found.pointer, &result))
        return outputs(centres, found, result)
    },
]

private func outputs(
    _ centres: ABIBuffer<Float>, _ codes: ABIBuffer<UInt16>, _ result: qc_quantize_vector_result
) -> [String: VectorOutput] {
    [
        "centres": .floats(centres.elements), "codes": .integers(codes.elements),
        "objective": .float(result.objective), "used": .integer(result.used),
        "iterations": .integer(result.iterations), "converged": .integer(result.converged),
    ]
}

private let starts = [
    "plus_plus": QC_QUANTIZE_VECTOR_PLUS_PLUS, "sample": QC_QUANTIZE_VECTOR_SAMPLE,
    "given": QC_QUANTIZE_VECTOR_GIVEN,
]

private func defaults() throws -> qc_quantize_vector_options {
    var options = qc_quantize_vector_options()
    try abiCall(qc_quantize_vector_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func singles(_ inputs: VectorInputs, _ name: String) throws -> [Float] {
    try inputs.rounded(name, to: .f32).map { Float($0) }
}

private func optional(_ inputs: VectorInputs, _ name: String) throws -> [Float]? {
    inputs.optional(name) == nil ? nil : try singles(inputs, name)
}

private func readOptions(_ inputs: VectorInputs) throws -> qc_quantize_vector_options {
    var options = try defaults()
    options.centres = try inputs.integer("centres", default: options.centres)
    options.parts = try inputs.integer("parts", default: options.parts)
    options.stages = try inputs.integer("stages", default: options.stages)
    if inputs.optional("start") != nil {
        let word = try inputs.word("start", default: "")
        // A word that is none is a number that is none.
        options.start = Int32(starts[word] ?? starts.count)
    }
    options.iterations = Int32(try inputs.integer("iterations", default: Int(options.iterations)))
    options.restarts = Int32(try inputs.integer("restarts", default: Int(options.restarts)))
    options.passes = Int32(try inputs.integer("passes", default: Int(options.passes)))
    options.beam = try inputs.integer("beam", default: options.beam)
    options.tolerance = try inputs.double("tolerance", default: options.tolerance)
    return options
}
