/// Conformal selection with the best of several scores, chosen for each test point by what it selects.
///
/// For each score k and test point j, R_j^k is the number of points that would be selected if j were promising: its
/// own p-value set to 0, and j counted among the calibration points for the others. That is symmetric in the
/// calibration points and j, so the choice of the score with the largest number costs j no validity. Ties are
/// broken at random, by seed and index of j. Points whose p-value under their score is at most q R_j / m are pruned as in weighted
/// selection.
///
/// Source: Bai, Jin (2024), "Optimized conformal selection", OptCS-MSel. Departures: R_j^k by one sort for
/// each score instead of one for each score and point; calibration points tied with a test point count
/// against it, where the public code leaves them out.
public enum ConformalModelSelection {
    /// A row of scores for each point.
    public struct Scores<T: Scalar> {
        let calibration: UnsafeBufferPointer<T>
        let test: UnsafeBufferPointer<T>
        let models: Int

        public init(calibration: UnsafeBufferPointer<T>, test: UnsafeBufferPointer<T>, models: Int) {
            (self.calibration, self.test, self.models) = (calibration, test, models)
        }
    }

    /// Selects among test points; writes which score each had to `chosen`; returns how many are selected.
    public static func select(
        _ scores: Scores<Double>, q: Double, options: ConformalSelection.Options,
        output: ConformalSelection.Output, chosen: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int { try compute(scores, q, options, output, chosen) }

    public static func select(
        _ scores: Scores<Float>, q: Double, options: ConformalSelection.Options,
        output: ConformalSelection.Output, chosen: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int { try compute(scores, q, options, output, chosen) }

    private static func compute<T: Scalar>(
        _ scores: Scores<T>, _ q: Double, _ options: ConformalSelection.Options,
        _ output: ConformalSelection.Output, _ chosen: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int {
        let pruning = try self.pruning(options)
        try requireModels(scores.models)
        try Require.level(q, "q")
        try ConformalPValues.validate(scores.calibration, scores.test, columns: scores.models)
        let (n, m) = (scores.calibration.count / scores.models, scores.test.count / scores.models)
        guard m > 0 else { return 0 }
        let level = try SelectionLevel(q: q, m: m)
        let choices = try ModelChoices(m, seed: options.seed)
        let masses = try ConformalMasses(units: n)
        for model in 0..<scores.models {
            let ranking = try ConformalRanking(
                calibration: scores.calibration, test: scores.test, column: model, of: scores.models,
                first: .smallest, masses: masses)
            try improve(choices, model, ranking, total: n, level)
        }
        return try choices.select(n, level, pruning, output, chosen)
    }

    /// Choosing needs a pruning, and p-values that are not randomised.
    static func pruning(
        _ options: ConformalSelection.Options
    ) throws(QuantcalError) -> ConformalSelection.Pruning {
        let pruning = options.resolvedPruning(hasWeights: true)
        guard pruning != .none, !options.isRandomised else {
            throw QuantcalError(
                .options,
                pruning == .none
                    ? "pruning is 1; scores that are chosen need one" : "randomised is 1; it must be 0")
        }
        return pruning
    }

    public static func requireModels(_ models: Int) throws(QuantcalError) {
        guard (1...Int(Int32.max)).contains(models) else {
            throw QuantcalError(
                .size, "models is \(UInt(bitPattern: models)); models must be 1 to \(Int32.max)")
        }
    }

    /// Lets every point have one more score, if that is better.
    private static func improve(
        _ choices: borrowing ModelChoices, _ model: Int, _ ranking: borrowing ConformalRanking,
        total: Int, _ level: SelectionLevel
    ) throws(QuantcalError) {
        let counts = try ConformalRejections(ranking, total: UInt64(total), level: level, ties: .before)
        let random = choices.random(model)
        var start = 0
        while start < ranking.count {
            let group = ranking.group(from: start)
            // What all of a group have, as their masses are equal.
            let rejections = counts.rejections(group: group, mass: 1, ties: .before)
            let before = Int(ranking.below.buffer[start] + ranking.tied.buffer[start]) + 1
            for place in group {
                let index = Int(ranking.order[place].index)
                choices.offer(index, model, rejections: rejections, before: before, random)
            }
            start = group.upperBound
        }
    }
}
