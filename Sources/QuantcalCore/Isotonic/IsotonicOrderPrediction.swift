/// Values at new places from a fit under the componentwise order: at least the largest value of the points
/// below, at most the smallest of those above.
///
/// In one and two dimensions a sweep along the first coordinate with a Fenwick tree over the second, O((n + m) log n).
/// In more, the points are tried from the largest value down until one is below, and from the smallest
/// up until one is above: O(n m d) at worst, a few trials a query where most points are comparable.
extension IsotonicOrder {
    /// `queries` and `points` have rows of `dimensions` coordinates.
    public static func predict(
        points: UnsafeBufferPointer<Double>, fitted: UnsafeBufferPointer<Double>, dimensions: Int,
        directions: UnsafeBufferPointer<Int32>?, queries: UnsafeBufferPointer<Double>, count: Int,
        solution: IsotonicRegression.Solution, into predictions: UnsafeMutablePointer<Double>,
        progress: Progress = .none
    ) throws(QuantcalError) {
        try predict(
            points, fitted, dimensions, directions, queries, count, solution, predictions, progress)
    }

    public static func predict(
        points: UnsafeBufferPointer<Float>, fitted: UnsafeBufferPointer<Float>, dimensions: Int,
        directions: UnsafeBufferPointer<Int32>?, queries: UnsafeBufferPointer<Float>, count: Int,
        solution: IsotonicRegression.Solution, into predictions: UnsafeMutablePointer<Float>,
        progress: Progress = .none
    ) throws(QuantcalError) {
        try predict(
            points, fitted, dimensions, directions, queries, count, solution, predictions, progress)
    }

    private static func predict<T: Scalar>(
        _ points: UnsafeBufferPointer<T>, _ fitted: UnsafeBufferPointer<T>, _ dimensions: Int,
        _ directions: UnsafeBufferPointer<Int32>?, _ queries: UnsafeBufferPointer<T>, _ count: Int,
        _ solution: IsotonicRegression.Solution, _ predictions: UnsafeMutablePointer<T>, _ progress: Progress
    ) throws(QuantcalError) {
        let known = try OrderPoints(points, fitted.count, dimensions, directions)
        let asked = try OrderPoints(queries, count, dimensions, directions)
        try Require.finite(points, "points")
        try Require.finite(fitted, "fitted")
        try Require.finite(queries, "queries")
        try requireNumbers(fitted.count, "the number of points")
        try requireNumbers(count, "the number of queries")
        let lower = try Scratch<Double>(solution == .upper ? 0 : count)
        let upper = try Scratch<Double>(solution == .lower ? 0 : count)
        try progress(0)
        if solution != .upper {
            try bounds(known, fitted, asked, isAbove: false, into: lower.buffer.baseAddress!, progress)
        }
        if solution != .lower {
            try progress(0.5)
            try bounds(known, fitted, asked, isAbove: true, into: upper.buffer.baseAddress!, progress)
        }
        for query in 0..<count {
            switch solution {
            case .lower: predictions[query] = T(lower.buffer[query])
            case .upper: predictions[query] = T(upper.buffer[query])
            case .middle, .standard:
                predictions[query] = T(middle(lower.buffer[query], upper.buffer[query]))
            }
        }
    }

    /// The one that there is, or half way between.
    private static func middle(_ lower: Double, _ upper: Double) -> Double {
        if lower.isNaN { return upper }
        if upper.isNaN { return lower }
        return lower.middle(to: upper)
    }

    /// The largest value below each query, or the smallest above; NaN where there is none.
    private static func bounds<T: Scalar>(
        _ points: OrderPoints<T>, _ fitted: UnsafeBufferPointer<T>, _ queries: OrderPoints<T>, isAbove: Bool,
        into bounds: UnsafeMutablePointer<Double>, _ progress: Progress
    ) throws(QuantcalError) {
        if points.dimensions <= 2 {
            try sweep(points, fitted, queries, isAbove, bounds)
        } else {
            try search(points, fitted, queries, isAbove, bounds, progress)
        }
    }

