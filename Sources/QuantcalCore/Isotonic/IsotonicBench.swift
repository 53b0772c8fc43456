import CQuantcalKernels

/// Memory to pool a piece in, for each thread.
struct IsotonicBench<T: IsotonicScalar, Weights: IsotonicWeights>: ~Copyable {
    /// One thread's.
    struct Place {
        let blocks: UnsafeMutablePointer<IsotonicStack.Block>
        let segments: UnsafeMutablePointer<IsotonicElimination<T, Weights>.Segment>
        let chords: UnsafeMutablePointer<quantcal_isotonic_chord>
        let masks: UnsafeMutablePointer<UInt64>
    }

    private let blocks: Scratch<IsotonicStack.Block>
    private let segments: Scratch<IsotonicElimination<T, Weights>.Segment>
    private let chords: Scratch<quantcal_isotonic_chord>
    private let masks: Scratch<UInt64>
    private let points: Int
    private let cells: Int

    init(threads: Int, points: Int) throws(QuantcalError) {
        let cells = IsotonicCells<T, Weights>.count(of: points)
        let blocks = try Scratch<IsotonicStack.Block>(threads * points)
        let segments = try Scratch<IsotonicElimination<T, Weights>.Segment>(threads * cells)
        let chords = try Scratch<quantcal_isotonic_chord>(threads * cells)
        let masks = try Scratch<UInt64>(threads * cells)
        // Taken one by one before any is kept: a failure leaves nothing half made.
        (self.points, self.cells) = (points, cells)
        self.blocks = blocks
        self.segments = segments
        self.chords = chords
        self.masks = masks
    }

    subscript(thread: Int) -> Place {
        Place(
            blocks: blocks.buffer.baseAddress! + thread * points,
            segments: segments.buffer.baseAddress! + thread * cells,
            chords: chords.buffer.baseAddress! + thread * cells,
            masks: masks.buffer.baseAddress! + thread * cells)
    }
}
