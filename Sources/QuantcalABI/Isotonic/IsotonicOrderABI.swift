import CQuantcal
import QuantcalCore

extension qc_isotonic_order_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, loss: Int32(QC_ISOTONIC_SQUARED),
            solution: Int32(QC_ISOTONIC_SOLUTION_DEFAULT), level: 0.5, progress: qc_progress())
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> (IsotonicOrder.Options, Progress) {
        let options = try given(pointer)
        var result = IsotonicOrder.Options()
        let quantile = IsotonicOrder.Loss.quantile(level: options.level)
        try quantile.check()
        switch Int(options.loss) {
        case QC_ISOTONIC_SQUARED: result.loss = .squared
        case QC_ISOTONIC_QUANTILE: result.loss = quantile
        case QC_ISOTONIC_CHEBYSHEV: result.loss = .chebyshev
        default: throw QuantcalError(.options, "loss is \(options.loss); it must be 0, 1 or 5")
        }
        result.solution = try Structs.value(options.solution, "solution")
        return (result, Structs.progress(options.progress))
    }
}

@c @implementation
public func qc_isotonic_order_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_order_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_order_options.initialise(options, size)
}

/// What the fits have in common: values, weights, and where the results go. `inputs` are the others.
private struct OrderArguments<T> {
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    let output: IsotonicOrder.Output<T>

    init(
        _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?, _ n: Int, _ fitted: UnsafeMutablePointer<T>?,
        _ blocks: UnsafeMutablePointer<Int>?, _ blockCount: UnsafeMutablePointer<Int>?, inputs: [Region]
    ) throws(QuantcalError) {
        try IsotonicOrder.requireNumbers(n, "n")
        self.y = try Boundary.input(y, n, "y")
        self.weights = try Boundary.optionalInput(weights, n, "weights")
        output = IsotonicOrder.Output(
            fitted: try Boundary.output(fitted, n, "fitted"),
            blocks: try Boundary.optionalOutput(blocks, n, "blocks"))
        _ = try Boundary.optionalOutput(blockCount, 1, "block_count")
        let others = [Region(blocks, n, "blocks"), Region(blockCount, 1, "block_count")]
        let inPlace = Region(y, n, "y")
        try Region.requireDisjoint(
            outputs: [Region(fitted, n, "fitted")] + others, inputs: inputs + [Region(weights, n, "weights")],
            inPlace: inPlace)
        // Only the fitted values may be y.
        try Region.requireDisjoint(outputs: others, inputs: [inPlace])
    }
}

// MARK: Points

/// Coordinates and directions, proven.
struct OrderCoordinates<T> {
    let values: UnsafeBufferPointer<T>
    let directions: UnsafeBufferPointer<Int32>?
    let regions: [Region]

    init(
        _ points: UnsafePointer<T>?, _ count: Int, _ dimensions: Int, _ directions: UnsafePointer<Int32>?,
        _ names: (points: String, count: String)
    ) throws(QuantcalError) {
        let length = try Boundary.product(count, dimensions, (names.count, "dimensions"))
        try IsotonicOrder.requireNumbers(count, names.count)
        values = try Boundary.input(points, length, names.points)
        self.directions = try Boundary.optionalInput(directions, dimensions, "directions")
        regions = [Region(points, length, names.points), Region(directions, dimensions, "directions")]
    }
}

private func fitPoints<T>(
    _ points: UnsafePointer<T>?, _ n: Int, _ dimensions: Int, _ directions: UnsafePointer<Int32>?,
    _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?,
    _ options: UnsafePointer<qc_isotonic_order_options>?, _ fitted: UnsafeMutablePointer<T>?,
    _ blocks: UnsafeMutablePointer<Int>?, _ blockCount: UnsafeMutablePointer<Int>?,
    _ fit: (
        UnsafeBufferPointer<T>, Int, UnsafeBufferPointer<Int32>?, UnsafeBufferPointer<T>,
        UnsafeBufferPointer<T>?, IsotonicOrder.Options, IsotonicOrder.Output<T>, Progress
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (settings, progress) = try qc_isotonic_order_options.resolved(options)
        let coordinates = try OrderCoordinates(points, n, dimensions, directions, ("points", "n"))
        let call = try OrderArguments(y, weights, n, fitted, blocks, blockCount, inputs: coordinates.regions)
        let count = try fit(
            coordinates.values, dimensions, coordinates.directions, call.y, call.weights, settings,
            call.output,
            progress)
        blockCount?.pointee = count
    }
}

@c @implementation
public func qc_isotonic_order_points_f64(
    _ points: UnsafePointer<Double>!, _ n: Int, _ dimensions: Int, _ directions: UnsafePointer<Int32>!,
    _ y: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!,
    _ options: UnsafePointer<qc_isotonic_order_options>!, _ fitted: UnsafeMutablePointer<Double>!,
    _ blocks: UnsafeMutablePointer<Int>!, _ block_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    fitPoints(
        points, n, dimensions, directions, y, weights, options, fitted, blocks, block_count,
        IsotonicOrder.fit(points:dimensions:directions:y:weights:options:output:progress:))
}

