import CQuantcalKernels

/// A run of elements of a row, and how it lies in the row's groups.
struct GroupRun {
    let count: Int
    /// Elements of a group.
    let groupColumns: Int
    /// The group that the run begins in, in its row; and how much of that group lies before the run.
    let firstGroup: Int
    let place: Int

    /// A run in one group.
    init(inOneGroup count: Int) {
        (self.count, groupColumns, firstGroup, place) = (count, max(count, 1), 0, 0)
    }

    init(_ range: Range<Int>, groupColumns: Int) {
        count = range.count
        self.groupColumns = groupColumns
        (firstGroup, place) = range.lowerBound.quotientAndRemainder(dividingBy: groupColumns)
    }

    /// The parts that lie in one group each, both counted from the run's first.
    @inline(__always) func forEachSegment(_ body: (Int, Range<Int>) -> Void) {
        var (group, first) = (0, 0)
        while first < count {
            // At most the room to the row's end, so that it does not overflow.
            let length = group == 0 ? groupColumns - place : groupColumns
            let end = first + min(length, count - first)
            body(group, first..<end)
            (group, first) = (group + 1, end)
        }
    }

    var forKernel: quantcal_groups { quantcal_groups(columns: groupColumns, place: place) }
}

extension GroupLayout {
    /// How a chunk of a row lies in its groups.
    @inline(__always) func run(_ chunk: Range<Int>) -> GroupRun {
        GroupRun(chunk, groupColumns: groupColumns)
    }
}
