/// Prediction intervals with guaranteed coverage around any model that has been fitted.
///
/// The errors that the model makes on calibration data say how wide intervals must be: if calibration and new
/// points are exchangeable, and the model has seen none of them, a new outcome lies in its interval with
/// probability 1 - alpha at least, however good the model is.
///
///     let interval = try ConformalRegressor(model, inputs: houses, outcomes: prices)
///     let (lower, upper) = try interval(newHouses, alpha: 0.1)
public struct ConformalRegressor<Input> {
    /// For each input a row with the predictions that the score takes; see `RegressionScoring.kind`.
    public typealias Model = ([Input]) throws -> Matrix<Double>

    public let scoring: RegressionScoring
    private let model: Model
    private let groups: ConformalGroups<Input>
    /// One, or those of the lower and the upper side.
    private var calibrators: [ConformalCalibrator] = []

    /// - Parameters:
    ///   - model: is kept, and called once here and once for each call.
    ///   - inputs: calibration data.
    ///   - outcomes: one for each input; finite.
    ///   - groupBy: a property whose every value has the coverage by itself. A value without calibration data
    ///     has infinite intervals.
    /// - Throws: `QuantcalError`, or what the model throws.
    public init(
        _ model: @escaping Model, inputs: [Input], outcomes: [Double],
        scoring: RegressionScoring = RegressionScoring(), groupBy: ((Input) -> AnyHashable)? = nil
    ) throws {
        (self.model, self.scoring) = (model, scoring)
        groups = ConformalGroups(groupBy, of: inputs)
        let scores = try conformalRegressionScores(y: outcomes, predictions: try model(inputs), scoring)
        for column in 0..<scores.columns {
            var calibrator = try ConformalCalibrator(groupCount: groups.count)
            try calibrator.update((0..<scores.rows).map { scores[$0, column] }, groups: groups(inputs))
            calibrators.append(calibrator)
        }
    }

    /// The same for a model that predicts one number for each input.
    public init(
        _ mean: @escaping ([Input]) throws -> [Double], inputs: [Input], outcomes: [Double],
        scoring: RegressionScoring = RegressionScoring(), groupBy: ((Input) -> AnyHashable)? = nil
    ) throws {
        try self.init(
            { inputs in
                let means = try mean(inputs)
                return try Matrix(rows: means.count, columns: 1, elements: means)
            }, inputs: inputs, outcomes: outcomes, scoring: scoring, groupBy: groupBy)
    }

    /// The interval of each input. For `.asymmetric` sides each end misses alpha / 2.
    ///
    /// - Parameter empty: what an interval becomes that a negative threshold leaves empty.
    public func callAsFunction(
        _ inputs: [Input], alpha: Double = 0.1, empty: EmptyInterval = .midpoint
    ) throws -> (lower: [Double], upper: [Double]) {
        let numbers = groups(inputs)
        let sides = try calibrators.map {
            try $0.thresholds(groups: numbers, alpha: alpha / Double(calibrators.count))
        }
        let thresholds = sides[0].indices.flatMap { row in sides.map { $0[row] } }
        return try conformalRegressionIntervals(
            predictions: try model(inputs), thresholds: thresholds,
            thresholdFor: numbers == nil ? .all : .eachRow, scoring, empty: empty)
    }
}
