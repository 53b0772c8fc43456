import QuantcalCore

public typealias ConformalRefitRank = ConformalRefitSelection.Rank

/// What one test point has with one model that was refitted with it, as one that is not promising: its rank, of
/// which the (n + 1)-th part is its p-value, and how many points would be selected if it were promising.
/// C: `qc_conformal_refit_rank_f64`.
///
/// The n + 1 points that the model knows must be treated alike: fit without each of them, or without
/// each of some folds that are drawn at random. Each has its score from the fit without it; other test points have
/// theirs from the mean of all fits.
///
/// - Parameters:
///   - calibration: a score for each calibration point, infinity if its outcome is promising.
///   - test: a score for each test point; small ones are promising.
///   - j: the number of the test point, from 0.
///   - q: a bound on the expected share of false selections.
public func conformalRefitRank(
    calibration: [Double], test: [Double], j: Int, q: Double
) throws(QuantcalError) -> ConformalRefitRank {
    try withBuffer(calibration) { calibration throws(QuantcalError) in
        try withBuffer(test) { test throws(QuantcalError) in
            try ConformalRefitSelection.rank(calibration: calibration, test: test, j: j, q: q)
        }
    }
}

/// The same for scores in single precision. C: `qc_conformal_refit_rank_f32`.
public func conformalRefitRank(
    calibration: [Float], test: [Float], j: Int, q: Double
) throws(QuantcalError) -> ConformalRefitRank {
    try withBuffer(calibration) { calibration throws(QuantcalError) in
        try withBuffer(test) { test throws(QuantcalError) in
            try ConformalRefitSelection.rank(calibration: calibration, test: test, j: j, q: q)
        }
    }
}

/// Selects test points by what `conformalRefitRank` has found for each of them and each model, with the same q; each has
/// the model with the most rejections. Also gives the number of the model that each has.
/// C: `qc_conformal_select_refitted`.
///
/// - Parameters:
///   - ranks: a row for each test point, a column for each model.
///   - n: the number of calibration points.
///   - q: the bound on the expected share of false selections.
public func conformalSelectRefitted(
    _ ranks: Matrix<ConformalRefitRank>, n: Int, q: Double, pruning: ConformalPruning = .standard,
    seed: UInt64 = 0
) throws(QuantcalError) -> (selection: SelectedPoints, chosen: [Int]) {
    let options = ConformalSelection.Options(pruning: pruning, seed: seed)
    var chosen: [Int] = []
    let result = try selectedPoints(ranks.rows) { output throws(QuantcalError) in
        chosen = try filled(ranks.rows) { (chosen: UnsafeMutablePointer<Int>) throws(QuantcalError) in
            try withBuffer(ranks.elements.map(\.rank)) { places throws(QuantcalError) in
                try withBuffer(ranks.elements.map(\.rejections)) { rejections throws(QuantcalError) in
                    let found = ConformalRefitSelection.Ranks(
                        ranks: places, rejections: rejections, models: ranks.columns)
                    _ = try ConformalRefitSelection.select(
                        found, n: n, q: q, options: options, output: output, chosen: chosen)
                }
            }
        }
    }
    return (result, chosen)
}
