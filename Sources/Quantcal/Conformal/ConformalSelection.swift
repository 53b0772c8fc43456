import QuantcalCore

public typealias ConformalPruning = ConformalSelection.Pruning

/// Test points that were selected.
public struct SelectedPoints: Equatable, Sendable {
    /// For each test point; p-values and e-values are empty if they were not asked for.
    public let isSelected: [Bool]
    public let pValues: [Double]
    public let eValues: [Double]

    /// The numbers of the selected points.
    public var indices: [Int] { isSelected.indices.filter { isSelected[$0] } }
}

/// Conformal p-values: how much of the weight of calibration points and test point together is at least as
/// strange as the test point. C: `qc_conformal_p_values_f64`; the default arguments are those of
/// `qc_conformal_p_value_options_init`.
///
/// - Parameters:
///   - calibration: scores; infinities are data.
///   - test: scores of the points to judge.
///   - calibrationWeights: finite weights >= 0, not all zero; nil for ones.
///   - testWeights: the same for the test points.
///   - tail: whether large scores are strange (upper) or small ones.
///   - isRandomised: whether the p-values are made exactly uniform, with random numbers from `seed`.
///   - firstPoint: the number of the first test point, which with the seed gives its random number.
public func conformalPValues(
    calibration: [Double], test: [Double], calibrationWeights: [Double]? = nil, testWeights: [Double]? = nil,
    tail: ConformalTail = .upper, isRandomised: Bool = false, seed: UInt64 = 0, firstPoint: UInt64 = 0
) throws(QuantcalError) -> [Double] {
    let options = ConformalPValues.Options(
        tail: tail, seed: isRandomised ? seed : nil, firstPoint: firstPoint)
    return try filled(test.count) { p throws(QuantcalError) in
        try withTwo((calibration, calibrationWeights), (test, testWeights)) {
            one, other throws(QuantcalError) in
            try ConformalPValues.pValues(calibration: one, test: other, options: options, into: p)
        }
    }
}

/// The same for scores in single precision. C: `qc_conformal_p_values_f32`.
public func conformalPValues(
    calibration: [Float], test: [Float], calibrationWeights: [Float]? = nil, testWeights: [Float]? = nil,
    tail: ConformalTail = .upper, isRandomised: Bool = false, seed: UInt64 = 0, firstPoint: UInt64 = 0
) throws(QuantcalError) -> [Double] {
    let options = ConformalPValues.Options(
        tail: tail, seed: isRandomised ? seed : nil, firstPoint: firstPoint)
    return try filled(test.count) { p throws(QuantcalError) in
        try withTwo((calibration, calibrationWeights), (test, testWeights)) {
            one, other throws(QuantcalError) in
            try ConformalPValues.pValues(calibration: one, test: other, options: options, into: p)
        }
    }
}

/// Which hypotheses the Benjamini-Hochberg procedure rejects at the level q, ties included.
/// C: `qc_conformal_benjamini_hochberg`.
public func conformalBenjaminiHochberg(p: [Double], q: Double) throws(QuantcalError) -> [Bool] {
    try rejected(p) { values, mask throws(QuantcalError) in
        try StepUp.benjaminiHochberg(p: values, q: q, rejected: mask)
    }
}

/// The same for e-values, however they depend on each other. C: `qc_conformal_e_benjamini_hochberg`.
public func conformalBenjaminiHochberg(e: [Double], q: Double) throws(QuantcalError) -> [Bool] {
    try rejected(e) { values, mask throws(QuantcalError) in
        try StepUp.benjaminiHochberg(e: values, q: q, rejected: mask)
    }
}

private func rejected(
    _ values: [Double],
    _ call: (UnsafeBufferPointer<Double>, UnsafeMutablePointer<UInt8>) throws(QuantcalError) -> Int
) throws(QuantcalError) -> [Bool] {
    let mask: [UInt8] = try filled(values.count) { mask throws(QuantcalError) in
        _ = try withBuffer(values) { values throws(QuantcalError) in try call(values, mask) }
    }
    return mask.map { $0 == 1 }
}

/// Conformal selection: test points whose unseen outcome is large, such that the expected share of those for which it
/// is not is at most q. Small test scores are promising. C: `qc_conformal_select_f64`; the default
/// arguments are those of `qc_conformal_select_options_init`.
///
/// - Parameters:
///   - calibration: V(X_i, Y_i).
///   - test: V(X_j, c_j), for the bound c_j that the outcome is to exceed.
///   - pruning: how the selections that every point would make become one; `standard` is none without
///     weights, heterogeneous with weights.
///   - isRandomised: whether p-values are.
///   - values: whether p-values and e-values are asked for; which points are selected does not depend on it.
public func conformalSelect(
    calibration: [Double], test: [Double], q: Double, calibrationWeights: [Double]? = nil,
    testWeights: [Double]? = nil, pruning: ConformalPruning = .standard, isRandomised: Bool = false,
    seed: UInt64 = 0, values: Bool = true
) throws(QuantcalError) -> SelectedPoints {
    let options = ConformalSelection.Options(pruning: pruning, isRandomised: isRandomised, seed: seed)
    return try selectedPoints(test.count, values: values) { output throws(QuantcalError) in
        try withTwo((calibration, calibrationWeights), (test, testWeights)) {
            one, other throws(QuantcalError) in
            _ = try ConformalSelection.select(
                calibration: one, test: other, q: q, options: options, output: output)
        }
    }
}

