/// Nearly-isotonic regression for every penalty at once: the x that minimises
///
///     sum_i w_i (y_i - x_i)^2 / 2 + lambda * sum_i max(x_i - x_{i+1}, 0)
///
/// As lambda grows, groups of neighbours with a common value only ever join. Between two joins a group's
/// value is a straight line in lambda: its mean of y, drawn by lambda towards each neighbour that is out of
/// order with it. So the path is a tree of groups, one node for each, and the fit at a lambda is read off
/// the nodes that live there.
///
/// Source: Tibshirani, Hoefling, Tibshirani (2011), "Nearly-isotonic regression". Departures: weights; a
/// group's line is taken from its sums, in twice the precision, instead of being carried on from where its
/// parts met, so errors do not build up along the path; and the order of two neighbours is decided once.
///
/// Immutable once made, so any number of threads may ask it.
public final class IsotonicNearlyPath: @unchecked Sendable {
    /// A group of neighbours, from the lambda where it comes into being to that of its parent. Leaves, which
    /// are runs of equal y, come first and in order; then joins, in the order of their births.
    struct Node: BitwiseCopyable {
        /// The weighted mean of y, and how fast the value moves from there with (scaled) lambda.
        var mean: Double
        var slope: Double
        /// The (scaled) lambda at which the group comes into being; 0 for a leaf.
        var birth: Double
        /// The group that it becomes a part of; -1 if it stays for ever.
        var parent: Int
        /// One past its last point, and past its last leaf.
        var end: Int
        var leafEnd: Int
    }

    /// How many points the path is of.
    public let count: Int
    private let isReversed: Bool
    private let nodes: Scratch<Node>
    private let leafCount: Int
    private let nodeCount: Int
    private let scales: Scales

    /// Powers of two that values and weights were multiplied by; lambda has the unit of their product.
    struct Scales {
        var value = 1.0
        var weight = 1.0

        func scaled(_ lambda: Double) -> Double { lambda * weight * value }
        func unscaled(_ lambda: Double) -> Double { lambda / weight / value }
    }

    public convenience init(
        y: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>?,
        direction: IsotonicRegression.Direction, progress: Progress = .none
    ) throws(QuantcalError) { try self.init(of: y, weights, direction, progress) }

    public convenience init(
        y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?,
        direction: IsotonicRegression.Direction, progress: Progress = .none
    ) throws(QuantcalError) { try self.init(of: y, weights, direction, progress) }

    private init<T: IsotonicScalar>(
        of y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?,
        _ direction: IsotonicRegression.Direction, _ progress: Progress
    ) throws(QuantcalError) {
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights) }
        count = y.count
        isReversed = direction == .decreasing
        // A tree has fewer joins than leaves.
        let nodes = try Scratch<Node>(2 * count)
        var merger = IsotonicNearlyMerger(nodes.buffer.baseAddress!)
        if count > 0 {
            let points = IsotonicSequence(y: y, weights: weights, direction: direction)
            let weightScale = total.map { PowerOfTwo.bringing($0.sum, above: -100, below: 100) } ?? 1
            try merger.merge(points, weightScale: weightScale, progress)
        }
        self.nodes = nodes
        (leafCount, nodeCount, scales) = (merger.leafCount, merger.nodeCount, merger.scales)
    }

    // MARK: Reading

    /// How many lambdas there are at which groups join.
    public var breakpointCount: Int {
        var count = 0
        forEachBreakpoint { _ in count += 1 }
        return count
    }

    /// The lambdas at which groups join, in ascending order, into room for `breakpointCount`.
    public func writeBreakpoints(_ lambdas: UnsafeMutablePointer<Double>) {
        var count = 0
        forEachBreakpoint {
            lambdas[count] = $0
            count += 1
        }
    }

    private func forEachBreakpoint(_ body: (Double) -> Void) {
        var last = 0.0
        for node in nodes.buffer[leafCount..<nodeCount] {
            let lambda = scales.unscaled(node.birth)
            guard lambda > last else { continue }
            body(lambda)
            last = lambda
        }
    }

    /// How many groups there are at a lambda: the degrees of freedom of the fit.
    public func degreesOfFreedom(_ lambda: Double) throws(QuantcalError) -> Int {
        let scaled = try checked(lambda)
        // Each join leaves one group fewer. Births ascend.
        var (low, high) = (leafCount, nodeCount)
        while low < high {
            let middle = low + (high - low) / 2
            if nodes.buffer[middle].birth <= scaled { low = middle + 1 } else { high = middle }
        }
        return leafCount - (low - leafCount)
    }

    /// The fit at a lambda, one value for each point.
    public func fit(_ lambda: Double, _ fitted: UnsafeMutablePointer<Double>) throws(QuantcalError) {
        try write(lambda, fitted)
    }

    public func fit(_ lambda: Double, _ fitted: UnsafeMutablePointer<Float>) throws(QuantcalError) {
        try write(lambda, fitted)
    }

    private func write<T: Scalar>(
        _ lambda: Double, _ fitted: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        let scaled = try checked(lambda)
        let nodes = nodes.buffer
        var leaf = 0
        var start = 0
        while leaf < leafCount {
            // The nodes that are climbed over lie inside the group that is found: linear time in all.
            var node = nodes[leaf]
            while node.parent >= 0, nodes[node.parent].birth <= scaled { node = nodes[node.parent] }
            let place = isReversed ? count - node.end : start
            (fitted + place).update(repeating: T(value(of: node, scaled)), count: node.end - start)
            (leaf, start) = (node.leafEnd, node.end)
        }
    }

    /// A group that no neighbour draws stays at its mean, also where lambda is infinite.
    private func value(of node: Node, _ scaled: Double) -> Double {
        node.slope == 0 ? node.mean : node.mean + scaled * node.slope / scales.value
    }

    private func checked(_ lambda: Double) throws(QuantcalError) -> Double {
        guard !lambda.isNaN else {
            throw QuantcalError(.notFinite, "lambda is nan; lambda must be >= 0")
        }
        guard lambda >= 0 else {
            throw QuantcalError(.domain, "lambda is \(lambda); lambda must be >= 0")
        }
        return scales.scaled(lambda)
    }
}