    private static func sweep<T: Scalar>(
        _ points: OrderPoints<T>, _ fitted: UnsafeBufferPointer<T>, _ queries: OrderPoints<T>,
        _ isAbove: Bool,
        _ bounds: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        // Upside down, above is below.
        let flip: UInt64 = isAbove ? .max : 0
        let sign = isAbove ? -1.0 : 1.0
        let last = points.dimensions - 1
        let heights = try OrderKeys(points.count)
        let firsts = try OrderKeys(points.count)
        let asked = try OrderKeys(queries.count)
        for point in 0..<points.count {
            heights[point] = .init(key: points.key(point, last) ^ flip, index: Int32(point))
            firsts[point] = .init(key: points.key(point, 0) ^ flip, index: Int32(point))
        }
        for query in 0..<queries.count {
            asked[query] = .init(key: queries.key(query, 0) ^ flip, index: Int32(query))
        }
        try heights.sort()
        try firsts.sort()
        try asked.sort()
        // The number of points of a height up to that of a key.
        func rank(_ key: UInt64) -> Int { Search.first(in: 0..<points.count) { heights[$0].key > key } }
        let tree = try Scratch<Double>(points.count + 1)
        tree.buffer.initialize(repeating: -.infinity)
        var entered = 0
        for place in 0..<queries.count {
            while entered < points.count, firsts[entered].key <= asked[place].key {
                let point = Int(firsts[entered].index)
                let value = sign * Double(fitted[point])
                var cell = rank(points.key(point, last) ^ flip)
                while cell <= points.count, tree.buffer[cell] < value {
                    tree.buffer[cell] = value
                    cell += cell & -cell
                }
                entered += 1
            }
            let query = Int(asked[place].index)
            var cell = rank(queries.key(query, last) ^ flip)
            var best = -Double.infinity
            while cell > 0 {
                best = max(best, tree.buffer[cell])
                cell &= cell - 1
            }
            bounds[query] = best > -.infinity ? sign * best : .nan
        }
    }

    @inline(__always) private static func precedes(
        _ keys: UnsafePointer<UInt64>, _ limits: UnsafePointer<UInt64>, _ dimensions: Int
    ) -> Bool {
        for dimension in 0..<dimensions where keys[dimension] > limits[dimension] { return false }
        return true
    }

    private static func search<T: Scalar>(
        _ points: OrderPoints<T>, _ fitted: UnsafeBufferPointer<T>, _ queries: OrderPoints<T>,
        _ isAbove: Bool,
        _ bounds: UnsafeMutablePointer<Double>, _ progress: Progress
    ) throws(QuantcalError) {
        let order = try OrderKeys(points.count)
        for point in 0..<points.count {
            let key = Double(fitted[point]).rankingKey
            order[point] = .init(key: isAbove ? key : ~key, index: Int32(point))
        }
        try order.sort()
        let dimensions = points.dimensions
        // The coordinates as keys that rise in the order, point by point as they are tried; and the queries'.
        let keys = try Scratch<UInt64>(points.count * dimensions)
        let asked = try Scratch<UInt64>(queries.count * dimensions)
        let flip: UInt64 = isAbove ? .max : 0
        for dimension in 0..<dimensions {
            for place in 0..<points.count {
                let key = points.key(Int(order[place].index), dimension)
                keys.buffer[place * dimensions + dimension] = key ^ flip
            }
            for query in 0..<queries.count {
                asked.buffer[query * dimensions + dimension] = queries.key(query, dimension) ^ flip
            }
        }
        let (tried, limits, byValue) = (keys.buffer.baseAddress!, asked.buffer.baseAddress!, order.items)
        let batch = 1 << 12
        for start in stride(from: 0, to: queries.count, by: batch) {
            try progress((isAbove ? 0.5 : 0) + 0.5 * Double(start) / Double(queries.count))
            let end = min(start + batch, queries.count)
            Parallel.forEachRange(of: end - start, grain: 256) { range in
                for query in range.lowerBound + start..<range.upperBound + start {
                    let limit = limits + query * dimensions
                    var place = 0
                    while place < points.count, !precedes(tried + place * dimensions, limit, dimensions) {
                        place += 1
                    }
                    bounds[query] = place < points.count ? Double(fitted[Int(byValue[place].index)]) : .nan
                }
            }
        }
    }
}
