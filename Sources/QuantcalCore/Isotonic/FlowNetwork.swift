/// The greatest flow from nodes that have too much to nodes that have too little, along edges of unlimited
/// capacity; and the cut that it shows.
///
/// Source: Goldberg, Tarjan (1988), pushes from the highest label on, with labels measured anew at times
/// (Cherkassky, Goldberg 1997). Departure: supply that has but one way to go is first moved on in one pass, in
/// the order of the nodes; and what cannot reach any demand stays where it is, since only what is left over is
/// asked for.
final class FlowNetwork {
    private var nodeCount = 0
    private var edgeCount = 0
    /// What a node has too much; below 0, too little.
    private let excess: Scratch<Int128>
    private let starts: Scratch<Int>
    private let targets: Scratch<Int32>
    private let flows: Scratch<Int128>
    /// Edges by their target: those into node v are `incoming[arrivals[v]..<arrivals[v + 1]]`.
    private let arrivals: Scratch<Int>
    private let incoming: Scratch<Int>
    private let origins: Scratch<Int32>
    /// A label: at most the number of steps to the nearest demand, -1 if none can be reached.
    private let distance: Scratch<Int32>
    /// How many nodes have each label, and the first of those with supply, which `next` leads on from.
    private let labelled: Scratch<Int32>
    private let heads: Scratch<Int32>
    private let next: Scratch<Int32>
    /// Which edge of a node is to be tried next: first those that leave it, then those that arrive.
    private let current: Scratch<Int>
    private let queue: Scratch<Int32>

    init(nodes: Int, edges: Int) throws(QuantcalError) {
        excess = try Scratch(nodes)
        starts = try Scratch(nodes + 1)
        targets = try Scratch(edges)
        flows = try Scratch(edges)
        arrivals = try Scratch(nodes + 2)
        incoming = try Scratch(edges)
        origins = try Scratch(edges)
        distance = try Scratch(nodes)
        current = try Scratch(nodes)
        queue = try Scratch(nodes)
        labelled = try Scratch(nodes)
        heads = try Scratch(nodes)
        next = try Scratch(nodes)
    }

    func clear() {
        (nodeCount, edgeCount) = (0, 0)
        starts.buffer[0] = 0
    }

    /// An edge from the node that is added next. Nodes come in an order in which edges lead forward.
    @inline(__always) func addEdge(to target: Int32) {
        targets.buffer[edgeCount] = target
        origins.buffer[edgeCount] = Int32(truncatingIfNeeded: nodeCount)
        flows.buffer[edgeCount] = 0
        edgeCount += 1
    }

    @inline(__always) func addNode(excess: Int128) {
        self.excess.buffer[nodeCount] = excess
        nodeCount += 1
        starts.buffer[nodeCount] = edgeCount
    }

    func maximise(_ tick: () throws(QuantcalError) -> Void) throws(QuantcalError) {
        sortByTarget()
        moveOn()
        while measure() {
            try tick()
            discharge()
        }
    }

    private func sortByTarget() {
        for node in 0..<nodeCount + 2 { arrivals.buffer[node] = 0 }
        for edge in 0..<edgeCount { arrivals.buffer[Int(targets.buffer[edge]) + 2] += 1 }
        for node in 0..<nodeCount { arrivals.buffer[node + 2] += arrivals.buffer[node + 1] }
        for edge in 0..<edgeCount {
            let target = Int(targets.buffer[edge])
            incoming.buffer[arrivals.buffer[target + 1]] = edge
            arrivals.buffer[target + 1] += 1
        }
    }

    /// Meets the demand next to each supply, and passes what is left on where there is only one way.
    private func moveOn() {
        for node in 0..<nodeCount where excess.buffer[node] > 0 {
            let edges = starts.buffer[node]..<starts.buffer[node + 1]
            for edge in edges {
                let target = Int(targets.buffer[edge])
                let amount =
                    edges.count == 1
                    ? excess.buffer[node] : min(excess.buffer[node], max(0, 0 &- excess.buffer[target]))
                push(amount, from: node, to: target, edge)
            }
        }
    }

    @inline(__always) private func push(_ amount: Int128, from node: Int, to target: Int, _ edge: Int) {
        excess.buffer[node] &-= amount
        excess.buffer[target] &+= amount
        flows.buffer[edge] &+= amount
    }

    /// Takes back what an edge brought.
    @inline(__always) private func pushBack(_ amount: Int128, from node: Int, to origin: Int, _ edge: Int) {
        excess.buffer[node] &-= amount
        excess.buffer[origin] &+= amount
        flows.buffer[edge] &-= amount
    }

    /// Measures distances to demand, backwards from it. Returns whether any supply is in reach.
    private func measure() -> Bool {
        var filled = 0
        for node in 0..<nodeCount {
            let isDemand = excess.buffer[node] < 0
            distance.buffer[node] = isDemand ? 0 : -1
            current.buffer[node] = starts.buffer[node]
            if isDemand {
                queue.buffer[filled] = Int32(truncatingIfNeeded: node)
                filled += 1
            }
        }
        var reachesSupply = false
        var next = 0
        while next < filled {
            let node = Int(queue.buffer[next])
            next += 1
            let further = distance.buffer[node] + 1
            @inline(__always) func reach(_ other: Int32) {
                guard distance.buffer[Int(other)] < 0 else { return }
                distance.buffer[Int(other)] = further
                reachesSupply = reachesSupply || excess.buffer[Int(other)] > 0
                queue.buffer[filled] = other
                filled += 1
            }
            for place in arrivals.buffer[node]..<arrivals.buffer[node + 1] {
                reach(origins.buffer[incoming.buffer[place]])
            }
            for edge in starts.buffer[node]..<starts.buffer[node + 1] where flows.buffer[edge] > 0 {
                reach(targets.buffer[edge])
            }
        }
        return reachesSupply
    }

