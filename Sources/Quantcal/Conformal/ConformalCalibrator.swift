import QuantcalCore

public typealias ConformalLastGroup = QuantcalCore.ConformalCalibrator.LastGroup
public typealias ConformalTail = QuantcalCore.ConformalCalibrator.Tail

/// Calibration scores as they come, and the thresholds and p-values that they give. Points may have weights
/// and groups; calibrators of parts of the data merge to that of all of it, to the last bit. A value: a
/// copy goes its own way. C: `qc_conformal_calibrator_create` and `qc_conformal_calibrator_destroy`.
public struct ConformalCalibrator: @unchecked Sendable {
    /// Changed only while nobody else has it.
    private var object: QuantcalCore.ConformalCalibrator

    /// Without points. The default arguments are those of C: `qc_conformal_calibrator_options_init`.
    ///
    /// - Parameters:
    ///   - groupCount: the number of groups, or 0 for none.
    ///   - isWeighted: whether points have weights.
    ///   - lastGroup: `.all` for a last group that holds every point, whatever group it comes with.
    public init(
        groupCount: Int = 0, isWeighted: Bool = false, lastGroup: ConformalLastGroup = .own
    ) throws(QuantcalError) {
        object = QuantcalCore.ConformalCalibrator(
            try QuantcalCore.ConformalCalibrator.Options(
                groupCount: groupCount, isWeighted: isWeighted, lastGroup: lastGroup))
    }

    public var groupCount: Int { object.options.groupCount }
    public var isWeighted: Bool { object.options.isWeighted }

    /// Adds points. C: `qc_conformal_calibrator_update_f64`.
    ///
    /// - Parameters:
    ///   - scores: larger is stranger. Infinities are data, NaN is an error.
    ///   - weights: as many finite weights >= 0, for a weighted calibrator and no other.
    ///   - groups: as many groups, 0 to `groupCount` - 1 or -1 for none, if there are groups.
    /// - Throws: `QuantcalError`; the calibrator is then what it was.
    public mutating func update(
        _ scores: [Double], weights: [Double]? = nil, groups: [Int]? = nil
    ) throws(QuantcalError) {
        let object = try ownObject()
        try withScores(scores, weights, groups) { scores, weights, groups throws(QuantcalError) in
            try object.update(scores: scores, weights: weights, groups: groups)
        }
    }

    /// The same in single precision. C: `qc_conformal_calibrator_update_f32`.
    public mutating func update(
        _ scores: [Float], weights: [Float]? = nil, groups: [Int]? = nil
    ) throws(QuantcalError) {
        let object = try ownObject()
        try withScores(scores, weights, groups) { scores, weights, groups throws(QuantcalError) in
            try object.update(scores: scores, weights: weights, groups: groups)
        }
    }

    private mutating func ownObject() throws(QuantcalError) -> QuantcalCore.ConformalCalibrator {
        if !isKnownUniquelyReferenced(&object) { object = try object.copy() }
        return object
    }

    /// Adds all points of another calibrator, made with the same options.
    /// C: `qc_conformal_calibrator_merge`.
    public mutating func merge(_ other: ConformalCalibrator) throws(QuantcalError) {
        try ownObject().merge(other.object)
    }

    /// How many points each group has; one number without groups. C: `qc_conformal_calibrator_counts`.
    public func counts() throws(QuantcalError) -> [Int] {
        try filled(object.options.rowCount) { (counts: UnsafeMutablePointer<Int64>) throws(QuantcalError) in
            try object.counts(into: counts)
        }.map { Int($0) }
    }

    /// The threshold of each group at each level, a row for each group; one row without groups. With weights,
    /// for a test point of weight 1. C: `qc_conformal_calibrator_thresholds`.
    public func thresholds(alphas: [Double]) throws(QuantcalError) -> Matrix<Double> {
        let rows = object.options.rowCount
        let elements = try withBuffer(alphas) { alphas throws(QuantcalError) in
            try filled(rows * alphas.count) { thresholds throws(QuantcalError) in
                try object.thresholds(alphas: alphas, into: thresholds)
            }
        }
        return try Matrix(rows: rows, columns: alphas.count, elements: elements)
    }

    /// The threshold of each test point by its weight, of the scale of the points' weights, and its group,
    /// if there are groups. C: `qc_conformal_calibrator_point_thresholds`.
    public func pointThresholds(
        testWeights: [Double], groups: [Int]? = nil, alpha: Double
    ) throws(QuantcalError) -> [Double] {
        try withScores(testWeights, nil, groups) { weights, _, groups throws(QuantcalError) in
            try filled(weights.count) { thresholds throws(QuantcalError) in
                try object.pointThresholds(
                    weights: weights, groups: groups, count: weights.count, alpha: alpha, into: thresholds)
            }
        }
    }

