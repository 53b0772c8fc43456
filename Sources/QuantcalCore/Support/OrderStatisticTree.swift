/// Numbers in order, with the k-th smallest and the count below a value in O(log n), while numbers come and
/// go: a search tree balanced by the sizes of its branches. Each number has a slot of its own, a small
/// integer that the caller gives; equal numbers are ordered by slot.
///
/// Source: Adams (1993), "Efficient sets: a balancing act", with the weights (3, 2) that Hirai and Yamamoto
/// (2011) proved to be right. So the depth stays below 2.41 log2 n, whatever the order of the numbers.
struct OrderStatisticTree: ~Copyable {
    /// Slots are below this.
    static let slotLimit = Int(Int32.max) - 1

    struct Node {
        var value = 0.0
        /// Places of nodes: a slot and 1, or 0 for none.
        var left: Int32 = 0
        var right: Int32 = 0
        var size: Int32 = 0
    }

    /// The node of slot s is at s + 1; that at 0 stands for none, of size 0.
    private var nodes = GrowableBuffer<Node>()
    private var root: Int32 = 0

    /// How many numbers there are.
    var count: Int { nodes.count == 0 ? 0 : Int(size(root)) }

    /// Makes room for slots below `slots`. After an error nothing has changed.
    mutating func reserve(slots: Int) throws(QuantcalError) {
        guard slots <= Self.slotLimit else {
            throw QuantcalError(.noMemory, "no room for \(slots) scores; \(Self.slotLimit) is the most")
        }
        try nodes.reserve(slots + 1)
    }

    func value(at slot: Int) -> Double { nodes.start[slot + 1].value }

    /// Adds a number that is not NaN in a slot that is free and has room.
    mutating func insert(_ value: Double, slot: Int) {
        while nodes.count <= slot + 1 {
            nodes.start[nodes.count] = Node()
            nodes.count += 1
        }
        nodes.start[slot + 1] = Node(value: value, size: 1)
        root = inserted(Int32(slot + 1), below: root)
    }

    /// Takes the number of a slot out.
    mutating func remove(slot: Int) { root = removed(Int32(slot + 1), from: root) }

    /// The number that `rank` others stand before; `rank` is below `count`.
    func select(_ rank: Int) -> Double {
        var rank = Int32(rank)
        var place = root
        while true {
            let before = size(left(place))
            if rank < before {
                place = left(place)
            } else if rank == before {
                return nodes.start[Int(place)].value
            } else {
                rank -= before + 1
                place = right(place)
            }
        }
    }

    /// How many numbers are below `value`.
    func count(below value: Double) -> Int {
        var before: Int32 = 0
        var place = root
        while place != 0 {
            if nodes.start[Int(place)].value < value {
                before += size(left(place)) + 1
                place = right(place)
            } else {
                place = left(place)
            }
        }
        return Int(before)
    }

    /// Calls `body` with each number and its slot, in ascending order, as long as it returns true.
    func forEach(_ body: (_ value: Double, _ slot: Int) -> Bool) { _ = visit(root, body) }

    private func visit(_ place: Int32, _ body: (Double, Int) -> Bool) -> Bool {
        guard place != 0 else { return true }
        return visit(left(place), body) && body(nodes.start[Int(place)].value, Int(place) - 1)
            && visit(right(place), body)
    }
}

// MARK: - Balance

extension OrderStatisticTree {
    private func left(_ place: Int32) -> Int32 { nodes.start[Int(place)].left }
    private func right(_ place: Int32) -> Int32 { nodes.start[Int(place)].right }
    private func size(_ place: Int32) -> Int32 { nodes.start[Int(place)].size }

    private func precedes(_ a: Int32, _ b: Int32) -> Bool {
        let (x, y) = (nodes.start[Int(a)].value, nodes.start[Int(b)].value)
        return x < y || (x == y && a < b)
    }

    /// The branch with the node `new` in it.
    private func inserted(_ new: Int32, below place: Int32) -> Int32 {
        guard place != 0 else { return new }
        if precedes(new, place) {
            nodes.start[Int(place)].left = inserted(new, below: left(place))
        } else {
            nodes.start[Int(place)].right = inserted(new, below: right(place))
        }
        return balanced(place)
    }

    /// The branch without the node `old`, which is in it.
    private func removed(_ old: Int32, from place: Int32) -> Int32 {
        if old == place { return joined(left(place), right(place)) }
        if precedes(old, place) {
            nodes.start[Int(place)].left = removed(old, from: left(place))
        } else {
            nodes.start[Int(place)].right = removed(old, from: right(place))
        }
        return balanced(place)
    }

    /// One branch of two neighbours, whose sizes are in balance but for one node.
    private func joined(_ low: Int32, _ high: Int32) -> Int32 {
        guard low != 0 else { return high }
        guard high != 0 else { return low }
        var middle = size(low) > size(high) ? low : high
        let takesLow = middle == low
        while (takesLow ? right(middle) : left(middle)) != 0 {
            middle = takesLow ? right(middle) : left(middle)
        }
        // The node leaves its branch before it becomes the new top.
        let rest = removed(middle, from: takesLow ? low : high)
        nodes.start[Int(middle)].left = takesLow ? rest : low
        nodes.start[Int(middle)].right = takesLow ? high : rest
        return balanced(middle)
    }

    /// The branch with its size counted, and turned where one side is more than three times the other.
    private func balanced(_ place: Int32) -> Int32 {
        let (low, high) = (weight(left(place)), weight(right(place)))
        count(place)
        if high > 3 * low {
            let next = right(place)
            if weight(left(next)) >= 2 * weight(right(next)) {
                nodes.start[Int(place)].right = turnedRight(next)
            }
            return turnedLeft(place)
        }
        if low > 3 * high {
            let next = left(place)
            if weight(right(next)) >= 2 * weight(left(next)) {
                nodes.start[Int(place)].left = turnedLeft(next)
            }
            return turnedRight(place)
        }
        return place
    }

    private func weight(_ place: Int32) -> Int64 { Int64(size(place)) + 1 }

    private func count(_ place: Int32) {
        nodes.start[Int(place)].size = size(left(place)) + size(right(place)) + 1
    }

    private func turnedLeft(_ place: Int32) -> Int32 {
        let top = right(place)
        nodes.start[Int(place)].right = left(top)
        nodes.start[Int(top)].left = place
        count(place)
        count(top)
        return top
    }

    private func turnedRight(_ place: Int32) -> Int32 {
        let top = left(place)
        nodes.start[Int(place)].left = right(top)
        nodes.start[Int(top)].right = place
        count(place)
        count(top)
        return top
    }
}
