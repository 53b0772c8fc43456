/// The centres of a layer's code books by least squares: each in turn becomes what makes the error least,
/// all codes and other centres being given.
///
/// With S the places that have a centre, in rows r of weight v, its change d solves
/// (sum of v H[s][s'] over pairs s, s' of a row) d = sum of v g[s], where g = H (w - a) of the row. Where H is
/// of blocks and there is one stage, centres do not know of each other and this is the least of all.
///
/// Departure: 2^-20 of the matrix's mean diagonal is added to it; so what no input sees stays.
struct LayerCentres: ~Copyable {
    private let matrix: LayerMatrix
    private let books: LayerBooks
    private let codes: UnsafePointer<UInt16>
    private let pulls: UnsafeMutablePointer<Double>
    /// Where each code of a book is, as row * places + place, and where the codes' lists begin.
    private let spots: Scratch<Int>
    private let starts: Scratch<Int>
    private let system: Scratch<Double>
    private let change: Scratch<Double>

    private static let ridge = 0x1p-20

    init(
        _ matrix: LayerMatrix, _ books: LayerBooks, codes: UnsafePointer<UInt16>,
        pulls: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        let spots = try Scratch<Int>(matrix.rows * (books.places / books.parts))
        let starts = try Scratch<Int>(books.centres + 1)
        let system = try Scratch<Double>(books.length * books.length)
        let change = try Scratch<Double>(books.length)
        (self.matrix, self.books, self.codes, self.pulls) = (matrix, books, codes, pulls)
        self.spots = spots
        self.starts = starts
        self.system = system
        self.change = change
    }

    /// All centres once, and `pulls` with them.
    func improve(_ centres: UnsafeMutablePointer<Float>, _ progress: Progress) throws(QuantcalError) {
        let count = books.parts * books.stages
        for book in 0..<count {
            try progress(Double(book) / Double(count))
            list(book)
            for code in 0..<books.centres where starts.buffer[code] < starts.buffer[code + 1] {
                improve(
                    starts.buffer[code]..<starts.buffer[code + 1], centres + books.start(book, code))
            }
        }
    }

    /// Sorts the places of a book's part by their codes.
    private func list(_ book: Int) {
        let (part, stage) = (book / books.stages, book % books.stages)
        let starts = starts.buffer
        starts.update(repeating: 0)
        each(of: part) { _, row, place in starts[code(row, place, stage) + 1] += 1 }
        for code in 0..<books.centres { starts[code + 1] += starts[code] }
        // Each list's beginning moves on to its end, which is the next one's beginning.
        each(of: part) { spot, row, place in
            let code = code(row, place, stage)
            spots.buffer[starts[code]] = spot
            starts[code] += 1
        }
        for code in stride(from: books.centres, to: 0, by: -1) { starts[code] = starts[code - 1] }
        starts[0] = 0
    }

    private func each(of part: Int, _ body: (_ spot: Int, _ row: Int, _ place: Int) -> Void) {
        for row in 0..<matrix.rows {
            for place in stride(from: part, to: books.places, by: books.parts) {
                body(row * books.places + place, row, place)
            }
        }
    }

    private func code(_ row: Int, _ place: Int, _ stage: Int) -> Int {
        Int(codes[(row * books.places + place) * books.stages + stage])
    }

    private func improve(_ list: Range<Int>, _ centre: UnsafeMutablePointer<Float>) {
        set(list)
        guard solve() else { return }
        for j in 0..<books.length {
            let old = centre[j]
            let new = Float(Double(old) + change.buffer[j])
            centre[j] = new.isFinite ? new : old
            change.buffer[j] = Double(centre[j]) - Double(old)
        }
        // Rows are whole in one task, as more than one place of a row may be in the list.
        let (length, places, columns) = (books.length, books.places, matrix.columns)
        let (moves, spots) = (change.buffer, spots.buffer)
        Parallel.forEachRange(of: list.count, grain: max(1, (1 << 17) / (length * columns))) { range in
            let first = list.lowerBound + range.lowerBound
            let end = list.lowerBound + range.upperBound
            let isFirst = { (index: Int) in
                index == list.lowerBound || spots[index] / places != spots[index - 1] / places
            }
            var index = first
            while index < end, !isFirst(index) { index += 1 }
            while index < list.upperBound, index < end || !isFirst(index) {
                let (row, place) = spots[index].quotientAndRemainder(dividingBy: places)
                for j in 0..<length {
                    matrix.add(-moves[j], column: place * length + j, to: pulls + row * columns)
                }
                index += 1
            }
        }
    }

    /// The equations of a centre.
    private func set(_ list: Range<Int>) {
        let length = books.length
        let (system, right) = (system.buffer, change.buffer)
        system.update(repeating: 0)
        right.update(repeating: 0)
        var first = list.lowerBound
        for index in list {
            let (row, place) = spots.buffer[index].quotientAndRemainder(dividingBy: books.places)
            if spots.buffer[first] / books.places != row { first = index }
            let weight = matrix.weight(row)
            for i in 0..<length { right[i] += weight * pulls[row * matrix.columns + place * length + i] }
            for other in first...index {
                add(spots.buffer[other] % books.places, place, weight)
            }
        }
        for i in 0..<length {
            for j in 0..<i {
                system[i * length + j] += system[j * length + i]
                system[j * length + i] = system[i * length + j]
            }
        }
    }

    /// A pair of places of a row, in both orders; what is above the diagonal is for below it, too.
    private func add(_ first: Int, _ second: Int, _ weight: Double) {
        let length = books.length
        let ranges = (first * length..<(first + 1) * length, second * length..<(second + 1) * length)
        guard !matrix.areApart(ranges.0, ranges.1) else { return }
        for i in 0..<length {
            for j in 0..<length {
                let value = weight * matrix.hessian(ranges.0.lowerBound + i, ranges.1.lowerBound + j)
                if first != second {
                    system.buffer[i * length + j] += value
                    if i == j { system.buffer[i * length + j] += value }
                } else if i <= j {
                    system.buffer[i * length + j] += value
                }
            }
        }
    }

    /// By Cholesky's method; false if nothing can be said of the centre.
    private func solve() -> Bool {
        let length = books.length
        let (a, x) = (system.buffer, change.buffer)
        let mean = (0..<length).reduce(0) { $0 + a[$1 * length + $1] } / Double(length)
        guard mean > 0 else { return false }
        for i in 0..<length { a[i * length + i] += Self.ridge * mean }
        for i in 0..<length {
            for j in 0...i {
                var sum = a[i * length + j]
                for k in 0..<j { sum -= a[i * length + k] * a[j * length + k] }
                guard i == j else {
                    a[i * length + j] = sum / a[j * length + j]
                    continue
                }
                guard sum > 0 else { return false }
                a[i * length + i] = sum.squareRoot()
            }
        }
        for i in 0..<length {
            for k in 0..<i { x[i] -= a[i * length + k] * x[k] }
            x[i] /= a[i * length + i]
        }
        for i in stride(from: length - 1, through: 0, by: -1) {
            for k in i + 1..<length { x[i] -= a[k * length + i] * x[k] }
            x[i] /= a[i * length + i]
        }
        return x.allSatisfy(\.isFinite)
    }
}
