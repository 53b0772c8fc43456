/// The points of each node. Equal points are one node; a node that only joins edges has none.
final class OrderNodes {
    let count: Int
    /// The points of node v are `members[first[v]..<first[v + 1]]`.
    private let members: Scratch<Int32>
    private let first: Scratch<Int>

    init(members: consuming Scratch<Int32>, first: consuming Scratch<Int>) {
        count = first.buffer.count - 1
        self.members = members
        self.first = first
    }

    /// Every point is a node; point p is node `numbers[p]`.
    convenience init(numbers: borrowing Scratch<Int32>, points: Int) throws(QuantcalError) {
        let count = numbers.buffer.count
        let members = try Scratch<Int32>(points)
        let first = try Scratch<Int>(zeroed: count + 1)
        // Numbers from `points` on have no points, but may lie anywhere between the others.
        for point in 0..<points { first.buffer[Int(numbers.buffer[point]) + 1] = 1 }
        for node in 0..<count { first.buffer[node + 1] += first.buffer[node] }
        for point in 0..<points {
            members.buffer[first.buffer[Int(numbers.buffer[point])]] = Int32(truncatingIfNeeded: point)
        }
        self.init(members: members, first: first)
    }

    /// The same points under other numbers: node v becomes `numbers[v]`; numbers that no node gets have none.
    func renumbered(_ numbers: borrowing Scratch<Int32>) throws(QuantcalError) -> OrderNodes {
        let newCount = numbers.buffer.count
        let newMembers = try Scratch<Int32>(members.buffer.count)
        let newFirst = try Scratch<Int>(zeroed: newCount + 1)
        for node in 0..<count { newFirst.buffer[Int(numbers.buffer[node]) + 1] = self[node].count }
        for node in 0..<newCount { newFirst.buffer[node + 1] += newFirst.buffer[node] }
        for node in 0..<count {
            let start = newFirst.buffer[Int(numbers.buffer[node])]
            for (offset, point) in self[node].enumerated() { newMembers.buffer[start + offset] = point }
        }
        return OrderNodes(members: newMembers, first: newFirst)
    }

    /// The node of each point.
    func numbers(points: Int) throws(QuantcalError) -> Scratch<Int32> {
        let numbers = try Scratch<Int32>(points)
        for node in 0..<count {
            for point in self[node] { numbers.buffer[Int(point)] = Int32(truncatingIfNeeded: node) }
        }
        return numbers
    }

    @inline(__always) subscript(node: Int) -> UnsafeBufferPointer<Int32> {
        UnsafeBufferPointer(rebasing: members.buffer[first.buffer[node]..<first.buffer[node + 1]])
    }
}

/// Points by rows under the componentwise order, each coordinate rising or falling.
struct OrderPoints<T: Scalar> {
    let values: UnsafeBufferPointer<T>
    let count: Int
    let dimensions: Int
    /// The direction of each coordinate by its number; nil if all rise.
    private let directions: UnsafeBufferPointer<Int32>?

    init(
        _ values: UnsafeBufferPointer<T>, _ count: Int, _ dimensions: Int,
        _ directions: UnsafeBufferPointer<Int32>?
    ) throws(QuantcalError) {
        (self.values, self.count) = (values, count)
        (self.dimensions, self.directions) = (dimensions, directions)
        guard dimensions > 0 else {
            throw QuantcalError(.size, "dimensions is \(dimensions); there must be at least one")
        }
        guard let directions else { return }
        for (dimension, direction) in directions.enumerated()
        where IsotonicRegression.Direction(rawValue: direction) == nil {
            throw QuantcalError(.domain, "directions[\(dimension)] is \(direction); it must be 0 or 1")
        }
    }

    /// A key that rises in the order; the zeros are equal.
    @inline(__always) func key(_ point: Int, _ dimension: Int) -> UInt64 {
        let key = Double(values[point * dimensions + dimension]).rankingKey
        return directions?[dimension] == IsotonicRegression.Direction.decreasing.rawValue ? ~key : key
    }

    /// Their order, and the points of its nodes.
    func order(progress: Progress) throws(QuantcalError) -> (OrderNodes, any PartialOrder) {
        let nodes = try nodes()
        guard dimensions <= 2 else {
            let edges = try DominanceEdges(self, nodes, progress: progress)
            return try edges.edges.order(of: nodes, nodeCount: edges.count)
        }
        let ranks = try Scratch<Int32>(nodes.count)
        let rankCount = try self.ranks(nodes, dimensions - 1, into: ranks.buffer.baseAddress!)
        return (nodes, try PlaneOrder(ranks: ranks, rankCount: rankCount))
    }

    /// The distinct points in lexicographic order.
    func nodes() throws(QuantcalError) -> OrderNodes {
        let keys = try OrderKeys(count)
        for point in 0..<count { keys[point] = .init(key: key(point, dimensions - 1), index: Int32(point)) }
        try keys.sort()
        for dimension in (0..<dimensions - 1).reversed() {
            for place in 0..<count { keys[place].key = key(Int(keys[place].index), dimension) }
            try keys.sort()
        }
        let members = try Scratch<Int32>(count)
        for place in 0..<count { members.buffer[place] = keys[place].index }
        var nodeCount = 0
        for place in 0..<count { nodeCount += isNew(place, keys) ? 1 : 0 }
        let first = try Scratch<Int>(nodeCount + 1)
        var node = 0
        for place in 0..<count where isNew(place, keys) {
            first.buffer[node] = place
            node += 1
        }
        first.buffer[nodeCount] = count
        return OrderNodes(members: members, first: first)
    }

    /// Whether a point is not equal to the one before.
    private func isNew(_ place: Int, _ keys: borrowing OrderKeys) -> Bool {
        place == 0 || !areEqual(Int(keys[place - 1].index), Int(keys[place].index))
    }

    private func areEqual(_ a: Int, _ b: Int) -> Bool {
        (0..<dimensions).allSatisfy { values[a * dimensions + $0] == values[b * dimensions + $0] }
    }

    /// The rank of every node's coordinate among all nodes, equal ones sharing it, and how many there are.
    func ranks(
        _ nodes: OrderNodes, _ dimension: Int, into ranks: UnsafeMutablePointer<Int32>
    ) throws(QuantcalError) -> Int {
        let keys = try OrderKeys(nodes.count)
        for node in 0..<nodes.count {
            keys[node] = .init(key: key(Int(nodes[node][0]), dimension), index: Int32(node))
        }
        try keys.sort()
        var rank = -1
        for place in 0..<nodes.count {
            if place == 0 || keys[place].key != keys[place - 1].key { rank += 1 }
            ranks[Int(keys[place].index)] = Int32(truncatingIfNeeded: rank)
        }
        return rank + 1
    }
}
