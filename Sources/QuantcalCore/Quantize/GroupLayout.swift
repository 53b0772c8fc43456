/// Which elements of a matrix share their parameters.
public enum Granularity: Int32, CaseIterable, Sendable {
    /// Neighbours of a row; a row's last group may be shorter.
    case group = 0
    case row = 1
    case tensor = 2
}

/// A matrix in groups that share parameters, and the room that its codes need.
public struct GroupLayout: Sendable {
    public let rows: Int
    public let columns: Int
    /// Bytes of packed codes in a row.
    public let rowBytes: Int
    public let codeBytes: Int
    /// Elements of a row that share a scale.
    let groupColumns: Int
    /// Groups in a row; 0 if one scale serves all rows.
    let groupsInRow: Int
    public let groupCount: Int

    /// Checks the sizes. `bits` is 1 to 8.
    public init(
        rows: Int, columns: Int, bits: Int, granularity: Granularity, groupSize: Int
    ) throws(QuantcalError) {
        guard groupSize >= 1 || granularity != .group else {
            throw QuantcalError(.options, "group_size is \(groupSize); group_size must be at least 1")
        }
        let rowBytes = try PackedCodes.rowBytes(columns: columns, bits: bits)
        let groupColumns = granularity == .group ? min(groupSize, max(columns, 1)) : max(columns, 1)
        let groupsInRow = columns / groupColumns + (columns % groupColumns == 0 ? 0 : 1)
        let (codeBytes, codesOverflow) = rows.multipliedReportingOverflow(by: rowBytes)
        let (groups, groupsOverflow) = rows.multipliedReportingOverflow(by: groupsInRow)
        let (_, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !codesOverflow, !groupsOverflow, !overflow else {
            throw QuantcalError(.size, "rows * columns is \(rows) * \(columns); the product is too large")
        }
        let isShared = granularity == .tensor
        (self.rows, self.columns, self.rowBytes, self.codeBytes) = (rows, columns, rowBytes, codeBytes)
        self.groupColumns = groupColumns
        self.groupsInRow = isShared ? 0 : groupsInRow
        groupCount = isShared ? min(groups, 1) : groups
    }

    /// How many elements share the parameters of a group.
    func elements(inGroup group: Int) -> Int {
        guard groupsInRow > 0 else { return rows * columns }
        return min(groupColumns, columns - group % groupsInRow * groupColumns)
    }

    /// Elements that are converted, encoded and packed at a time: a multiple of 8, so that a chunk of
    /// packed codes starts on a byte, and small enough for the fastest cache.
    static let chunk = 1024

    /// As many where kernels do that, so that the way into them does not count.
    static let stretch = Kernels.ranges == nil ? chunk : 8 * chunk

    /// Rows that are worth a thread's while.
    var rowsPerTask: Int { max(1, (1 << 17) / max(columns, 1)) }

    /// Rows between two reports of progress; all where nobody hears them, as each time threads start anew.
    func rowsBetweenReports(_ progress: Progress) -> Int { progress.isNone ? max(rows, 1) : rowsPerTask * 64 }

    /// All rows, on all threads, in the order of a second pass: what the first one read last is still in
    /// the cache.
    func forEachRowAgain(_ body: (Int) -> Void) {
        forEachTaskAgain { rows in
            for row in rows { body(row) }
        }
    }

    /// The same, some rows at a time.
    func forEachTaskAgain(_ body: (Range<Int>) -> Void) {
        let tasks = (rows + rowsPerTask - 1) / rowsPerTask
        Parallel.forEachRange(of: tasks, grain: 1) { range in
            for task in range {
                let first = (tasks - 1 - task) * rowsPerTask
                body(first..<min(first + rowsPerTask, rows))
            }
        }
    }

    /// The chunks of a row.
    @inline(__always) func forEachChunk(_ body: (Range<Int>) -> Void) { forEach(Self.chunk, body) }

    /// The stretches of a row.
    @inline(__always) func forEachStretch(_ body: (Range<Int>) -> Void) { forEach(Self.stretch, body) }

    @inline(__always) private func forEach(_ length: Int, _ body: (Range<Int>) -> Void) {
        var first = 0
        while first < columns {
            let end = min(first + length, columns)
            body(first..<end)
            first = end
        }
    }
}
