/// Vectors of `conformal/calibrator` through the C ABI.

import CQuantcal

let abiConformalCalibratorAdapters: [String: VectorAdapter] = [
    "qc_conformal_calibrator_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "group_count": .integer(options.group_count), "weighted": .integer(options.weighted),
            "last_group": .text(word(options.last_group, lastGroups)),
        ]
    },
    "qc_conformal_p_value_options_init": { _, _ in
        let options = try initialPValueOptions()
        return [
            "tail": .text(word(options.tail, tails)), "randomised": .integer(options.randomised),
            "seed": .integer(options.seed), "first_point": .integer(options.first_point),
        ]
    },
    "qc_conformal_calibrator_create": seen,
    "qc_conformal_calibrator_destroy": seen,
    "qc_conformal_calibrator_update": seen,
    "qc_conformal_calibrator_counts": seen,
    "qc_conformal_calibrator_merge": { inputs, _ in
        let given = try CalibratorInputs(inputs)
        let fromTheRight = try inputs.word("fold", default: "left") == "right"
        var calibrators = try given.parts.map { part in
            let calibrator = try CalibratorHandle(given.options)
            try calibrator.update(given, part, Double.self, qc_conformal_calibrator_update_f64)
            return calibrator
        }
        while calibrators.count > 1 {
            let at = fromTheRight ? calibrators.count - 2 : 0
            let next = calibrators.remove(at: at + 1)
            try abiCall(qc_conformal_calibrator_merge(calibrators[at].pointer, next.pointer))
        }
        return try calibrators[0].seen()
    },
    "qc_conformal_calibrator_thresholds": { inputs, type in
        let calibrator = try CalibratorHandle(of: inputs, type)
        return ["thresholds": .floats(try calibrator.thresholds(try inputs.scalars("alphas")))]
    },
    "qc_conformal_calibrator_point_thresholds": { inputs, type in
        let calibrator = try CalibratorHandle(of: inputs, type)
        let points = try TestPoints(inputs)
        let m = try points.count ?? inputs.size("m")
        let thresholds = ABIBuffer<Double>(m)
        try abiCall(
            qc_conformal_calibrator_point_thresholds(
                calibrator.pointer, points.weights, points.groups, m, try inputs.double("alpha"),
                thresholds.pointer), thresholds)
        return ["thresholds": .floats(thresholds.elements)]
    },
    "qc_conformal_calibrator_p_values": { inputs, type in
        let calibrator = try CalibratorHandle(of: inputs, type)
        switch type {
        case .f32:
            return try pValues(inputs, calibrator, Float.self, qc_conformal_calibrator_p_values_f32)
        default:
            return try pValues(inputs, calibrator, Double.self, qc_conformal_calibrator_p_values_f64)
        }
    },
    "qc_conformal_calibrator_serialize": { inputs, type in
        let calibrator = try CalibratorHandle(of: inputs, type)
        let size = ABIBuffer<Int>(1)
        try abiCall(qc_conformal_calibrator_serialize(calibrator.pointer, nil, 0, size.pointer), size)
        let bytes = ABIBuffer<UInt8>(size.elements[0])
        try abiCall(
            qc_conformal_calibrator_serialize(calibrator.pointer, bytes.pointer, bytes.count, nil), bytes)
        return ["bytes": .integers(bytes.elements)]
    },
    "qc_conformal_calibrator_deserialize": { inputs, _ in
        let bytes = try inputs.integers("bytes").map { UInt8($0) }
        let place = ABIBuffer<OpaquePointer?>(1)
        try abiCall(qc_conformal_calibrator_deserialize(bytes, bytes.count, place.pointer), place)
        return try CalibratorHandle(place.elements[0]!).seen()
    },
]

private let lastGroups = [
    "own": Int(QC_CONFORMAL_LAST_GROUP_OWN), "all": Int(QC_CONFORMAL_LAST_GROUP_ALL),
]
private let tails = ["upper": Int(QC_CONFORMAL_TAIL_UPPER), "lower": Int(QC_CONFORMAL_TAIL_LOWER)]

private func word(_ value: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == value }?.key ?? "unknown"
}

