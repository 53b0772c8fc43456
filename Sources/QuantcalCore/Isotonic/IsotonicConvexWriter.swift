/// Writes a piecewise linear function: its knots, and its value at every point.
struct IsotonicConvexWriter {
    let frame: IsotonicConvexFrame

    /// Returns the number of knots. A flat part begins with a knot at the first point.
    func write<T: Scalar>(
        _ nodes: borrowing IsotonicConvexNodes, _ points: IsotonicConvexSolver.Points,
        _ order: borrowing PredictorOrder<T>, _ output: IsotonicConvex.Output<T>
    ) -> Int {
        if let fitted = output.fitted { evaluate(nodes, order, fitted) }
        let flat = nodes[0].point > 0 ? 1 : 0
        let count = nodes.count + flat
        for index in 0..<count {
            let node = nodes[max(index - flat, 0)]
            let place = frame.place(index, of: count)
            let position = index < flat ? points.positions[0] : node.position
            output.knots?[place] = frame.x(position)
            output.values?[place] = frame.y(node.value)
        }
        return count
    }

    /// An increasing function's values are kept from falling by rounding.
    private func evaluate<T: Scalar>(
        _ nodes: borrowing IsotonicConvexNodes, _ order: borrowing PredictorOrder<T>,
        _ fitted: UnsafeMutablePointer<T>
    ) {
        let count = order.x.count
        var next = 1
        var least = -Double.infinity
        for index in 0..<count {
            let place = frame.place(index, of: count)
            let position = frame.position(order.x[place])
            while next < nodes.count - 1, nodes[next].position < position { next += 1 }
            var value = value(at: position, before: next, nodes)
            if nodes.isIncreasing {
                value = max(value, least)
                least = value
            }
            fitted[order.origin(place)] = frame.y(value)
        }
    }

    @inline(__always) private func value(
        at position: Double, before next: Int, _ nodes: borrowing IsotonicConvexNodes
    ) -> Double {
        let a = nodes[next - 1]
        guard next < nodes.count, a.point == 0 || position > a.position else { return a.value }
        let b = nodes[next]
        let share = (position - a.position) / (b.position - a.position)
        if share >= 0, share <= 1 { return a.value * (1 - share) + b.value * share }
        return a.value == b.value ? a.value : a.value + (b.value - a.value) * share
    }
}
