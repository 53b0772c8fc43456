import CQuantcalKernels

/// Memory to pool a piece in, for each thread.
struct IsotonicBench: ~Copyable {
    typealias Block = IsotonicStack.Block

    /// One thread's.
    struct Place {
        /// Of points, and of cells.
        let blocks: UnsafeMutablePointer<Block>
        let coarse: UnsafeMutablePointer<Block>
        let chords: UnsafeMutablePointer<quantcal_isotonic_chord>
        let masks: UnsafeMutablePointer<UInt64>
    }

    private let blocks: Scratch<Block>
    private let coarse: Scratch<Block>
    private let chords: Scratch<quantcal_isotonic_chord>
    private let masks: Scratch<UInt64>
    private let points: Int
    private let cells: Int

    init(threads: Int, points: Int, cells: Int) throws(QuantcalError) {
        let blocks = try Scratch<Block>(threads * points)
        let coarse = try Scratch<Block>(threads * cells)
        let chords = try Scratch<quantcal_isotonic_chord>(threads * cells)
        let masks = try Scratch<UInt64>(threads * cells)
        // Taken one by one before any is kept: a failure leaves nothing half made.
        (self.points, self.cells) = (points, cells)
        self.blocks = blocks
        self.coarse = coarse
        self.chords = chords
        self.masks = masks
    }

    subscript(thread: Int) -> Place {
        Place(
            blocks: blocks.buffer.baseAddress! + thread * points,
            coarse: coarse.buffer.baseAddress! + thread * cells,
            chords: chords.buffer.baseAddress! + thread * cells,
            masks: masks.buffer.baseAddress! + thread * cells)
    }
}
