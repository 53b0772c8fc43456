/// Vectors of family `conformal`, the reusable holdout, through the C ABI.

import CQuantcal

let abiConformalHoldoutAdapters: [String: VectorAdapter] = [
    "qc_conformal_holdout_options_init": { _, _ in
        let options = try initialOptions()
        let word = mechanisms.first { $0.value == options.mechanism }?.key
        return [
            "mechanism": .text(word ?? "unknown"), "threshold": .float(options.threshold),
            "sigma": .float(options.sigma), "grid": .integer(options.grid),
            "budget": .integer(options.budget), "seed": .integer(Int(truncatingIfNeeded: options.seed)),
        ]
    },
    "qc_conformal_holdout_create": ask,
    "qc_conformal_holdout_destroy": ask,
    "qc_conformal_holdout_ask": ask,
    "qc_conformal_holdout_remaining": ask,
    "qc_conformal_holdout_serialize": { inputs, _ in
        let holdout = try Owned(inputs)
        _ = try holdout.ask(inputs)
        let size = ABIBuffer<Int>(1)
        try abiCall(qc_conformal_holdout_serialize(holdout.pointer, nil, 0, size.pointer), size)
        let bytes = ABIBuffer<UInt8>(size.elements[0])
        try abiCall(
            qc_conformal_holdout_serialize(holdout.pointer, bytes.pointer, bytes.count, nil), bytes)
        return ["bytes": .integers(bytes.elements)]
    },
    "qc_conformal_holdout_deserialize": { inputs, _ in
        let bytes = try inputs.integers("bytes").map { UInt8($0) }
        let place = ABIBuffer<OpaquePointer?>(1)
        _ = (inputs.optional("training"), inputs.optional("holdout"))
        try abiCall(qc_conformal_holdout_deserialize(bytes, bytes.count, place.pointer), place)
        return try Owned(place.elements[0]!).ask(inputs)
    },
    "qc_conformal_holdout_error": { inputs, _ in
        let error = ABIBuffer<Double>(1)
        try abiCall(
            qc_conformal_holdout_error(
                inputs.size("n"), inputs.size("questions"), inputs.size("budget"), inputs.size("grid"),
                inputs.double("threshold"), inputs.double("delta"), error.pointer), error)
        return ["error": .floats(error.elements)]
    },
    "qc_conformal_holdout_questions": { inputs, _ in
        let questions = ABIBuffer<Int>(1)
        try abiCall(
            qc_conformal_holdout_questions(
                inputs.size("n"), inputs.size("budget"), inputs.size("grid"), inputs.double("threshold"),
                inputs.double("delta"), inputs.double("accuracy"), questions.pointer), questions)
        return ["questions": .integers(questions.elements)]
    },
]

private let mechanisms = [
    "noise": Int32(QC_CONFORMAL_HOLDOUT_NOISE), "grid": Int32(QC_CONFORMAL_HOLDOUT_GRID),
]

private func initialOptions() throws -> qc_conformal_holdout_options {
    var options = qc_conformal_holdout_options()
    try abiCall(qc_conformal_holdout_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

@Sendable private func ask(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    try Owned(inputs).ask(inputs)
}

private final class Owned {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    init(_ inputs: VectorInputs) throws {
        var options = try initialOptions()
        options.mechanism = mechanisms[try inputs.word("mechanism", default: "noise")] ?? -1
        options.threshold = try inputs.double("threshold", default: options.threshold)
        options.sigma = try inputs.double("sigma", default: options.sigma)
        options.grid = try inputs.integer("grid", default: options.grid)
        options.budget = try inputs.integer("budget", default: options.budget)
        if inputs.optional("seed") != nil {
            options.seed = UInt64(bitPattern: Int64(try inputs.size("seed")))
        }
        _ = (inputs.optional("training"), inputs.optional("holdout"))
        let place = ABIBuffer<OpaquePointer?>(1)
        try abiCall(qc_conformal_holdout_create(&options, place.pointer), place)
        pointer = place.elements[0]!
    }

    deinit { qc_conformal_holdout_destroy(pointer) }

    /// Asks the questions of a case, call by call.
    func ask(_ inputs: VectorInputs) throws -> [String: VectorOutput] {
        let training: [Double] = try inputs.scalars("training")
        let holdout: [Double] = try inputs.scalars("holdout")
        var (answers, origins): ([Double], [UInt8]) = ([], [])
        for part in try vectorParts(inputs, training.count) {
            let (values, flags) = (ABIBuffer<Double>(part.count), ABIBuffer<UInt8>(part.count))
            let answered = ABIBuffer<Int>(1)
            try abiCall(
                qc_conformal_holdout_ask(
                    pointer, Array(training[part]), Array(holdout[part]), part.count, values.pointer,
                    flags.pointer, answered.pointer), values, flags, answered)
            answers += values.elements.prefix(answered.elements[0])
            origins += flags.elements.prefix(answered.elements[0])
        }
        let (left, asked) = (ABIBuffer<Int>(1), ABIBuffer<Int>(1))
        try abiCall(qc_conformal_holdout_remaining(pointer, left.pointer, asked.pointer), left, asked)
        return [
            "answers": .floats(answers), "from_holdout": .integers(origins),
            "answered": .integer(answers.count), "budget_left": .integers(left.elements),
            "asked": .integers(asked.elements),
        ]
    }
}
