/// Values in ascending order, to count those on either side of a number. Infinities are data.
struct SortedSample<T: Scalar> {
    let buffer: UnsafeBufferPointer<T>

    var count: Int { buffer.count }

    /// How many values are below a number.
    @inline(__always) func count(below limit: T) -> Int {
        Search.first(in: 0..<count) { buffer[$0] >= limit }
    }

    /// How many values are at most a number; `below` are known to be below it.
    @inline(__always) func count(upTo limit: T, below: Int = 0) -> Int {
        Search.first(in: below..<count) { buffer[$0] > limit }
    }
}

/// A copy of values, sorted group by group. Groups are any integers; without them all is one group.
struct SortedGroups<T: Scalar>: ~Copyable {
    private let memory: Scratch<T>
    /// The groups that there are, in ascending order, and where the values of each begin.
    private let labels: Scratch<Int64>
    private let starts: Scratch<Int>
    private let hasLabels: Bool
    /// How many groups there are.
    let count: Int

    var values: UnsafeBufferPointer<T> { UnsafeBufferPointer(memory.buffer) }

    /// The values must not be NaN. There are as many groups as values, or none.
    init(_ values: UnsafeBufferPointer<T>, groups: UnsafeBufferPointer<Int64>?) throws(QuantcalError) {
        let memory = try Scratch<T>(values.count)
        let pairs = try Scratch<GroupedValue<T>>(groups?.count ?? 0)
        if let groups {
            try RadixSort.sort(ValueItems(values: values, groups: groups, target: pairs.buffer))
            // The sort is stable: values stay in order.
            try RadixSort.sort(GroupItems(pairs: pairs.buffer))
        } else {
            try RadixSort.sort(SingleItems(source: values, target: memory.buffer))
        }
        let count = groups == nil ? 1 : Self.groupCount(pairs.buffer)
        let labels = try Scratch<Int64>(count)
        let starts = try Scratch<Int>(count + 1)
        starts.buffer[0] = 0
        var next = 0
        for (index, pair) in pairs.buffer.enumerated() {
            memory.buffer[index] = T(orderedKey: pair.value)
            if index == 0 || pair.key != pairs.buffer[index - 1].key {
                labels.buffer[next] = pair.label
                starts.buffer[next] = index
                next += 1
            }
        }
        starts.buffer[count] = values.count
        self.memory = memory
        self.labels = labels
        self.starts = starts
        self.count = count
        hasLabels = groups != nil
    }

    private static func groupCount(_ pairs: UnsafeMutableBufferPointer<GroupedValue<T>>) -> Int {
        pairs.indices.reduce(0) { count, index in
            index > 0 && pairs[index].key == pairs[index - 1].key ? count : count + 1
        }
    }

    /// Which of the groups has this label; nil if none has.
    @inline(__always) func place(of label: Int64) -> Int? {
        guard hasLabels else { return 0 }
        let labels = labels.buffer
        let place = Search.first(in: 0..<labels.count) { labels[$0] >= label }
        return place < labels.count && labels[place] == label ? place : nil
    }

    /// Where the values of a group are; nowhere for no group.
    @inline(__always) func range(_ place: Int?) -> Range<Int> {
        guard let place else { return 0..<0 }
        return starts.buffer[place]..<starts.buffer[place + 1]
    }

    @inline(__always) func sample(_ place: Int?) -> SortedSample<T> {
        SortedSample(buffer: UnsafeBufferPointer(rebasing: values[range(place)]))
    }
}

/// A value's bits behind its group's, both in their order.
private struct GroupedValue<T: Scalar>: RadixItem {
    var key: UInt64
    var value: T.Bits

    private static var sign: UInt64 { 1 << 63 }

    init(group: Int64, value: T.Bits) {
        key = UInt64(bitPattern: group) ^ Self.sign
        self.value = value
    }

    var label: Int64 { Int64(bitPattern: key ^ Self.sign) }
}

/// The values are their keys: nothing travels with them.
private struct SingleItems<T: Scalar>: RadixItems {
    struct Item: RadixItem {
        var key: T.Bits
    }
    let source: UnsafeBufferPointer<T>
    let target: UnsafeMutableBufferPointer<T>

    var count: Int { source.count }
    @inline(__always) func key(_ index: Int) -> T.Bits { source[index].orderedKey }
    @inline(__always) func item(_ index: Int) -> Item { Item(key: source[index].orderedKey) }
    @inline(__always) func store(_ item: Item, at place: Int) { target[place] = T(orderedKey: item.key) }
}

/// Values by their order, with their groups.
private struct ValueItems<T: Scalar>: RadixItems {
    struct Item: RadixItem {
        var key: T.Bits
        var group: Int64
    }
    let values: UnsafeBufferPointer<T>
    let groups: UnsafeBufferPointer<Int64>
    let target: UnsafeMutableBufferPointer<GroupedValue<T>>

    var count: Int { values.count }
    @inline(__always) func key(_ index: Int) -> T.Bits { values[index].orderedKey }
    @inline(__always) func item(_ index: Int) -> Item {
        Item(key: values[index].orderedKey, group: groups[index])
    }
    @inline(__always) func store(_ item: Item, at place: Int) {
        target[place] = GroupedValue(group: item.group, value: item.key)
    }
}

/// Values with their groups by the latter, in their own memory.
private struct GroupItems<T: Scalar>: RadixItems {
    let pairs: UnsafeMutableBufferPointer<GroupedValue<T>>

    var count: Int { pairs.count }
    @inline(__always) func key(_ index: Int) -> UInt64 { pairs[index].key }
    @inline(__always) func item(_ index: Int) -> GroupedValue<T> { pairs[index] }
    @inline(__always) func store(_ item: GroupedValue<T>, at place: Int) { pairs[place] = item }
}
