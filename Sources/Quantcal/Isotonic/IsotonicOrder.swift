import QuantcalCore

public typealias IsotonicOrderLoss = IsotonicOrder.Loss

/// An isotonic function of points in several dimensions, known at the points.
public struct IsotonicOrderFit<Scalar> {
    /// Where it is known, a point in each row.
    public let points: Matrix<Scalar>
    /// Its values there.
    public let fitted: [Scalar]
    /// The block of each point. Points with equal fitted values are one block; blocks are numbered from 0
    /// by rising value.
    public let blocks: [Int]
    public let blockCount: Int
    /// Whether the values rise or fall in each coordinate.
    public let directions: [IsotonicDirection]
}

extension IsotonicOrderFit where Scalar: Comparable {
    /// A fit from its values, such as were stored; `directions` nil if it rises in all coordinates.
    public init(
        points: Matrix<Scalar>, fitted: [Scalar], directions: [IsotonicDirection]? = nil
    ) throws(QuantcalError) {
        try requireCount(fitted.count, points.rows, "fitted")
        if let directions { try requireCount(directions.count, points.columns, "directions") }
        let order = fitted.indices.sorted { fitted[$0] < fitted[$1] }
        var blocks = Array(repeating: 0, count: fitted.count)
        var last = -1
        for (place, point) in order.enumerated() {
            if place == 0 || fitted[order[place - 1]] < fitted[point] { last += 1 }
            blocks[point] = last
        }
        self.init(
            points: points, fitted: fitted, blocks: blocks, blockCount: last + 1,
            directions: directions ?? Array(repeating: .increasing, count: points.columns))
    }
}

extension IsotonicOrderFit: Equatable where Scalar: Equatable {}
extension IsotonicOrderFit: Sendable where Scalar: Sendable {}

/// An isotonic regression under the order of a graph.
public struct IsotonicGraphFit<Scalar> {
    public let fitted: [Scalar]
    /// The block of each point, as for `IsotonicOrderFit`.
    public let blocks: [Int]
    public let blockCount: Int
}

extension IsotonicGraphFit: Equatable where Scalar: Equatable {}
extension IsotonicGraphFit: Sendable where Scalar: Sendable {}

// MARK: Points

