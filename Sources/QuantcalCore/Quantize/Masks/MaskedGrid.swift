/// A part of a matrix on a grid: codes for the elements that a mask selects, the codes of a row one
/// behind the other, each row from a byte on.
public struct MaskedGrid {
    let grid: CompiledGrid
    /// Of the whole matrix: groups are neighbours in it, selected or not.
    let layout: GroupLayout
    public let mask: ElementMask

    public init(_ grid: CompiledGrid, _ layout: GroupLayout, _ mask: ElementMask) {
        (self.grid, self.layout, self.mask) = (grid, layout, mask)
    }

    private var bits: Int { grid.grid.bits }

    private func rowBytes(_ selected: Int) -> Int { selected / 8 * bits + (selected % 8 * bits + 7) / 8 }

    /// Selected elements, and the bytes of their codes.
    public var room: (selected: Int, codeBytes: Int) {
        var (selected, bytes) = (0, 0)
        guard layout.columns > 0 else { return (0, 0) }
        for row in 0..<layout.rows {
            let count = mask.count(row: row, columns: layout.columns)
            selected += count
            bytes += rowBytes(count)
        }
        return (selected, bytes)
    }

    /// The byte that each row's codes begin with.
    private func starts() throws(QuantcalError) -> Scratch<Int> {
        let starts = try Scratch<Int>(layout.rows)
        var next = 0
        for row in 0..<layout.rows {
            starts.buffer[row] = next
            next += rowBytes(mask.count(row: row, columns: layout.columns))
        }
        return starts
    }

    /// The stretches of a row that lie in one group and are at most a chunk.
    @inline(__always) private func forEachStretch(_ body: (_ group: Int, _ columns: Range<Int>) -> Void) {
        var (group, first) = (0, 0)
        while first < layout.columns {
            let end = first + min(layout.groupColumns, layout.columns - first)
            for start in stride(from: first, to: end, by: GroupLayout.chunk) {
                body(group, start..<min(start + GroupLayout.chunk, end))
            }
            (group, first) = (group + 1, end)
        }
    }

    public func encode(
        _ values: UnsafePointer<Float>, _ parameters: CompiledGrid.Parameters, _ progress: Progress,
        into packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodePart(values, parameters, progress, packed) }

    public func encode(
        _ values: UnsafePointer<HalfBits>, _ parameters: CompiledGrid.Parameters, _ progress: Progress,
        into packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodePart(values, parameters, progress, packed) }

    public func encode(
        _ values: UnsafePointer<BFloat16Bits>, _ parameters: CompiledGrid.Parameters, _ progress: Progress,
        into packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) { try encodePart(values, parameters, progress, packed) }

    private func encodePart<T: WeightElement>(
        _ values: UnsafePointer<T>, _ parameters: CompiledGrid.Parameters, _ progress: Progress,
        _ packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        try parameters.check()
        guard layout.groupCount > 0 else { return }
        let starts = try starts()
        try requireEncodable(values, layout, Float.greatestFiniteMagnitude.bitPattern, progress)
        layout.forEachRowAgain { row in
            encodeRow(values + row * layout.columns, row, parameters, packed + starts.buffer[row])
        }
    }

    private func encodeRow<T: WeightElement>(
        _ values: UnsafePointer<T>, _ row: Int, _ parameters: CompiledGrid.Parameters,
        _ packed: UnsafeMutablePointer<UInt8>
    ) {
        let chunk = GroupLayout.chunk
        withUnsafeTemporaryAllocation(of: Float.self, capacity: chunk) { picked in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * chunk) { codes in
                let (picked, codes) = (picked.baseAddress!, codes.baseAddress!)
                var (waiting, target) = (0, packed)
                forEachStretch { group, columns in
                    let group = row * layout.groupsInRow + (layout.groupsInRow == 0 ? 0 : group)
                    let count = mask.pick(values, row: row, columns, into: picked)
                    guard count > 0 else { return }
                    grid.nearest.encode(
                        picked, count, scale: parameters.scales[group], zero: parameters.zero(group),
                        codes + waiting)
                    waiting += count
                    guard waiting >= chunk else { return }
                    // Eight codes fill whole bytes; the rest waits for more.
                    let whole = waiting & ~7
                    PackedCodes.packRun(codes, whole, bits, target)
                    target += whole / 8 * bits
                    waiting -= whole
                    codes.update(from: codes + whole, count: waiting)
                }
                PackedCodes.packRun(codes, waiting, bits, target)
            }
        }
    }

    /// Writes the selected elements only.
    public func decode(
        _ packed: UnsafePointer<UInt8>, _ parameters: CompiledGrid.Parameters, _ progress: Progress,
        into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try decodePart(packed, parameters, progress, values) }

    public func decode(
        _ packed: UnsafePointer<UInt8>, _ parameters: CompiledGrid.Parameters, _ progress: Progress,
        into values: UnsafeMutablePointer<HalfBits>
    ) throws(QuantcalError) { try decodePart(packed, parameters, progress, values) }

    public func decode(
        _ packed: UnsafePointer<UInt8>, _ parameters: CompiledGrid.Parameters, _ progress: Progress,
        into values: UnsafeMutablePointer<BFloat16Bits>
    ) throws(QuantcalError) { try decodePart(packed, parameters, progress, values) }

    private func decodePart<T: WeightElement>(
        _ packed: UnsafePointer<UInt8>, _ parameters: CompiledGrid.Parameters, _ progress: Progress,
        _ values: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try Require.finite(parameters.scales, "scales")
        if let zeros = parameters.zeros { try Require.finite(zeros, "zeros") }
        guard layout.groupCount > 0 else { return }
        let starts = try starts()
        try progress(0)
        Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
            for row in rows {
                decodeRow(packed + starts.buffer[row], row, parameters, values + row * layout.columns)
            }
        }
    }

    private func decodeRow<T: WeightElement>(
        _ packed: UnsafePointer<UInt8>, _ row: Int, _ parameters: CompiledGrid.Parameters,
        _ values: UnsafeMutablePointer<T>
    ) {
        let chunk = GroupLayout.chunk
        let total = mask.count(row: row, columns: layout.columns)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: chunk) { numbers in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * chunk) { codes in
                let (numbers, codes) = (numbers.baseAddress!, codes.baseAddress!)
                // Of the row's codes `unpacked` are taken apart; the last `waiting` of these wait at `next`.
                var (unpacked, next, waiting) = (0, 0, 0)
                forEachStretch { group, columns in
                    let count = mask.count(row: row, columns)
                    guard count > 0 else { return }
                    if waiting < count {
                        codes.update(from: codes + next, count: waiting)
                        let more = min(chunk, total - unpacked)
                        PackedCodes.unpackRun(
                            packed + unpacked / 8 * bits, more, bits, false, codes + waiting)
                        (unpacked, next, waiting) = (unpacked + more, 0, waiting + more)
                    }
                    let (scales, zeros) = parameters.from(
                        row * layout.groupsInRow + (layout.groupsInRow == 0 ? 0 : group))
                    grid.decode(
                        codes + next, GroupRun(inOneGroup: count), scales: scales, zeros: zeros, numbers)
                    (next, waiting) = (next + count, waiting - count)
                    mask.place(numbers, row: row, columns, in: values)
                }
            }
        }
    }
}
