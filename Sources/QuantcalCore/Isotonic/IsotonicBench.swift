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
        let dips: UnsafeMutablePointer<quantcal_isotonic_dip>
        let bends: UnsafeMutablePointer<quantcal_isotonic_bend>
        let starts: UnsafeMutablePointer<IsotonicRefinement.Start>
        let runs: UnsafeMutablePointer<IsotonicRefinement.Run>
        let masks: UnsafeMutablePointer<UInt64>
        /// Bounds of the cells' values.
        let least: UnsafeMutablePointer<Double>
        let most: UnsafeMutablePointer<Double>
    }

    private let blocks: Scratch<Block>
    private let coarse: Scratch<Block>
    private let chords: Scratch<quantcal_isotonic_chord>
    private let dips: Scratch<quantcal_isotonic_dip>
    private let bends: Scratch<quantcal_isotonic_bend>
    private let starts: Scratch<IsotonicRefinement.Start>
    private let runs: Scratch<IsotonicRefinement.Run>
    private let masks: Scratch<UInt64>
    private let bounds: Scratch<Double>
    private let points: Int
    private let cells: Int

    init(threads: Int, points: Int, cells: Int) throws(QuantcalError) {
        let blocks = try Scratch<Block>(threads * points)
        let coarse = try Scratch<Block>(threads * cells)
        let chords = try Scratch<quantcal_isotonic_chord>(threads * cells)
        let dips = try Scratch<quantcal_isotonic_dip>(threads * cells)
        let bends = try Scratch<quantcal_isotonic_bend>(threads * cells)
        let starts = try Scratch<IsotonicRefinement.Start>(threads * cells)
        // A dip of each cell, and a corner at the end of each.
        let runs = try Scratch<IsotonicRefinement.Run>(threads * cells * 2)
        let masks = try Scratch<UInt64>(threads * cells)
        let bounds = try Scratch<Double>(threads * cells * 2)
        // Taken one by one before any is kept: a failure leaves nothing half made.
        (self.points, self.cells) = (points, cells)
        self.blocks = blocks
        self.coarse = coarse
        self.chords = chords
        self.dips = dips
        self.bends = bends
        self.starts = starts
        self.runs = runs
        self.masks = masks
        self.bounds = bounds
    }

    subscript(thread: Int) -> Place {
        Place(
            blocks: blocks.buffer.baseAddress! + thread * points,
            coarse: coarse.buffer.baseAddress! + thread * cells,
            chords: chords.buffer.baseAddress! + thread * cells,
            dips: dips.buffer.baseAddress! + thread * cells,
            bends: bends.buffer.baseAddress! + thread * cells,
            starts: starts.buffer.baseAddress! + thread * cells,
            runs: runs.buffer.baseAddress! + thread * cells * 2,
            masks: masks.buffer.baseAddress! + thread * cells,
            least: bounds.buffer.baseAddress! + thread * cells * 2,
            most: bounds.buffer.baseAddress! + thread * cells * 2 + cells)
    }
}
