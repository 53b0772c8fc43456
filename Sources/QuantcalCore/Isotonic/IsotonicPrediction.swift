import Synchronization

/// Values of a curve that is given at knots, at other points: linear between them or in steps.
///
/// Between two knots the value is a + t (b - a) with the fraction t of the way, cut off at b: it rises
/// or falls with the query in spite of rounding, stays between a and b, and is exact at knots. Queries that
/// ascend, as runs of them often do, are merged with the knots; others are looked up one by one.
///
/// A first pass over the queries makes sure that none is NaN. It also finds where they ascend: of those the second
/// pass looks at few, and nearly all that it does is to write.
public enum IsotonicPrediction {
    public enum Interpolation: Int32, CaseIterable, Sendable {
        case linear = 0
        /// The value of the last knot at or below the query.
        case step = 1
    }

    /// What a query beyond the knots gives. One knot is the value everywhere.
    public enum Outside: Int32, CaseIterable, Sendable {
        case nan = 0
        /// The value of the nearest knot.
        case clip = 1
        case error = 2
        /// The line through the two knots at that end.
        case extrapolate = 3
    }

    public struct Options: Sendable {
        public var interpolation = Interpolation.linear
        public var outside = Outside.nan

        public init() {}
    }

    /// `predictions` may be the memory of `queries`.
    public static func predict(
        knots: UnsafeBufferPointer<Double>, values: UnsafeBufferPointer<Double>,
        queries: UnsafeBufferPointer<Double>, options: Options, predictions: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try compute(knots, values, queries, options, predictions) }

    public static func predict(
        knots: UnsafeBufferPointer<Float>, values: UnsafeBufferPointer<Float>,
        queries: UnsafeBufferPointer<Float>, options: Options, predictions: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try compute(knots, values, queries, options, predictions) }

    static func compute<T: IsotonicScalar>(
        _ knots: UnsafeBufferPointer<T>, _ values: UnsafeBufferPointer<T>, _ queries: UnsafeBufferPointer<T>,
        _ options: Options, _ predictions: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        guard !knots.isEmpty else {
            throw QuantcalError(.size, "knot_count is 0; a curve has at least one knot")
        }
        try Require.finite(knots, "knots")
        try Require.finite(values, "values")
        for index in knots.indices.dropFirst() where !(knots[index - 1] < knots[index]) {
            throw QuantcalError(
                .domain,
                "knots[\(index)] is \(knots[index]) after \(knots[index - 1]); knots must ascend strictly")
        }
        let pieces = (queries.count + pieceSize - 1) / pieceSize
        let ascending = try Scratch<Bool>(pieces)
        try survey(queries, ascending.buffer)
        if options.outside == .error, knots.count > 1 { try requireInside(queries, knots) }
        let curve = IsotonicCurve(
            index: try KnotIndex(knots, queries: queries.count), values: values, options: options)
        let stores = BulkStores(into: queries.count * MemoryLayout<T>.stride)
        Parallel.forEach(pieces, threads: Parallel.threads(for: pieces, work: .max)) { piece, _ in
            let range = range(piece, queries.count)
            if ascending.buffer[piece] {
                curve.merge(queries, range, predictions, stores)
            } else {
                curve.predict(queries, range, predictions)
            }
        }
    }

    /// What is worth a thread's while.
    private static var pieceSize: Int { 1 << 15 }

    private static func range(_ piece: Int, _ count: Int) -> Range<Int> {
        piece * pieceSize..<min((piece + 1) * pieceSize, count)
    }

    /// Which pieces of the queries ascend. NaN follows nothing, so there is none in those.
    private static func survey<T: IsotonicScalar>(
        _ queries: UnsafeBufferPointer<T>, _ ascending: UnsafeMutableBufferPointer<Bool>
    ) throws(QuantcalError) {
        let holdNaN = Atomic<Bool>(false)
        let threads = Parallel.threads(for: ascending.count, work: queries.count)
        Parallel.forEach(ascending.count, threads: threads) { piece, _ in
            let range = range(piece, queries.count)
            ascending[piece] = !queries[range.lowerBound].isNaN && IsotonicCurve.ascends(queries, range)
            if !ascending[piece], Require.hasNaN(UnsafeBufferPointer(rebasing: queries[range])) {
                holdNaN.store(true, ordering: .relaxed)
            }
        }
        if holdNaN.load(ordering: .relaxed) { try Require.notNaN(queries, "queries") }
    }

    private static func requireInside<T: Scalar>(
        _ queries: UnsafeBufferPointer<T>, _ knots: UnsafeBufferPointer<T>
    ) throws(QuantcalError) {
        let (low, high) = (knots[0], knots[knots.count - 1])
        var areOutside = false
        for query in queries { areOutside = areOutside || query < low || query > high }
        guard areOutside, let index = queries.firstIndex(where: { $0 < low || $0 > high }) else { return }
        throw QuantcalError(
            .domain, "queries[\(index)] is \(queries[index]); the knots reach from \(low) to \(high)")
    }
}
