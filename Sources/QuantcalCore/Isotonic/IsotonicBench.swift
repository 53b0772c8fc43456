import CQuantcalKernels

/// Memory to pool a piece in, for each thread.
struct IsotonicBench: ~Copyable {
    typealias Block = IsotonicStack.Block

    /// One thread's.
    struct Place {
        /// Of points, so many at most, and of cells.
        let capacity: Int
        let blocks: UnsafeMutablePointer<Block>
        let coarse: UnsafeMutablePointer<Block>
        let chords: UnsafeMutablePointer<quantcal_isotonic_chord>
        let dips: UnsafeMutablePointer<quantcal_isotonic_dip>
        let bends: UnsafeMutablePointer<quantcal_isotonic_bend>
        let runs: UnsafeMutablePointer<IsotonicRefinement.Run>
        let masks: UnsafeMutablePointer<UInt64>
        let path: quantcal_isotonic_path
        /// Some of the cells' ends.
        let ends: UnsafeMutablePointer<Int64>
    }

    /// What passes in steps of eight take past the last cell.
    static let margin = 16

    private let blocks: Scratch<Block>
    private let coarse: Scratch<Block>
    private let chords: Scratch<quantcal_isotonic_chord>
    private let dips: Scratch<quantcal_isotonic_dip>
    private let bends: Scratch<quantcal_isotonic_bend>
    private let runs: Scratch<IsotonicRefinement.Run>
    private let masks: Scratch<UInt64>
    private let numbers: Scratch<Double>
    private let ends: Scratch<Int64>
    private let points: Int
    private let cells: Int
    private var room: Int { cells + Self.margin }

    init(threads: Int, points: Int, cells: Int) throws(QuantcalError) {
        let blocks = try Scratch<Block>(threads * (points + Self.margin))
        let coarse = try Scratch<Block>(threads * cells)
        let chords = try Scratch<quantcal_isotonic_chord>(threads * cells)
        let dips = try Scratch<quantcal_isotonic_dip>(threads * cells)
        let bends = try Scratch<quantcal_isotonic_bend>(threads * cells)
        // A dip of each cell, and a corner at the end of each.
        let runs = try Scratch<IsotonicRefinement.Run>(threads * cells * 2)
        let masks = try Scratch<UInt64>(threads * cells)
        let numbers = try Scratch<Double>(threads * (cells + Self.margin) * 5)
        let ends = try Scratch<Int64>(threads * cells)
        // Taken one by one before any is kept: a failure leaves nothing half made.
        (self.points, self.cells) = (points, cells)
        self.blocks = blocks
        self.coarse = coarse
        self.chords = chords
        self.dips = dips
        self.bends = bends
        self.runs = runs
        self.masks = masks
        self.numbers = numbers
        self.ends = ends
    }

    subscript(thread: Int) -> Place {
        let numbers = numbers.buffer.baseAddress! + thread * room * 5
        return Place(
            capacity: points, blocks: blocks.buffer.baseAddress! + thread * (points + Self.margin),
            coarse: coarse.buffer.baseAddress! + thread * cells,
            chords: chords.buffer.baseAddress! + thread * cells,
            dips: dips.buffer.baseAddress! + thread * cells,
            bends: bends.buffer.baseAddress! + thread * cells,
            runs: runs.buffer.baseAddress! + thread * cells * 2,
            masks: masks.buffer.baseAddress! + thread * cells,
            path: quantcal_isotonic_path(
                heights: numbers, before: numbers + room, weights: numbers + 2 * room,
                least: numbers + 3 * room, most: numbers + 4 * room),
            ends: ends.buffer.baseAddress! + thread * cells)
    }
}
