import QuantcalCore

/// Sizes of code books, and how they are trained. C: `qc_quantize_vector_options_init` has the same defaults.
public typealias VectorQuantization = CodeBooks

/// Code books, and what came of training.
public struct TrainedCodeBooks: Equatable, Sendable {
    /// A row for each centre, of all books, part by part and stage by stage.
    public let centres: [Float]
    /// Of each vector a code for each book.
    public let codes: [UInt16]
    public let training: CodeBooks.Training
}

/// Code books for vectors, the rows of a matrix, by k-means. `first` has the centres to begin with, if
/// `settings.start` says that they are given. C: `qc_quantize_vector_train_f32`.
public func quantizeVectorTrain(
    _ vectors: Matrix<Float>, _ settings: VectorQuantization = .init(), weights: [Float]? = nil,
    importance: [Float]? = nil, first: [Float]? = nil, progress: ProgressReport? = nil
) throws(QuantcalError) -> TrainedCodeBooks {
    let elements = try settings.elementCount(dimension: vectors.columns)
    if let weights { try requireCount(weights.count, vectors.rows, "weights") }
    if let importance { try requireCount(importance.count, vectors.elements.count, "importance") }
    if settings.start == .given || first != nil {
        try requireCount(first?.count ?? 0, elements, "first")
    }
    var (codes, training): ([UInt16], CodeBooks.Training) = ([], .init())
    let centres = try filled(elements) { (centres: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        let books = UnsafeMutableBufferPointer(start: centres, count: elements)
        if let first { _ = books.initialize(from: first) }
        codes = try filled(vectors.rows * settings.books) {
            (codes: UnsafeMutablePointer<UInt16>) throws(QuantcalError) in
            training = try withBuffer(vectors.elements) { input throws(QuantcalError) in
                try withOptionalBuffer(weights) { weights throws(QuantcalError) in
                    try withOptionalBuffer(importance) { importance throws(QuantcalError) in
                        try settings.train(
                            input, count: vectors.rows, dimension: vectors.columns, weights: weights,
                            importance: importance, books: books, codes: codes, Progress(progress))
                    }
                }
            }
        }
    }
    return TrainedCodeBooks(centres: centres, codes: codes, training: training)
}

/// The codes of vectors for given code books. C: `qc_quantize_vector_encode_f32`.
public func quantizeVectorEncode(
    _ vectors: Matrix<Float>, centres: [Float], _ settings: VectorQuantization = .init(),
    importance: [Float]? = nil, progress: ProgressReport? = nil
) throws(QuantcalError) -> [UInt16] {
    try requireCount(centres.count, settings.elementCount(dimension: vectors.columns), "centres")
    if let importance { try requireCount(importance.count, vectors.elements.count, "importance") }
    return try filled(vectors.rows * settings.books) {
        (codes: UnsafeMutablePointer<UInt16>) throws(QuantcalError) in
        try withBuffer(vectors.elements) { input throws(QuantcalError) in
            try withBuffer(centres) { centres throws(QuantcalError) in
                try withOptionalBuffer(importance) { importance throws(QuantcalError) in
                    try settings.encode(
                        input, count: vectors.rows, dimension: vectors.columns, importance: importance,
                        centres: centres, into: codes, Progress(progress))
                }
            }
        }
    }
}

/// The vectors of codes. C: `qc_quantize_vector_decode_f32`.
public func quantizeVectorDecode(
    _ codes: [UInt16], count: Int, dimension: Int, centres: [Float], _ settings: VectorQuantization = .init()
) throws(QuantcalError) -> Matrix<Float> {
    try requireCount(centres.count, settings.elementCount(dimension: dimension), "centres")
    guard count >= 0, count <= codes.count else {
        throw QuantcalError(.size, "count is \(count); there are \(codes.count) codes")
    }
    try requireCount(codes.count, count * settings.books, "codes")
    let elements = try filled(count * dimension) {
        (vectors: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        try withBuffer(codes) { codes throws(QuantcalError) in
            try withBuffer(centres) { centres throws(QuantcalError) in
                try settings.decode(
                    codes, count: count, dimension: dimension, centres: centres, into: vectors)
            }
        }
    }
    return try Matrix(rows: count, columns: dimension, elements: elements)
}

/// Code books and codes for what a layer gives out, from such as `quantizeVectorTrain` gives for the vectors of
/// length `dimension` that the rows of a matrix are cut into. C: `qc_quantize_vector_refine_f32`.
public func quantizeVectorRefine(
    _ matrix: Matrix<Float>, hessian: Matrix<Float>, dimension: Int, centres: [Float], codes: [UInt16],
    _ settings: VectorQuantization = .init(), weights: [Float]? = nil, progress: ProgressReport? = nil
) throws(QuantcalError) -> TrainedCodeBooks {
    try requireCount(centres.count, settings.elementCount(dimension: dimension), "centres")
    let vectors = try CodeBooks.vectorCount(
        rows: matrix.rows, columns: matrix.columns, dimension: dimension)
    try requireCount(codes.count, vectors * settings.books, "codes")
    try requireCount(hessian.rows, matrix.columns, "the rows of hessian")
    try requireCount(hessian.columns, matrix.columns, "the columns of hessian")
    if let weights { try requireCount(weights.count, matrix.rows, "weights") }
    var (newCodes, training): ([UInt16], CodeBooks.Training) = ([], .init())
    let newCentres = try filled(centres.count) {
        (newCentres: UnsafeMutablePointer<Float>) throws(QuantcalError) in
        newCodes = try filled(codes.count) { (target: UnsafeMutablePointer<UInt16>) throws(QuantcalError) in
            training = try withBuffer(matrix.elements) { input throws(QuantcalError) in
                try withBuffer(hessian.elements) { hessian throws(QuantcalError) in
                    try withBuffer(centres) { centres throws(QuantcalError) in
                        try withBuffer(codes) { codes throws(QuantcalError) in
                            try withOptionalBuffer(weights) { weights throws(QuantcalError) in
                                try settings.refine(
                                    input, rows: matrix.rows, columns: matrix.columns, dimension: dimension,
                                    hessian: hessian, weights: weights, centres: centres, codes: codes,
                                    newCentres: newCentres, newCodes: target, Progress(progress))
                            }
                        }
                    }
                }
            }
        }
    }
    return TrainedCodeBooks(centres: newCentres, codes: newCodes, training: training)
}
