/// Prediction sets with guaranteed coverage around any classifier that has been fitted.
///
/// The scores of the true labels of calibration data say how much a set must take in: if calibration and new
/// points are exchangeable, and the model has seen none of them, a new label is in its set with probability
/// 1 - alpha at least, however good the model is.
///
///     let set = try ConformalClassifier(model, inputs: images, labels: digits, scoring: ClassScoring(.aps))
///     let sets = try set(newImages, alpha: 0.1)
///     sets.contains(row: 0, class: 7)
public struct ConformalClassifier<Input> {
    /// For each input a row with the probability of every class; of `.entmax` logits.
    public typealias Model = ([Input]) throws -> Matrix<Double>

    public let scoring: ClassScoring
    /// Whether every class has a threshold of its own.
    public let isClassConditional: Bool
    private let model: Model
    private let groups: ConformalGroups<Input>
    private var calibrator: ConformalCalibrator

    /// - Parameters:
    ///   - model: is kept, and called once here and once for each call.
    ///   - inputs: calibration data.
    ///   - labels: the class of each input, from 0.
    ///   - groupBy: a property whose every value has the coverage by itself. A value without calibration data
    ///     has full sets.
    ///   - isClassConditional: every class has the coverage by itself instead; one without calibration data
    ///     is in every set.
    /// - Throws: `QuantcalError`, or what the model throws.
    public init(
        _ model: @escaping Model, inputs: [Input], labels: [Int], scoring: ClassScoring = ClassScoring(),
        groupBy: ((Input) -> AnyHashable)? = nil, isClassConditional: Bool = false
    ) throws {
        guard groupBy == nil || !isClassConditional else {
            throw QuantcalError(.options, "groupBy and isClassConditional are two ways to group; give one")
        }
        (self.model, self.scoring, self.isClassConditional) = (model, scoring, isClassConditional)
        groups = ConformalGroups(groupBy, of: inputs)
        let probabilities = try model(inputs)
        let scores = try conformalLabelScores(
            probabilities: probabilities, labels: labels.map { Int64($0) }, scoring)
        calibrator = try ConformalCalibrator(
            groupCount: isClassConditional ? probabilities.columns : groups.count)
        try calibrator.update(scores, groups: isClassConditional ? labels : groups(inputs))
    }

    /// The set of each input.
    public func callAsFunction(
        _ inputs: [Input], alpha: Double = 0.1, emptySets: EmptySets = .kept
    ) throws -> PredictionSets {
        let numbers = groups(inputs)
        return try conformalClassSets(
            try model(inputs), thresholds: try calibrator.thresholds(groups: numbers, alpha: alpha),
            thresholdFor: isClassConditional ? .eachClass : numbers == nil ? .all : .eachRow,
            emptySets: emptySets, scoring)
    }

    /// The conformal p-value of each class of each input: a class is in the set of level alpha if its p-value
    /// is above alpha.
    public func pValues(_ inputs: [Input]) throws -> Matrix<Double> {
        let scores = try conformalClassScores(try model(inputs), scoring)
        let classes = scores.columns
        let numbers = groups(inputs)
        let ofScores =
            isClassConditional
            ? scores.elements.indices.map { $0 % classes }
            : numbers.map { numbers in scores.elements.indices.map { numbers[$0 / classes] } }
        return try Matrix(
            rows: scores.rows, columns: classes,
            elements: try calibrator.pValues(scores.elements, groups: ofScores))
    }
}
