/// The codes of a layer's rows, by a beam search (as in Egiazarian et al., 2024, "Extreme compression of large
/// language models via additive quantization", 3.2): place by place and stage by stage every code is tried
/// for each of the best rows of codes so far, and the best of all are kept.
///
/// A row x of codes that changes by d at one place changes the error by d^T H d - 2 d^T g, where g is that
/// place of H (w - a): so a try costs no more than a product of a centre with what g and H say of the place.
///
/// Departures: places and stages go in order, not in a random one; and a search that keeps one row, which is
/// coordinate descent, goes before that which keeps more, so that no beam does worse.
final class LayerCodes {
    private let matrix: LayerMatrix
    private let books: LayerBooks
    private let beam: Int
    /// Centres by coordinate, padded to whole lanes; and c^T H c of each at each place and stage.
    private let table: Scratch<Float>
    private let squares: Scratch<Double>
    private let width: Int

    init(_ matrix: LayerMatrix, _ books: LayerBooks, beam: Int) throws(QuantcalError) {
        (self.matrix, self.books, self.beam) = (matrix, books, beam)
        width = books.paddedCentres
        table = try Scratch(zeroed: books.parts * books.stages * books.length * width)
        squares = try Scratch(books.codeCount * width)
    }

    /// What goes with centres, after they have changed.
    func prepare(_ centres: UnsafePointer<Float>) {
        let (books, width) = (books, width)
        let (table, squares) = (table.buffer.baseAddress!, squares.buffer.baseAddress!)
        for book in 0..<books.parts * books.stages {
            for code in 0..<books.centres {
                for j in 0..<books.length {
                    table[(book * books.length + j) * width + code] = centres[books.start(book, code) + j]
                }
            }
        }
        Parallel.forEachRange(of: books.codeCount, grain: 1) { range in
            for index in range {
                let own = squares + index * width
                (own + books.centres).update(repeating: .infinity, count: width - books.centres)
                let (place, stage) = (index / books.stages, index % books.stages)
                for code in 0..<books.centres {
                    let centre = centres + books.start(books.book(place, stage), code)
                    own[code] = self.square(centre, at: place * books.length)
                }
            }
        }
    }

    private func square(_ centre: UnsafePointer<Float>, at first: Int) -> Double {
        var sum = 0.0
        for i in 0..<books.length {
            var product = 0.0
            for j in 0..<books.length { product += matrix.hessian(first + i, first + j) * Double(centre[j]) }
            sum += Double(centre[i]) * product
        }
        return sum
    }

    /// Better codes of all rows, none with a larger error, and H (w - a) for them; returns the errors' weighted
    /// sum.
    func search(
        _ codes: UnsafeMutablePointer<UInt16>, _ centres: UnsafePointer<Float>,
        pulls: UnsafeMutablePointer<Double>, _ progress: Progress
    ) throws(QuantcalError) -> Double {
        let threads = Parallel.threads(for: matrix.rows, work: .max)
        let errors = try Scratch<Double>(matrix.rows)
        var spaces: [BeamSpace] = []
        for _ in 0..<threads { spaces.append(try BeamSpace(matrix, books, beam: beam)) }
        let batch = 16 * threads
        for first in stride(from: 0, to: matrix.rows, by: batch) {
            try progress(Double(first) / Double(matrix.rows))
            Parallel.forEach(min(batch, matrix.rows - first), threads: threads) { task, thread in
                let row = first + task
                errors.buffer[row] = search(
                    row, codes + row * books.codeCount, centres, pulls + row * matrix.columns, spaces[thread])
            }
        }
        return (0..<matrix.rows).reduce(0) { $0 + matrix.weight($1) * errors.buffer[$1] }
    }

    private func search(
        _ row: Int, _ codes: UnsafeMutablePointer<UInt16>, _ centres: UnsafePointer<Float>,
        _ pull: UnsafeMutablePointer<Double>, _ space: BeamSpace
    ) -> Double {
        books.approximate(codes, centres, into: space.row)
        var error = matrix.pull(of: row, from: space.row, into: pull)
        for isWide in beam == 1 ? [false] : [false, true] {
            space.begin(pull, codes, beam: isWide ? beam : 1)
            for place in 0..<books.places { search(place, centres, space) }
            books.approximate(space.best, centres, into: space.row)
            let found = matrix.pull(of: row, from: space.row, into: space.spare)
            guard found < error else { continue }
            error = found
            codes.update(from: space.best, count: books.codeCount)
            pull.update(from: space.spare, count: matrix.columns)
        }
        return error
    }

    private func search(_ place: Int, _ centres: UnsafePointer<Float>, _ space: BeamSpace) {
        space.enter(place)
        let first = place * books.length
        for stage in 0..<books.stages {
            let book = books.book(place, stage)
            let own = centres + books.start(book, 0)
            space.clearTries()
            for origin in 0..<space.branchCount {
                let old = space.code(origin, stage)
                let pull = space.pull(origin)
                for i in 0..<books.length {
                    var sum = pull[i]
                    for j in 0..<books.length {
                        sum += matrix.hessian(first + i, first + j) * Double(own[old * books.length + j])
                    }
                    space.target[i] = sum
                }
                score(book, place * books.stages + stage, space)
                gather(origin, space.change(origin) - space.scores[old], space)
            }
            space.branch(stage, of: place, own)
        }
        space.leave(place)
    }

    /// c^T H c - 2 c^T target of all centres of a book.
    private func score(_ book: Int, _ index: Int, _ space: BeamSpace) {
        let table = UnsafePointer(table.buffer.baseAddress! + book * books.length * width)
        let squares = UnsafeRawPointer(squares.buffer.baseAddress! + index * width)
        for code in stride(from: 0, to: width, by: 8) {
            var lanes = Lanes.zero
            for j in 0..<books.length { lanes += space.target[j] * Lanes(at: table + j * width + code) }
            let square = (squares + code * MemoryLayout<Double>.stride).loadUnaligned(as: Lanes.self)
            UnsafeMutableRawPointer(space.scores + code).storeBytes(of: square - 2 * lanes, as: Lanes.self)
        }
    }

    /// The best tries, of a branch and those before it; among equal ones the first.
    private func gather(_ origin: Int, _ base: Double, _ space: BeamSpace) {
        for first in stride(from: 0, to: width, by: 8) {
            let lanes = UnsafeRawPointer(space.scores + first).loadUnaligned(as: Lanes.self) + base
            guard any(lanes .< space.limit) else { continue }
            for code in first..<min(first + 8, books.centres) {
                space.offer((base + space.scores[code], origin, code))
            }
        }
    }
}
