/// The order that the edges of an acyclic graph make: a precedes b if a way of edges leads from a to b.
///
/// An upper set of greatest gain is a closure: with the gains as supply, the losses as demand, and edges
/// of any capacity from a node to those above it, it is what a greatest flow leaves over (Picard 1976).
/// Gains are integers, so no cut is lost by rounding.
final class GraphOrder: PartialOrder {
    let count: Int
    /// The edges from node v are `targets[starts[v]..<starts[v + 1]]`, of which those up to `ends[v]` stay
    /// inside the part of v.
    private let starts: Scratch<Int>
    private let ends: Scratch<Int>
    private let targets: Scratch<Int32>
    /// The place of a node among the members of the part being cut.
    private let places: Scratch<Int32>
    private let network: FlowNetwork

    /// Edges in any order, each from a lower to a higher node.
    init(count: Int, edges: UnsafeBufferPointer<OrderEdge>) throws(QuantcalError) {
        self.count = count
        let first = try Scratch<Int>(zeroed: count + 1)
        for edge in edges { first.buffer[Int(edge.from) + 1] += 1 }
        for node in 0..<count { first.buffer[node + 1] += first.buffer[node] }
        let next = try Scratch<Int>(count)
        for node in 0..<count { next.buffer[node] = first.buffer[node] }
        let sorted = try Scratch<Int32>(edges.count)
        for edge in edges {
            let node = Int(edge.from)
            sorted.buffer[next.buffer[node]] = edge.to
            next.buffer[node] += 1
        }
        starts = first
        ends = next
        targets = sorted
        places = try Scratch(zeroed: count)
        network = try FlowNetwork(nodes: count, edges: edges.count)
    }

    func join(_ members: UnsafeBufferPointer<Int32>) {
        for node in members { ends.buffer[Int(node)] = starts.buffer[Int(node) + 1] }
    }

    func cut(
        _ members: UnsafeBufferPointer<Int32>, gains: UnsafePointer<Int128>, largest: Bool,
        isUpper: UnsafeMutablePointer<Bool>, tick: () throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        for (place, node) in members.enumerated() {
            places.buffer[Int(node)] = Int32(truncatingIfNeeded: place)
        }
        network.clear()
        for (place, node) in members.enumerated() {
            let node = Int(node)
            var edge = starts.buffer[node]
            while edge < ends.buffer[node] {
                let target = targets.buffer[edge]
                let targetPlace = places.buffer[Int(target)]
                if Int(targetPlace) < members.count, members[Int(targetPlace)] == target {
                    network.addEdge(to: targetPlace)
                    edge += 1
                } else {
                    // An earlier cut severed it; it goes behind the others, and comes back when parts are joined.
                    ends.buffer[node] -= 1
                    targets.buffer.swapAt(edge, ends.buffer[node])
                }
            }
            network.addNode(excess: gains[place])
        }
        try network.maximise(tick)
        network.mark(isUpper, largest: largest)
    }

    func best(
        _ values: UnsafePointer<Double>, reversed: Bool, into best: UnsafeMutablePointer<Int32>
    ) throws(QuantcalError) {
        for node in 0..<count { best[node] = Int32(truncatingIfNeeded: node) }
        for step in 0..<count {
            let node = reversed ? count - 1 - step : step
            for edge in starts.buffer[node]..<starts.buffer[node + 1] {
                let target = Int(targets.buffer[edge])
                if reversed {
                    if values[Int(best[target])] < values[Int(best[node])] { best[node] = best[target] }
                } else if values[Int(best[node])] > values[Int(best[target])] {
                    best[target] = best[node]
                }
            }
        }
    }

    /// The highest value is handed on from sources and from low nodes; what is not low is no obstacle to those after it.
    func forEachLow(
        _ values: UnsafePointer<Double>, sources: UnsafeBufferPointer<Int32>, _ body: (Int, Double) -> Void
    ) throws(QuantcalError) {
        let handed = try Scratch<Double>(count)
        handed.buffer.initialize(repeating: -.infinity)
        var entered = 0
        for node in Int(sources.first ?? 0)..<count {
            let isSource = entered < sources.count && sources[entered] == node
            entered += isSource ? 1 : 0
            let isLow = handed.buffer[node] > values[node]
            if isLow { body(node, handed.buffer[node]) }
            guard isSource || isLow else { continue }
            let highest = max(handed.buffer[node], isSource ? values[node] : -.infinity)
            for edge in starts.buffer[node]..<starts.buffer[node + 1] {
                let target = Int(targets.buffer[edge])
                handed.buffer[target] = max(handed.buffer[target], highest)
            }
        }
    }
}
