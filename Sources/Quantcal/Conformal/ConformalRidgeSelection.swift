import QuantcalCore

/// Conformal selection without a split: the points that fit the scores also bound the share of false selections.
/// Scores are those of ridge regression that leaves each point out; of several penalties each
/// test point has the one with which most points would be selected if it were promising. Also gives the
/// number of the penalty that each has. C: `qc_conformal_select_ridge_f64`.
///
/// - Parameters:
///   - x: a row for each calibration point.
///   - outcomes: by how much each exceeds its bound, 0 if it does not; or 1 and 0.
///   - test: a row for each test point.
///   - penalties: of the squared coefficients, positive.
///   - q: a bound on the expected share of selected points whose outcome is 0.
public func conformalSelectRidge(
    x: Matrix<Double>, outcomes: [Double], test: Matrix<Double>, penalties: [Double], q: Double,
    pruning: ConformalPruning = .standard, seed: UInt64 = 0
) throws(QuantcalError) -> (selection: SelectedPoints, chosen: [Int]) {
    try select(
        x, outcomes, test, penalties, q, pruning, seed,
        ConformalRidgeSelection.select(_:penalties:q:options:output:chosen:))
}

/// The same for points in single precision. C: `qc_conformal_select_ridge_f32`.
public func conformalSelectRidge(
    x: Matrix<Float>, outcomes: [Float], test: Matrix<Float>, penalties: [Double], q: Double,
    pruning: ConformalPruning = .standard, seed: UInt64 = 0
) throws(QuantcalError) -> (selection: SelectedPoints, chosen: [Int]) {
    try select(
        x, outcomes, test, penalties, q, pruning, seed,
        ConformalRidgeSelection.select(_:penalties:q:options:output:chosen:))
}

private func select<T: Scalar>(
    _ x: Matrix<T>, _ outcomes: [T], _ test: Matrix<T>, _ penalties: [Double], _ q: Double,
    _ pruning: ConformalPruning, _ seed: UInt64,
    _ call: (
        ConformalRidgeSelection.Points<T>, UnsafeBufferPointer<Double>, Double, ConformalSelection.Options,
        ConformalSelection.Output, UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int
) throws(QuantcalError) -> (selection: SelectedPoints, chosen: [Int]) {
    try requireCount(outcomes.count, x.rows, "outcomes")
    try requireCount(test.columns, x.columns, "a row of test")
    let options = ConformalSelection.Options(pruning: pruning, seed: seed)
    var chosen: [Int] = []
    let result = try selectedPoints(test.rows) { output throws(QuantcalError) in
        chosen = try filled(test.rows) { (chosen: UnsafeMutablePointer<Int>) throws(QuantcalError) in
            try withBuffer(x.elements) { known throws(QuantcalError) in
                try withBuffer(outcomes) { outcomes throws(QuantcalError) in
                    try withBuffer(test.elements) { asked throws(QuantcalError) in
                        try withBuffer(penalties) { penalties throws(QuantcalError) in
                            let points = ConformalRidgeSelection.Points(
                                x: known, outcomes: outcomes, test: asked, columns: x.columns)
                            _ = try call(points, penalties, q, options, output, chosen)
                        }
                    }
                }
            }
        }
    }
    return (result, chosen)
}
