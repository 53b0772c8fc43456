import Synchronization

/// Points as they came, and those that have been sorted: what is new waits until somebody asks. Then it is
/// sorted and merged with the rest, so many small steps cost no more than one large one.
///
/// Several calls may read at once; one that changes it must be alone.
final class CalibrationStore<Item: CalibrationItem> {
    /// Groups there are; at least 1.
    private let groupCount: Int
    /// If there is one group only, nothing is kept in `newGroups`.
    private var isGrouped: Bool { groupCount > 1 }

    private var new = GrowableBuffer<Item>()
    private var newGroups = GrowableBuffer<UInt32>()
    private var sorted: CalibrationScores<Item>?
    /// Held by whoever asks, since the first one sorts.
    private let asking = Mutex<Void>(())

    init(groupCount: Int) { self.groupCount = groupCount }

    init(groupCount: Int, sorted: CalibrationScores<Item>) {
        self.groupCount = groupCount
        self.sorted = sorted
    }

    /// Room for so many new points; then `append` cannot fail.
    func reserve(_ count: Int) throws(QuantcalError) {
        let (wanted, overflow) = new.count.addingReportingOverflow(count)
        try new.reserve(overflow ? .max : wanted)
        if isGrouped { try newGroups.reserve(wanted) }
    }

    @inline(__always) func append(_ item: Item, group: Int) {
        (new.start + new.count).initialize(to: item)
        new.count += 1
        guard isGrouped else { return }
        (newGroups.start + newGroups.count).initialize(to: UInt32(truncatingIfNeeded: group))
        newGroups.count += 1
    }

    /// Adds the points of another store, as it has them.
    func append(_ other: CalibrationStore) throws(QuantcalError) {
        try other.asking.withLock { _ throws(QuantcalError) in
            try reserve((other.sorted?.items.count ?? 0) + other.new.count)
            if let sorted = other.sorted {
                for group in 0..<groupCount {
                    for index in sorted.starts[group]..<sorted.starts[group + 1] {
                        append(sorted.items[index], group: group)
                    }
                }
            }
            for index in 0..<other.new.count {
                append(other.new.start[index], group: isGrouped ? Int(other.newGroups.start[index]) : 0)
            }
        }
    }

    /// All points, sorted.
    func scores() throws(QuantcalError) -> CalibrationScores<Item> {
        try asking.withLock { _ throws(QuantcalError) in
            if let sorted, new.count == 0 { return sorted }
            let scores = try sort()
            newGroups = GrowableBuffer()
            sorted = scores
            return scores
        }
    }

    /// Nothing is lost if memory is short: what is new is taken away last.
    private func sort() throws(QuantcalError) -> CalibrationScores<Item> {
        var starts = try startsOfNew()
        let placed = try placeNew(starts.buffer)
        let run = isGrouped ? placed.buffer : new.buffer
        for group in 0..<groupCount {
            try CalibrationOrder.sort(
                UnsafeMutableBufferPointer(rebasing: run[starts.buffer[group]..<starts.buffer[group + 1]]))
        }
        var memory = GrowableBuffer<Item>()
        if let sorted {
            try memory.reserve(sorted.items.count + run.count)
            starts = try Self.merge(sorted, UnsafeBufferPointer(run), starts.buffer, into: &memory)
        }
        let all = sorted == nil ? UnsafeBufferPointer(run) : memory.elements
        let sums = try CalibrationSums(all, UnsafeBufferPointer(starts.buffer))
        if sorted == nil {
            if isGrouped { memory = placed } else { swap(&memory, &new) }
        }
        new = GrowableBuffer()
        memory.trim()
        return CalibrationScores(memory: memory, starts: starts, sums: sums)
    }

    /// Where the new points of each group begin once they are placed.
    private func startsOfNew() throws(QuantcalError) -> Scratch<Int> {
        let starts = try Scratch<Int>(zeroed: groupCount + 1)
        guard isGrouped else {
            starts.buffer[1] = new.count
            return starts
        }
        for group in newGroups.elements { starts.buffer[Int(group) + 1] += 1 }
        for group in 0..<groupCount { starts.buffer[group + 1] += starts.buffer[group] }
        return starts
    }

    /// The new points group by group; nothing if there is one group only.
    private func placeNew(
        _ starts: UnsafeMutableBufferPointer<Int>
    ) throws(QuantcalError) -> GrowableBuffer<Item> {
        var placed = GrowableBuffer<Item>()
        guard isGrouped else { return placed }
        try placed.reserve(new.count)
        let next = try Scratch<Int>(groupCount)
        for group in 0..<groupCount { next.buffer[group] = starts[group] }
        for index in 0..<new.count {
            let group = Int(newGroups.start[index])
            (placed.start + next.buffer[group]).initialize(to: new.start[index])
            next.buffer[group] += 1
        }
        placed.count = new.count
        return placed
    }

    /// Merges new points with old ones in each group. The starts of all.
    private static func merge(
        _ old: CalibrationScores<Item>, _ new: UnsafeBufferPointer<Item>,
        _ newStarts: UnsafeMutableBufferPointer<Int>, into memory: inout GrowableBuffer<Item>
    ) throws(QuantcalError) -> Scratch<Int> {
        let starts = try Scratch<Int>(old.starts.count)
        for group in old.starts.indices { starts.buffer[group] = old.starts[group] + newStarts[group] }
        for group in 0..<starts.buffer.count - 1 {
            var (left, right) = (old.starts[group], newStarts[group])
            let (leftEnd, rightEnd) = (old.starts[group + 1], newStarts[group + 1])
            for place in starts.buffer[group]..<starts.buffer[group + 1] {
                let takesNew =
                    left == leftEnd || (right < rightEnd && Item.precedes(new[right], old.items[left]))
                (memory.start + place).initialize(to: takesNew ? new[right] : old.items[left])
                if takesNew { right += 1 } else { left += 1 }
            }
        }
        memory.count = starts.buffer[starts.buffer.count - 1]
        return starts
    }
}
