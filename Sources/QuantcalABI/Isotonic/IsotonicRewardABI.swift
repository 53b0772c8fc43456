import CQuantcal
import QuantcalCore

extension qc_isotonic_reward_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, seed: 42, folds: 5, mode: Int32(QC_ISOTONIC_REWARD_AUTO),
            progress: qc_progress())
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> IsotonicReward.Settings {
        let options = try given(pointer)
        return IsotonicReward.Settings(
            mode: try Structs.value(options.mode, "mode"),
            folds: try RewardFolds(seed: options.seed, count: Int(options.folds)),
            progress: Structs.progress(options.progress))
    }
}

extension qc_isotonic_reward_result: SizedStruct {
    fileprivate init(_ summary: IsotonicReward.Summary) {
        self.init(
            struct_size: MemoryLayout<Self>.size, mode: summary.mode.rawValue, folds: Int32(summary.folds),
            thirds_won: Int32(summary.thirdsWon), reserved: 0, rmse: summary.rmse,
            rmse_out_of_fold: summary.rmseOutOfFold, rmse_monotone: summary.rmseMonotone,
            rmse_two_stage: summary.rmseTwoStage, rmse_standard_error: summary.rmseStandardError)
    }
}

@c @implementation
public func qc_isotonic_reward_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_reward_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_reward_options.initialise(options, size)
}

@c @implementation
public func qc_isotonic_reward_folds(
    _ text: UnsafePointer<UInt8>!, _ text_bytes: Int, _ ends: UnsafePointer<Int>!,
    _ labelled: UnsafePointer<UInt8>!, _ n: Int, _ options: UnsafePointer<qc_isotonic_reward_options>!,
    _ fold: UnsafeMutablePointer<Int32>!, _ fold_count: UnsafeMutablePointer<Int32>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_isotonic_reward_options.resolved(options)
        try Boundary.length(text_bytes, "text_bytes")
        try Boundary.length(n, "n")
        let clusters = RewardFolds.Clusters(
            text: ends == nil
                ? UnsafeBufferPointer(start: nil, count: 0) : try Boundary.input(text, text_bytes, "text"),
            ends: try Boundary.optionalInput(ends, n, "ends"))
        let labels = try Boundary.optionalInput(labelled, n, "labelled")
        let target = UnsafeMutableBufferPointer(start: try Boundary.output(fold, n, "fold"), count: n)
        let count = try Boundary.optionalOutput(fold_count, 1, "fold_count")
        try Region.requireDisjoint(
            outputs: [Region(fold, n, "fold"), Region(fold_count, 1, "fold_count")],
            inputs: [
                Region(text, ends == nil ? 0 : text_bytes, "text"), Region(ends, n, "ends"),
                Region(labelled, n, "labelled"),
            ])
        let folds = try settings.folds.assign(clusters, labelled: labels, into: target)
        count?.pointee = Int32(folds)
    }
}

/// The arguments of a fit, proven.
private struct FitArguments<T> {
    let data: IsotonicReward.Data<T>
    let output: IsotonicReward.Output<T>

    init(
        _ scores: UnsafePointer<T>?, _ labels: UnsafePointer<T>?, _ weights: UnsafePointer<T>?,
        _ fold: UnsafePointer<Int32>?, _ n: Int, _ calibrated: UnsafeMutablePointer<T>?,
        _ outOfFold: UnsafeMutablePointer<T>?, apartFrom others: [Region]
    ) throws(QuantcalError) {
        try Boundary.length(n, "n")
        data = IsotonicReward.Data(
            scores: try Boundary.input(scores, n, "scores"), labels: try Boundary.input(labels, n, "labels"),
            weights: try Boundary.optionalInput(weights, n, "weights"),
            fold: try Boundary.optionalInput(fold, n, "fold"))
        output = IsotonicReward.Output(
            calibrated: try Boundary.optionalOutput(calibrated, n, "calibrated"),
            outOfFold: try Boundary.optionalOutput(outOfFold, n, "out_of_fold"))
        try Region.requireDisjoint(
            outputs: [Region(calibrated, n, "calibrated"), Region(outOfFold, n, "out_of_fold")] + others,
            inputs: [
                Region(scores, n, "scores"), Region(labels, n, "labels"), Region(weights, n, "weights"),
                Region(fold, n, "fold"),
            ])
    }
}

/// A fit with the core's function for the type.
private func fit<T>(
    _ arguments: ([Region]) throws(QuantcalError) -> FitArguments<T>,
    _ options: UnsafePointer<qc_isotonic_reward_options>?,
    _ result: UnsafeMutablePointer<qc_isotonic_reward_result>?,
    _ model: UnsafeMutablePointer<OpaquePointer?>?,
    _ fit: (IsotonicReward.Data<T>, IsotonicReward.Settings, IsotonicReward.Output<T>)
        throws(QuantcalError) -> IsotonicReward
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_isotonic_reward_options.resolved(options)
        let place = try ResultPlace(result)
        let call = try arguments([place.region, Region(model, 1, "model")])
        try Handles.create(model, "model") { () throws(QuantcalError) in
            let reward = try fit(call.data, settings, call.output)
            place.write(qc_isotonic_reward_result(reward.summary))
            return reward
        }
    }
}

