/// What keeps distribution functions in order, threshold by threshold.
protocol IsotonicDistributionOrder: AnyObject {
    typealias Runs = IsotonicDistributionRuns

    /// Takes the runs of the next threshold. Returns whether functions rise with the threshold and fall along
    /// the order of their covariates; if not, they may have been mended.
    func accept(_ runs: UnsafeMutableBufferPointer<Runs.Run>) throws(QuantcalError) -> Bool
}

extension IsotonicDistributionCovariates {
    func order() throws(QuantcalError) -> any IsotonicDistributionOrder {
        guard dimensions > 1 else { return try IsotonicDistributionChain(groups: count) }
        func checked(_ nodes: OrderNodes, _ order: some PartialOrder) throws(QuantcalError)
            -> any IsotonicDistributionOrder
        { try IsotonicDistributionPartialOrder(order, nodes, groups: count) }
        let (nodes, order) = try partialOrder(progress: .none)
        return try checked(nodes, order)
    }

    /// The order along which functions rise: what is larger precedes. A covariate is the one point of a node.
    func partialOrder(progress: Progress) throws(QuantcalError) -> (OrderNodes, any PartialOrder) {
        let directions = try Scratch<Int32>(dimensions)
        directions.buffer.initialize(repeating: IsotonicRegression.Direction.decreasing.rawValue)
        return try OrderPoints(
            coordinates.elements, count, dimensions, UnsafeBufferPointer(directions.buffer)
        ).order(progress: progress)
    }
}

/// Groups in a row, from each to the next of which functions fall. Rounding in the values that come in is mended by
/// the least change, so that no query ever sees a distribution function fall.
final class IsotonicDistributionChain: IsotonicDistributionOrder {
    private let groups: Int
    /// The last value given to all groups of a node, of those that hold runs.
    private let latest: Scratch<Double>

    init(groups: Int) throws(QuantcalError) {
        latest = try Scratch(zeroed: 2 * groups)
        self.groups = groups
    }

    @discardableResult
    func accept(_ runs: UnsafeMutableBufferPointer<Runs.Run>) -> Bool {
        var areInOrder = true
        func set(_ run: Int, _ value: Double) {
            areInOrder = areInOrder && value == runs[run].value
            runs[run].value = value
        }
        // No value is below its predecessor, nor below its right neighbour.
        for run in runs.indices.reversed() {
            let isFollowed = run + 1 < runs.count && runs[run + 1].start == runs[run].end
            let right = isFollowed ? runs[run + 1].value : value(Int(runs[run].end))
            set(run, max(runs[run].value, right, value(Int(runs[run].start))))
        }
        // Nor above its left neighbour, whose predecessor bounds all of those.
        for run in runs.indices {
            let isPreceded = run > 0 && runs[run - 1].end == runs[run].start
            set(run, min(runs[run].value, isPreceded ? runs[run - 1].value : value(Int(runs[run].start) - 1)))
        }
        for run in runs { Runs.forEachNode(of: run, groups) { latest.buffer[$0] = run.value } }
        return areInOrder
    }

    /// The value of a group after the last threshold; beyond the last group 0, before the first 1.
    private func value(_ group: Int) -> Double {
        guard group >= 0 else { return 1 }
        guard group < groups else { return 0 }
        // Values rise, so the latest is the largest.
        var value = 0.0
        Runs.forEachAncestor(of: group, groups) { value = max(value, latest.buffer[$0]) }
        return value
    }
}

/// Groups under a partial order, and behind the last a function that only rises. Nothing is mended.
final class IsotonicDistributionPartialOrder<Order: PartialOrder>: IsotonicDistributionOrder {
    private let order: Order
    private let nodes: OrderNodes
    private let groups: Int
    private let nodeOfGroup: Scratch<Int32>
    private let values: Scratch<Double>
    /// The value of the function behind the last group.
    private var last = 0.0
    /// The nodes whose values have risen: as marks and in order.
    private let hasRisen: Scratch<Bool>
    private let risen: Scratch<Int32>

    init(_ order: Order, _ nodes: OrderNodes, groups: Int) throws(QuantcalError) {
        nodeOfGroup = try nodes.numbers(points: groups)
        values = try Scratch(zeroed: order.count)
        hasRisen = try Scratch(zeroed: order.count)
        risen = try Scratch(order.count)
        (self.order, self.nodes, self.groups) = (order, nodes, groups)
    }

    func accept(_ runs: UnsafeMutableBufferPointer<Runs.Run>) throws(QuantcalError) -> Bool {
        guard !runs.isEmpty else { return true }
        for run in runs {
            for group in Int(run.start)..<min(Int(run.end), groups) {
                let node = Int(nodeOfGroup.buffer[group])
                if run.value < values.buffer[node] { return false }
                (values.buffer[node], hasRisen.buffer[node]) = (run.value, true)
            }
            if run.end > groups {
                if run.value < last { return false }
                last = run.value
            }
        }
        var count = 0
        for node in 0..<order.count where hasRisen.buffer[node] {
            hasRisen.buffer[node] = false
            risen.buffer[count] = Int32(truncatingIfNeeded: node)
            count += 1
        }
        var areInOrder = true
        try order.forEachLow(
            values.buffer.baseAddress!, sources: UnsafeBufferPointer(rebasing: risen.buffer[..<count])
        ) { node, value in
            // A node without a group only hands values on.
            areInOrder = areInOrder && nodes[node].isEmpty
            values.buffer[node] = value
        }
        return areInOrder
    }
}
