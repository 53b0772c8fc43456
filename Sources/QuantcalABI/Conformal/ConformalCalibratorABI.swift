import CQuantcal
import QuantcalCore

extension qc_conformal_calibrator_options: OptionsStruct {
    static var defaults: Self {
        Self(struct_size: MemoryLayout<Self>.size, group_count: 0, weighted: 0, last_group: 0, reserved: 0)
    }

    fileprivate static func options(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> ConformalCalibrator.Options {
        let options = try given(pointer)
        try Structs.reserved(options.reserved)
        let weighted: Flag = try Structs.value(options.weighted, "weighted")
        return try ConformalCalibrator.Options(
            groupCount: Int(options.group_count), isWeighted: weighted == .yes,
            lastGroup: Structs.value(options.last_group, "last_group"))
    }
}

extension qc_conformal_p_value_options: OptionsStruct {
    static var defaults: Self {
        Self(struct_size: MemoryLayout<Self>.size, tail: 0, randomised: 0, seed: 0, first_point: 0)
    }

    static func options(
        _ pointer: UnsafePointer<Self>?
    ) throws(QuantcalError) -> ConformalCalibrator.PValueOptions {
        let options = try given(pointer)
        let randomised: Flag = try Structs.value(options.randomised, "randomised")
        return try ConformalCalibrator.PValueOptions(
            tail: Structs.value(options.tail, "tail"), seed: randomised == .yes ? options.seed : nil,
            firstPoint: options.first_point)
    }
}

private enum Flag: Int32, CaseIterable {
    case no = 0
    case yes = 1
}

@c @implementation
public func qc_conformal_calibrator_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_calibrator_options>!, _ size: Int
) -> qc_status { qc_conformal_calibrator_options.initialise(options, size) }

@c @implementation
public func qc_conformal_p_value_options_init(
    _ options: UnsafeMutablePointer<qc_conformal_p_value_options>!, _ size: Int
) -> qc_status { qc_conformal_p_value_options.initialise(options, size) }

@c @implementation
public func qc_conformal_calibrator_create(
    _ options: UnsafePointer<qc_conformal_calibrator_options>!,
    _ calibrator: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Handles.create(calibrator, "calibrator") { () throws(QuantcalError) in
            ConformalCalibrator(try qc_conformal_calibrator_options.options(options))
        }
    }
}

@c @implementation
public func qc_conformal_calibrator_destroy(_ calibrator: OpaquePointer!) {
    Handles.destroy(calibrator, ConformalCalibrator.self)
}

/// The calibrator of a handle.
private func object(_ handle: OpaquePointer?) throws(QuantcalError) -> ConformalCalibrator {
    try Handles.object(handle, "calibrator")
}

/// Proves the arguments of an update.
private func update<T>(
    _ calibrator: OpaquePointer?, _ scores: UnsafePointer<T>?, _ weights: UnsafePointer<T>?,
    _ groups: UnsafePointer<Int64>?, _ n: Int,
    _ update: (ConformalCalibrator) -> (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<T>?, UnsafeBufferPointer<Int64>?
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        try update(object(calibrator))(
            Boundary.input(scores, n, "scores"), Boundary.optionalInput(weights, n, "weights"),
            Boundary.optionalInput(groups, n, "groups"))
    }
}

@c @implementation
public func qc_conformal_calibrator_update_f64(
    _ calibrator: OpaquePointer!, _ scores: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!,
    _ groups: UnsafePointer<Int64>!, _ n: Int
) -> qc_status { update(calibrator, scores, weights, groups, n) { $0.update(scores:weights:groups:) } }

@c @implementation
public func qc_conformal_calibrator_update_f32(
    _ calibrator: OpaquePointer!, _ scores: UnsafePointer<Float>!, _ weights: UnsafePointer<Float>!,
    _ groups: UnsafePointer<Int64>!, _ n: Int
) -> qc_status { update(calibrator, scores, weights, groups, n) { $0.update(scores:weights:groups:) } }

@c @implementation
public func qc_conformal_calibrator_merge(_ calibrator: OpaquePointer!, _ other: OpaquePointer!) -> qc_status
{
    Boundary.call { () throws(QuantcalError) in
        try object(calibrator).merge(Handles.object(other, "other"))
    }
}

/// A result of `needed` elements that the caller may have counted first.
private func counted<T>(
    _ target: UnsafeMutablePointer<T>?, _ name: String, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?, _ countName: String, needed: Int,
    _ write: (UnsafeMutablePointer<T>) throws(QuantcalError) -> Void
) throws(QuantcalError) {
    let place = try Boundary.optionalOutput(count, 1, countName)
    if let memory = try Boundary.optionalOutput(target, capacity, name) {
        guard capacity >= needed else {
            throw QuantcalError(.size, "capacity is \(capacity); \(name) needs room for \(needed)")
        }
        try Region.requireDisjoint(
            outputs: [Region(target, capacity, name), Region(count, 1, countName)])
        try write(memory)
    }
    place?.pointee = needed
}

