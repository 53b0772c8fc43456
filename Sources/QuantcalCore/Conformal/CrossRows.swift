/// The loop over test points, on all threads and in waves, so that progress is heard. Outputs are written when all
/// is done, since a cancelled call writes nothing.
struct CrossRows {
    let rows: Int
    /// About how many numbers a row looks at.
    let work: Int
    let progress: Progress

    /// So many numbers are worth a thread's turn.
    private static let turn = 1 << 15
    private static let turnsInWave = 64

    /// `shift` writes the shift of each list for a row; it gets scratch of so many doubles, its thread's own.
    func fill<T: Scalar>(
        _ lists: borrowing CrossLists<T>, _ ends: CrossEnds<T>, _ lower: UnsafeMutablePointer<T>,
        _ upper: UnsafeMutablePointer<T>, scratch: Int,
        shift: (_ row: Int, _ shifts: UnsafeMutablePointer<T>, _ scratch: UnsafeMutablePointer<Double>) ->
            Void
    ) throws(QuantcalError) {
        let grain = max(1, min(rows, Self.turn / max(work, 1)))
        let turns = (rows + grain - 1) / grain
        let (product, overflow) = rows.multipliedReportingOverflow(by: max(work, 1))
        let threads = Parallel.threads(for: min(turns, Self.turnsInWave), work: overflow ? .max : product)
        let count = lists.count
        let room = CrossSelection<T>.gathered(lists: count, n: lists.residuals.buffer.count)
        let shifts = try Scratch<T>(threads * count)
        let parts = try Scratch<CrossSelection<T>.Part>(threads * count)
        let candidates = try Scratch<T>(threads * room)
        let own = try Scratch<Double>(threads * scratch)
        let results = try Scratch<T>(2 * rows)
        let (residuals, starts) = (
            UnsafePointer(lists.residuals.buffer.baseAddress!),
            UnsafePointer(lists.starts.buffer.baseAddress!)
        )
        let (below, above) = (results.buffer.baseAddress!, results.buffer.baseAddress! + rows)
        for wave in stride(from: 0, to: turns, by: Self.turnsInWave) {
            try progress(Double(wave) / Double(turns))
            Parallel.forEach(min(Self.turnsInWave, turns - wave), threads: threads) { index, thread in
                let selection = CrossSelection(
                    residuals: residuals, starts: starts, listCount: count,
                    live: parts.buffer.baseAddress! + thread * count,
                    gathered: UnsafeMutableBufferPointer(
                        start: candidates.buffer.baseAddress! + thread * room, count: room))
                let mine = shifts.buffer.baseAddress! + thread * count
                let first = (wave + index) * grain
                for row in first..<min(first + grain, rows) {
                    if count > 0 { shift(row, mine, own.buffer.baseAddress! + thread * scratch) }
                    above[row] = ends.upper(selection, mine) + 0
                    // The lower end may mirror the shifts, so it is the last.
                    below[row] = ends.lower(selection, mine) + 0
                }
            }
        }
        lower.update(from: below, count: rows)
        upper.update(from: above, count: rows)
    }
}
