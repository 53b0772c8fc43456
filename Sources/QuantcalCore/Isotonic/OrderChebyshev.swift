/// The largest weighted error made least under a partial order.
///
/// It is E, the largest of w_i w_j (y_i - y_j) / (w_i + w_j) over pairs where i precedes j or shares its place. From a
/// smaller E the pair with the largest (y_i - E / w_i) - (y_j + E / w_j) is found in one sweep over the order; while
/// that is positive its E is larger, and takes the place of the first. All best fits lie between the largest
/// y_i - E / w_i up to a point and the smallest y_j + E / w_j from it on, which are best fits themselves.
///
/// Source: Stout (2013) for the characterisation; the iteration, Newton's, ends after a few rounds.
final class OrderChebyshev<T: Scalar, Order: PartialOrder> {
    private let data: OrderData<T>
    private let order: Order
    private let lowest: Scratch<Double>
    private let highest: Scratch<Double>
    private let best: Scratch<Int32>
    private let progress: Progress

    init(_ data: OrderData<T>, _ order: Order, progress: Progress) throws(QuantcalError) {
        (self.data, self.order, self.progress) = (data, order, progress)
        lowest = try Scratch(order.count)
        highest = try Scratch(order.count)
        best = try Scratch(order.count)
    }

    func fit(_ solution: IsotonicRegression.Solution, into fit: UnsafeMutablePointer<Double>)
        throws(QuantcalError)
    {
        bound(by: try leastError())
        let (lowest, highest) = (lowest.buffer.baseAddress!, highest.buffer.baseAddress!)
        let best = best.buffer.baseAddress!
        try order.best(lowest, reversed: false, into: best)
        for node in 0..<order.count { fit[node] = lowest[Int(best[node])] }
        if solution != .lower { try order.best(highest, reversed: true, into: best) }
        for node in 0..<order.count {
            // Of a node without weight, whose own bounds are infinite, what follows says nothing.
            guard lowest[node] > -.infinity else {
                fit[node] = -.infinity
                continue
            }
            if solution == .lower { continue }
            // Where the two meet they may differ by rounding.
            let upper = max(fit[node], highest[Int(best[node])])
            fit[node] = solution == .upper ? upper : fit[node].middle(to: upper)
        }
    }

    private func leastError() throws(QuantcalError) -> Double {
        var error = 0.0
        while true {
            bound(by: error)
            try order.best(lowest.buffer.baseAddress!, reversed: false, into: best.buffer.baseAddress!)
            var worst = 0.0
            var pair = (0, 0)
            for node in 0..<order.count {
                let first = Int(best.buffer[node])
                let gap = lowest.buffer[first] - highest.buffer[node]
                if gap > worst { (worst, pair) = (gap, (first, node)) }
            }
            guard worst > 0 else { return error }
            let next = self.error(pair.0, pair.1, error)
            guard next > error else { return error }
            error = next
            try progress(0.5)
        }
    }

    /// How far a point's fit may be from its value. Bounded, so that infinite bounds are those of nodes without
    /// weight.
    @inline(__always) private func slack(_ point: Int32, _ error: Double) -> Double {
        min(error / data.weight(point), 0x1p1000)
    }

    private func bound(by error: Double) {
        for node in 0..<order.count {
            var (low, high) = (-Double.infinity, Double.infinity)
            for point in data.nodes[node] where data.weight(point) > 0 {
                low = max(low, data.value(point) - slack(point, error))
                high = min(high, data.value(point) + slack(point, error))
            }
            (lowest.buffer[node], highest.buffer[node]) = (low, high)
        }
    }

    /// The error that the points which make two nodes' bounds force on each other.
    private func error(_ first: Int, _ second: Int, _ error: Double) -> Double {
        let low = data.nodes[first].first {
            data.weight($0) > 0 && data.value($0) - slack($0, error) == lowest.buffer[first]
        }
        let high = data.nodes[second].first {
            data.weight($0) > 0 && data.value($0) + slack($0, error) == highest.buffer[second]
        }
        guard let low, let high else { return error }
        return (data.value(low) - data.value(high)) / (1 / data.weight(low) + 1 / data.weight(high))
    }
}
