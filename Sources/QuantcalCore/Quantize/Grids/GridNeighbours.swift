/// The levels on either side of each number.
extension CompiledGrid {
    /// Which level is the largest that is not above a number, and which the smallest not below.
    private var sides: (lower: GridIntervals, upper: GridIntervals) {
        // -0 has a lower key than 0, which is the one to keep.
        let order = levels.indices.filter { levels[$0].isFinite }.sorted {
            OrderedSingle.key(levels[$0]) < OrderedSingle.key(levels[$1])
        }
        let kept = order.indices.filter {
            $0 + 1 == order.count || levels[order[$0]] != levels[order[$0 + 1]]
        }
        let codes = kept.map { UInt8(order[$0]) }
        let ascending = codes.map { Double(levels[Int($0)]) }
        let lower = ascending.dropFirst().map { OrderedSingle.firstKey(above: $0, orAt: true) }
        let upper = ascending.dropLast().map { OrderedSingle.firstKey(above: $0, orAt: false) }
        return (
            GridIntervals(starts: [.min] + lower, codes: codes),
            GridIntervals(starts: [.min] + upper, codes: codes)
        )
    }

    public func neighbours(
        of values: UnsafePointer<Float>, _ layout: GroupLayout, _ parameters: Parameters,
        _ progress: Progress, lower: UnsafeMutablePointer<UInt8>, upper: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        try parameters.check()
        guard layout.groupCount > 0 else { return }
        try requireEncodable(values, layout, Float.greatestFiniteMagnitude.bitPattern, progress)
        let sides = sides
        Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
            for row in rows {
                let first = row * layout.columns
                layout.forEachChunk { chunk in
                    let run = layout.run(chunk)
                    let start = first + chunk.lowerBound
                    let (scales, zeros) = parameters.from(row * layout.groupsInRow + run.firstGroup)
                    sides.lower.encode(values + start, run, scales: scales, zeros: zeros, lower + start)
                    sides.upper.encode(values + start, run, scales: scales, zeros: zeros, upper + start)
                }
            }
        }
    }
}
