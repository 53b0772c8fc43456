import CQuantcal
import QuantcalCore

extension qc_isotonic_weight_options: OptionsStruct {
    static var defaults: Self {
        Self(
            struct_size: MemoryLayout<Self>.size, seed: 42, folds: 5,
            target: Int32(QC_ISOTONIC_WEIGHT_REWARDS),
            include_raw: 0, reserved: 0, variance_cap: 1, ess_floor: 0.2, weight_floor: 1e-9, shrinkage: 0,
            progress: qc_progress())
    }

    fileprivate static func resolved(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> IsotonicWeight.Settings {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        return try IsotonicWeight.Settings(
            folds: RewardFolds(seed: options.seed, count: Int(options.folds)),
            target: Structs.value(options.target, "target"),
            includesRaw: Structs.flag(options.include_raw, "include_raw"),
            varianceCap: options.variance_cap, essFloor: options.ess_floor,
            weightFloor: options.weight_floor, shrinkage: options.shrinkage,
            progress: Structs.progress(options.progress))
    }
}

extension qc_isotonic_weight_result: SizedStruct {
    fileprivate init(_ summary: IsotonicWeight.Summary) {
        self.init(
            struct_size: MemoryLayout<Self>.size, variance_before: summary.varianceBefore,
            variance_after: summary.varianceAfter, ess_before: summary.essBefore, ess_after: summary.essAfter,
            blend: summary.blend, mixture_increasing: summary.mixtureIncreasing,
            mixture_decreasing: summary.mixtureDecreasing, mixture_raw: summary.mixtureRaw,
            folds: Int32(summary.folds), reserved: 0)
    }
}

@c @implementation
public func qc_isotonic_weight_options_init(
    _ options: UnsafeMutablePointer<qc_isotonic_weight_options>!, _ size: Int
) -> qc_status {
    qc_isotonic_weight_options.initialise(options, size)
}

/// The arrays that a call reads and writes, as they came.
private struct Arrays<T> {
    let weights: UnsafePointer<T>?
    let scores: UnsafePointer<T>?
    let targets: UnsafePointer<T>?
    let fold: UnsafePointer<Int32>?
    let n: Int
    let newWeights: UnsafePointer<T>?
    let newScores: UnsafePointer<T>?
    let m: Int
    let stabilized: UnsafeMutablePointer<T>?
    let newStabilized: UnsafeMutablePointer<T>?

    func data() throws(QuantcalError) -> IsotonicWeight.Data<T> {
        try Boundary.length(n, "n")
        return IsotonicWeight.Data(
            weights: try Boundary.input(weights, n, "weights"),
            scores: try Boundary.input(scores, n, "scores"),
            targets: try Boundary.optionalInput(targets, n, "targets"),
            fold: try Boundary.optionalInput(fold, n, "fold"))
    }

    func further(_ settings: IsotonicWeight.Settings) throws(QuantcalError) -> IsotonicWeight.Further<T> {
        try Boundary.length(m, "m")
        return IsotonicWeight.Further(
            weights: settings.needsRaw
                ? try Boundary.input(newWeights, m, "new_weights")
                : try Boundary.optionalInput(newWeights, m, "new_weights"),
            scores: try Boundary.input(newScores, m, "new_scores"),
            stabilized: try Boundary.output(newStabilized, m, "new_stabilized"))
    }

    func requireDisjoint(_ result: Region) throws(QuantcalError) {
        let others = [
            Region(scores, n, "scores"), Region(targets, n, "targets"), Region(fold, n, "fold"),
            Region(newWeights, m, "new_weights"), Region(newScores, m, "new_scores"),
        ]
        let inPlace = Region(weights, n, "weights")
        let outputs = [Region(newStabilized, m, "new_stabilized"), result]
        try Region.requireDisjoint(
            outputs: [Region(stabilized, n, "stabilized")] + outputs, inputs: others, inPlace: inPlace)
        // Only stabilized may be weights.
        try Region.requireDisjoint(outputs: outputs, inputs: [inPlace])
    }
}

/// A stabilisation with the core's function for the type.
private func stabilize<T>(
    _ arrays: Arrays<T>, _ options: UnsafePointer<qc_isotonic_weight_options>?,
    _ result: UnsafeMutablePointer<qc_isotonic_weight_result>?,
    _ stabilize: (
        IsotonicWeight.Data<T>, IsotonicWeight.Further<T>, IsotonicWeight.Settings, UnsafeMutablePointer<T>
    ) throws(QuantcalError) -> IsotonicWeight.Summary
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let settings = try qc_isotonic_weight_options.resolved(options)
        let place = try ResultPlace(result)
        let (data, further) = (try arrays.data(), try arrays.further(settings))
        let stabilized = try Boundary.output(arrays.stabilized, arrays.n, "stabilized")
        try arrays.requireDisjoint(place.region)
        place.write(qc_isotonic_weight_result(try stabilize(data, further, settings, stabilized)))
    }
}

@c @implementation
public func qc_isotonic_weight_stabilize_f64(
    _ weights: UnsafePointer<Double>!, _ scores: UnsafePointer<Double>!, _ targets: UnsafePointer<Double>!,
    _ fold: UnsafePointer<Int32>!, _ n: Int, _ new_weights: UnsafePointer<Double>!,
    _ new_scores: UnsafePointer<Double>!, _ m: Int, _ options: UnsafePointer<qc_isotonic_weight_options>!,
    _ stabilized: UnsafeMutablePointer<Double>!, _ new_stabilized: UnsafeMutablePointer<Double>!,
    _ result: UnsafeMutablePointer<qc_isotonic_weight_result>!
) -> qc_status {
    let arrays = Arrays(
        weights: weights, scores: scores, targets: targets, fold: fold, n: n, newWeights: new_weights,
        newScores: new_scores, m: m, stabilized: stabilized, newStabilized: new_stabilized)
    return stabilize(arrays, options, result, IsotonicWeight.stabilize(_:_:_:into:))
}

@c @implementation
public func qc_isotonic_weight_stabilize_f32(
    _ weights: UnsafePointer<Float>!, _ scores: UnsafePointer<Float>!, _ targets: UnsafePointer<Float>!,
    _ fold: UnsafePointer<Int32>!, _ n: Int, _ new_weights: UnsafePointer<Float>!,
    _ new_scores: UnsafePointer<Float>!, _ m: Int, _ options: UnsafePointer<qc_isotonic_weight_options>!,
    _ stabilized: UnsafeMutablePointer<Float>!, _ new_stabilized: UnsafeMutablePointer<Float>!,
    _ result: UnsafeMutablePointer<qc_isotonic_weight_result>!
) -> qc_status {
    let arrays = Arrays(
        weights: weights, scores: scores, targets: targets, fold: fold, n: n, newWeights: new_weights,
        newScores: new_scores, m: m, stabilized: stabilized, newStabilized: new_stabilized)
    return stabilize(arrays, options, result, IsotonicWeight.stabilize(_:_:_:into:))
}
