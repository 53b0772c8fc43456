/// Vectors of code books through the Swift overlay.

import Quantcal

let overlayQuantizeVectorAdapters: [String: VectorAdapter] = [
    "qc_quantize_vector_options_init": { _, _ in
        let settings = VectorQuantization()
        return [
            "centres": .integer(settings.centres), "parts": .integer(settings.parts),
            "stages": .integer(settings.stages), "seed": .integer(settings.seed),
            "start": .text(overlayWord(settings.start)), "iterations": .integer(settings.iterations),
            "restarts": .integer(settings.restarts), "passes": .integer(settings.passes),
            "tolerance": .float(settings.tolerance), "beam": .integer(settings.beam),
        ]
    },
    "qc_quantize_vector_train": { inputs, _ in
        let settings = try readSettings(inputs)
        let found = try quantizeVectorTrain(
            inputs.overlayMatrix("vectors", of: Float.self), settings, weights: optional(inputs, "weights"),
            importance: optional(inputs, "importance"), first: optional(inputs, "first"))
        return outputs(found)
    },
    "qc_quantize_vector_encode": { inputs, _ in
        let codes = try quantizeVectorEncode(
            inputs.overlayMatrix("vectors", of: Float.self), centres: singles(inputs, "books"),
            readSettings(inputs), importance: optional(inputs, "importance"))
        return ["codes": .integers(codes)]
    },
    "qc_quantize_vector_decode": { inputs, _ in
        let codes = try inputs.matrix("codes")
        let settings = try readSettings(inputs)
        let vectors = try quantizeVectorDecode(
            codes.elements.map { UInt16($0) }, count: codes.rows,
            dimension: inputs.matrix("books").columns * settings.parts, centres: singles(inputs, "books"),
            settings)
        return ["vectors": .floats(vectors.elements)]
    },
    "qc_quantize_vector_refine": { inputs, _ in
        let found = try quantizeVectorRefine(
            inputs.overlayMatrix("matrix", of: Float.self),
            hessian: inputs.overlayMatrix("hessian", of: Float.self),
            dimension: inputs.integer("dimension", default: 1), centres: singles(inputs, "books"),
            codes: inputs.matrix("codes").elements.map { UInt16($0) }, readSettings(inputs),
            weights: optional(inputs, "weights"))
        return outputs(found)
    },
]

private func outputs(_ found: TrainedCodeBooks) -> [String: VectorOutput] {
    [
        "centres": .floats(found.centres), "codes": .integers(found.codes),
        "objective": .float(found.training.objective), "used": .integer(found.training.used),
        "iterations": .integer(found.training.iterations),
        "converged": .integer(found.training.hasConverged ? 1 : 0),
    ]
}

private func singles(_ inputs: VectorInputs, _ name: String) throws -> [Float] {
    try inputs.rounded(name, to: .f32).map { Float($0) }
}

private func optional(_ inputs: VectorInputs, _ name: String) throws -> [Float]? {
    inputs.optional(name) == nil ? nil : try singles(inputs, name)
}

private func readSettings(_ inputs: VectorInputs) throws -> VectorQuantization {
    var settings = VectorQuantization()
    settings.centres = try inputs.integer("centres", default: settings.centres)
    settings.parts = try inputs.integer("parts", default: settings.parts)
    settings.stages = try inputs.integer("stages", default: settings.stages)
    settings.start = try overlayCase(inputs.word("start", default: overlayWord(settings.start)))
    settings.iterations = try inputs.integer("iterations", default: settings.iterations)
    settings.restarts = try inputs.integer("restarts", default: settings.restarts)
    settings.passes = try inputs.integer("passes", default: settings.passes)
    settings.beam = try inputs.integer("beam", default: settings.beam)
    settings.tolerance = try inputs.double("tolerance", default: settings.tolerance)
    return settings
}
