/// What a thread of a beam search works with: the best rows of codes so far, each with H (w - a) and by how
/// much its error has changed; and, within a place, their branches.
final class BeamSpace {
    typealias Try = (change: Double, origin: Int, code: Int)

    private let matrix: LayerMatrix
    private let books: LayerBooks
    private let columns: Int
    private let capacity: Int
    private var beam = 1
    private let doubles: Scratch<Double>
    private let rowsOfCodes: Scratch<UInt16>
    private let branchDoubles: Scratch<Double>
    private let branchCodes: Scratch<UInt16>
    private let branches: Scratch<(change: Double, origin: Int)>
    private let changes: Scratch<Double>
    private let tries: Scratch<Try>
    /// One half of the memory holds the rows, the other the next ones; likewise of branches.
    private var half = 0
    private var branchHalf = 0
    private var rowCount = 0
    private(set) var branchCount = 0
    private(set) var tryCount = 0

    init(_ matrix: LayerMatrix, _ books: LayerBooks, beam capacity: Int) throws(QuantcalError) {
        (self.matrix, self.books, self.columns) = (matrix, books, matrix.columns)
        self.capacity = capacity
        doubles = try Scratch((2 * capacity + 2) * matrix.columns + books.length + books.paddedCentres)
        rowsOfCodes = try Scratch(2 * capacity * books.codeCount)
        branchDoubles = try Scratch(4 * capacity * books.length)
        branchCodes = try Scratch(2 * capacity * books.stages)
        branches = try Scratch(2 * capacity)
        changes = try Scratch(capacity)
        tries = try Scratch(capacity)
    }

    private var after: UnsafeMutablePointer<Double> { doubles.buffer.baseAddress! + 2 * capacity * columns }
    /// A row.
    var row: UnsafeMutablePointer<Double> { after }
    /// Another one.
    var spare: UnsafeMutablePointer<Double> { after + columns }
    /// As long as a centre.
    var target: UnsafeMutablePointer<Double> { after + 2 * columns }
    /// One for each centre of a book, padded.
    var scores: UnsafeMutablePointer<Double> { after + 2 * columns + books.length }
    var best: UnsafeMutablePointer<UInt16> { codes(0, half) }

    private func pull(_ rank: Int, _ half: Int) -> UnsafeMutablePointer<Double> {
        doubles.buffer.baseAddress! + (half * capacity + rank) * columns
    }

    private func codes(_ rank: Int, _ half: Int) -> UnsafeMutablePointer<UInt16> {
        rowsOfCodes.buffer.baseAddress! + (half * capacity + rank) * books.codeCount
    }

    func change(_ branch: Int) -> Double { branches.buffer[branchHalf * capacity + branch].change }

    /// A branch's H (w - a) of the place, and then what has been added to a.
    private func numbers(_ branch: Int, _ half: Int) -> UnsafeMutablePointer<Double> {
        branchDoubles.buffer.baseAddress! + 2 * (half * capacity + branch) * books.length
    }

    private func codesOfPlace(_ branch: Int, _ half: Int) -> UnsafeMutablePointer<UInt16> {
        branchCodes.buffer.baseAddress! + (half * capacity + branch) * books.stages
    }

    func code(_ branch: Int, _ stage: Int) -> Int { Int(codesOfPlace(branch, branchHalf)[stage]) }

    func pull(_ branch: Int) -> UnsafePointer<Double> { UnsafePointer(numbers(branch, branchHalf)) }

    /// Begins with one row of codes, to keep `beam`.
    func begin(_ pull: UnsafePointer<Double>, _ codes: UnsafePointer<UInt16>, beam: Int) {
        (half, rowCount, self.beam) = (0, 1, beam)
        self.pull(0, 0).update(from: pull, count: columns)
        self.codes(0, 0).update(from: codes, count: books.codeCount)
        changes.buffer[0] = 0
    }

    /// A branch for each row of codes.
    func enter(_ place: Int) {
        (branchHalf, branchCount) = (0, rowCount)
        for rank in 0..<rowCount {
            branches.buffer[rank] = (changes.buffer[rank], rank)
            codesOfPlace(rank, 0).update(
                from: codes(rank, half) + place * books.stages, count: books.stages)
            let own = numbers(rank, 0)
            own.update(from: pull(rank, half) + place * books.length, count: books.length)
            (own + books.length).update(repeating: 0, count: books.length)
        }
    }

    func clearTries() { tryCount = 0 }

    /// What a try must be below to be kept.
    var limit: Double { tryCount < beam ? .infinity : tries.buffer[tryCount - 1].change }

    /// Puts a try among the best, after those that are as good.
    @inline(__always)
    func offer(_ item: Try) {
        guard item.change < limit else { return }
        var place = min(tryCount, beam - 1)
        tryCount = place + 1
        while place > 0, item.change < tries.buffer[place - 1].change {
            tries.buffer[place] = tries.buffer[place - 1]
            place -= 1
        }
        tries.buffer[place] = item
    }

    /// Makes branches of the tries of a stage.
    func branch(_ stage: Int, of place: Int, _ book: UnsafePointer<Float>) {
        let (length, next) = (books.length, 1 - branchHalf)
        for rank in 0..<tryCount {
            let item = tries.buffer[rank]
            let own = numbers(rank, next)
            own.update(from: numbers(item.origin, branchHalf), count: 2 * length)
            let codes = codesOfPlace(rank, next)
            codes.update(from: codesOfPlace(item.origin, branchHalf), count: books.stages)
            branches.buffer[next * capacity + rank] = (
                item.change, branches.buffer[branchHalf * capacity + item.origin].origin
            )
            let old = Int(codes[stage])
            guard old != item.code else { continue }
            codes[stage] = UInt16(truncatingIfNeeded: item.code)
            for j in 0..<length {
                let move = Double(book[item.code * length + j]) - Double(book[old * length + j])
                own[length + j] += move
                for i in 0..<length {
                    own[i] -= matrix.hessian(place * length + i, place * length + j) * move
                }
            }
        }
        (branchHalf, branchCount) = (next, tryCount)
    }

    /// Rows of codes of the branches.
    func leave(_ place: Int) {
        let other = beam == 1 ? half : 1 - half
        for rank in 0..<branchCount {
            let (codes, pull) = (codes(rank, other), pull(rank, other))
            let branch = branches.buffer[branchHalf * capacity + rank]
            if other != half {
                codes.update(from: self.codes(branch.origin, half), count: books.codeCount)
                pull.update(from: self.pull(branch.origin, half), count: columns)
            }
            (codes + place * books.stages).update(
                from: codesOfPlace(rank, branchHalf), count: books.stages)
            let moved = numbers(rank, branchHalf) + books.length
            for j in 0..<books.length { matrix.add(-moved[j], column: place * books.length + j, to: pull) }
            changes.buffer[rank] = branch.change
        }
        (half, rowCount) = (other, branchCount)
    }
}
