/// A partial order on nodes, in the two forms that fits are computed on: points of the plane
/// (`PlaneOrder`), where a cut needs no flow, and graphs (`GraphOrder`).
///
/// Nodes are numbered so that whatever precedes a node has a lower number.
protocol PartialOrder: AnyObject {
    var count: Int { get }

    /// Finds an upper set of greatest gain among the nodes of a part, and marks the places of `members` that
    /// lie in it: the smallest such set, or the largest. `members` ascends. A part is a set that earlier cuts
    /// left together, so that no chain of the order leaves it and comes back.
    func cut(
        _ members: UnsafeBufferPointer<Int32>, gains: UnsafePointer<Int128>, largest: Bool,
        isUpper: UnsafeMutablePointer<Bool>, tick: () throws(QuantcalError) -> Void
    ) throws(QuantcalError)

    /// For each node the node with the largest value among itself and those before it; or, if `reversed`, with
    /// the smallest among itself and those after it.
    func best(
        _ values: UnsafePointer<Double>, reversed: Bool, into best: UnsafeMutablePointer<Int32>
    ) throws(QuantcalError)

    /// Calls `body` with each node that is lower than a source before it, and with the value of the highest of these,
    /// to which it may be raised. Sources ascend; but for what they do, values rise along the order.
    func forEachLow(
        _ values: UnsafePointer<Double>, sources: UnsafeBufferPointer<Int32>, _ body: (Int, Double) -> Void
    ) throws(QuantcalError)

    /// Forgets earlier cuts among some nodes.
    func join(_ members: UnsafeBufferPointer<Int32>)
}

/// A run of members.
struct OrderPart: BitwiseCopyable {
    var lowerBound: Int
    var upperBound: Int

    var count: Int { upperBound - lowerBound }
    var places: Range<Int> { lowerBound..<upperBound }
}

/// The parts into which cuts divide the nodes: each is a run of `members`, lower parts first.
final class OrderParts<Order: PartialOrder> {
    let order: Order
    let count: Int
    private let memberMemory: Scratch<Int32>
    private let spare: Scratch<Int32>
    private let gainMemory: Scratch<Int128>
    private let marks: Scratch<Bool>
    private let progress: Progress
    /// Work since the last report, and how much there is between two.
    private var unreported = 0
    private static var reportingWork: Int { 1 << 18 }
    /// The fraction of the whole work that is done.
    private var done = 0.0

    init(_ order: Order, progress: Progress) throws(QuantcalError) {
        self.order = order
        self.progress = progress
        count = order.count
        memberMemory = try Scratch(count)
        spare = try Scratch(count)
        gainMemory = try Scratch(count)
        marks = try Scratch(count)
    }

    /// One part of all nodes.
    func start() -> OrderPart {
        for node in 0..<count { memberMemory.buffer[node] = Int32(truncatingIfNeeded: node) }
        return whole(count)
    }

    /// One part of some nodes, ascending; the others play no part, not even as links between these.
    func start(_ nodes: UnsafeBufferPointer<Int32>) -> OrderPart {
        members.update(from: nodes.baseAddress!, count: nodes.count)
        return whole(nodes.count)
    }

    private func whole(_ count: Int) -> OrderPart {
        order.join(UnsafeBufferPointer(start: members, count: count))
        return OrderPart(lowerBound: 0, upperBound: count)
    }

    /// So many nodes are fitted, of work of which `share` is done with all.
    func note(_ nodes: Int, share: Double) { done = min(1, done + share * Double(nodes) / Double(count)) }

    var members: UnsafeMutablePointer<Int32> { memberMemory.buffer.baseAddress! }
    /// By place in a part, for `divide`.
    var gains: UnsafeMutablePointer<Int128> { gainMemory.buffer.baseAddress! }

    /// Cuts a part by `gains` and returns where its upper part begins.
    func divide(_ part: OrderPart, largest: Bool) throws(QuantcalError) -> Int {
        unreported += part.count
        if unreported >= Self.reportingWork {
            unreported = 0
            try progress(done)
        }
        let isUpper = marks.buffer.baseAddress!
        let nodes = members + part.lowerBound
        try order.cut(
            UnsafeBufferPointer(start: nodes, count: part.count), gains: gains, largest: largest,
            isUpper: isUpper
        ) { () throws(QuantcalError) in try progress(done) }
        let uppers = spare.buffer.baseAddress!
        var lowerCount = 0
        var upperCount = 0
        for place in 0..<part.count {
            // Both are written, one is kept: which is not to be foreseen.
            let node = nodes[place]
            nodes[lowerCount] = node
            uppers[upperCount] = node
            upperCount += isUpper[place] ? 1 : 0
            lowerCount += isUpper[place] ? 0 : 1
        }
        (nodes + lowerCount).update(from: uppers, count: upperCount)
        return part.lowerBound + lowerCount
    }
}
