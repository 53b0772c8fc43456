import QuantcalCore

/// How candidates for codes are found, learned and settled. C: `qc_quantize_candidates_options_init` has the same
/// defaults.
public typealias CandidateQuantization = CodeCandidates

/// Candidates of vectors, one vector's after the other's, and their logits.
public struct VectorCandidates: Equatable, Sendable {
    public let candidates: [UInt16]
    public var logits: [Float]

    public init(candidates: [UInt16], logits: [Float]) {
        (self.candidates, self.logits) = (candidates, logits)
    }

    /// How many vectors there are.
    fileprivate func count(_ settings: CodeCandidates) throws(QuantcalError) -> Int {
        _ = try settings.candidateCount(0)
        try requireCount(logits.count, candidates.count, "logits")
        let count = candidates.count / settings.candidates
        try requireCount(candidates.count, count * settings.candidates, "candidates")
        return count
    }
}

extension CodeCandidates {
    fileprivate func dimension(_ centres: [Float]) throws(QuantcalError) -> Int {
        let dimension = centres.count / max(self.centres, 1)
        try requireCount(centres.count, elementCount(dimension: dimension), "centres")
        return dimension
    }
}

/// The nearest centres of vectors, with logits for ratios in proportion to 1 / distance. C:
/// `qc_quantize_candidates_find_f32`.
public func quantizeCandidatesFind(
    _ vectors: Matrix<Float>, centres: [Float], _ settings: CandidateQuantization = .init()
) throws(QuantcalError) -> VectorCandidates {
    try requireCount(centres.count, settings.elementCount(dimension: vectors.columns), "centres")
    let count = try settings.candidateCount(vectors.rows)
    var logits: [Float] = []
    let candidates = try filled(count) { (candidates: UnsafeMutablePointer<UInt16>) throws(QuantcalError) in
        logits = try filled(count) { (logits: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            try withBuffer(vectors.elements) { input throws(QuantcalError) in
                try withBuffer(centres) { centres throws(QuantcalError) in
                    try settings.find(
                        input, count: vectors.rows, dimension: vectors.columns, centres: centres,
                        into: candidates, logits: logits)
                }
            }
        }
    }
    return VectorCandidates(candidates: candidates, logits: logits)
}

/// Ratios of candidates, and vectors as their mixtures. C: `qc_quantize_candidates_mix_f32`.
public func quantizeCandidatesMix(
    _ from: VectorCandidates, centres: [Float], _ settings: CandidateQuantization = .init()
) throws(QuantcalError) -> (ratios: [Float], vectors: Matrix<Float>) {
    let (count, dimension) = (try from.count(settings), try settings.dimension(centres))
    var ratios: [Float] = []
    let vectors = try filled(count * dimension) {
        (vectors: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        ratios = try filled(from.logits.count) {
            (ratios: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            try withBuffer(from.candidates) { codes throws(QuantcalError) in
                try withBuffer(from.logits) { logits throws(QuantcalError) in
                    try withBuffer(centres) { centres throws(QuantcalError) in
                        try settings.mix(
                            codes, logits, count: count, dimension: dimension, centres: centres,
                            ratios: ratios, vectors: vectors)
                    }
                }
            }
        }
    }
    return (ratios, try Matrix(rows: count, columns: dimension, elements: vectors))
}

/// Gradients at logits and centres, of a loss whose gradients at the mixtures are given and of the penalty. C:
/// `qc_quantize_candidates_gradient_f32`.
public func quantizeCandidatesGradient(
    _ gradients: [Float], _ from: VectorCandidates, centres: [Float],
    _ settings: CandidateQuantization = .init()
) throws(QuantcalError) -> (logits: [Float], centres: [Float]) {
    let (count, dimension) = (try from.count(settings), try settings.dimension(centres))
    try requireCount(gradients.count, count * dimension, "gradients")
    var ofLogits: [Float] = []
    let ofCentres = try filled(centres.count) {
        (ofCentres: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        ofLogits = try filled(from.logits.count) {
            (ofLogits: UnsafeMutablePointer<Float>) throws(QuantcalError) in
            try withBuffer(gradients) { gradients throws(QuantcalError) in
                try withBuffer(from.candidates) { codes throws(QuantcalError) in
                    try withBuffer(from.logits) { logits throws(QuantcalError) in
                        try withBuffer(centres) { centres throws(QuantcalError) in
                            try settings.gradient(
                                gradients, codes, logits, count: count, dimension: dimension,
                                centres: centres, logitGradients: ofLogits, centreGradients: ofCentres)
                        }
                    }
                }
            }
        }
    }
    return (ofLogits, ofCentres)
}

/// Logits in which vectors with a large ratio have no other candidates, the codes of the largest ratios, and how
/// many vectors are open. C: `qc_quantize_candidates_settle_f32`.
public func quantizeCandidatesSettle(
    _ from: VectorCandidates, _ settings: CandidateQuantization = .init()
) throws(QuantcalError) -> (logits: [Float], codes: [UInt16], state: CandidateQuantization.State) {
    let count = try from.count(settings)
    var (codes, state): ([UInt16], CodeCandidates.State) = ([], .init())
    let logits = try filled(from.logits.count) {
        (target: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        codes = try filled(count) { (codes: UnsafeMutablePointer<UInt16>) throws(QuantcalError) in
            state = try withBuffer(from.candidates) { candidates throws(QuantcalError) in
                try withBuffer(from.logits) { logits throws(QuantcalError) in
                    try settings.settle(
                        candidates, logits, count: count, newLogits: target, chosen: codes)
                }
            }
        }
    }
    return (logits, codes, state)
}

/// Candidates of a layer's weights, chosen by what the layer gives out. C:
/// `qc_quantize_candidates_calibrate_f32`.
public func quantizeCandidatesCalibrate(
    _ matrix: Matrix<Float>, hessian: Matrix<Float>, centres: [Float],
    _ settings: CandidateQuantization = .init(),
    weights: [Float]? = nil, progress: ProgressReport? = nil
) throws(QuantcalError) -> TrainedCodeBooks {
    let dimension = try settings.dimension(centres)
    let vectors = try CodeBooks.vectorCount(
        rows: matrix.rows, columns: matrix.columns, dimension: dimension)
    try requireCount(hessian.rows, matrix.columns, "the rows of hessian")
    try requireCount(hessian.columns, matrix.columns, "the columns of hessian")
    if let weights { try requireCount(weights.count, matrix.rows, "weights") }
    var (codes, training): ([UInt16], CodeBooks.Training) = ([], .init())
    let newCentres = try filled(centres.count) {
        (target: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        codes = try filled(vectors) { (codes: UnsafeMutablePointer<UInt16>) throws(QuantcalError) in
            training = try withBuffer(matrix.elements) { input throws(QuantcalError) in
                try withBuffer(hessian.elements) { hessian throws(QuantcalError) in
                    try withBuffer(centres) { centres throws(QuantcalError) in
                        try withOptionalBuffer(weights) { weights throws(QuantcalError) in
                            try settings.calibrate(
                                input, rows: matrix.rows, columns: matrix.columns, dimension: dimension,
                                hessian: hessian, weights: weights, centres: centres, newCentres: target,
                                codes: codes, Progress(progress))
                        }
                    }
                }
            }
        }
    }
    return TrainedCodeBooks(centres: newCentres, codes: codes, training: training)
}
