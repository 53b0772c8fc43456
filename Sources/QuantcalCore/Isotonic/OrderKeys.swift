/// Keys to be sorted, each with the number of what it is the key of. The sort is stable.
struct OrderKeys: ~Copyable {
    struct Item: RadixItem {
        var key: UInt64
        var index: Int32
    }

    private struct Items: RadixItems {
        typealias Item = OrderKeys.Item
        let memory: UnsafeMutablePointer<Item>
        let count: Int
        @inline(__always) func key(_ index: Int) -> UInt64 { memory[index].key }
        @inline(__always) func item(_ index: Int) -> Item { memory[index] }
        @inline(__always) func store(_ item: Item, at place: Int) { memory[place] = item }
    }

    private let memory: Scratch<Item>

    init(_ count: Int) throws(QuantcalError) { memory = try Scratch(count) }

    @inline(__always) subscript(place: Int) -> Item {
        get { memory.buffer[place] }
        nonmutating set { memory.buffer[place] = newValue }
    }

    var items: UnsafeBufferPointer<Item> { UnsafeBufferPointer(memory.buffer) }

    func sort() throws(QuantcalError) { try sort(first: memory.buffer.count) }

    /// Sorts the first `count`.
    func sort(first count: Int) throws(QuantcalError) {
        guard count > 1, let memory = memory.buffer.baseAddress else { return }
        try RadixSort.sort(Items(memory: memory, count: count))
    }
}

extension Double {
    /// A key that rises with the number; the zeros are equal.
    @inline(__always) var rankingKey: UInt64 { (self + 0).orderedKey }
}
