/// Vectors of `isotonic/state` through the C ABI.

import CQuantcal

let abiIsotonicStateAdapters: [String: VectorAdapter] = [
    "qc_isotonic_state_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "loss": .text(word(options.loss, losses)),
            "direction": .text(word(options.direction, directions)),
            "solution": .text(word(options.solution, solutions)), "level": .float(options.level),
        ]
    },
    "qc_isotonic_state_create": blocks,
    "qc_isotonic_state_destroy": blocks,
    "qc_isotonic_state_update": blocks,
    "qc_isotonic_state_fit": blocks,
    "qc_isotonic_state_merge": { inputs, _ in
        let given = try StateInputs(inputs)
        let fromTheRight = try inputs.word("fold", default: "left") == "right"
        var states = try given.parts.map { part in
            let state = try StateHandle(given.options)
            try state.update(given, part, Double.self, qc_isotonic_state_update_f64)
            return state
        }
        while states.count > 1 {
            let at = fromTheRight ? states.count - 2 : 0
            let next = states.remove(at: at + 1)
            try abiCall(qc_isotonic_state_merge(states[at].pointer, next.pointer))
        }
        return try states[0].blocks()
    },
    "qc_isotonic_state_knots": { inputs, type in
        let state = try StateHandle(of: inputs, type)
        let count = ABIBuffer<Int>(1)
        try abiCall(qc_isotonic_state_knots(state.pointer, nil, nil, 0, count.pointer), count)
        let (x, y) = (ABIBuffer<Double>(count.elements[0]), ABIBuffer<Double>(count.elements[0]))
        try abiCall(qc_isotonic_state_knots(state.pointer, x.pointer, y.pointer, x.count, nil), x, y)
        return ["x": .floats(x.elements), "y": .floats(y.elements)]
    },
    "qc_isotonic_state_serialize": { inputs, type in
        let state = try StateHandle(of: inputs, type)
        let size = ABIBuffer<Int>(1)
        try abiCall(qc_isotonic_state_serialize(state.pointer, nil, 0, size.pointer), size)
        let bytes = ABIBuffer<UInt8>(size.elements[0])
        try abiCall(qc_isotonic_state_serialize(state.pointer, bytes.pointer, bytes.count, nil), bytes)
        return ["bytes": .integers(bytes.elements)]
    },
    "qc_isotonic_state_deserialize": { inputs, _ in
        let bytes = try inputs.integers("bytes").map { UInt8($0) }
        let place = ABIBuffer<OpaquePointer?>(1)
        try abiCall(qc_isotonic_state_deserialize(bytes, bytes.count, place.pointer), place)
        return try StateHandle(place.elements[0]!).blocks()
    },
]

private let losses = ["squared": Int(QC_ISOTONIC_SQUARED), "quantile": Int(QC_ISOTONIC_QUANTILE)]
private let directions = [
    "increasing": Int(QC_ISOTONIC_INCREASING), "decreasing": Int(QC_ISOTONIC_DECREASING),
]
private let solutions = [
    "default": Int(QC_ISOTONIC_SOLUTION_DEFAULT), "lower": Int(QC_ISOTONIC_SOLUTION_LOWER),
    "upper": Int(QC_ISOTONIC_SOLUTION_UPPER),
]

private func word(_ value: Int32, _ constants: [String: Int]) -> String {
    constants.first { $0.value == value }?.key ?? "unknown"
}

private func initialOptions() throws -> qc_isotonic_state_options {
    var options = qc_isotonic_state_options()
    try abiCall(qc_isotonic_state_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

/// What the cases of a state have in common.
private struct StateInputs {
    var options: qc_isotonic_state_options
    let x: [Double]
    let y: [Double]
    let weights: [Double]?
    let parts: [Range<Int>]

    init(_ inputs: VectorInputs) throws {
        options = try initialOptions()
        options.loss = try abiConstant(inputs.word("loss", default: "squared"), losses)
        options.direction = try abiConstant(inputs.word("direction", default: "increasing"), directions)
        options.solution = try abiConstant(inputs.word("solution", default: "default"), solutions)
        if inputs.optional("level") != nil { options.level = try inputs.double("level") }
        (x, y) = (try inputs.scalars("x"), try inputs.scalars("y"))
        weights = try inputs.optionalScalars("weights")
        parts = try vectorParts(inputs, x.count)
    }
}

/// The ranges between the cuts of a case.
func vectorParts(_ inputs: VectorInputs, _ count: Int) throws -> [Range<Int>] {
    let cuts = inputs.optional("cuts") == nil ? [] : try inputs.integers("cuts")
    return zip([0] + cuts, cuts + [count]).map { $0..<$1 }
}

private typealias StateUpdate<T> = (
    OpaquePointer?, UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<T>?, Int
) -> qc_status

private final class StateHandle {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    init(_ options: qc_isotonic_state_options) throws {
        var options = options
        let place = ABIBuffer<OpaquePointer?>(1)
        try abiCall(qc_isotonic_state_create(&options, place.pointer), place)
        pointer = place.elements[0]!
    }

    /// The state of all points of a case.
    convenience init(of inputs: VectorInputs, _ type: VectorType) throws {
        let given = try StateInputs(inputs)
        try self.init(given.options)
        for part in given.parts {
            switch type {
            case .f32: try update(given, part, Float.self, qc_isotonic_state_update_f32)
            default: try update(given, part, Double.self, qc_isotonic_state_update_f64)
            }
        }
    }

    deinit { qc_isotonic_state_destroy(pointer) }

    func update<T: BinaryFloatingPoint>(
        _ given: StateInputs, _ part: Range<Int>, _: T.Type, _ function: StateUpdate<T>
    ) throws {
        let (x, y) = (given.x[part].map { T($0) }, given.y[part].map { T($0) })
        if let weights = given.weights?[part].map({ T($0) }) {
            try abiCall(function(pointer, x, y, weights, x.count))
        } else {
            try abiCall(function(pointer, x, y, nil, x.count))
        }
    }

    func blocks() throws -> [String: VectorOutput] {
        let count = ABIBuffer<Int>(1)
        try abiCall(qc_isotonic_state_fit(pointer, nil, nil, nil, nil, 0, count.pointer), count)
        let columns = (0..<4).map { _ in ABIBuffer<Double>(count.elements[0]) }
        try abiCall(
            qc_isotonic_state_fit(
                pointer, columns[0].pointer, columns[1].pointer, columns[2].pointer, columns[3].pointer,
                columns[0].count, nil), columns[0], columns[1], columns[2], columns[3])
        return [
            "first": .floats(columns[0].elements), "last": .floats(columns[1].elements),
            "values": .floats(columns[2].elements), "weights": .floats(columns[3].elements),
        ]
    }
}

@Sendable private func blocks(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    try StateHandle(of: inputs, type).blocks()
}