    /// Pushes supply towards demand, from the nodes with the highest labels, until none can be pushed or it is time
    /// to measure again.
    private func discharge() {
        for label in 0..<nodeCount { (labelled.buffer[label], heads.buffer[label]) = (0, -1) }
        var highest = -1
        for node in 0..<nodeCount where distance.buffer[node] >= 0 {
            labelled.buffer[Int(distance.buffer[node])] += 1
            if excess.buffer[node] > 0 { enter(node, &highest) }
        }
        var work = 4 * nodeCount + edgeCount
        while highest >= 0, work > 0 {
            let node = Int(heads.buffer[highest])
            if node < 0 {
                highest -= 1
                continue
            }
            heads.buffer[highest] = next.buffer[node]
            while excess.buffer[node] > 0 {
                if let (edge, isReversed, other) = advance(node) {
                    let wasDone = excess.buffer[other] <= 0
                    if isReversed {
                        pushBack(min(excess.buffer[node], flows.buffer[edge]), from: node, to: other, edge)
                    } else {
                        push(excess.buffer[node], from: node, to: other, edge)
                    }
                    if wasDone, excess.buffer[other] > 0 { enter(other, &highest) }
                } else {
                    work -= relabel(node)
                    if distance.buffer[node] < 0 { break }
                }
            }
        }
    }

    /// Puts a node on the list of those with its label that have supply.
    @inline(__always) private func enter(_ node: Int, _ highest: inout Int) {
        let label = Int(distance.buffer[node])
        next.buffer[node] = heads.buffer[label]
        heads.buffer[label] = Int32(truncatingIfNeeded: node)
        highest = max(highest, label)
    }

    /// The next usable edge of a node to a lower label, and where it leads. `current` counts through the edges
    /// that leave the node, then on through those that arrive.
    @inline(__always) private func advance(_ node: Int) -> (edge: Int, isReversed: Bool, node: Int)? {
        let closer = distance.buffer[node] - 1
        guard closer >= 0 else { return nil }
        let leaving = starts.buffer[node + 1]
        let all = leaving + arrivals.buffer[node + 1] - arrivals.buffer[node]
        while current.buffer[node] < all {
            let place = current.buffer[node]
            if place < leaving {
                let target = Int(targets.buffer[place])
                if distance.buffer[target] == closer { return (place, false, target) }
            } else {
                let edge = incoming.buffer[arrivals.buffer[node] + place - leaving]
                let origin = Int(origins.buffer[edge])
                if distance.buffer[origin] == closer, flows.buffer[edge] > 0 { return (edge, true, origin) }
            }
            current.buffer[node] += 1
        }
        return nil
    }

    /// Gives a node the least label that its edges allow. Where no other has the old one, nothing above it
    /// reaches demand any more. Returns how many edges were looked at.
    private func relabel(_ node: Int) -> Int {
        let old = Int(distance.buffer[node])
        labelled.buffer[old] -= 1
        current.buffer[node] = starts.buffer[node]
        distance.buffer[node] = -1
        guard labelled.buffer[old] > 0 else { return 1 }
        var least = Int32.max
        for edge in starts.buffer[node]..<starts.buffer[node + 1] {
            let label = distance.buffer[Int(targets.buffer[edge])]
            if label >= 0 { least = min(least, label) }
        }
        for place in arrivals.buffer[node]..<arrivals.buffer[node + 1] {
            let edge = incoming.buffer[place]
            let label = distance.buffer[Int(origins.buffer[edge])]
            if label >= 0, flows.buffer[edge] > 0 { least = min(least, label) }
        }
        if Int(least) < nodeCount - 1 {
            distance.buffer[node] = least + 1
            labelled.buffer[Int(least) + 1] += 1
        }
        return 1 + starts.buffer[node + 1] - starts.buffer[node] + arrivals.buffer[node + 1]
            - arrivals.buffer[node]
    }

    /// Marks the smallest closed set of greatest gain: what can be reached from supply that is left over. Or
    /// the largest: what cannot reach demand, as `measure` saw last.
    func mark(_ isUpper: UnsafeMutablePointer<Bool>, largest: Bool) {
        if largest {
            for node in 0..<nodeCount { isUpper[node] = distance.buffer[node] < 0 }
            return
        }
        var filled = 0
        for node in 0..<nodeCount {
            isUpper[node] = excess.buffer[node] > 0
            if isUpper[node] {
                queue.buffer[filled] = Int32(truncatingIfNeeded: node)
                filled += 1
            }
        }
        @inline(__always) func reach(_ node: Int32) {
            guard !isUpper[Int(node)] else { return }
            isUpper[Int(node)] = true
            queue.buffer[filled] = node
            filled += 1
        }
        var next = 0
        while next < filled {
            let node = Int(queue.buffer[next])
            next += 1
            for edge in starts.buffer[node]..<starts.buffer[node + 1] { reach(targets.buffer[edge]) }
            for place in arrivals.buffer[node]..<arrivals.buffer[node + 1] {
                let edge = incoming.buffer[place]
                if flows.buffer[edge] > 0 { reach(origins.buffer[edge]) }
            }
        }
    }
}