@c @implementation
public func qc_isotonic_reward_fit_f64(
    _ scores: UnsafePointer<Double>!, _ labels: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!,
    _ fold: UnsafePointer<Int32>!, _ n: Int, _ options: UnsafePointer<qc_isotonic_reward_options>!,
    _ calibrated: UnsafeMutablePointer<Double>!, _ out_of_fold: UnsafeMutablePointer<Double>!,
    _ result: UnsafeMutablePointer<qc_isotonic_reward_result>!,
    _ model: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    fit(
        { others throws(QuantcalError) in
            try FitArguments(scores, labels, weights, fold, n, calibrated, out_of_fold, apartFrom: others)
        }, options, result, model, IsotonicReward.fit(_:_:output:))
}

@c @implementation
public func qc_isotonic_reward_fit_f32(
    _ scores: UnsafePointer<Float>!, _ labels: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!,
    _ fold: UnsafePointer<Int32>!, _ n: Int, _ options: UnsafePointer<qc_isotonic_reward_options>!,
    _ calibrated: UnsafeMutablePointer<Float>!, _ out_of_fold: UnsafeMutablePointer<Float>!,
    _ result: UnsafeMutablePointer<qc_isotonic_reward_result>!,
    _ model: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    fit(
        { others throws(QuantcalError) in
            try FitArguments(scores, labels, weights, fold, n, calibrated, out_of_fold, apartFrom: others)
        }, options, result, model, IsotonicReward.fit(_:_:output:))
}

@c @implementation
public func qc_isotonic_reward_destroy(_ model: OpaquePointer!) {
    Handles.destroy(model, IsotonicReward.self)
}

private func predict<T>(
    _ model: OpaquePointer?, _ scores: UnsafePointer<T>?, _ fold: UnsafePointer<Int32>?, _ n: Int,
    _ rewards: UnsafeMutablePointer<T>?,
    _ predict: (IsotonicReward) -> (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Int32>?, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let reward = try Handles.object(model, "model", as: IsotonicReward.self)
        try Boundary.length(n, "n")
        let inputs = try Boundary.input(scores, n, "scores")
        let folds = try Boundary.optionalInput(fold, n, "fold")
        let output = try Boundary.output(rewards, n, "rewards")
        try Region.requireDisjoint(
            outputs: [Region(rewards, n, "rewards")], inputs: [Region(fold, n, "fold")],
            inPlace: Region(scores, n, "scores"))
        try predict(reward)(inputs, folds, output)
    }
}

@c @implementation
public func qc_isotonic_reward_predict_f64(
    _ model: OpaquePointer!, _ scores: UnsafePointer<Double>!, _ fold: UnsafePointer<Int32>!, _ n: Int,
    _ rewards: UnsafeMutablePointer<Double>!
) -> qc_status {
    predict(model, scores, fold, n, rewards) { $0.predict(_:fold:into:) }
}

@c @implementation
public func qc_isotonic_reward_predict_f32(
    _ model: OpaquePointer!, _ scores: UnsafePointer<Float>!, _ fold: UnsafePointer<Int32>!, _ n: Int,
    _ rewards: UnsafeMutablePointer<Float>!
) -> qc_status {
    predict(model, scores, fold, n, rewards) { $0.predict(_:fold:into:) }
}

/// Where a mean goes.
private struct MeanOutput {
    let mean: UnsafeMutablePointer<Double>?
    let variance: UnsafeMutablePointer<Double>?
    let foldMeans: UnsafeMutablePointer<Double>?
}

private func mean<T>(
    _ model: OpaquePointer?, _ scores: UnsafePointer<T>?, _ weights: UnsafePointer<T>?, _ n: Int,
    _ output: MeanOutput,
    _ mean: (IsotonicReward) -> (UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?) throws(QuantcalError) ->
        IsotonicReward.Mean
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let reward = try Handles.object(model, "model", as: IsotonicReward.self)
        try Boundary.length(n, "n")
        let inputs = try Boundary.input(scores, n, "scores")
        let shares = try Boundary.optionalInput(weights, n, "weights")
        let target = try Boundary.output(output.mean, 1, "mean")
        let variance = try Boundary.optionalOutput(output.variance, 1, "variance")
        let foldMeans = try Boundary.optionalOutput(output.foldMeans, reward.folds, "fold_means")
        try Region.requireDisjoint(
            outputs: [
                Region(target, 1, "mean"), Region(output.variance, 1, "variance"),
                Region(output.foldMeans, reward.folds, "fold_means"),
            ], inputs: [Region(scores, n, "scores"), Region(weights, n, "weights")])
        let result = try mean(reward)(inputs, shares)
        target.pointee = result.mean
        variance?.pointee = result.variance
        for (fold, value) in result.foldMeans.enumerated() { foldMeans?[fold] = value }
    }
}

@c @implementation
public func qc_isotonic_reward_mean_f64(
    _ model: OpaquePointer!, _ scores: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!, _ n: Int,
    _ mean: UnsafeMutablePointer<Double>!, _ variance: UnsafeMutablePointer<Double>!,
    _ fold_means: UnsafeMutablePointer<Double>!
) -> qc_status {
    QuantcalABI.mean(
        model, scores, weights, n, MeanOutput(mean: mean, variance: variance, foldMeans: fold_means)
    ) { $0.mean(_:weights:) }
}

@c @implementation
public func qc_isotonic_reward_mean_f32(
    _ model: OpaquePointer!, _ scores: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!, _ n: Int,
    _ mean: UnsafeMutablePointer<Double>!, _ variance: UnsafeMutablePointer<Double>!,
    _ fold_means: UnsafeMutablePointer<Double>!
) -> qc_status {
    QuantcalABI.mean(
        model, scores, weights, n, MeanOutput(mean: mean, variance: variance, foldMeans: fold_means)
    ) { $0.mean(_:weights:) }
}
