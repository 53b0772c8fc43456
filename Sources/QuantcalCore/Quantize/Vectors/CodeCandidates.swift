/// Candidates for the codes of vectors: a vector is a mixture of its nearest centres, until one of them is left.
///
/// Its ratios p are the softmax of logits that are learned, together with the centres, by what a layer gives
/// out; a penalty on p (1 - p) drives each vector to one centre, and one whose largest ratio is above `settled`
/// is that centre from then on: the logits of all others are -infinity.
///
/// Source: Deng et al. (2024), "VQ4DiT: efficient post-training vector quantization for diffusion transformers".
/// Departures: the first ratios are in proportion to 1 / distance with nothing added to it, so that they do
/// not depend on the unit, and a vector that is a centre is settled at once.
public struct CodeCandidates: Equatable, Sendable {
    public var centres = 256
    /// Of each vector.
    public var candidates = 2
    /// The weight of the mean over vectors of sums of p (1 - p).
    public var penalty = 1.0
    /// Of a ratio; above it a vector is settled.
    public var settled = 0.99
    /// Steps of the calibration, and how it makes them.
    public var iterations = 500
    public var logitStep = 0.05
    public var centreStep = 1e-4
    public var smoothing = 0.9

    public init() {}

    /// What is there when vectors are settled: how many are not, and the mean of their sums of p (1 - p).
    public struct State: Equatable, Sendable {
        public init() {}

        public var open = 0
        public var penalty = 0.0
    }

    /// How many candidates all vectors have; throws if the sizes do not go together.
    public func candidateCount(_ count: Int) throws(QuantcalError) -> Int {
        try require()
        let (total, overflow) = count.multipliedReportingOverflow(by: candidates)
        guard !overflow else {
            throw QuantcalError(.size, "count is \(UInt(bitPattern: count)); it is too large")
        }
        return total
    }

    /// How many numbers centres of a length have; throws if the sizes do not go together.
    public func elementCount(dimension: Int) throws(QuantcalError) -> Int {
        try require()
        var books = CodeBooks()
        books.centres = centres
        return try books.elementCount(dimension: dimension)
    }

    private func require() throws(QuantcalError) {
        try CodeBooks.require(centres, "centres", 1...65536)
        try CodeBooks.require(candidates, "candidates", 1...min(centres, 64))
    }

    func requirePenalty() throws(QuantcalError) {
        guard penalty >= 0, penalty.isFinite else {
            throw QuantcalError(.options, "penalty is \(penalty); it must be finite and >= 0")
        }
    }

    func requireSettled() throws(QuantcalError) {
        guard settled > 0, settled <= 1 else {
            throw QuantcalError(.options, "settled is \(settled); it must be above 0 and at most 1")
        }
    }

    func requireSteps() throws(QuantcalError) {
        try CodeBooks.require(iterations, "iterations", 0...Int(Int32.max))
        for (value, name) in [(logitStep, "logit_step"), (centreStep, "centre_step")] {
            guard value >= 0, value.isFinite else {
                throw QuantcalError(.options, "\(name) is \(value); it must be finite and >= 0")
            }
        }
        guard smoothing >= 0, smoothing < 1 else {
            throw QuantcalError(.options, "smoothing is \(smoothing); it must be at least 0 and below 1")
        }
    }

    /// The nearest centres of each vector, the nearest first, and logits in proportion to whose exponentials
    /// are 1 / distance.
    public func find(
        _ vectors: UnsafeBufferPointer<Float>, count: Int, dimension: Int,
        centres books: UnsafeBufferPointer<Float>, into found: UnsafeMutablePointer<UInt16>,
        logits: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try Require.finite(vectors, "vectors")
        try Require.finite(books, "centres")
        guard let values = vectors.baseAddress, let table = books.baseAddress else { return }
        let set = VectorSet(
            values: values, stride: dimension, count: count, dimension: dimension, largest: 0)
        let grain = max(1, (1 << 16) / (centres * dimension))
        let tasks = (count + grain - 1) / grain
        let threads = Parallel.threads(for: tasks, work: .max)
        let rooms = try Scratch<(square: Double, code: Int)>(threads * candidates)
        Parallel.forEach(tasks, threads: threads) { task, thread in
            let room = rooms.buffer.baseAddress! + thread * candidates
            for index in task * grain..<min(count, (task + 1) * grain) {
                nearest(set, index, table, room)
                for rank in 0..<candidates {
                    found[index * candidates + rank] = UInt16(truncatingIfNeeded: room[rank].code)
                    logits[index * candidates + rank] = logit(room, rank)
                }
            }
        }
    }

    private func nearest(
        _ vectors: VectorSet, _ index: Int, _ table: UnsafePointer<Float>,
        _ room: UnsafeMutablePointer<(square: Double, code: Int)>
    ) {
        var kept = 0
        for code in 0..<centres {
            let square = vectors.distance(index, table + code * vectors.dimension)
            guard kept < candidates || square < room[kept - 1].square else { continue }
            var place = min(kept, candidates - 1)
            kept = place + 1
            while place > 0, square < room[place - 1].square {
                room[place] = room[place - 1]
                place -= 1
            }
            room[place] = (square, code)
        }
    }

    /// Of the last candidate 0.
    private func logit(_ room: UnsafePointer<(square: Double, code: Int)>, _ rank: Int) -> Float {
        guard room[0].square > 0 else { return rank == 0 ? 0 : -.infinity }
        return Float(0.5 * Exponential.log(room[candidates - 1].square / room[rank].square))
    }
}