private func initialOptions() throws -> qc_conformal_calibrator_options {
    var options = qc_conformal_calibrator_options()
    try abiCall(qc_conformal_calibrator_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private func initialPValueOptions() throws -> qc_conformal_p_value_options {
    var options = qc_conformal_p_value_options()
    try abiCall(qc_conformal_p_value_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

/// What the cases of a calibrator have in common.
private struct CalibratorInputs {
    var options: qc_conformal_calibrator_options
    let scores: [Double]
    let weights: [Double]?
    let groups: [Int64]?
    let parts: [Range<Int>]

    init(_ inputs: VectorInputs) throws {
        scores = try inputs.scalars("scores")
        weights = try inputs.optionalScalars("weights")
        groups = inputs.optional("groups") == nil ? nil : try inputs.integers("groups").map { Int64($0) }
        options = try initialOptions()
        options.group_count = Int32(try inputs.integer("group_count", default: 0))
        options.weighted = Int32(try inputs.integer("weighted", default: weights == nil ? 0 : 1))
        options.last_group = try abiConstant(inputs.word("last_group", default: "own"), lastGroups)
        parts = try vectorParts(inputs, scores.count)
    }
}

/// Weights and groups of test points.
private struct TestPoints {
    let weights: [Double]?
    let groups: [Int64]?

    init(_ inputs: VectorInputs) throws {
        // They are doubles in every run.
        weights =
            inputs.optional("test_weights") == nil ? nil : try inputs.rounded("test_weights", to: .f64)
        groups =
            inputs.optional("test_groups") == nil
            ? nil : try inputs.integers("test_groups").map { Int64($0) }
    }

    var count: Int? { weights?.count ?? groups?.count }
}

private typealias CalibratorUpdate<T> = (
    OpaquePointer?, UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<Int64>?, Int
) -> qc_status

private typealias CalibratorPValues<T> = (
    OpaquePointer?, UnsafePointer<T>?, UnsafePointer<Double>?, UnsafePointer<Int64>?, Int,
    UnsafePointer<qc_conformal_p_value_options>?, UnsafeMutablePointer<Double>?
) -> qc_status

private func pValues<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ calibrator: CalibratorHandle, _: T.Type, _ function: CalibratorPValues<T>
) throws -> [String: VectorOutput] {
    let scores: [T] = try inputs.scalars("test_scores")
    let points = try TestPoints(inputs)
    var options = try initialPValueOptions()
    options.tail = try abiConstant(inputs.word("tail", default: "upper"), tails)
    options.randomised = Int32(try inputs.integer("randomised", default: 0))
    if inputs.optional("seed") != nil { options.seed = UInt64(bitPattern: Int64(try inputs.size("seed"))) }
    if inputs.optional("first_point") != nil { options.first_point = UInt64(try inputs.size("first_point")) }
    let values = ABIBuffer<Double>(scores.count)
    try abiCall(
        function(
            calibrator.pointer, scores, points.weights, points.groups, scores.count, &options,
            values.pointer), values)
    return ["p_values": .floats(values.elements)]
}

private final class CalibratorHandle {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    init(_ options: qc_conformal_calibrator_options) throws {
        var options = options
        let place = ABIBuffer<OpaquePointer?>(1)
        try abiCall(qc_conformal_calibrator_create(&options, place.pointer), place)
        pointer = place.elements[0]!
    }

    /// The calibrator of all points of a case.
    convenience init(of inputs: VectorInputs, _ type: VectorType) throws {
        let given = try CalibratorInputs(inputs)
        try self.init(given.options)
        for part in given.parts {
            switch type {
            case .f32: try update(given, part, Float.self, qc_conformal_calibrator_update_f32)
            default: try update(given, part, Double.self, qc_conformal_calibrator_update_f64)
            }
        }
    }

    deinit { qc_conformal_calibrator_destroy(pointer) }

    func update<T: BinaryFloatingPoint>(
        _ given: CalibratorInputs, _ part: Range<Int>, _: T.Type, _ function: CalibratorUpdate<T>
    ) throws {
        try abiCall(
            function(
                pointer, given.scores[part].map { T($0) }, given.weights?[part].map { T($0) },
                given.groups.map { Array($0[part]) }, part.count))
    }

    func counts() throws -> [Int64] {
        let count = ABIBuffer<Int>(1)
        try abiCall(qc_conformal_calibrator_counts(pointer, nil, 0, count.pointer), count)
        let counts = ABIBuffer<Int64>(count.elements[0])
        try abiCall(qc_conformal_calibrator_counts(pointer, counts.pointer, counts.count, nil), counts)
        return counts.elements
    }

    func thresholds(_ alphas: [Double]) throws -> [Double] {
        let thresholds = ABIBuffer<Double>(try counts().count * alphas.count)
        try abiCall(
            qc_conformal_calibrator_thresholds(pointer, alphas, alphas.count, thresholds.pointer), thresholds)
        return thresholds.elements
    }

    func seen() throws -> [String: VectorOutput] {
        ["counts": .integers(try counts()), "thresholds": .floats(try thresholds([0.1, 0.3, 0.5]))]
    }
}

@Sendable private func seen(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    try CalibratorHandle(of: inputs, type).seen()
}
