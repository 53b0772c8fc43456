import CQuantcal
import QuantcalCore

extension qc_quantize_vector_options: OptionsStruct {
    static var defaults: Self {
        let books = CodeBooks()
        return Self(
            struct_size: MemoryLayout<Self>.size, centres: books.centres, parts: books.parts,
            stages: books.stages, seed: books.seed, start: books.start.rawValue,
            iterations: Int32(books.iterations), restarts: Int32(books.restarts),
            passes: Int32(books.passes), tolerance: books.tolerance, progress: qc_progress())
    }

    fileprivate func books() throws(QuantcalError) -> CodeBooks {
        var books = CodeBooks()
        (books.centres, books.parts, books.stages) = (centres, parts, stages)
        (books.seed, books.tolerance) = (seed, tolerance)
        books.start = try Structs.value(start, "start")
        (books.iterations, books.restarts, books.passes) = (Int(iterations), Int(restarts), Int(passes))
        return books
    }
}

extension qc_quantize_vector_result: SizedStruct {}

@c @implementation
public func qc_quantize_vector_options_init(
    _ options: UnsafeMutablePointer<qc_quantize_vector_options>!, _ size: Int
) -> qc_status {
    qc_quantize_vector_options.initialise(options, size)
}

/// The sizes that the options and the lengths give.
private struct VectorSizes {
    let books: CodeBooks
    let progress: Progress
    let elements: Int
    let centres: Int
    let codes: Int

    init(
        _ options: UnsafePointer<qc_quantize_vector_options>?, _ count: Int, _ dimension: Int
    ) throws(QuantcalError) {
        let given = try qc_quantize_vector_options.given(options)
        books = try given.books()
        progress = Structs.progress(given.progress)
        elements = try Boundary.product(count, dimension, ("count", "dimension"))
        centres = try books.elementCount(dimension: dimension)
        codes = try Boundary.product(count, books.books, ("count", "parts * stages"))
    }
}

@c @implementation
public func qc_quantize_vector_train_f32(
    _ vectors: UnsafePointer<Float>!, _ count: Int, _ dimension: Int, _ weights: UnsafePointer<Float>!,
    _ importance: UnsafePointer<Float>!, _ options: UnsafePointer<qc_quantize_vector_options>!,
    _ centres: UnsafeMutablePointer<Float>!, _ codes: UnsafeMutablePointer<UInt16>!,
    _ result: UnsafeMutablePointer<qc_quantize_vector_result>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let sizes = try VectorSizes(options, count, dimension)
        let input = try Boundary.input(vectors, sizes.elements, "vectors")
        let ownWeights = try Boundary.optionalInput(weights, count, "weights")
        let ownImportance = try Boundary.optionalInput(importance, sizes.elements, "importance")
        let books = try Boundary.output(centres, sizes.centres, "centres")
        let room = try Boundary.optionalOutput(codes, sizes.codes, "codes")
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [
                Region(centres, sizes.centres, "centres"), Region(codes, sizes.codes, "codes"), place.region,
            ],
            inputs: [
                Region(vectors, sizes.elements, "vectors"), Region(weights, count, "weights"),
                Region(importance, sizes.elements, "importance"),
            ])
        let training = try sizes.books.train(
            input, count: count, dimension: dimension, weights: ownWeights, importance: ownImportance,
            books: UnsafeMutableBufferPointer(start: books, count: sizes.centres), codes: room,
            sizes.progress)
        place.write(
            qc_quantize_vector_result(
                struct_size: 0, objective: training.objective, used: training.used,
                iterations: Int32(clamping: training.iterations), converged: training.hasConverged ? 1 : 0))
    }
}

@c @implementation
public func qc_quantize_vector_encode_f32(
    _ vectors: UnsafePointer<Float>!, _ count: Int, _ dimension: Int, _ importance: UnsafePointer<Float>!,
    _ centres: UnsafePointer<Float>!, _ options: UnsafePointer<qc_quantize_vector_options>!,
    _ codes: UnsafeMutablePointer<UInt16>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let sizes = try VectorSizes(options, count, dimension)
        let input = try Boundary.input(vectors, sizes.elements, "vectors")
        let ownImportance = try Boundary.optionalInput(importance, sizes.elements, "importance")
        let books = try Boundary.input(centres, sizes.centres, "centres")
        let output = try Boundary.output(codes, sizes.codes, "codes")
        try Region.requireDisjoint(
            outputs: [Region(codes, sizes.codes, "codes")],
            inputs: [
                Region(vectors, sizes.elements, "vectors"), Region(centres, sizes.centres, "centres"),
                Region(importance, sizes.elements, "importance"),
            ])
        try sizes.books.encode(
            input, count: count, dimension: dimension, importance: ownImportance, centres: books,
            into: output, sizes.progress)
    }
}

@c @implementation
public func qc_quantize_vector_decode_f32(
    _ codes: UnsafePointer<UInt16>!, _ count: Int, _ dimension: Int, _ centres: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_quantize_vector_options>!, _ vectors: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let sizes = try VectorSizes(options, count, dimension)
        let input = try Boundary.input(codes, sizes.codes, "codes")
        let books = try Boundary.input(centres, sizes.centres, "centres")
        let output = try Boundary.output(vectors, sizes.elements, "vectors")
        try Region.requireDisjoint(
            outputs: [Region(vectors, sizes.elements, "vectors")],
            inputs: [Region(codes, sizes.codes, "codes"), Region(centres, sizes.centres, "centres")])
        try sizes.books.decode(
            input, count: count, dimension: dimension, centres: books, into: output)
    }
}
