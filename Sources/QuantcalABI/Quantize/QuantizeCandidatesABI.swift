import CQuantcal
import QuantcalCore

extension qc_quantize_candidates_options: OptionsStruct {
    static var defaults: Self {
        let settings = CodeCandidates()
        return Self(
            struct_size: MemoryLayout<Self>.size, centres: settings.centres, candidates: settings.candidates,
            penalty: settings.penalty, settled: settings.settled, logit_step: settings.logitStep,
            centre_step: settings.centreStep, smoothing: settings.smoothing,
            iterations: Int32(settings.iterations), reserved: 0, progress: qc_progress())
    }

    fileprivate func settings() throws(QuantcalError) -> CodeCandidates {
        try Structs.reserved(reserved)
        var settings = CodeCandidates()
        (settings.centres, settings.candidates) = (centres, candidates)
        (settings.penalty, settings.settled) = (penalty, settled)
        (settings.logitStep, settings.centreStep) = (logit_step, centre_step)
        (settings.smoothing, settings.iterations) = (smoothing, Int(iterations))
        return settings
    }
}

@c @implementation
public func qc_quantize_candidates_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_candidates_options>!, _ size: Int
) -> qc_status {
    qc_quantize_candidates_options.initialise(options, size)
}

/// The sizes that the options and the lengths give.
private struct CandidateSizes {
    let settings: CodeCandidates
    let candidates: Int
    let centres: Int
    let elements: Int

    init(
        _ options: UnsafePointer<qc_quantize_candidates_options>?, _ count: Int, _ dimension: Int
    ) throws(QuantcalError) {
        settings = try qc_quantize_candidates_options.given(options).settings()
        try Boundary.length(count, "count")
        candidates = try settings.candidateCount(count)
        centres = try settings.elementCount(dimension: dimension)
        elements = try Boundary.product(count, dimension, ("count", "dimension"))
    }
}

@c @implementation
public func qc_quantize_candidates_find_f32(
    _ vectors: UnsafePointer<Float>!, _ count: Int, _ dimension: Int, _ centres: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_candidates_options>!, _ candidates: UnsafeMutablePointer<UInt16>!,
    _ logits: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let sizes = try CandidateSizes(options, count, dimension)
        let input = try Boundary.input(vectors, sizes.elements, "vectors")
        let books = try Boundary.input(centres, sizes.centres, "centres")
        let found = try Boundary.output(candidates, sizes.candidates, "candidates")
        let room = try Boundary.output(logits, sizes.candidates, "logits")
        try Region.requireDisjoint(
            outputs: [
                Region(candidates, sizes.candidates, "candidates"),
                Region(logits, sizes.candidates, "logits"),
            ],
            inputs: [
                Region(vectors, sizes.elements, "vectors"), Region(centres, sizes.centres, "centres"),
            ])
        try sizes.settings.find(
            input, count: count, dimension: dimension, centres: books, into: found, logits: room)
    }
}

@c @implementation
public func qc_quantize_candidates_mix_f32(
    _ candidates: UnsafePointer<UInt16>!, _ logits: UnsafePointer<Float>!, _ count: Int, _ dimension: Int,
    _ centres: UnsafePointer<Float>!, _ options: UnsafePointer<qc_quantize_candidates_options>!,
    _ ratios: UnsafeMutablePointer<Float>!, _ vectors: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let sizes = try CandidateSizes(options, count, dimension)
        let codes = try Boundary.input(candidates, sizes.candidates, "candidates")
        let scores = try Boundary.input(logits, sizes.candidates, "logits")
        let books = try Boundary.input(centres, sizes.centres, "centres")
        let shares = try Boundary.optionalOutput(ratios, sizes.candidates, "ratios")
        let output = try Boundary.output(vectors, sizes.elements, "vectors")
        try Region.requireDisjoint(
            outputs: [
                Region(ratios, sizes.candidates, "ratios"), Region(vectors, sizes.elements, "vectors"),
            ],
            inputs: [
                Region(candidates, sizes.candidates, "candidates"),
                Region(logits, sizes.candidates, "logits"), Region(centres, sizes.centres, "centres"),
            ])
        try sizes.settings.mix(
            codes, scores, count: count, dimension: dimension, centres: books, ratios: shares,
            vectors: output)
    }
}