@c @implementation
public func qc_isotonic_order_points_f32(
    _ points: UnsafePointer<Float>!, _ n: Int, _ dimensions: Int, _ directions: UnsafePointer<Int32>!,
    _ y: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!,
    _ options: UnsafePointer<qc_isotonic_order_options>!, _ fitted: UnsafeMutablePointer<Float>!,
    _ blocks: UnsafeMutablePointer<Int>!, _ block_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    fitPoints(
        points, n, dimensions, directions, y, weights, options, fitted, blocks, block_count,
        IsotonicOrder.fit(points:dimensions:directions:y:weights:options:output:progress:))
}

// MARK: Grids

private func fitGrid<T>(
    _ y: UnsafePointer<T>?, _ weights: UnsafePointer<T>?, _ rows: Int, _ columns: Int, _ rowDirection: Int32,
    _ columnDirection: Int32, _ options: UnsafePointer<qc_isotonic_order_options>?,
    _ fitted: UnsafeMutablePointer<T>?,
    _ fit: (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?, Int, Int, IsotonicRegression.Direction,
        IsotonicRegression.Direction, IsotonicOrder.Options, IsotonicOrder.Output<T>, Progress
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (settings, progress) = try qc_isotonic_order_options.resolved(options)
        let cells = try Boundary.product(rows, columns, ("rows", "columns"))
        try IsotonicOrder.requireNumbers(cells, "rows * columns")
        let call = try OrderArguments(y, weights, cells, fitted, nil, nil, inputs: [])
        _ = try fit(
            call.y, call.weights, rows, columns, direction(rowDirection, "row_direction"),
            direction(columnDirection, "column_direction"), settings, call.output, progress)
    }
}

private func direction(
    _ number: Int32, _ name: String
) throws(QuantcalError) -> IsotonicRegression.Direction {
    guard let direction = IsotonicRegression.Direction(rawValue: number) else {
        throw QuantcalError(.domain, "\(name) is \(number); it must be 0 or 1")
    }
    return direction
}

@c @implementation
public func qc_isotonic_order_grid_f64(
    _ y: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!, _ rows: Int, _ columns: Int,
    _ row_direction: Int32, _ column_direction: Int32, _ options: UnsafePointer<qc_isotonic_order_options>!,
    _ fitted: UnsafeMutablePointer<Double>!
) -> qc_status {
    fitGrid(
        y, weights, rows, columns, row_direction, column_direction, options, fitted,
        IsotonicOrder.fit(y:weights:rows:columns:rowDirection:columnDirection:options:output:progress:))
}

@c @implementation
public func qc_isotonic_order_grid_f32(
    _ y: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
    _ row_direction: Int32, _ column_direction: Int32, _ options: UnsafePointer<qc_isotonic_order_options>!,
    _ fitted: UnsafeMutablePointer<Float>!
) -> qc_status {
    fitGrid(
        y, weights, rows, columns, row_direction, column_direction, options, fitted,
        IsotonicOrder.fit(y:weights:rows:columns:rowDirection:columnDirection:options:output:progress:))
}

// MARK: Graphs

private func fitGraph<T>(
    _ from: UnsafePointer<Int>?, _ to: UnsafePointer<Int>?, _ edgeCount: Int, _ y: UnsafePointer<T>?,
    _ weights: UnsafePointer<T>?, _ n: Int, _ options: UnsafePointer<qc_isotonic_order_options>?,
    _ fitted: UnsafeMutablePointer<T>?, _ blocks: UnsafeMutablePointer<Int>?,
    _ blockCount: UnsafeMutablePointer<Int>?,
    _ fit: (
        UnsafeBufferPointer<Int>, UnsafeBufferPointer<Int>, UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?,
        IsotonicOrder.Options, IsotonicOrder.Output<T>, Progress
    ) throws(QuantcalError) -> Int
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let (settings, progress) = try qc_isotonic_order_options.resolved(options)
        let origins = try Boundary.input(from, edgeCount, "from")
        let targets = try Boundary.input(to, edgeCount, "to")
        let call = try OrderArguments(
            y, weights, n, fitted, blocks, blockCount,
            inputs: [Region(from, edgeCount, "from"), Region(to, edgeCount, "to")])
        let count = try fit(origins, targets, call.y, call.weights, settings, call.output, progress)
        blockCount?.pointee = count
    }
}

@c @implementation
public func qc_isotonic_order_graph_f64(
    _ from: UnsafePointer<Int>!, _ to: UnsafePointer<Int>!, _ edge_count: Int, _ y: UnsafePointer<Double>!,
    _ weights: UnsafePointer<Double>!, _ n: Int, _ options: UnsafePointer<qc_isotonic_order_options>!,
    _ fitted: UnsafeMutablePointer<Double>!, _ blocks: UnsafeMutablePointer<Int>!,
    _ block_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    fitGraph(
        from, to, edge_count, y, weights, n, options, fitted, blocks, block_count,
        IsotonicOrder.fit(from:to:y:weights:options:output:progress:))
}

@c @implementation
public func qc_isotonic_order_graph_f32(
    _ from: UnsafePointer<Int>!, _ to: UnsafePointer<Int>!, _ edge_count: Int, _ y: UnsafePointer<Float>!,
    _ weights: UnsafePointer<Float>!, _ n: Int, _ options: UnsafePointer<qc_isotonic_order_options>!,
    _ fitted: UnsafeMutablePointer<Float>!, _ blocks: UnsafeMutablePointer<Int>!,
    _ block_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    fitGraph(
        from, to, edge_count, y, weights, n, options, fitted, blocks, block_count,
        IsotonicOrder.fit(from:to:y:weights:options:output:progress:))
}
