import CQuantcal
import QuantcalCore

extension qc_quantize_vector_options: OptionsStruct {
    static var defaults: Self {
        let books = CodeBooks()
        return Self(
            struct_size: MemoryLayout<Self>.size, centres: books.centres, parts: books.parts,
            stages: books.stages, seed: books.seed, start: books.start.rawValue,
            iterations: Int32(books.iterations), restarts: Int32(books.restarts),
            passes: Int32(books.passes), tolerance: books.tolerance, beam: books.beam, progress: qc_progress()
        )
    }

    fileprivate func books() throws(QuantcalError) -> CodeBooks {
        var books = CodeBooks()
        (books.centres, books.parts, books.stages) = (centres, parts, stages)
        (books.seed, books.tolerance, books.beam) = (seed, tolerance, beam)
        books.start = try Structs.value(start, "start")
        (books.iterations, books.restarts, books.passes) = (Int(iterations), Int(restarts), Int(passes))
        return books
    }
}

extension qc_quantize_vector_result: SizedStruct {
    init(_ training: CodeBooks.Training) {
        self.init(
            struct_size: 0, objective: training.objective, used: training.used,
            iterations: Int32(clamping: training.iterations), converged: training.hasConverged ? 1 : 0)
    }
}

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
        place.write(qc_quantize_vector_result(training))
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

@c @implementation
public func qc_quantize_vector_refine_f32(
    _ matrix: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ dimension: Int,
    _ hessian: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ centres: UnsafePointer<Float>!,
    _ codes: UnsafePointer<UInt16>!, _ options: UnsafePointer<qc_quantize_vector_options>!,
    _ refined_centres: UnsafeMutablePointer<Float>!, _ refined_codes: UnsafeMutablePointer<UInt16>!,
    _ result: UnsafeMutablePointer<qc_quantize_vector_result>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let elements = try Boundary.product(rows, columns, ("rows", "columns"))
        let squares = try Boundary.product(columns, columns, ("columns", "columns"))
        let vectors = try CodeBooks.vectorCount(rows: rows, columns: columns, dimension: dimension)
        let sizes = try VectorSizes(options, vectors, dimension)
        let input = try Boundary.input(matrix, elements, "matrix")
        let form = try Boundary.input(hessian, squares, "hessian")
        let ownWeights = try Boundary.optionalInput(weights, rows, "weights")
        let books = try Boundary.input(centres, sizes.centres, "centres")
        let given = try Boundary.input(codes, sizes.codes, "codes")
        let newBooks = try Boundary.output(refined_centres, sizes.centres, "refined_centres")
        let newCodes = try Boundary.output(refined_codes, sizes.codes, "refined_codes")
        let place = try ResultPlace(result)
        let refined = (
            centres: Region(refined_centres, sizes.centres, "refined_centres"),
            codes: Region(refined_codes, sizes.codes, "refined_codes")
        )
        let others = [
            Region(matrix, elements, "matrix"), Region(hessian, squares, "hessian"),
            Region(weights, rows, "weights"),
        ]
        let first = Region(centres, sizes.centres, "centres")
        let firstCodes = Region(codes, sizes.codes, "codes")
        try Region.requireDisjoint(
            outputs: [refined.centres], inputs: others + [firstCodes, refined.codes], inPlace: first)
        try Region.requireDisjoint(outputs: [refined.codes], inputs: others + [first], inPlace: firstCodes)
        try Region.requireDisjoint(
            outputs: [place.region], inputs: others + [first, firstCodes, refined.centres, refined.codes])
        let training = try sizes.books.refine(
            input, rows: rows, columns: columns, dimension: dimension, hessian: form, weights: ownWeights,
            centres: books, codes: given, newCentres: newBooks, newCodes: newCodes, sizes.progress)
        place.write(qc_quantize_vector_result(training))
    }
}