/// The same for scores in single precision. C: `qc_conformal_select_f32`.
public func conformalSelect(
    calibration: [Float], test: [Float], q: Double, calibrationWeights: [Float]? = nil,
    testWeights: [Float]? = nil, pruning: ConformalPruning = .standard, isRandomised: Bool = false,
    seed: UInt64 = 0, values: Bool = true
) throws(QuantcalError) -> SelectedPoints {
    let options = ConformalSelection.Options(pruning: pruning, isRandomised: isRandomised, seed: seed)
    return try selectedPoints(test.count, values: values) { output throws(QuantcalError) in
        try withTwo((calibration, calibrationWeights), (test, testWeights)) {
            one, other throws(QuantcalError) in
            _ = try ConformalSelection.select(
                calibration: one, test: other, q: q, options: options, output: output)
        }
    }
}

/// Conformal selection with the best of several scores for each test point: a row for each point, a column
/// for each score. Also gives the column that each test point has. C: `qc_conformal_select_models_f64`.
public func conformalSelectModels(
    calibration: Matrix<Double>, test: Matrix<Double>, q: Double, pruning: ConformalPruning = .standard,
    seed: UInt64 = 0
) throws(QuantcalError) -> (selection: SelectedPoints, chosen: [Int]) {
    try selectModels(
        calibration, test, q, pruning, seed, ConformalModelSelection.select(_:q:options:output:chosen:))
}

/// The same for scores in single precision. C: `qc_conformal_select_models_f32`.
public func conformalSelectModels(
    calibration: Matrix<Float>, test: Matrix<Float>, q: Double, pruning: ConformalPruning = .standard,
    seed: UInt64 = 0
) throws(QuantcalError) -> (selection: SelectedPoints, chosen: [Int]) {
    try selectModels(
        calibration, test, q, pruning, seed, ConformalModelSelection.select(_:q:options:output:chosen:))
}

private func selectModels<T: Scalar>(
    _ calibration: Matrix<T>, _ test: Matrix<T>, _ q: Double, _ pruning: ConformalPruning, _ seed: UInt64,
    _ call: (
        ConformalModelSelection.Scores<T>, Double, ConformalSelection.Options, ConformalSelection.Output,
        UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> (selection: SelectedPoints, chosen: [Int]) {
    try requireCount(calibration.columns, test.columns, "a row of calibration")
    let options = ConformalSelection.Options(pruning: pruning, seed: seed)
    var chosen: [Int] = []
    let result = try selectedPoints(test.rows) { output throws(QuantcalError) in
        chosen = try filled(test.rows) { (chosen: UnsafeMutablePointer<Int>) throws(QuantcalError) in
            try withBuffer(calibration.elements) { one throws(QuantcalError) in
                try withBuffer(test.elements) { other throws(QuantcalError) in
                    let scores = ConformalModelSelection.Scores(
                        calibration: one, test: other, models: test.columns)
                    _ = try call(scores, q, options, output, chosen)
                }
            }
        }
    }
    return (result, chosen)
}

/// What a selection writes.
func selectedPoints(
    _ count: Int, values: Bool = true, _ call: (ConformalSelection.Output) throws(QuantcalError) -> Void
) throws(QuantcalError) -> SelectedPoints {
    var (p, e): ([Double], [Double]) = ([], [])
    let asked = values ? count : 0
    let selected = try filled(count) { (selected: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        p = try filled(asked) { (p: UnsafeMutablePointer<Double>) throws(QuantcalError) in
            e = try filled(asked) { (e: UnsafeMutablePointer<Double>) throws(QuantcalError) in
                try call(
                    ConformalSelection.Output(selected: selected, p: values ? p : nil, e: values ? e : nil))
            }
        }
    }
    return SelectedPoints(isSelected: selected.map { $0 == 1 }, pValues: p, eValues: e)
}

/// Calibration and test points, scores with weights or without.
private func withTwo<T: Scalar, Result>(
    _ calibration: (scores: [T], weights: [T]?), _ test: (scores: [T], weights: [T]?),
    _ body: (ConformalPoints<T>, ConformalPoints<T>) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    if let weights = calibration.weights {
        try requireCount(weights.count, calibration.scores.count, "calibration_weights")
    }
    if let weights = test.weights { try requireCount(weights.count, test.scores.count, "test_weights") }
    return try withPoints(calibration.scores, calibration.weights) { one, oneWeights throws(QuantcalError) in
        try withPoints(test.scores, test.weights) { other, otherWeights throws(QuantcalError) in
            try body(
                ConformalPoints(scores: one, weights: oneWeights),
                ConformalPoints(scores: other, weights: otherWeights))
        }
    }
}
