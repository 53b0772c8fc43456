import QuantcalCore

public typealias IsotonicCenteredOptions = IsotonicCentered.Options
public typealias IsotonicCenteredTies = IsotonicCentered.Ties
public typealias IsotonicCenteredInterval = IsotonicCentered.Interval

/// A centered isotonic regression: a curve straight between its knots and level beyond them, whose
/// value at an x the fit is when called with it.
public struct CenteredIsotonicFit<Scalar> {
    /// The curve at each x, in the order of the input, and its bounds; empty if there is no interval.
    public let fitted: [Scalar]
    public let lower: [Scalar]
    public let upper: [Scalar]
    /// Where the curve bends, ascending: its value there, the weight behind it (0 for a knot that only leads the
    /// curve to the first or last x), and the bounds.
    public let knots: [Scalar]
    public let values: [Scalar]
    public let knotWeights: [Scalar]
    public let knotLower: [Scalar]
    public let knotUpper: [Scalar]
}

extension CenteredIsotonicFit: Equatable where Scalar: Equatable {}
extension CenteredIsotonicFit: Sendable where Scalar: Sendable {}

extension CenteredIsotonicFit where Scalar == Double {
    /// The curve at any x; infinities are beyond its ends.
    public func callAsFunction(_ x: [Double]) throws(QuantcalError) -> [Double] {
        try isotonicPredict(knots: knots, values: values, queries: x, outside: .clip)
    }

    /// The bounds of the curve at any x.
    public func interval(_ x: [Double]) throws(QuantcalError) -> (lower: [Double], upper: [Double]) {
        (
            try isotonicPredict(knots: knots, values: knotLower, queries: x, outside: .clip),
            try isotonicPredict(knots: knots, values: knotUpper, queries: x, outside: .clip)
        )
    }
}

extension CenteredIsotonicFit where Scalar == Float {
    /// The curve at any x; infinities are beyond its ends.
    public func callAsFunction(_ x: [Float]) throws(QuantcalError) -> [Float] {
        try isotonicPredict(knots: knots, values: values, queries: x, outside: .clip)
    }

    /// The bounds of the curve at any x.
    public func interval(_ x: [Float]) throws(QuantcalError) -> (lower: [Float], upper: [Float]) {
        (
            try isotonicPredict(knots: knots, values: knotLower, queries: x, outside: .clip),
            try isotonicPredict(knots: knots, values: knotUpper, queries: x, outside: .clip)
        )
    }
}

/// Centered isotonic regression of y on x: isotonic regression whose steps are points, and straight lines
/// between them. C: `qc_isotonic_centered_f64`; the default options are those of
/// `qc_isotonic_centered_options_init`.
///
/// - Parameters:
///   - x: finite predictors, in any order.
///   - y: as many finite values; for an interval 0 to 1, shares of successes.
///   - weights: as many finite weights >= 0, not all zero, nil for ones; for an interval whole numbers of trials.
///   - options: the direction, ties, the interval and its confidence, the range of y. With the interval
///     `.none` y may be any values.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, bad weights or options, or when stopped.
public func isotonicCentered(
    _ x: [Double], _ y: [Double], weights: [Double]? = nil,
    options: IsotonicCenteredOptions = IsotonicCenteredOptions(), progress: ProgressReport? = nil
) throws(QuantcalError) -> CenteredIsotonicFit<Double> {
    try fit(
        x, y, weights, options, Progress(progress),
        IsotonicCentered.fit(x:y:weights:options:output:progress:))
}

/// The same in single precision. C: `qc_isotonic_centered_f32`.
public func isotonicCentered(
    _ x: [Float], _ y: [Float], weights: [Float]? = nil,
    options: IsotonicCenteredOptions = IsotonicCenteredOptions(), progress: ProgressReport? = nil
) throws(QuantcalError) -> CenteredIsotonicFit<Float> {
    try fit(
        x, y, weights, options, Progress(progress),
        IsotonicCentered.fit(x:y:weights:options:output:progress:))
}

private func fit<Scalar: BitwiseCopyable & ExpressibleByIntegerLiteral>(
    _ x: [Scalar], _ y: [Scalar], _ weights: [Scalar]?, _ options: IsotonicCenteredOptions,
    _ progress: Progress,
    _ call: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?,
        IsotonicCenteredOptions, IsotonicCentered.Output<Scalar>, Progress
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> CenteredIsotonicFit<Scalar> {
    let hasInterval = options.interval != .none
    // Three arrays of the points, and five of the knots, of which there is at most one more.
    let room = x.count + 1
    var count = 0
    let memory = try filled(8 * room) { (memory: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
        memory.initialize(repeating: 0, count: 8 * room)
        func array(_ number: Int) -> UnsafeMutablePointer<Scalar> { memory + number * room }
        let output = IsotonicCentered.Output(
            fitted: array(0), lower: hasInterval ? array(1) : nil, upper: hasInterval ? array(2) : nil,
            knots: array(3), values: array(4), knotWeights: array(5),
            knotLower: hasInterval ? array(6) : nil, knotUpper: hasInterval ? array(7) : nil)
        count = try withPoints(x, y, weights) { x, y, weights throws(QuantcalError) in
            try call(x, y, weights, options, output, progress)
        }
    }
    func array(_ number: Int, _ count: Int) -> [Scalar] {
        Array(memory[number * room..<number * room + count])
    }
    let (points, bounds) = hasInterval ? (x.count, count) : (0, 0)
    return CenteredIsotonicFit(
        fitted: array(0, x.count), lower: array(1, points), upper: array(2, points), knots: array(3, count),
        values: array(4, count), knotWeights: array(5, count), knotLower: array(6, bounds),
        knotUpper: array(7, bounds))
}
