/// Edges that make the componentwise order of points in three or more dimensions.
///
/// At first the cover pairs are tried: a covers b if nothing lies between. Who lies below whom is found by rows of
/// bits, one for each node, in n^2 d / 64 steps; a row without the rows of its own members, from the
/// highest down, leaves the covers. There can be n^2 / 4 of them, so where they become more than a
/// few for each node and level of halving, or the rows too large, a rendezvous graph takes their place.
final class DominanceEdges {
    let nodeCount: Int
    let dimensions: Int
    /// Ranks of the coordinates, dimension by dimension. Nodes are numbered lexicographically.
    private let ranks: Scratch<Int32>
    private(set) var edges = OrderEdges()
    private let progress: Progress
    /// Nodes, with those that are no points.
    private(set) var count: Int

    /// Rows of bits of more nodes take more than 128 MiB.
    private static var mostRows: Int { 46_000 }

    convenience init<T>(
        _ points: OrderPoints<T>, _ nodes: OrderNodes, progress: Progress
    ) throws(QuantcalError) {
        try self.init(points, nodes, mostRows: Self.mostRows, progress: progress)
    }

    /// For tests: with no rows there are rendezvous.
    init<T>(
        _ points: OrderPoints<T>, _ nodes: OrderNodes, mostRows: Int, progress: Progress = .none
    ) throws(QuantcalError) {
        self.progress = progress
        nodeCount = nodes.count
        count = nodes.count
        dimensions = points.dimensions
        ranks = try Scratch(nodes.count * points.dimensions)
        for dimension in 0..<dimensions {
            _ = try points.ranks(
                nodes, dimension, into: ranks.buffer.baseAddress! + dimension * nodeCount)
        }
        if nodeCount <= mostRows, try addCovers() { return }
        edges.removeAll()
        try addRendezvous()
    }

    private func rank(_ node: Int, _ dimension: Int) -> Int32 { ranks.buffer[dimension * nodeCount + node] }

    // MARK: Covers

    /// Returns false if there are too many.
    private func addCovers() throws(QuantcalError) -> Bool {
        // Row v has bits for nodes below v in number: a triangle.
        let starts = try Scratch<Int>(nodeCount + 1)
        starts.buffer[0] = 0
        for node in 0..<nodeCount { starts.buffer[node + 1] = starts.buffer[node] + (node + 63) / 64 }
        let rows = try Scratch<UInt64>(starts.buffer[nodeCount])
        for node in 0..<nodeCount {
            let row = starts.buffer[node]..<starts.buffer[node + 1]
            for word in row { rows.buffer[word] = .max }
            if node & 63 != 0 { rows.buffer[row.upperBound - 1] = 1 << UInt64(node & 63) - 1 }
        }
        for dimension in 1..<dimensions { try intersect(rows, starts, dimension) }
        let most = (64 - nodeCount.leadingZeroBitCount) * 8 * dimensions * nodeCount
        let rest = try Scratch<UInt64>(nodeCount / 64 + 1)
        for node in 0..<nodeCount {
            if node & 1023 == 0 { try progress(0) }
            let words = starts.buffer[node + 1] - starts.buffer[node]
            for word in 0..<words { rest.buffer[word] = rows.buffer[starts.buffer[node] + word] }
            for word in (0..<words).reversed() {
                while rest.buffer[word] != 0 {
                    let lower = word * 64 + 63 - rest.buffer[word].leadingZeroBitCount
                    try edges.append(lower, node)
                    rest.buffer[lower >> 6] &= ~(1 << UInt64(lower & 63))
                    let row = starts.buffer[lower]
                    for below in 0..<starts.buffer[lower + 1] - row {
                        rest.buffer[below] &= ~rows.buffer[row + below]
                    }
                }
            }
            if edges.count > most { return false }
        }
        return true
    }

    /// Clears in every row the nodes that are higher in a dimension.
    private func intersect(
        _ rows: borrowing Scratch<UInt64>, _ starts: borrowing Scratch<Int>, _ dimension: Int
    ) throws(QuantcalError) {
        let order = try sorted(by: dimension)
        let lower = try Scratch<UInt64>(zeroed: nodeCount / 64 + 1)
        var entered = 0
        for place in 0..<nodeCount {
            let node = Int(order.buffer[place])
            while entered < nodeCount, rank(Int(order.buffer[entered]), dimension) <= rank(node, dimension) {
                let other = Int(order.buffer[entered])
                lower.buffer[other >> 6] |= 1 << UInt64(other & 63)
                entered += 1
            }
            let row = starts.buffer[node]
            for word in 0..<starts.buffer[node + 1] - row { rows.buffer[row + word] &= lower.buffer[word] }
        }
    }

