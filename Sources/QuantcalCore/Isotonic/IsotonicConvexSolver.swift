/// Weighted least-squares convex regression (increasing too, if asked) of points at distinct
/// positions, by an active set.
///
/// A convex function is a line and nonnegative multiples of hinges; where a hinge has a positive one the
/// function bends, at a node. The method of Lawson and Hanson: fit with the nodes at hand; where no new
/// node would lower the objective, that is the solution; else add one, fit, and as long as some bend is the
/// wrong way go only so far that it vanishes, and take its node away.
///
/// Departures, which keep the rounds few: nodes are added wherever some are wanted (`IsotonicConvexSearch`),
/// since distant segments hardly influence each other; and all bends that are the wrong way are taken away at
/// once, until none is, if that lowers the objective by as much.
///
/// Each round lowers the objective, so no set of nodes comes twice, and there are finitely many. A gain that
/// is asked for lies above the rounding of what it is computed from; all the same a round that ends with
/// the nodes with which it began is the last, and rounds are counted.
///
/// Source: Lawson, Hanson (1974), Solving Least Squares Problems, chapter 23.
struct IsotonicConvexSolver: ~Copyable {
    /// Ascending distinct positions with values and positive weights.
    struct Points {
        let count: Int
        let positions: UnsafeMutablePointer<Double>
        let values: UnsafeMutablePointer<Double>
        let weights: UnsafeMutablePointer<Double>

        /// How far along from a to b a point lies.
        @inline(__always) func share(_ point: Int, _ a: Double, _ b: Double) -> Double {
            (positions[point] - a) / (b - a)
        }
    }

    private let points: Points
    private let residuals: Scratch<Double>
    private var search: IsotonicConvexSearch
    private(set) var nodes: IsotonicConvexNodes
    private var spare: IsotonicConvexNodes

    init(_ points: Points, isIncreasing: Bool) throws(QuantcalError) {
        let residuals = try Scratch<Double>(points.count)
        let search = try IsotonicConvexSearch(points)
        var nodes = try IsotonicConvexNodes(capacity: 64, isIncreasing: isIncreasing)
        let spare = try IsotonicConvexNodes(capacity: 64, isIncreasing: isIncreasing)
        // A line; or, of an increasing function, only a flat part.
        if !isIncreasing { nodes.append(.init(point: 0, position: points.positions[0], value: 0)) }
        let last = points.count - 1
        nodes.append(.init(point: last, position: points.positions[last], value: 0))
        self.points = points
        self.residuals = residuals
        self.search = search
        self.nodes = nodes
        self.spare = spare
    }

    mutating func solve(_ progress: Progress) throws(QuantcalError) {
        findResiduals()
        weigh()
        settle()
        // Far more than were ever seen: about 150 for a million points.
        let limit = 1000 + points.count / 64
        for round in 0..<limit {
            try progress(Double(round) / Double(round + 10))
            findResiduals()
            search.look(nodes, residuals.buffer.baseAddress!)
            guard !search.found.isEmpty else { break }
            let before = nodes.count
            try addNodes()
            weigh()
            settle()
            if nodes.count == before, nodes.areOld { break }
        }
        // Once more from residuals of the result, without bends that are none.
        findResiduals()
        weigh()
        nodes.markStraight()
        _ = nodes.drop()
        settle()
    }

    // MARK: The function at the points

    private func findResiduals() {
        let (y, rest) = (points.values, residuals.buffer.baseAddress!)
        for point in 0..<nodes[0].point { rest[point] = y[point] - nodes[0].value }
        for index in 0..<nodes.count - 1 {
            let (a, b) = (nodes[index], nodes[index + 1])
            for point in a.point..<b.point {
                let share = points.share(point, a.position, b.position)
                rest[point] = y[point] - (a.value * (1 - share) + b.value * share)
            }
        }
        rest[points.count - 1] = y[points.count - 1] - nodes[nodes.count - 1].value
    }

    /// Sums over the segments, of the present residuals.
    private mutating func weigh() {
        let (w, rest) = (points.weights, residuals.buffer.baseAddress!)
        let last = points.count - 1
        var flat = IsotonicConvexNodes.Flat()
        for point in 0..<(nodes.count == 1 ? points.count : nodes[0].point) {
            flat.weight += w[point]
            flat.rest += w[point] * rest[point]
        }
        nodes.flat = flat
        for index in 0..<nodes.count - 1 {
            let (a, b) = (nodes[index], nodes[index + 1])
            var segment = IsotonicConvexNodes.Segment()
            for point in a.point..<b.point {
                let share = points.share(point, a.position, b.position)
                segment.add(share: share, weight: w[point], residual: rest[point])
            }
            if b.point == last { segment.add(share: 1, weight: w[last], residual: rest[last]) }
            nodes[index].segment = segment
        }
        nodes[nodes.count - 1].segment = IsotonicConvexNodes.Segment()
    }

    // MARK: Rounds

    /// Puts nodes at the points that were found, where the function does not bend yet.
    private mutating func addNodes() throws(QuantcalError) {
        let found = search.found
        try reserve(nodes.count + found.count)
        spare.removeAll()
        var next = 0
        for index in 0..<nodes.count {
            let b = nodes[index]
            while next < found.count, found[next] < b.point {
                let point = found[next]
                var value = b.value
                if index > 0 {
                    let a = nodes[index - 1]
                    let share = points.share(point, a.position, b.position)
                    value = a.value * (1 - share) + b.value * share
                }
                spare.append(
                    .init(point: point, position: points.positions[point], value: value, isNew: true))
                next += 1
            }
            spare.append(.init(point: b.point, position: b.position, value: b.value))
        }
        swap(&nodes, &spare)
        try reserve(nodes.count)
    }

    /// Makes room in the spare list.
    private mutating func reserve(_ count: Int) throws(QuantcalError) {
        guard spare.capacity < count else { return }
        spare = try IsotonicConvexNodes(
            capacity: max(count, min(2 * count, points.count)), isIncreasing: nodes.isIncreasing)
    }

    /// Fits with the present nodes, and takes away those that would bend the wrong way.
    private mutating func settle() {
        while true {
            let gain = nodes.solve()
            guard let fraction = nodes.markWrong() else { return nodes.advance(1) }
            if settleWithoutWrong(atLeast: fraction * (2 - fraction) * gain) { return }
            nodes.markWrong(upTo: fraction)
            nodes.advance(fraction)
            _ = nodes.drop()
        }
    }

    /// Takes away all nodes that would bend the wrong way, until there are none. If that lowers the objective
    /// enough, the fit is the result.
    private mutating func settleWithoutWrong(atLeast gain: Double) -> Bool {
        spare.copy(nodes)
        var raised = 0.0
        while true {
            raised += spare.drop()
            let lowered = spare.solve()
            if spare.markWrong() != nil { continue }
            guard lowered - raised >= max(gain, 0x1p-20 * (lowered + raised)) else { return false }
            spare.advance(1)
            swap(&nodes, &spare)
            return true
        }
    }
}
