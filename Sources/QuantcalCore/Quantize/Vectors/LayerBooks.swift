/// How rows of a matrix are made of centres: a row is a run of places, each as long as a centre, and each
/// place is a sum of one centre of each stage. Codes lie as those of the vectors that rows are cut into.
struct LayerBooks {
    let centres: Int
    let parts: Int
    let stages: Int
    /// Of a centre.
    let length: Int
    /// Of a row.
    let places: Int

    init(_ books: CodeBooks, columns: Int, dimension: Int) {
        (centres, parts, stages) = (books.centres, books.parts, books.stages)
        length = dimension / books.parts
        places = columns / length
    }

    /// Codes of a row.
    var codeCount: Int { places * stages }

    /// Of a book, up to whole lanes.
    var paddedCentres: Int { (centres + 7) / 8 * 8 }

    func book(_ place: Int, _ stage: Int) -> Int { place % parts * stages + stage }

    /// The first number of a centre.
    @inline(__always)
    func start(_ book: Int, _ code: Int) -> Int { (book * centres + code) * length }

    /// A row's approximation, of its codes.
    func approximate(
        _ codes: UnsafePointer<UInt16>, _ centres: UnsafePointer<Float>,
        into row: UnsafeMutablePointer<Double>
    ) {
        for place in 0..<places {
            let target = row + place * length
            target.update(repeating: 0, count: length)
            for stage in 0..<stages {
                let centre = centres + start(book(place, stage), Int(codes[place * stages + stage]))
                for j in 0..<length { target[j] += Double(centre[j]) }
            }
        }
    }
}