/// Isotonic regression of points in any number of dimensions: of all functions that rise in every
/// coordinate, the one whose values at the points are nearest to y. C: `qc_isotonic_order_points_f64`; the
/// default arguments are those of `qc_isotonic_order_options_init`.
///
/// - Parameters:
///   - points: a point in each row, finite.
///   - y: a finite value for each point.
///   - weights: as many finite weights >= 0, not all zero; nil for ones. A point of weight 0 does not move
///     the fit; it has the largest fitted value before it, or if there is none the smallest of all.
///   - directions: whether the fit rises or falls in each coordinate; nil if it rises in all.
///   - loss: what is minimised.
///   - solution: which of the best fits, for the quantile and the Chebyshev loss.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, bad weights, sizes that do not fit, or when stopped.
public func isotonicOrder(
    points: Matrix<Double>, y: [Double], weights: [Double]? = nil, directions: [IsotonicDirection]? = nil,
    loss: IsotonicOrderLoss = .squared, solution: IsotonicSolution = .standard,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicOrderFit<Double> {
    try fitPoints(
        points, y, weights, directions, .init(loss: loss, solution: solution), Progress(progress),
        IsotonicOrder.fit(points:dimensions:directions:y:weights:options:output:progress:))
}

/// The same in single precision. C: `qc_isotonic_order_points_f32`.
public func isotonicOrder(
    points: Matrix<Float>, y: [Float], weights: [Float]? = nil, directions: [IsotonicDirection]? = nil,
    loss: IsotonicOrderLoss = .squared, solution: IsotonicSolution = .standard,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicOrderFit<Float> {
    try fitPoints(
        points, y, weights, directions, .init(loss: loss, solution: solution), Progress(progress),
        IsotonicOrder.fit(points:dimensions:directions:y:weights:options:output:progress:))
}

private func fitPoints<Scalar: BitwiseCopyable>(
    _ points: Matrix<Scalar>, _ y: [Scalar], _ weights: [Scalar]?, _ directions: [IsotonicDirection]?,
    _ options: IsotonicOrder.Options, _ progress: Progress,
    _ call: (
        UnsafeBufferPointer<Scalar>, Int, UnsafeBufferPointer<Int32>?, UnsafeBufferPointer<Scalar>,
        UnsafeBufferPointer<Scalar>?, IsotonicOrder.Options, IsotonicOrder.Output<Scalar>, Progress
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> IsotonicOrderFit<Scalar> {
    try requireCount(y.count, points.rows, "y")
    let directions = directions ?? Array(repeating: .increasing, count: points.columns)
    try requireCount(directions.count, points.columns, "directions")
    let (fitted, blocks, count) = try fit(y, weights) { y, weights, output throws(QuantcalError) in
        try withBuffer(points.elements) { data throws(QuantcalError) in
            try withBuffer(directions.map(\.rawValue)) { numbers throws(QuantcalError) in
                try call(data, points.columns, numbers, y, weights, options, output, progress)
            }
        }
    }
    return IsotonicOrderFit(
        points: points, fitted: fitted, blocks: blocks, blockCount: count, directions: directions)
}

/// Fitted values, blocks, and their number.
private func fit<Scalar: BitwiseCopyable>(
    _ y: [Scalar], _ weights: [Scalar]?,
    _ call: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?, IsotonicOrder.Output<Scalar>)
        throws(QuantcalError) -> Int
) throws(QuantcalError) -> ([Scalar], [Int], Int) {
    try withPoints(y, weights) { y, weights throws(QuantcalError) in
        var blocks: [Int] = []
        var count = 0
        let fitted: [Scalar] = try filled(y.count) { fitted throws(QuantcalError) in
            blocks = try filled(y.count) { blocks throws(QuantcalError) in
                count = try call(y, weights, IsotonicOrder.Output(fitted: fitted, blocks: blocks))
            }
        }
        return (fitted, blocks, count)
    }
}

// MARK: Grids

/// Isotonic regression of a matrix, also called bimonotone regression: the values rise from row to row and
/// from column to column. Cells of weight 0 are missing: they are left out of the fit, then filled with the
/// largest fitted value before them. C: `qc_isotonic_order_grid_f64`.
public func isotonicGrid(
    _ y: Matrix<Double>, weights: Matrix<Double>? = nil, rowDirection: IsotonicDirection = .increasing,
    columnDirection: IsotonicDirection = .increasing, loss: IsotonicOrderLoss = .squared,
    solution: IsotonicSolution = .standard, progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Double> {
    try fitGrid(
        y, weights, (rowDirection, columnDirection), .init(loss: loss, solution: solution),
        Progress(progress),
        IsotonicOrder.fit(y:weights:rows:columns:rowDirection:columnDirection:options:output:progress:))
}

/// The same in single precision. C: `qc_isotonic_order_grid_f32`.
public func isotonicGrid(
    _ y: Matrix<Float>, weights: Matrix<Float>? = nil, rowDirection: IsotonicDirection = .increasing,
    columnDirection: IsotonicDirection = .increasing, loss: IsotonicOrderLoss = .squared,
    solution: IsotonicSolution = .standard, progress: ProgressReport? = nil
) throws(QuantcalError) -> Matrix<Float> {
    try fitGrid(
        y, weights, (rowDirection, columnDirection), .init(loss: loss, solution: solution),
        Progress(progress),
        IsotonicOrder.fit(y:weights:rows:columns:rowDirection:columnDirection:options:output:progress:))
}

private func fitGrid<Scalar: BitwiseCopyable>(
    _ y: Matrix<Scalar>, _ weights: Matrix<Scalar>?, _ directions: (IsotonicDirection, IsotonicDirection),
    _ options: IsotonicOrder.Options, _ progress: Progress,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?, Int, Int, IsotonicDirection,
        IsotonicDirection, IsotonicOrder.Options, IsotonicOrder.Output<Scalar>, Progress
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> Matrix<Scalar> {
    let (fitted, _, _) = try fit(y.elements, weights?.elements) {
        cells, weights, output throws(QuantcalError) in
        try call(
            cells, weights, y.rows, y.columns, directions.0, directions.1, options, output, progress)
    }
    return Matrix(unchecked: y.rows, y.columns, fitted)
}

// MARK: Graphs

/// Isotonic regression under any partial order: an edge from a to b says that the fitted value of a is at
/// most that of b. C: `qc_isotonic_order_graph_f64`.
///
/// - Throws: `QuantcalError` also for edges that make a cycle, and for ends that are no points.
public func isotonicGraph(
    edges: [(from: Int, to: Int)], y: [Double], weights: [Double]? = nil, loss: IsotonicOrderLoss = .squared,
    solution: IsotonicSolution = .standard, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicGraphFit<Double> {
    try fitGraph(
        edges, y, weights, .init(loss: loss, solution: solution), Progress(progress),
        IsotonicOrder.fit(from:to:y:weights:options:output:progress:))
}

/// The same in single precision. C: `qc_isotonic_order_graph_f32`.
public func isotonicGraph(
    edges: [(from: Int, to: Int)], y: [Float], weights: [Float]? = nil, loss: IsotonicOrderLoss = .squared,
    solution: IsotonicSolution = .standard, progress: ProgressReport? = nil
) throws(QuantcalError) -> IsotonicGraphFit<Float> {
    try fitGraph(
        edges, y, weights, .init(loss: loss, solution: solution), Progress(progress),
        IsotonicOrder.fit(from:to:y:weights:options:output:progress:))
}

private func fitGraph<Scalar: BitwiseCopyable>(
    _ edges: [(from: Int, to: Int)], _ y: [Scalar], _ weights: [Scalar]?, _ options: IsotonicOrder.Options,
    _ progress: Progress,
    _ call: (
        UnsafeBufferPointer<Int>, UnsafeBufferPointer<Int>, UnsafeBufferPointer<Scalar>,
        UnsafeBufferPointer<Scalar>?, IsotonicOrder.Options, IsotonicOrder.Output<Scalar>, Progress
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> IsotonicGraphFit<Scalar> {
    let (fitted, blocks, count) = try fit(y, weights) { y, weights, output throws(QuantcalError) in
        try withBuffer(edges.map(\.from)) { from throws(QuantcalError) in
            try withBuffer(edges.map(\.to)) { to throws(QuantcalError) in
                try call(from, to, y, weights, options, output, progress)
            }
        }
    }
    return IsotonicGraphFit(fitted: fitted, blocks: blocks, blockCount: count)
}
