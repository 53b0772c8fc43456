/// Lloyd's iterations: each vector to its nearest centre, each centre to the mean of its vectors.
///
/// A vector keeps its centre without a search if no other can have come nearer (Hamerly, 2010, "Making
/// k-means even faster"): by its distance and the bound of its second best centre, and the centres' movements
/// since. Sums are in double, over blocks of vectors that do not depend on the number of threads.
///
/// Departure: a centre without vectors moves to the vector of the largest weighted error to which no other
/// such centre has moved; if there is no error left it stays.
final class KMeans {
    struct Outcome {
        var objective = Double.infinity
        var iterations = 0
        var hasConverged = false
    }

    let vectors: VectorSet
    /// Of each vector's squared error; nil: all 1.
    let weights: UnsafePointer<Float>?
    let centres: UnsafeMutablePointer<Float>
    let count: Int
    /// The nearest centre of each vector.
    let codes: UnsafeMutablePointer<UInt16>
    let sums: ClusterSums
    private let search: NearestCentre
    /// What the distance from the own centre is not above, and what those from all others are not below.
    private let distances: Scratch<Float>
    private let bounds: Scratch<Float>
    private let threads: Int
    private let tiles: Scratch<Float>
    private let places: Scratch<UInt32>
    private let foundCodes: Scratch<UInt16>
    private let foundBounds: Scratch<Float>
    private let before: Scratch<Float>
    /// How far each centre has moved, as bounds measure it; the furthest, and the second.
    private let moves: Scratch<Double>
    private var furthest = (largest: 0.0, second: 0.0, which: -1)

    private static let piece = 1024

    /// `centres` has those to begin with, and then the result.
    init(
        _ vectors: VectorSet, weights: UnsafePointer<Float>?, centres: UnsafeMutablePointer<Float>,
        count: Int, codes: UnsafeMutablePointer<UInt16>
    ) throws(QuantcalError) {
        (self.vectors, self.weights, self.centres, self.count) = (vectors, weights, centres, count)
        self.codes = codes
        search = try NearestCentre(vectors, centres: centres, count: count)
        sums = try ClusterSums(vectors, count)
        threads = Parallel.threads(for: sums.blocks, work: vectors.count * count)
        bounds = try Scratch(vectors.count)
        tiles = try Scratch(search.tileCount * threads)
        places = try Scratch(Self.piece * threads)
        foundCodes = try Scratch(Self.piece * threads)
        foundBounds = try Scratch(Self.piece * threads)
        before = try Scratch(count * vectors.dimension)
        moves = try Scratch(zeroed: count)
        distances = try Scratch(vectors.count)
    }

    /// At most so many iterations, or until the objective falls by no more than `tolerance` of itself. It
    /// never rises.
    func run(iterations: Int, tolerance: Double, _ progress: Progress) throws(QuantcalError) -> Outcome {
        var outcome = Outcome()
        bounds.buffer.update(repeating: -1)
        assign()
        outcome.objective = sums.objective
        while outcome.iterations < iterations, outcome.objective > 0, !outcome.hasConverged {
            try progress(Double(outcome.iterations) / Double(iterations))
            before.buffer.update(
                fromContentsOf: UnsafeBufferPointer(start: centres, count: before.buffer.count))
            try moveCentres()
            measureMoves()
            search.prepare()
            assign()
            outcome.iterations += 1
            if sums.objective > outcome.objective {
                // Means are rounded: there is nothing left to gain.
                centres.update(from: before.buffer.baseAddress!, count: before.buffer.count)
                bounds.buffer.update(repeating: -1)
                search.prepare()
                assign()
            }
            let fall = outcome.objective - sums.objective
            outcome.hasConverged = fall <= tolerance * outcome.objective
            outcome.objective = sums.objective
        }
        outcome.hasConverged = outcome.hasConverged || outcome.objective == 0
        return outcome
    }

    private func assign() {
        sums.clear()
        Parallel.forEach(sums.blocks, threads: threads) { block, thread in
            let range = sums.range(block)
            for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.piece) {
                let end = min(first + Self.piece, range.upperBound)
                assignPiece(first..<end, thread)
                sums.add(first..<end, codes, centres, weights, to: block) { index, square in
                    distances.buffer[index] = Float(square.squareRoot() * search.scale) * (1 + 0x1p-20)
                }
            }
        }
        sums.join()
    }

    private func assignPiece(_ range: Range<Int>, _ thread: Int) {
        let places = places.buffer.baseAddress! + thread * Self.piece
        let newCodes = foundCodes.buffer.baseAddress! + thread * Self.piece
        let newBounds = foundBounds.buffer.baseAddress! + thread * Self.piece
        var wanted = 0
        for index in range where !keepsCentre(index) {
            places[wanted] = UInt32(truncatingIfNeeded: index - range.lowerBound)
            wanted += 1
        }
        search.search(
            from: range.lowerBound, places: wanted == range.count ? nil : places, count: wanted,
            tile: tiles.buffer.baseAddress! + thread * search.tileCount, codes: newCodes, bounds: newBounds)
        for place in 0..<wanted {
            let index = range.lowerBound + Int(places[place])
            codes[index] = newCodes[place]
            // With importance each vector has a metric of its own, in which movements are not measured.
            bounds.buffer[index] = vectors.importance == nil ? newBounds[place] : -1
        }
    }

    /// Whether no other centre can be as near as the vector's own.
    private func keepsCentre(_ index: Int) -> Bool {
        guard bounds.buffer[index] > 0 else { return false }
        let own = Int(codes[index])
        let move = own == furthest.which ? furthest.second : furthest.largest
        let bound = Float(Double(bounds.buffer[index]) - move).nextDown
        bounds.buffer[index] = bound
        if Double(distances.buffer[index]) + moves.buffer[own] < Double(bound) { return true }
        guard bound > 0 else { return false }
        let square = vectors.distance(index, centres + own * vectors.dimension)
        return square.squareRoot() * search.scale * (1 + 0x1p-40) < Double(bound)
    }

    private func measureMoves() {
        furthest = (0, 0, -1)
        let dimension = vectors.dimension
        for centre in 0..<count {
            var square = 0.0
            for j in centre * dimension..<(centre + 1) * dimension {
                let difference = Double(centres[j]) - Double(before.buffer[j])
                square += difference * difference
            }
            let move = square.squareRoot() * search.scale * (1 + 0x1p-40)
            moves.buffer[centre] = move
            if move > furthest.largest {
                furthest = (move, furthest.largest, centre)
            } else {
                furthest.second = max(furthest.second, move)
            }
        }
    }

    private func moveCentres() throws(QuantcalError) {
        var emptyCount = 0
        for centre in 0..<count where !sums.moveToMean(centre, centres + centre * vectors.dimension) {
            emptyCount += 1
        }
        guard emptyCount > 0 else { return }
        let worst = try WorstVectors(vectors, weights, codes, before.buffer.baseAddress!, count: emptyCount)
        var next = 0
        for centre in 0..<count where sums.isEmpty(centre) && next < worst.count {
            let vector = vectors.values + worst.index(next) * vectors.stride
            (centres + centre * vectors.dimension).update(from: vector, count: vectors.dimension)
            next += 1
        }
    }
}
