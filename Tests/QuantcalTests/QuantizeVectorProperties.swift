import Testing

@testable import QuantcalCore

/// Code books on random vectors: what is nearest, that objectives never rise, and that neither threads nor
/// kernels change a bit.
@Suite struct QuantizeVectorProperties {
    private func values(_ count: Int, seed: UInt64, _ change: (Double) -> Double = { $0 }) -> [Float] {
        let random = Philox(seed: seed, purpose: .codeBook)
        return (0..<count).map { Float(change(random.normals(UInt64($0)).x)) }
    }

    private func trained(
        _ values: [Float], dimension: Int, _ books: CodeBooks
    ) throws -> (centres: [Float], codes: [UInt16], training: CodeBooks.Training) {
        let count = values.count / dimension
        var centres = [Float](repeating: 0, count: try books.elementCount(dimension: dimension))
        var codes = [UInt16](repeating: 0, count: count * books.books)
        let training = try values.withUnsafeBufferPointer { values in
            try centres.withUnsafeMutableBufferPointer { centres in
                try codes.withUnsafeMutableBufferPointer { codes in
                    try books.train(
                        values, count: count, dimension: dimension, weights: nil, importance: nil,
                        books: centres, codes: codes.baseAddress!)
                }
            }
        }
        return (centres, codes, training)
    }

    private func nearest(_ values: [Float], _ centres: [Float], dimension: Int) -> [UInt16] {
        (0..<values.count / dimension).map { vector in
            let distances = (0..<centres.count / dimension).map { centre in
                (0..<dimension).reduce(0.0) { sum, j in
                    let difference =
                        Double(values[vector * dimension + j]) - Double(centres[centre * dimension + j])
                    return sum + difference * difference
                }
            }
            return UInt16(distances.firstIndex(of: distances.min()!)!)
        }
    }

    @Test(arguments: [1, 2, 3, 8, 17])
    func everyVectorHasItsNearestCentre(dimension: Int) throws {
        var books = CodeBooks()
        books.iterations = 4
        for (round, count) in [1, 15, 33, 200].enumerated() {
            for centres in [1, 2, 5, 16, 31] {
                books.centres = centres
                for change in [{ $0 }, { ($0 * 2).rounded() }, { $0 + 1e7 }, { $0 * 1e30 }]
                    as [(Double) -> Double]
                {
                    let vectors = values(count * dimension, seed: UInt64(round * 100 + centres), change)
                    let found = try trained(vectors, dimension: dimension, books)
                    #expect(found.codes == nearest(vectors, found.centres, dimension: dimension))
                }
            }
        }
    }

    @Test func theObjectiveNeverRises() throws {
        let vectors = values(4096, seed: 3)
        for start in CodeBooks.Start.allCases where start != .given {
            var books = CodeBooks()
            (books.centres, books.tolerance, books.start) = (20, 0, start)
            var last = Double.infinity
            for iterations in 0..<20 {
                books.iterations = iterations
                let objective = try trained(vectors, dimension: 4, books).training.objective
                #expect(objective <= last)
                last = objective
            }
        }
    }

    @Test func moreStagesAndPassesAreNoWorse() throws {
        let vectors = values(3000, seed: 5)
        var books = CodeBooks()
        (books.centres, books.passes) = (8, 0)
        var last = Double.infinity
        for stages in 1...4 {
            books.stages = stages
            let objective = try trained(vectors, dimension: 3, books).training.objective
            #expect(objective < last)
            last = objective
        }
        books.passes = 3
        #expect(try trained(vectors, dimension: 3, books).training.objective < last)
    }

    @Test func threadsChangeNothing() throws {
        let vectors = values(80_000, seed: 7)
        var books = CodeBooks()
        (books.centres, books.parts, books.iterations) = (40, 2, 6)
        try ThreadCount.exclusively {
            try Parallel.setThreadCount(1)
            defer { try? Parallel.setThreadCount(0) }
            let alone = try trained(vectors, dimension: 8, books)
            for threads in [2, 5] {
                try Parallel.setThreadCount(threads)
                let together = try trained(vectors, dimension: 8, books)
                #expect(together.centres == alone.centres)
                #expect(together.codes == alone.codes)
                #expect(together.training == alone.training)
            }
        }
    }

    @Test func refiningDoesNotDependOnThreads() throws {
        let (rows, columns, dimension) = (70, 32, 4)
        let matrix = values(rows * columns, seed: 11)
        let inputs = values(columns * 50, seed: 12)
        let hessian = (0..<columns * columns).map { place in
            (0..<50).reduce(Float(0)) {
                $0 + inputs[place / columns * 50 + $1] * inputs[place % columns * 50 + $1]
            }
        }
        var books = CodeBooks()
        (books.centres, books.stages, books.iterations, books.tolerance) = (6, 2, 3, 0)
        let first = try trained(matrix, dimension: dimension, books)
        func refined() throws -> (centres: [Float], codes: [UInt16], training: CodeBooks.Training) {
            var (centres, codes) = (first.centres, first.codes)
            let training = try matrix.withUnsafeBufferPointer { matrix in
                try hessian.withUnsafeBufferPointer { hessian in
                    try centres.withUnsafeMutableBufferPointer { centres in
                        try codes.withUnsafeMutableBufferPointer { codes in
                            try books.refine(
                                matrix, rows: rows, columns: columns, dimension: dimension,
                                hessian: hessian, weights: nil, centres: UnsafeBufferPointer(centres),
                                codes: UnsafeBufferPointer(codes), newCentres: centres.baseAddress!,
                                newCodes: codes.baseAddress!)
                        }
                    }
                }
            }
            return (centres, codes, training)
        }
        try ThreadCount.exclusively {
            try Parallel.setThreadCount(1)
            defer { try? Parallel.setThreadCount(0) }
            let alone = try refined()
            #expect(alone.codes != first.codes)
            for threads in [2, 5] {
                try Parallel.setThreadCount(threads)
                let together = try refined()
                #expect(together.centres == alone.centres)
                #expect(together.codes == alone.codes)
                #expect(together.training == alone.training)
            }
        }
    }

    @Test func anInterruptedTrainingWritesNothing() throws {
        let vectors = values(400, seed: 9)
        var books = CodeBooks()
        books.centres = 4
        var centres = [Float](repeating: 7, count: 16)
        #expect(throws: QuantcalError.self) {
            try vectors.withUnsafeBufferPointer { vectors in
                try centres.withUnsafeMutableBufferPointer { centres in
                    _ = try books.train(
                        vectors, count: 100, dimension: 4, weights: nil, importance: nil, books: centres,
                        codes: nil, Progress { $0 > 0 })
                }
            }
        }
        #expect(centres == [Float](repeating: 7, count: 16))
    }
}
