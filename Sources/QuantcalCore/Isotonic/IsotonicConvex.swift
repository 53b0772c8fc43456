/// Weighted least-squares regression on one predictor by a convex or concave function, which may have
/// to be increasing or decreasing too.
///
/// All forms are reflections of one: a concave function is a convex one upside down, and a
/// function that falls rises when its predictor is reversed. `IsotonicConvexSolver` fits the convex and
/// the increasing convex one.
///
/// Points with equal predictors count as one, with their mean and the sum of their weights; points of weight
/// 0 are left out and get the function's value. Between knots the function is linear; beyond the first
/// and the last it goes on as at the end.
public enum IsotonicConvex {
    public enum Curvature: Int32, CaseIterable, Sendable {
        case convex = 0
        case concave = 1
    }

    public enum Monotonicity: Int32, CaseIterable, Sendable {
        case increasing = 0
        case decreasing = 1
        case any = 2
    }

    /// Where the results go: a value for each point, and room for as many knots.
    public struct Output<T> {
        let fitted: UnsafeMutablePointer<T>?
        let knots: UnsafeMutablePointer<T>?
        let values: UnsafeMutablePointer<T>?

        public init(
            fitted: UnsafeMutablePointer<T>?, knots: UnsafeMutablePointer<T>?,
            values: UnsafeMutablePointer<T>?
        ) {
            (self.fitted, self.knots, self.values) = (fitted, knots, values)
        }
    }

    /// Returns the number of knots. `output.fitted` may be the memory of `y`.
    public static func fit(
        x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>,
        weights: UnsafeBufferPointer<Double>?, curvature: Curvature, monotonicity: Monotonicity,
        output: Output<Double>, progress: Progress = .none
    ) throws(QuantcalError) -> Int {
        try compute(x, y, weights, curvature, monotonicity, output, progress)
    }

    public static func fit(
        x: UnsafeBufferPointer<Float>, y: UnsafeBufferPointer<Float>,
        weights: UnsafeBufferPointer<Float>?, curvature: Curvature, monotonicity: Monotonicity,
        output: Output<Float>, progress: Progress = .none
    ) throws(QuantcalError) -> Int {
        try compute(x, y, weights, curvature, monotonicity, output, progress)
    }

    private static func compute<T: Scalar>(
        _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?,
        _ curvature: Curvature, _ monotonicity: Monotonicity, _ output: Output<T>, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        let order = try PredictorOrder(x)
        try Require.finite(y, "y")
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights) }
        try progress(0)
        guard !x.isEmpty else { return 0 }
        let isConcave = curvature == .concave
        let isReversed = monotonicity != .any && (monotonicity == .decreasing) != isConcave
        let frame = IsotonicConvexFrame(
            x: order.x, y: y, weights: weights, total: total, isConcave: isConcave, isReversed: isReversed)
        let points = try IsotonicConvexPoints(order, y, weights, frame)
        // One point bends nowhere: it is the end of a flat part.
        var solver = try IsotonicConvexSolver(
            points.view, isIncreasing: monotonicity != .any || points.view.count == 1)
        try solver.solve(progress)
        return IsotonicConvexWriter(frame: frame).write(solver.nodes, points.view, order, output)
    }
}

/// Between the caller's numbers and those of the solver, which are far from the ends of the number range
/// and reflected so that the function is convex, and increasing if it is monotone.
struct IsotonicConvexFrame {
    let isReversed: Bool
    private let xFactor: Double
    private let yFactor: Double
    private let centre: Double
    private let weightFactor: Double

    init<T: Scalar>(
        x: UnsafeBufferPointer<T>, y: UnsafeBufferPointer<T>, weights: UnsafeBufferPointer<T>?,
        total: Require.WeightTotal?, isConcave: Bool, isReversed: Bool
    ) {
        self.isReversed = isReversed
        // The differences of positions must be finite.
        let farthest = max(Double(x[0]).magnitude, Double(x[x.count - 1]).magnitude)
        xFactor = PowerOfTwo.bringing(farthest, above: -1000, below: 1000) * (isReversed ? -1 : 1)
        var (largest, nearest) = (0.0, Double.infinity)
        for index in y.indices where weights.map({ $0[index] > 0 }) ?? true {
            let value = Double(y[index])
            largest = max(largest, value.magnitude)
            if value.magnitude < nearest.magnitude { nearest = value }
        }
        // Relative to the value nearest to 0 a common offset does not drown differences.
        yFactor = PowerOfTwo.bringing(largest, above: -200, below: 200) * (isConcave ? -1 : 1)
        centre = nearest * yFactor
        weightFactor = total.map { PowerOfTwo.bringing($0.sum, above: -100, below: 100) } ?? 1
    }

    @inline(__always) func position<T: Scalar>(_ x: T) -> Double { Double(x) * xFactor }
    @inline(__always) func value<T: Scalar>(_ y: T) -> Double { Double(y) * yFactor - centre }
    @inline(__always) func weight<T: Scalar>(_ weight: T) -> Double { Double(weight) * weightFactor }

    func x<T: Scalar>(_ position: Double) -> T { T(position / xFactor) }

    /// What would be beyond the largest number is that.
    @inline(__always) func y<T: Scalar>(_ value: Double) -> T {
        let y = T((value + centre) / yFactor)
        return y.isFinite ? y : T(sign: y.sign, exponent: 0, significand: .greatestFiniteMagnitude)
    }

    /// Places of the ascending predictors in the order of positions.
    @inline(__always) func place(_ index: Int, of count: Int) -> Int {
        isReversed ? count - 1 - index : index
    }
}

/// The points of weight above 0, those with equal positions as one.
struct IsotonicConvexPoints: ~Copyable {
    let view: IsotonicConvexSolver.Points
    private let positions: Scratch<Double>
    private let values: Scratch<Double>
    private let weights: Scratch<Double>

    init<T: Scalar>(
        _ order: borrowing PredictorOrder<T>, _ y: UnsafeBufferPointer<T>,
        _ given: UnsafeBufferPointer<T>?, _ frame: IsotonicConvexFrame
    ) throws(QuantcalError) {
        let count = y.count
        let positions = try Scratch<Double>(count)
        let values = try Scratch<Double>(count)
        let weights = try Scratch<Double>(count)
        var distinct = 0
        var sum = DoubleDouble()
        var total = DoubleDouble()
        for index in 0..<count {
            let place = frame.place(index, of: count)
            let origin = order.origin(place)
            let weight = given.map { frame.weight($0[origin]) } ?? 1
            guard weight > 0 else { continue }
            let position = frame.position(order.x[place])
            let value = frame.value(y[origin])
            if distinct > 0, positions.buffer[distinct - 1] == position {
                sum.addProduct(value, weight)
                total += weight
                values.buffer[distinct - 1] = sum / total
                weights.buffer[distinct - 1] = total.value
            } else {
                positions.buffer[distinct] = position
                values.buffer[distinct] = value
                weights.buffer[distinct] = weight
                sum = DoubleDouble()
                sum.addProduct(value, weight)
                total = DoubleDouble(high: weight)
                distinct += 1
            }
        }
        view = IsotonicConvexSolver.Points(
            count: distinct, positions: positions.buffer.baseAddress!, values: values.buffer.baseAddress!,
            weights: weights.buffer.baseAddress!)
        self.positions = positions
        self.values = values
        self.weights = weights
    }
}
