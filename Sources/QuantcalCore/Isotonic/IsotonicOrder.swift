/// Isotonic regression under a partial order: fitted values rise along every pair of the order.
///
/// Points and grids in one or two dimensions are cut without flow (`PlaneOrder`), all else is a graph
/// (`GraphOrder`). Each loss is exact: `OrderSquared`, `OrderQuantile`, `OrderChebyshev`. Nodes without weight take
/// no part in the fit, but carry the order on; they get the largest value among those before them.
public enum IsotonicOrder {
    public typealias Direction = IsotonicRegression.Direction

    /// What a fitted value costs.
    public enum Loss: Equatable, Sendable {
        case squared
        /// The loss whose minimiser is the quantile of a level; 0.5 for the absolute loss.
        case quantile(level: Double = 0.5)
        /// The largest weighted residual.
        case chebyshev

        public func check() throws(QuantcalError) {
            if case .quantile(let level) = self { try IsotonicRegression.Loss.quantile(level: level).check() }
        }
    }

    public struct Options: Sendable {
        public var loss: Loss
        public var solution: IsotonicRegression.Solution

        public init(loss: Loss = .squared, solution: IsotonicRegression.Solution = .standard) {
            (self.loss, self.solution) = (loss, solution)
        }
    }

    /// Where the results go: the fitted values, and for each point the number of its block, the blocks
    /// counted from the lowest value up.
    public struct Output<T> {
        let fitted: UnsafeMutablePointer<T>
        let blocks: UnsafeMutablePointer<Int>?

        public init(fitted: UnsafeMutablePointer<T>, blocks: UnsafeMutablePointer<Int>?) {
            (self.fitted, self.blocks) = (fitted, blocks)
        }
    }

    /// Points have numbers of 32 bits.
    public static func requireNumbers(_ count: Int, _ name: String) throws(QuantcalError) {
        guard count >= 0, count < Int32.max else {
            throw QuantcalError(
                .size, "\(name) is \(UInt(bitPattern: count)); it must be at most \(Int32.max - 1)")
        }
    }

    // MARK: Points

    /// `points` has a row of `dimensions` coordinates for each of y. Returns the number of blocks.
    public static func fit(
        points: UnsafeBufferPointer<Double>, dimensions: Int, directions: UnsafeBufferPointer<Int32>?,
        y: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>?, options: Options,
        output: Output<Double>, progress: Progress = .none
    ) throws(QuantcalError) -> Int {
        try fitPoints(points, dimensions, directions, Task(y, weights, options, output, progress))
    }

    public static func fit(
        points: UnsafeBufferPointer<Float>, dimensions: Int, directions: UnsafeBufferPointer<Int32>?,
        y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?, options: Options,
        output: Output<Float>, progress: Progress = .none
    ) throws(QuantcalError) -> Int {
        try fitPoints(points, dimensions, directions, Task(y, weights, options, output, progress))
    }

    private static func fitPoints<T: Scalar>(
        _ values: UnsafeBufferPointer<T>, _ dimensions: Int, _ directions: UnsafeBufferPointer<Int32>?,
        _ task: Task<T>
    ) throws(QuantcalError) -> Int {
        let points = try OrderPoints(values, task.y.count, dimensions, directions)
        try Require.finite(values, "points")
        guard let total = try task.check() else { return 0 }
        let (nodes, order) = try points.order(progress: task.progress)
        return try task.solve(nodes, total, order)
    }

    // MARK: Grids

    /// The cells of a matrix, row by row.
    public static func fit(
        y: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>?, rows: Int, columns: Int,
        rowDirection: Direction, columnDirection: Direction, options: Options, output: Output<Double>,
        progress: Progress = .none
    ) throws(QuantcalError) -> Int {
        try fitGrid(rows, columns, rowDirection, columnDirection, Task(y, weights, options, output, progress))
    }

    public static func fit(
        y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?, rows: Int, columns: Int,
        rowDirection: Direction, columnDirection: Direction, options: Options, output: Output<Float>,
        progress: Progress = .none
    ) throws(QuantcalError) -> Int {
        try fitGrid(rows, columns, rowDirection, columnDirection, Task(y, weights, options, output, progress))
    }

    private static func fitGrid<T: Scalar>(
        _ rows: Int, _ columns: Int, _ rowDirection: Direction, _ columnDirection: Direction, _ task: Task<T>
    ) throws(QuantcalError) -> Int {
        guard let total = try task.check() else { return 0 }
        let ranks = try Scratch<Int32>(task.y.count)
        let cells = try Scratch<Int32>(task.y.count)
        for row in 0..<rows {
            let first = (rowDirection == .increasing ? row : rows - 1 - row) * columns
            for column in 0..<columns {
                let place = columnDirection == .increasing ? column : columns - 1 - column
                ranks.buffer[first + place] = Int32(truncatingIfNeeded: place)
                cells.buffer[row * columns + column] = Int32(truncatingIfNeeded: first + place)
            }
        }
        let nodes = try OrderNodes(numbers: cells, points: task.y.count)
        return try task.solve(nodes, total, PlaneOrder(ranks: ranks, rankCount: columns))
    }

    // MARK: Graphs

    /// An edge from a to b says that the fit of a is at most that of b. The edges make no cycle.
    public static func fit(
        from: UnsafeBufferPointer<Int>, to: UnsafeBufferPointer<Int>, y: UnsafeBufferPointer<Double>,
        weights: UnsafeBufferPointer<Double>?, options: Options, output: Output<Double>,
        progress: Progress = .none
    ) throws(QuantcalError) -> Int {
        try fitGraph(from, to, Task(y, weights, options, output, progress))
    }

    public static func fit(
        from: UnsafeBufferPointer<Int>, to: UnsafeBufferPointer<Int>, y: UnsafeBufferPointer<Float>,
        weights: UnsafeBufferPointer<Float>?, options: Options, output: Output<Float>,
        progress: Progress = .none
    ) throws(QuantcalError) -> Int {
        try fitGraph(from, to, Task(y, weights, options, output, progress))
    }

    private static func fitGraph<T: Scalar>(
        _ from: UnsafeBufferPointer<Int>, _ to: UnsafeBufferPointer<Int>, _ task: Task<T>
    ) throws(QuantcalError) -> Int {
        var edges = OrderEdges()
        for (name, ends) in [("from", from), ("to", to)] {
            if let edge = ends.firstIndex(where: { !task.y.indices.contains($0) }) {
                throw QuantcalError(
                    .domain,
                    "\(name)[\(edge)] is \(UInt(bitPattern: ends[edge])); it must be less than n, \(task.y.count)"
                )
            }
        }
        let total = try task.check()
        for edge in from.indices { try edges.append(from[edge], to[edge]) }
        guard let total else { return 0 }
        let numbers = try Scratch<Int32>(task.y.count)
        for point in task.y.indices { numbers.buffer[point] = Int32(truncatingIfNeeded: point) }
        let (nodes, order) = try edges.order(
            of: OrderNodes(numbers: numbers, points: task.y.count), nodeCount: task.y.count)
        return try task.solve(nodes, total, order)
    }
}
