/// An edge between nodes.
struct OrderEdge: BitwiseCopyable {
    var from: Int32
    var to: Int32
}

/// A growing list of edges.
struct OrderEdges: ~Copyable {
    private var memory = GrowableBuffer<OrderEdge>()

    var count: Int { memory.count }
    var all: UnsafeMutableBufferPointer<OrderEdge> { memory.buffer }

    mutating func append(_ from: Int, _ to: Int) throws(QuantcalError) {
        try memory.append(
            OrderEdge(from: Int32(truncatingIfNeeded: from), to: Int32(truncatingIfNeeded: to)))
    }

    mutating func removeAll() { memory.count = 0 }

    /// The order that they make on `nodeCount` nodes, the first of which are `nodes`; and these under its numbers.
    func order(of nodes: OrderNodes, nodeCount: Int) throws(QuantcalError) -> (OrderNodes, GraphOrder) {
        let numbers = try Scratch<Int32>(nodeCount)
        if let cycle = try numberTopologically(numbers) {
            throw QuantcalError(.domain, "the edges make a cycle: \(cycle); there must be none")
        }
        for place in all.indices {
            all[place] = OrderEdge(
                from: numbers.buffer[Int(all[place].from)], to: numbers.buffer[Int(all[place].to)])
        }
        let order = try GraphOrder(count: nodeCount, edges: UnsafeBufferPointer(all))
        return (try nodes.renumbered(numbers), order)
    }

    /// Numbers nodes so that every edge leads to a higher one. If that cannot be, returns the names of a
    /// cycle.
    func numberTopologically(_ numbers: borrowing Scratch<Int32>) throws(QuantcalError) -> String? {
        let nodeCount = numbers.buffer.count
        let starts = try Scratch<Int>(zeroed: nodeCount + 2)
        let arrivals = try Scratch<Int32>(zeroed: nodeCount)
        let sorted = try Scratch<Int32>(count)
        for edge in all {
            starts.buffer[Int(edge.from) + 2] += 1
            arrivals.buffer[Int(edge.to)] += 1
        }
        for node in 0..<nodeCount { starts.buffer[node + 2] += starts.buffer[node + 1] }
        for edge in all {
            let node = Int(edge.from)
            sorted.buffer[starts.buffer[node + 1]] = edge.to
            starts.buffer[node + 1] += 1
        }
        let queue = try Scratch<Int32>(nodeCount)
        var filled = 0
        for node in 0..<nodeCount where arrivals.buffer[node] == 0 {
            queue.buffer[filled] = Int32(truncatingIfNeeded: node)
            filled += 1
        }
        var next = 0
        while next < filled {
            let node = Int(queue.buffer[next])
            numbers.buffer[node] = Int32(truncatingIfNeeded: next)
            next += 1
            for edge in starts.buffer[node]..<starts.buffer[node + 1] {
                let target = sorted.buffer[edge]
                arrivals.buffer[Int(target)] -= 1
                guard arrivals.buffer[Int(target)] == 0 else { continue }
                queue.buffer[filled] = target
                filled += 1
            }
        }
        return filled == nodeCount ? nil : try cycle(arrivals)
    }

    /// A cycle among the nodes that still have arrivals: each has a predecessor among them, so going back
    /// from one to the next must come round.
    private func cycle(_ arrivals: borrowing Scratch<Int32>) throws(QuantcalError) -> String {
        let before = try Scratch<Int32>(arrivals.buffer.count)
        var node: Int32 = 0
        for edge in all where arrivals.buffer[Int(edge.from)] > 0 && arrivals.buffer[Int(edge.to)] > 0 {
            before.buffer[Int(edge.to)] = edge.from
            node = edge.to
        }
        // After as many steps as there are nodes one is on the cycle. It is told from its lowest node, a long one
        // by its end.
        for _ in 0..<arrivals.buffer.count { node = before.buffer[Int(node)] }
        var lowest = node
        var other = before.buffer[Int(node)]
        while other != node {
            lowest = min(lowest, other)
            other = before.buffer[Int(other)]
        }
        var names = ["\(lowest)"]
        other = before.buffer[Int(lowest)]
        while other != lowest, names.count < 12 {
            names.append("\(other)")
            other = before.buffer[Int(other)]
        }
        if other != lowest { names.append("...") }
        names.append("\(lowest)")
        return names.reversed().joined(separator: " -> ")
    }
}
