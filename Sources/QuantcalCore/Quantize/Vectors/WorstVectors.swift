/// The vectors of the largest weighted errors, at most so many, the largest first; among equal ones the
/// first. Vectors without an error are not among them.
struct WorstVectors: ~Copyable {
    private let heap: Scratch<(error: Double, index: Int)>
    private(set) var count = 0

    func index(_ rank: Int) -> Int { heap.buffer[rank].index }

    init(
        _ vectors: VectorSet, _ weights: UnsafePointer<Float>?, _ codes: UnsafePointer<UInt16>,
        _ centres: UnsafePointer<Float>, count capacity: Int
    ) throws(QuantcalError) {
        heap = try Scratch(min(capacity, vectors.count))
        for index in 0..<vectors.count {
            let distance = vectors.distance(index, centres + Int(codes[index]) * vectors.dimension)
            let error = distance * (weights.map { Double($0[index]) } ?? 1)
            if error > 0 { insert((error, index)) }
        }
        var found = UnsafeMutableBufferPointer(rebasing: heap.buffer[..<count])
        found.sort { Self.isBetter($0, $1) }
    }

    private static func isBetter(_ a: (error: Double, index: Int), _ b: (error: Double, index: Int)) -> Bool {
        a.error > b.error || (a.error == b.error && a.index < b.index)
    }

    /// The root is the worst of those that are kept.
    private mutating func insert(_ item: (error: Double, index: Int)) {
        var place = 0
        if count < heap.buffer.count {
            place = count
            count += 1
            while place > 0, Self.isBetter(heap.buffer[(place - 1) / 2], item) {
                heap.buffer[place] = heap.buffer[(place - 1) / 2]
                place = (place - 1) / 2
            }
        } else {
            guard Self.isBetter(item, heap.buffer[0]) else { return }
            while 2 * place + 1 < count {
                var child = 2 * place + 1
                if child + 1 < count, Self.isBetter(heap.buffer[child], heap.buffer[child + 1]) { child += 1 }
                guard Self.isBetter(item, heap.buffer[child]) else { break }
                heap.buffer[place] = heap.buffer[child]
                place = child
            }
        }
        heap.buffer[place] = item
    }
}
