import QuantcalCore

/// Which bound on the entropy.
public typealias EntropyBound = ConformalPursuitBound.Kind

/// Random histories: for each point (a row) the first `length` queries of a random order of all. Rows made in
/// several calls, each with its first point, are those of one call. C: `qc_conformal_pursuit_histories`.
public func conformalPursuitHistories(
    points: Int, queries: Int, length: Int, seed: UInt64 = 42, firstPoint: UInt64 = 0
) throws(QuantcalError) -> Matrix<Int32> {
    guard points >= 0, length >= 0, !points.multipliedReportingOverflow(by: length).overflow else {
        throw QuantcalError(.size, "points is \(points), length is \(length); they must be sizes")
    }
    let orders = try filled(points * length) {
        (orders: UnsafeMutablePointer<Int32>) throws(QuantcalError) in
        try ConformalPursuit.histories(
            seed: seed, firstPoint: firstPoint, points: points, queries: queries, length: length, orders)
    }
    return Matrix(unchecked: points, length, orders)
}

/// The log of the expected set size after each query (a row of samples). `weights` are those of the samples.
/// C: `qc_conformal_pursuit_log_sizes`.
public func conformalPursuitLogSizes(
    _ sizes: Matrix<Int32>, weights: Matrix<Double>? = nil
) throws(QuantcalError) -> [Double] {
    if let weights {
        try requireCount(weights.rows, sizes.rows, "weights")
        try requireCount(weights.columns, sizes.columns, "a row of weights")
    }
    return try filled(sizes.rows) { (logSizes: UnsafeMutablePointer<Double>) throws(QuantcalError) in
        try withBuffer(sizes.elements) { elements throws(QuantcalError) in
            try withOptionalBuffer(weights?.elements) { weights throws(QuantcalError) in
                try ConformalPursuit.logSizes(
                    sizes: elements, weights: weights, queries: sizes.rows, samples: sizes.columns, logSizes)
            }
        }
    }
}

/// The query of the least value among those not asked, the first if they tie, and how far their values spread.
/// Throws `.infeasible` if all were asked. C: `qc_conformal_pursuit_choose`.
public func conformalPursuitChoose(
    _ logSizes: [Double], asked: [Bool]? = nil
) throws(QuantcalError) -> (index: Int, spread: Double) {
    if let asked { try requireCount(asked.count, logSizes.count, "asked") }
    return try withBuffer(logSizes) { values throws(QuantcalError) in
        try withOptionalBuffer(asked?.map { $0 ? 1 : 0 }) { asked throws(QuantcalError) in
            try ConformalPursuit.choose(logSizes: values, asked: asked)
        }
    }
}

/// An upper bound on the entropy of the class given what is known, in nats, by the expected size of a conformal
/// set. `n` calibration scores without ties, or 0. C: `qc_conformal_pursuit_entropy_bound`.
public func conformalPursuitEntropyBound(
    classes: Int, n: Int, alpha: Double, meanSize: Double, kind: EntropyBound = .sharp
) throws(QuantcalError) -> Double {
    guard classes >= 1, classes <= Int32.max else {
        throw QuantcalError(.size, "classes is \(classes); classes must be 1 to \(Int32.max)")
    }
    return try ConformalPursuitBound.bound(
        classes: classes, n: n, alpha: alpha, meanSize: meanSize, kind: kind)
}