    /// The nodes by rank in a dimension.
    private func sorted(by dimension: Int) throws(QuantcalError) -> Scratch<Int32> {
        let starts = try Scratch<Int>(zeroed: nodeCount + 1)
        for node in 0..<nodeCount { starts.buffer[Int(rank(node, dimension)) + 1] += 1 }
        for place in 0..<nodeCount { starts.buffer[place + 1] += starts.buffer[place] }
        let order = try Scratch<Int32>(nodeCount)
        for node in 0..<nodeCount {
            let place = Int(rank(node, dimension))
            order.buffer[starts.buffer[place]] = Int32(truncatingIfNeeded: node)
            starts.buffer[place] += 1
        }
        return order
    }

    // MARK: Rendezvous

    /// Between a set of nodes and one that is not lower in the dimensions looked at so far, `connect` adds edges so
    /// that ways lead from each of the first to each of the second that is not lower in the others either:
    /// halve both by the next dimension, connect the lower first half with the upper second, and recurse.
    /// In the last dimension a path of new nodes rises, one for each of the first; a node of the first
    /// leads to its own, and the last one so far leads to a node of the second.
    ///
    /// Source: Stout (2015), for more dimensions by recursion: O(n log^(d-1) n) nodes and edges.
    private func addRendezvous() throws(QuantcalError) {
        let nodes = try Scratch<Int32>(nodeCount)
        for node in 0..<nodeCount { nodes.buffer[node] = Int32(truncatingIfNeeded: node) }
        try halve(nodes.buffer)
    }

    private func halve(_ nodes: UnsafeMutableBufferPointer<Int32>) throws(QuantcalError) {
        guard nodes.count > 1 else { return }
        if nodes.count > 1024 { try progress(0) }
        let middle = nodes.count / 2
        let lower = UnsafeMutableBufferPointer(rebasing: nodes[..<middle])
        let upper = UnsafeMutableBufferPointer(rebasing: nodes[middle...])
        // A member's sign bit says that it is of the second set.
        let members = try Scratch<Int32>(nodes.count)
        for place in nodes.indices { members.buffer[place] = place < middle ? nodes[place] : ~nodes[place] }
        try connect(members.buffer, 1)
        try halve(lower)
        try halve(upper)
    }

    private func connect(
        _ members: UnsafeMutableBufferPointer<Int32>, _ dimension: Int
    ) throws(QuantcalError) {
        guard members.contains(where: { $0 >= 0 }), members.contains(where: { $0 < 0 }) else { return }
        try sort(members, dimension)
        guard dimension < dimensions - 1 else { return try addPath(members) }
        let middle = members.count / 2
        let crossing = try Scratch<Int32>(members.count)
        var count = 0
        for place in members.indices where (place < middle) == (members[place] >= 0) {
            crossing.buffer[count] = members[place]
            count += 1
        }
        try connect(UnsafeMutableBufferPointer(rebasing: crossing.buffer[..<count]), dimension + 1)
        try connect(UnsafeMutableBufferPointer(rebasing: members[..<middle]), dimension)
        try connect(UnsafeMutableBufferPointer(rebasing: members[middle...]), dimension)
    }

    /// By rank, the first set before the second.
    private func sort(
        _ members: UnsafeMutableBufferPointer<Int32>, _ dimension: Int
    ) throws(QuantcalError) {
        let keys = try OrderKeys(members.count)
        for (place, member) in members.enumerated() {
            let isSecond = member < 0
            let rank = UInt64(rank(Int(isSecond ? ~member : member), dimension))
            keys[place] = .init(key: rank << 1 | (isSecond ? 1 : 0), index: member)
        }
        try keys.sort()
        for place in members.indices { members[place] = keys[place].index }
    }

    private func addPath(_ members: UnsafeMutableBufferPointer<Int32>) throws(QuantcalError) {
        var last: Int?
        for place in members.indices {
            let member = members[place]
            if member >= 0 {
                guard count < Int32.max - 1 else {
                    throw QuantcalError(.noMemory, "the order of the points needs more than \(count) nodes")
                }
                let vertex = count
                count += 1
                if let last { try edges.append(last, vertex) }
                try edges.append(Int(member), vertex)
                last = vertex
            } else if let last {
                try edges.append(last, Int(~member))
            }
        }
    }
}