    /// The threshold of each test point by its group, for a weight of 1.
    public func pointThresholds(groups: [Int], alpha: Double) throws(QuantcalError) -> [Double] {
        try withBuffer(groups.map { Int64($0) }) { groups throws(QuantcalError) in
            try filled(groups.count) { thresholds throws(QuantcalError) in
                try object.pointThresholds(
                    weights: nil, groups: groups, count: groups.count, alpha: alpha, into: thresholds)
            }
        }
    }

    /// The conformal p-value of each test point: without weights, (1 + number of scores at least as large) /
    /// (n + 1). The default arguments are those of C: `qc_conformal_p_value_options_init`.
    /// C: `qc_conformal_calibrator_p_values_f64`.
    ///
    /// - Parameters:
    ///   - testWeights: as for `pointThresholds`; nil for ones.
    ///   - tail: whether scores at least as large or at most as large count against a point.
    ///   - seed: of the random shares in which ties count; nil if they count wholly.
    ///   - firstPoint: the number of the first test point, by which the shares are told apart.
    public func pValues(
        _ scores: [Double], testWeights: [Double]? = nil, groups: [Int]? = nil, tail: ConformalTail = .upper,
        seed: UInt64? = nil, firstPoint: UInt64 = 0
    ) throws(QuantcalError) -> [Double] {
        try withPoints(scores, testWeights, groups) { scores, weights, groups throws(QuantcalError) in
            try filled(scores.count) { values throws(QuantcalError) in
                try object.pValues(
                    scores: scores, weights: weights, groups: groups,
                    options: .init(tail: tail, seed: seed, firstPoint: firstPoint), into: values)
            }
        }
    }

    /// The same for scores in single precision. C: `qc_conformal_calibrator_p_values_f32`.
    public func pValues(
        _ scores: [Float], testWeights: [Double]? = nil, groups: [Int]? = nil, tail: ConformalTail = .upper,
        seed: UInt64? = nil, firstPoint: UInt64 = 0
    ) throws(QuantcalError) -> [Double] {
        try withPoints(scores, testWeights, groups) { scores, weights, groups throws(QuantcalError) in
            try filled(scores.count) { values throws(QuantcalError) in
                try object.pValues(
                    scores: scores, weights: weights, groups: groups,
                    options: .init(tail: tail, seed: seed, firstPoint: firstPoint), into: values)
            }
        }
    }

    /// The calibrator as bytes, the same on every machine. C: `qc_conformal_calibrator_serialize`.
    public func serialized() throws(QuantcalError) -> [UInt8] {
        try filled(object.serializedSize) { (bytes: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
            try object.serialize(bytes)
        }
    }

    /// The calibrator that `serialized` wrote. The bytes may come from anyone; what is not a calibrator
    /// throws `.format`. C: `qc_conformal_calibrator_deserialize`.
    public init(serialized bytes: [UInt8]) throws(QuantcalError) {
        object = try withBuffer(bytes) { bytes throws(QuantcalError) in
            try QuantcalCore.ConformalCalibrator(bytes: UnsafeRawBufferPointer(bytes))
        }
    }
}

/// Calls `body` with the memory of scores, their weights and their groups, as many.
private func withScores<Scalar, Result>(
    _ scores: [Scalar], _ weights: [Scalar]?, _ groups: [Int]?,
    _ body: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?, UnsafeBufferPointer<Int64>?
    ) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    try withGroups(groups, scores.count) { groups throws(QuantcalError) in
        try withPoints(scores, weights) { scores, weights throws(QuantcalError) in
            try body(scores, weights, groups)
        }
    }
}

/// The same for test points, whose weights are doubles.
private func withPoints<Scalar, Result>(
    _ scores: [Scalar], _ testWeights: [Double]?, _ groups: [Int]?,
    _ body: (
        UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Double>?, UnsafeBufferPointer<Int64>?
    ) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    if let testWeights { try requireCount(testWeights.count, scores.count, "testWeights") }
    return try withGroups(groups, scores.count) { groups throws(QuantcalError) in
        try withOptionalBuffer(testWeights) { weights throws(QuantcalError) in
            try withBuffer(scores) { scores throws(QuantcalError) in try body(scores, weights, groups) }
        }
    }
}

private func withGroups<Result>(
    _ groups: [Int]?, _ count: Int,
    _ body: (UnsafeBufferPointer<Int64>?) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    if let groups { try requireCount(groups.count, count, "groups") }
    return try withOptionalBuffer(groups?.map { Int64($0) }, body)
}