@c @implementation
public func qc_quantize_candidates_gradient_f32(
    _ gradients: UnsafePointer<Float>!, _ candidates: UnsafePointer<UInt16>!, _ logits: UnsafePointer<Float>!,
    _ count: Int, _ dimension: Int, _ centres: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_candidates_options>!,
    _ logit_gradients: UnsafeMutablePointer<Float>!, _ centre_gradients: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let sizes = try CandidateSizes(options, count, dimension)
        let input = try Boundary.input(gradients, sizes.elements, "gradients")
        let codes = try Boundary.input(candidates, sizes.candidates, "candidates")
        let scores = try Boundary.input(logits, sizes.candidates, "logits")
        let books = try Boundary.input(centres, sizes.centres, "centres")
        let ofLogits = try Boundary.output(logit_gradients, sizes.candidates, "logit_gradients")
        let ofCentres = try Boundary.output(centre_gradients, sizes.centres, "centre_gradients")
        try Region.requireDisjoint(
            outputs: [
                Region(logit_gradients, sizes.candidates, "logit_gradients"),
                Region(centre_gradients, sizes.centres, "centre_gradients"),
            ],
            inputs: [
                Region(gradients, sizes.elements, "gradients"),
                Region(candidates, sizes.candidates, "candidates"),
                Region(logits, sizes.candidates, "logits"), Region(centres, sizes.centres, "centres"),
            ])
        try sizes.settings.gradient(
            input, codes, scores, count: count, dimension: dimension, centres: books,
            logitGradients: ofLogits, centreGradients: ofCentres)
    }
}

@c @implementation
public func qc_quantize_candidates_settle_f32(
    _ candidates: UnsafePointer<UInt16>!, _ logits: UnsafePointer<Float>!, _ count: Int,
    _ options: UnsafePointer<qc_quantize_candidates_options>!, _ settled_logits: UnsafeMutablePointer<Float>!,
    _ codes: UnsafeMutablePointer<UInt16>!, _ open: UnsafeMutablePointer<Int>!,
    _ penalty: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let sizes = try CandidateSizes(options, count, 1)
        let given = try Boundary.input(candidates, sizes.candidates, "candidates")
        let scores = try Boundary.input(logits, sizes.candidates, "logits")
        let output = try Boundary.output(settled_logits, sizes.candidates, "settled_logits")
        let chosen = try Boundary.output(codes, count, "codes")
        let openPlace = try Boundary.optionalOutput(open, 1, "open")
        let penaltyPlace = try Boundary.optionalOutput(penalty, 1, "penalty")
        let others = [
            Region(codes, count, "codes"), Region(open, 1, "open"), Region(penalty, 1, "penalty"),
        ]
        let inPlace = Region(logits, sizes.candidates, "logits")
        try Region.requireDisjoint(
            outputs: [Region(settled_logits, sizes.candidates, "settled_logits")],
            inputs: others + [Region(candidates, sizes.candidates, "candidates")], inPlace: inPlace)
        try Region.requireDisjoint(
            outputs: others, inputs: [inPlace, Region(candidates, sizes.candidates, "candidates")])
        let state = try sizes.settings.settle(
            given, scores, count: count, newLogits: output, chosen: chosen)
        openPlace?.pointee = state.open
        penaltyPlace?.pointee = state.penalty
    }
}

@c @implementation
public func qc_quantize_candidates_calibrate_f32(
    _ matrix: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ dimension: Int,
    _ hessian: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ centres: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_candidates_options>!,
    _ refined_centres: UnsafeMutablePointer<Float>!,
    _ codes: UnsafeMutablePointer<UInt16>!, _ result: UnsafeMutablePointer<qc_quantize_vector_result>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let elements = try Boundary.product(rows, columns, ("rows", "columns"))
        let squares = try Boundary.product(columns, columns, ("columns", "columns"))
        let vectors = try CodeBooks.vectorCount(rows: rows, columns: columns, dimension: dimension)
        let sizes = try CandidateSizes(options, vectors, dimension)
        let progress = Structs.progress(try qc_quantize_candidates_options.given(options).progress)
        let input = try Boundary.input(matrix, elements, "matrix")
        let form = try Boundary.input(hessian, squares, "hessian")
        let ownWeights = try Boundary.optionalInput(weights, rows, "weights")
        let books = try Boundary.input(centres, sizes.centres, "centres")
        let newBooks = try Boundary.output(refined_centres, sizes.centres, "refined_centres")
        let chosen = try Boundary.output(codes, vectors, "codes")
        let place = try ResultPlace(result)
        let inputs = [
            Region(matrix, elements, "matrix"), Region(hessian, squares, "hessian"),
            Region(weights, rows, "weights"),
        ]
        let first = Region(centres, sizes.centres, "centres")
        let outputs = [Region(codes, vectors, "codes"), place.region]
        try Region.requireDisjoint(
            outputs: [Region(refined_centres, sizes.centres, "refined_centres")], inputs: inputs + outputs,
            inPlace: first)
        try Region.requireDisjoint(outputs: outputs, inputs: inputs + [first])
        let training = try sizes.settings.calibrate(
            input, rows: rows, columns: columns, dimension: dimension, hessian: form, weights: ownWeights,
            centres: books, newCentres: newBooks, codes: chosen, progress)
        place.write(qc_quantize_vector_result(training))
    }
}
