/// Vectors of candidates through the C ABI.

import CQuantcal

let abiQuantizeCandidatesAdapters: [String: VectorAdapter] = [
    "qc_quantize_candidates_options_init": { _, _ in
        let options = try defaults()
        return [
            "centres": .integer(options.centres), "candidates": .integer(options.candidates),
            "penalty": .float(options.penalty), "settled": .float(options.settled),
            "logit_step": .float(options.logit_step), "centre_step": .float(options.centre_step),
            "smoothing": .float(options.smoothing), "iterations": .integer(options.iterations),
        ]
    },
    "qc_quantize_candidates_find": { inputs, _ in
        let vectors = try inputs.matrix("vectors")
        var options = try readOptions(inputs)
        options.candidates = try inputs.integer("candidates", default: options.candidates)
        let count = vectors.rows * options.candidates
        let (candidates, logits) = (ABIBuffer<UInt16>(count), ABIBuffer<Float>(count))
        try abiCall(
            qc_quantize_candidates_find_f32(
                vectors.elements.map { Float($0) }, vectors.rows, vectors.columns, singles(inputs, "books"),
                &options, candidates.pointer, logits.pointer))
        return ["candidates": .integers(candidates.elements), "logits": .floats(logits.elements)]
    },
    "qc_quantize_candidates_mix": { inputs, _ in
        let candidates = try inputs.matrix("candidates")
        let columns = try inputs.matrix("books").columns
        var options = try readOptions(inputs)
        options.candidates = candidates.columns
        let ratios = ABIBuffer<Float>(candidates.elements.count)
        let vectors = ABIBuffer<Float>(candidates.rows * columns)
        try abiCall(
            qc_quantize_candidates_mix_f32(
                codes(candidates), singles(inputs, "logits"), candidates.rows, columns,
                singles(inputs, "books"), &options, ratios.pointer, vectors.pointer))
        return ["ratios": .floats(ratios.elements), "vectors": .floats(vectors.elements)]
    },
    "qc_quantize_candidates_gradient": { inputs, _ in
        let candidates = try inputs.matrix("candidates")
        let books = try inputs.matrix("books")
        var options = try readOptions(inputs)
        options.candidates = candidates.columns
        let logits = ABIBuffer<Float>(candidates.elements.count)
        let centres = ABIBuffer<Float>(books.elements.count)
        try abiCall(
            qc_quantize_candidates_gradient_f32(
                singles(inputs, "gradients"), codes(candidates), singles(inputs, "logits"), candidates.rows,
                books.columns, books.elements.map { Float($0) }, &options, logits.pointer, centres.pointer))
        return ["logit_gradients": .floats(logits.elements), "centre_gradients": .floats(centres.elements)]
    },
    "qc_quantize_candidates_settle": { inputs, _ in
        let candidates = try inputs.matrix("candidates")
        var options = try readOptions(inputs)
        options.candidates = candidates.columns
        let logits = ABIBuffer<Float>(candidates.elements.count)
        let chosen = ABIBuffer<UInt16>(candidates.rows)
        var (open, penalty) = (0, 0.0)
        try abiCall(
            qc_quantize_candidates_settle_f32(
                codes(candidates), singles(inputs, "logits"), candidates.rows, &options, logits.pointer,
                chosen.pointer, &open, &penalty))
        return [
            "logits": .floats(logits.elements), "codes": .integers(chosen.elements), "open": .integer(open),
            "penalty": .float(penalty),
        ]
    },
    "qc_quantize_candidates_calibrate": { inputs, _ in
        let matrix = try inputs.matrix("matrix")
        let books = try inputs.matrix("books")
        var options = try readOptions(inputs)
        options.candidates = try inputs.integer("candidates", default: options.candidates)
        let centres = ABIBuffer<Float>(books.elements.count)
        let chosen = ABIBuffer<UInt16>(matrix.elements.count / books.columns)
        var result = qc_quantize_vector_result()
        result.struct_size = MemoryLayout.size(ofValue: result)
        try abiCall(
            qc_quantize_candidates_calibrate_f32(
                matrix.elements.map { Float($0) }, matrix.rows, matrix.columns, books.columns,
                singles(inputs, "hessian"), optional(inputs, "weights"), books.elements.map { Float($0) },
                &options, centres.pointer, chosen.pointer, &result))
        return [
            "centres": .floats(centres.elements), "codes": .integers(chosen.elements),
            "objective": .float(result.objective), "used": .integer(result.used),
            "iterations": .integer(result.iterations), "converged": .integer(result.converged),
        ]
    },
]

private func defaults() throws -> qc_quantize_candidates_options {
    var options = qc_quantize_candidates_options()
    try abiCall(qc_quantize_candidates_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func singles(_ inputs: VectorInputs, _ name: String) throws -> [Float] {
    try inputs.rounded(name, to: .f32).map { Float($0) }
}

private func optional(_ inputs: VectorInputs, _ name: String) throws -> [Float]? {
    inputs.optional(name) == nil ? nil : try singles(inputs, name)
}

private func codes(_ matrix: VectorInputs.Matrix) -> [UInt16] { matrix.elements.map { UInt16($0) } }

private func readOptions(_ inputs: VectorInputs) throws -> qc_quantize_candidates_options {
    var options = try defaults()
    options.centres = try inputs.integer("centres", default: options.centres)
    options.penalty = try inputs.double("penalty", default: options.penalty)
    options.settled = try inputs.double("settled", default: options.settled)
    options.logit_step = try inputs.double("logit_step", default: options.logit_step)
    options.centre_step = try inputs.double("centre_step", default: options.centre_step)
    options.smoothing = try inputs.double("smoothing", default: options.smoothing)
    options.iterations = Int32(try inputs.integer("iterations", default: Int(options.iterations)))
    return options
}
