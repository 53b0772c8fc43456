import QuantcalCore

/// The nearly-isotonic fits of a sequence at every penalty lambda. A value: it never changes.
public struct NearlyIsotonicPath<Scalar>: Sendable {
    fileprivate let path: IsotonicNearlyPath

    /// How many points the path is of.
    public var count: Int { path.count }

    /// The lambdas > 0 at which groups of neighbours join, in ascending order. The fit is linear in lambda
    /// between them, and isotonic from the last one on. C: `qc_isotonic_nearly_breakpoints`.
    public var breakpoints: [Double] {
        let count = path.breakpointCount
        return [Double](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialised in
            path.writeBreakpoints(buffer.baseAddress!)
            initialised = count
        }
    }

    /// The number of groups of neighbours that have joined at a lambda >= 0.
    public func degreesOfFreedom(_ lambda: Double) throws(QuantcalError) -> Int {
        try path.degreesOfFreedom(lambda)
    }
}

extension NearlyIsotonicPath where Scalar == Double {
    /// The fit at a lambda >= 0; infinity gives the isotonic fit. C: `qc_isotonic_nearly_fit_f64`.
    public func callAsFunction(_ lambda: Double) throws(QuantcalError) -> [Double] {
        try filled(count) { x throws(QuantcalError) in try path.fit(lambda, x) }
    }
}

extension NearlyIsotonicPath where Scalar == Float {
    /// The fit at a lambda >= 0; infinity gives the isotonic fit. C: `qc_isotonic_nearly_fit_f32`.
    public func callAsFunction(_ lambda: Double) throws(QuantcalError) -> [Float] {
        try filled(count) { x throws(QuantcalError) in try path.fit(lambda, x) }
    }
}

/// Nearly-isotonic regression for every penalty at once: at lambda, the x that minimises the weighted squares
/// of y - x, halved, plus lambda times the sum of all falls of x. C: `qc_isotonic_nearly_create_f64`; the
/// default arguments are those of `qc_isotonic_nearly_options_init`. (The value takes the place of the
/// handle, so there is no `qc_isotonic_nearly_destroy`.)
///
/// - Parameters:
///   - y: finite values.
///   - weights: as many finite weights >= 0, not all zero; nil for ones. A point of weight 0 does not move
///     the fit and joins the group to its left.
///   - direction: whether falls cost (`increasing`) or rises.
///   - progress: hears how far the work is, and may stop it.
/// - Throws: `QuantcalError` for NaN, infinities, bad weights, or when stopped.
public func isotonicNearly(
    _ y: [Double], weights: [Double]? = nil, direction: IsotonicDirection = .increasing,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> NearlyIsotonicPath<Double> {
    try withPoints(y, weights) { y, weights throws(QuantcalError) in
        NearlyIsotonicPath(
            path: try IsotonicNearlyPath(
                y: y, weights: weights, direction: direction, progress: Progress(progress)))
    }
}

/// The same in single precision. C: `qc_isotonic_nearly_create_f32`.
public func isotonicNearly(
    _ y: [Float], weights: [Float]? = nil, direction: IsotonicDirection = .increasing,
    progress: ProgressReport? = nil
) throws(QuantcalError) -> NearlyIsotonicPath<Float> {
    try withPoints(y, weights) { y, weights throws(QuantcalError) in
        NearlyIsotonicPath(
            path: try IsotonicNearlyPath(
                y: y, weights: weights, direction: direction, progress: Progress(progress)))
    }
}
