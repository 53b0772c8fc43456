/// Vectors of candidates through the Swift overlay.

import Quantcal

let overlayQuantizeCandidatesAdapters: [String: VectorAdapter] = [
    "qc_quantize_candidates_options_init": { _, _ in
        let settings = CandidateQuantization()
        return [
            "centres": .integer(settings.centres), "candidates": .integer(settings.candidates),
            "penalty": .float(settings.penalty), "settled": .float(settings.settled),
            "logit_step": .float(settings.logitStep), "centre_step": .float(settings.centreStep),
            "smoothing": .float(settings.smoothing), "iterations": .integer(settings.iterations),
        ]
    },
    "qc_quantize_candidates_find": { inputs, _ in
        let found = try quantizeCandidatesFind(
            inputs.overlayMatrix("vectors", of: Float.self), centres: singles(inputs, "books"),
            readCountAndSettings(inputs))
        return ["candidates": .integers(found.candidates), "logits": .floats(found.logits)]
    },
    "qc_quantize_candidates_mix": { inputs, _ in
        let (from, settings) = try readCandidates(inputs)
        let mixed = try quantizeCandidatesMix(from, centres: singles(inputs, "books"), settings)
        return ["ratios": .floats(mixed.ratios), "vectors": .floats(mixed.vectors.elements)]
    },
    "qc_quantize_candidates_gradient": { inputs, _ in
        let (from, settings) = try readCandidates(inputs)
        let found = try quantizeCandidatesGradient(
            singles(inputs, "gradients"), from, centres: singles(inputs, "books"), settings)
        return ["logit_gradients": .floats(found.logits), "centre_gradients": .floats(found.centres)]
    },
    "qc_quantize_candidates_settle": { inputs, _ in
        let (from, settings) = try readCandidates(inputs)
        let found = try quantizeCandidatesSettle(from, settings)
        return [
            "logits": .floats(found.logits), "codes": .integers(found.codes),
            "open": .integer(found.state.open), "penalty": .float(found.state.penalty),
        ]
    },
    "qc_quantize_candidates_calibrate": { inputs, _ in
        let found = try quantizeCandidatesCalibrate(
            inputs.overlayMatrix("matrix", of: Float.self),
            hessian: inputs.overlayMatrix("hessian", of: Float.self), centres: singles(inputs, "books"),
            readCountAndSettings(inputs),
            weights: inputs.optional("weights") == nil ? nil : singles(inputs, "weights"))
        return [
            "centres": .floats(found.centres), "codes": .integers(found.codes),
            "objective": .float(found.training.objective), "used": .integer(found.training.used),
            "iterations": .integer(found.training.iterations),
            "converged": .integer(found.training.hasConverged ? 1 : 0),
        ]
    },
]

private func singles(_ inputs: VectorInputs, _ name: String) throws -> [Float] {
    try inputs.rounded(name, to: .f32).map { Float($0) }
}

private func readCandidates(_ inputs: VectorInputs) throws -> (VectorCandidates, CandidateQuantization) {
    let candidates = try inputs.matrix("candidates")
    var settings = try readSettings(inputs)
    settings.candidates = candidates.columns
    return (
        VectorCandidates(
            candidates: candidates.elements.map { UInt16($0) }, logits: try singles(inputs, "logits")),
        settings
    )
}

private func readCountAndSettings(_ inputs: VectorInputs) throws -> CandidateQuantization {
    var settings = try readSettings(inputs)
    settings.candidates = try inputs.integer("candidates", default: settings.candidates)
    return settings
}

private func readSettings(_ inputs: VectorInputs) throws -> CandidateQuantization {
    var settings = CandidateQuantization()
    settings.centres = try inputs.integer("centres", default: settings.centres)
    settings.penalty = try inputs.double("penalty", default: settings.penalty)
    settings.settled = try inputs.double("settled", default: settings.settled)
    settings.logitStep = try inputs.double("logit_step", default: settings.logitStep)
    settings.centreStep = try inputs.double("centre_step", default: settings.centreStep)
    settings.smoothing = try inputs.double("smoothing", default: settings.smoothing)
    settings.iterations = try inputs.integer("iterations", default: settings.iterations)
    return settings
}
