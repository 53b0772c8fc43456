/// The least-squares fit, rising along a partial order, to shares of the nodes' weights that grow.
///
/// When shares have grown, a set W of nodes is fitted anew by itself: at first the blocks of the fit so far, F, that
/// hold nodes whose shares grew. Let G be the fit of W. Take G on W and F elsewhere: if that rises
/// along the order everywhere, it is the new fit. For without the constraints between W and the rest it is the
/// best: G by definition; and F on the rest, since the multipliers that show that F was the best are between nodes of
/// one block, and blocks are in W or in the rest as a whole. If it does not rise, the blocks of those nodes that
/// are too low join W, and again; in the end W is all nodes.
///
/// Only nodes that W precedes can be too low: G is at least F, for F on W is the fit of W to the shares as they
/// were, and the fit rises with the shares. Nodes whose fit is 0 or 1 have that as their shares, so nothing holds
/// them together, and each is a block by itself.
final class IsotonicDistributionRefit<Order: PartialOrder> {
    private typealias Sum = OrderSquared<Order>.Sum

    private let order: Order
    private let squared: OrderSquared<Order>
    private let sums: Scratch<Sum>
    private let fitted: Scratch<Double>
    /// The new fit; elsewhere than in W the same.
    private let trial: Scratch<Double>
    /// The next node of a block, of the last the first.
    private let next: Scratch<Int32>
    /// W, as marks and in order; and block by block, with the blocks' ends.
    private let isChosen: Scratch<Bool>
    private let chosen: Scratch<Int32>
    private let members: Scratch<Int32>
    private let blockEnds: Scratch<Int32>
    private var blockCount = 0

    /// Nodes without weight.
    init(_ order: Order, progress: Progress) throws(QuantcalError) {
        self.order = order
        squared = try OrderSquared(order, progress: progress)
        sums = try Scratch(order.count)
        fitted = try Scratch(zeroed: order.count)
        trial = try Scratch(zeroed: order.count)
        next = try Scratch(order.count)
        isChosen = try Scratch(zeroed: order.count)
        chosen = try Scratch(order.count)
        members = try Scratch(order.count)
        blockEnds = try Scratch(order.count)
        sums.buffer.initialize(repeating: Sum())
        for node in 0..<order.count { next.buffer[node] = Int32(truncatingIfNeeded: node) }
    }

    var values: UnsafeMutableBufferPointer<Double> { fitted.buffer }

    func addWeight(_ weight: Double, to node: Int) { sums.buffer[node].weights += weight }

    /// All weights are known; nothing of them is reached.
    func start() {
        for (node, sum) in sums.buffer.enumerated() where sum.weights.high > 0 {
            squared.set(node, sum, mean: 0)
        }
    }

    /// More of a node's weight is reached. If it comes in the same amounts as it was added, the share ends as exactly 1.
    func reach(_ weight: Double, of node: Int) {
        sums.buffer[node].values += weight
        squared.set(node, sums.buffer[node], mean: min(1, sums.buffer[node].mean))
        choose(node)
    }

    /// Puts the block of a node into W.
    private func choose(_ node: Int) {
        var member = node
        while !isChosen.buffer[member] {
            isChosen.buffer[member] = true
            member = Int(next.buffer[member])
        }
    }

    /// Brings the fit up to date.
    func settle() throws(QuantcalError) {
        while try !fitChosen() {}
        var start = 0
        for block in blockEnds.buffer[..<blockCount] {
            keep(UnsafeBufferPointer(rebasing: members.buffer[start..<Int(block)]))
            start = Int(block)
        }
    }

    /// Fits W. Returns whether that is the fit; if not, blocks have joined W.
    private func fitChosen() throws(QuantcalError) -> Bool {
        var count = 0
        for node in 0..<order.count {
            // Written in any case, kept if it is chosen.
            chosen.buffer[count] = Int32(truncatingIfNeeded: node)
            count += isChosen.buffer[node] ? 1 : 0
        }
        let all = UnsafeBufferPointer(rebasing: chosen.buffer[..<count])
        var filled = 0
        blockCount = 0
        try squared.fit(all) { nodes, value in
            for node in nodes {
                // Less than before is rounding.
                trial.buffer[Int(node)] = max(fitted.buffer[Int(node)], min(1, value))
                members.buffer[filled] = node
                filled += 1
            }
            blockEnds.buffer[blockCount] = Int32(truncatingIfNeeded: filled)
            blockCount += 1
        }
        var grows = false
        try order.forEachLow(trial.buffer.baseAddress!, sources: all) { node, value in
            if isChosen.buffer[node] {
                // Within W by rounding only, or for want of weight.
                trial.buffer[node] = value
            } else {
                choose(node)
                grows = true
            }
        }
        return !grows
    }

    /// A block of W as a block of the fit.
    private func keep(_ block: UnsafeBufferPointer<Int32>) {
        for (place, member) in block.enumerated() {
            let value = trial.buffer[Int(member)]
            fitted.buffer[Int(member)] = value
            isChosen.buffer[Int(member)] = false
            let isAlone = value == 0 || value == 1
            next.buffer[Int(member)] = isAlone ? member : block[place + 1 == block.count ? 0 : place + 1]
        }
    }
}
