/// Fits the models of a reward calibration, and chooses between the two modes.
struct RewardFitting {
    let folds: Int
    let isWeighted: Bool
    let progress: Progress

    struct Fit {
        let serving: RewardModel
        let outside: [RewardModel]
        let summary: IsotonicReward.Summary
    }

    func fit(
        _ points: borrowing RewardPoints, _ asked: IsotonicReward.Mode
    ) throws(QuantcalError) -> Fit {
        var summary = IsotonicReward.Summary()
        summary.folds = folds
        let mode = points.count < RewardSpline.leastPoints ? .monotone : asked
        let first: IsotonicReward.Mode = mode == .twoStage ? .twoStage : .monotone
        let whole = mode == .auto ? 2 * folds : folds
        var outside = try models(points, first, from: 0, of: whole)
        let errors = try squaredErrors(points, outside)
        summary.mode = first
        summary.rmseOutOfFold = Self.rootMean(errors.buffer, points)
        if first == .twoStage {
            summary.rmseTwoStage = summary.rmseOutOfFold
        } else {
            summary.rmseMonotone = summary.rmseOutOfFold
            summary.rmseStandardError = standardError(errors.buffer, points, summary.rmseMonotone)
        }
        if mode == .auto {
            let alternatives = try models(points, .twoStage, from: folds, of: whole)
            let others = try squaredErrors(points, alternatives)
            summary.rmseTwoStage = Self.rootMean(others.buffer, points)
            summary.thirdsWon = Self.thirdsWon(others.buffer, over: errors.buffer, points)
            let isClearlyBetter = summary.rmseTwoStage < summary.rmseMonotone - summary.rmseStandardError
            if isClearlyBetter || summary.thirdsWon >= 2 {
                (summary.mode, summary.rmseOutOfFold) = (.twoStage, summary.rmseTwoStage)
                outside = alternatives
            }
        }
        let serving = try model(points.prefix(points.count), summary.mode)
        let served = try Scratch<Double>(points.count)
        for point in 0..<points.count { served.buffer[point] = points.squaredError(point, serving) }
        summary.rmse = Self.rootMean(served.buffer, points)
        return Fit(serving: serving, outside: outside, summary: summary)
    }

    /// For each fold the model of the points outside. `from` of `of` models are done before.
    private func models(
        _ points: borrowing RewardPoints, _ mode: IsotonicReward.Mode, from done: Int, of whole: Int
    ) throws(QuantcalError) -> [RewardModel] {
        let training = try RewardPoints(room: points.count)
        var models: [RewardModel] = []
        for fold in 0..<folds {
            try progress(Double(done + fold) / Double(whole))
            let count = points.copy(without: Int32(fold), to: training)
            models.append(try model(training.prefix(count), mode))
        }
        return models
    }

    private func model(
        _ training: RewardPoints.Training, _ mode: IsotonicReward.Mode
    ) throws(QuantcalError) -> RewardModel {
        mode == .twoStage ? try RewardModel(twoStage: training) : try RewardModel(monotone: training)
    }

    /// Of each point, by the model that has not seen it.
    private func squaredErrors(
        _ points: borrowing RewardPoints, _ outside: [RewardModel]
    ) throws(QuantcalError) -> Scratch<Double> {
        let errors = try Scratch<Double>(points.count)
        for point in 0..<points.count {
            errors.buffer[point] = points.squaredError(point, outside[Int(points.folds[point])])
        }
        return errors
    }

    private static func rootMean(
        _ errors: UnsafeMutableBufferPointer<Double>, _ points: borrowing RewardPoints
    ) -> Double {
        mean(errors, points, 0..<points.count).squareRoot()
    }

    private static func mean(
        _ errors: UnsafeMutableBufferPointer<Double>, _ points: borrowing RewardPoints, _ range: Range<Int>
    ) -> Double {
        var sum = 0.0
        var weight = 0.0
        for point in range {
            sum += points.weights[point] * errors[point]
            weight += points.weights[point]
        }
        return sum / weight
    }

    /// The standard error of the root of the mean, by the delta method.
    private func standardError(
        _ errors: UnsafeMutableBufferPointer<Double>, _ points: borrowing RewardPoints, _ root: Double
    ) -> Double {
        let n = Double(points.count)
        let mean = Self.mean(errors, points, 0..<points.count)
        var spread = 0.0
        var squares = 0.0
        for point in 0..<points.count {
            let weight = points.weights[point]
            spread += weight * (errors[point] - mean) * (errors[point] - mean)
            squares += weight * weight
        }
        // The weights have mean 1, so their sum is n.
        let ofMean = isWeighted ? spread / n * (squares / n / n) : spread / (n - 1) / n
        return ofMean.squareRoot() / (2 * max(root, 1e-12))
    }

    /// In how many thirds of the points, by score, the first errors are less.
    private static func thirdsWon(
        _ errors: UnsafeMutableBufferPointer<Double>, over others: UnsafeMutableBufferPointer<Double>,
        _ points: borrowing RewardPoints
    ) -> Int {
        let third = points.count / 3
        var won = 0
        for range in [0..<third, third..<2 * third, 2 * third..<points.count]
        where mean(errors, points, range) < mean(others, points, range) {
            won += 1
        }
        return won
    }
}

extension RewardPoints {
    fileprivate func squaredError(_ point: Int, _ model: RewardModel) -> Double {
        let error = labels[point] - model(scores[point])
        return error * error
    }
}