@c @implementation
public func qc_conformal_calibrator_counts(
    _ calibrator: OpaquePointer!, _ counts: UnsafeMutablePointer<Int64>!, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let calibrator = try object(calibrator)
        try counted(
            counts, "counts", capacity, count, "count", needed: calibrator.options.rowCount,
            calibrator.counts(into:))
    }
}

@c @implementation
public func qc_conformal_calibrator_thresholds(
    _ calibrator: OpaquePointer!, _ alphas: UnsafePointer<Double>!, _ alphaCount: Int,
    _ thresholds: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let calibrator = try object(calibrator)
        let count = try Boundary.product(
            calibrator.options.rowCount, alphaCount, ("the number of groups", "alpha_count"))
        let levels = try Boundary.input(alphas, alphaCount, "alphas")
        let output = try Boundary.output(thresholds, count, "thresholds")
        try Region.requireDisjoint(
            outputs: [Region(thresholds, count, "thresholds")],
            inputs: [Region(alphas, alphaCount, "alphas")])
        try calibrator.thresholds(alphas: levels, into: output)
    }
}

@c @implementation
public func qc_conformal_calibrator_point_thresholds(
    _ calibrator: OpaquePointer!, _ testWeights: UnsafePointer<Double>!, _ groups: UnsafePointer<Int64>!,
    _ m: Int, _ alpha: Double, _ thresholds: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let calibrator = try object(calibrator)
        try Boundary.length(m, "m")
        let weights = try Boundary.optionalInput(testWeights, m, "test_weights")
        let groupsOrNil = try Boundary.optionalInput(groups, m, "groups")
        let output = try Boundary.output(thresholds, m, "thresholds")
        try Region.requireDisjoint(
            outputs: [Region(thresholds, m, "thresholds")],
            inputs: [Region(testWeights, m, "test_weights"), Region(groups, m, "groups")])
        try calibrator.pointThresholds(
            weights: weights, groups: groupsOrNil, count: m, alpha: alpha, into: output)
    }
}

/// Proves the arguments of p-values.
private func pValues<T>(
    _ calibrator: OpaquePointer?, _ scores: UnsafePointer<T>?, _ testWeights: UnsafePointer<Double>?,
    _ groups: UnsafePointer<Int64>?, _ m: Int, _ options: UnsafePointer<qc_conformal_p_value_options>?,
    _ pValues: UnsafeMutablePointer<Double>?,
    _ compute: (ConformalCalibrator) -> (
        UnsafeBufferPointer<T>, UnsafeBufferPointer<Double>?, UnsafeBufferPointer<Int64>?,
        ConformalCalibrator.PValueOptions, UnsafeMutablePointer<Double>
    ) throws(QuantcalError) -> Void
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let calibrator = try object(calibrator)
        try Boundary.length(m, "m")
        let options = try qc_conformal_p_value_options.options(options)
        let input = try Boundary.input(scores, m, "scores")
        let weights = try Boundary.optionalInput(testWeights, m, "test_weights")
        let groupsOrNil = try Boundary.optionalInput(groups, m, "groups")
        let output = try Boundary.output(pValues, m, "p_values")
        try Region.requireDisjoint(
            outputs: [Region(pValues, m, "p_values")],
            inputs: [
                Region(scores, m, "scores"), Region(testWeights, m, "test_weights"),
                Region(groups, m, "groups"),
            ])
        try compute(calibrator)(input, weights, groupsOrNil, options, output)
    }
}

@c @implementation
public func qc_conformal_calibrator_p_values_f64(
    _ calibrator: OpaquePointer!, _ scores: UnsafePointer<Double>!, _ testWeights: UnsafePointer<Double>!,
    _ groups: UnsafePointer<Int64>!, _ m: Int, _ options: UnsafePointer<qc_conformal_p_value_options>!,
    _ pValues: UnsafeMutablePointer<Double>!
) -> qc_status {
    QuantcalABI.pValues(calibrator, scores, testWeights, groups, m, options, pValues) {
        $0.pValues(scores:weights:groups:options:into:)
    }
}

@c @implementation
public func qc_conformal_calibrator_p_values_f32(
    _ calibrator: OpaquePointer!, _ scores: UnsafePointer<Float>!, _ testWeights: UnsafePointer<Double>!,
    _ groups: UnsafePointer<Int64>!, _ m: Int, _ options: UnsafePointer<qc_conformal_p_value_options>!,
    _ pValues: UnsafeMutablePointer<Double>!
) -> qc_status {
    QuantcalABI.pValues(calibrator, scores, testWeights, groups, m, options, pValues) {
        $0.pValues(scores:weights:groups:options:into:)
    }
}

@c @implementation
public func qc_conformal_calibrator_serialize(
    _ calibrator: OpaquePointer!, _ bytes: UnsafeMutablePointer<UInt8>!, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>!
) -> qc_status {
    Handles.serialize(calibrator, "calibrator", as: ConformalCalibrator.self, bytes, capacity, size)
}

@c @implementation
public func qc_conformal_calibrator_deserialize(
    _ bytes: UnsafePointer<UInt8>!, _ size: Int, _ calibrator: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Handles.deserialize(bytes, size, as: ConformalCalibrator.self, calibrator, "calibrator")
}
