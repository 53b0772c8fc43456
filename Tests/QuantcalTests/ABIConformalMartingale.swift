/// Vectors of `conformal/martingale` through the C ABI.

import CQuantcal

let abiConformalMartingaleAdapters: [String: VectorAdapter] = [
    "qc_conformal_martingale_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "betting": .text(bettings[Int(options.betting)]), "jump": .float(options.jump),
            "epsilon": .float(options.epsilon), "seed": .integer(Int(truncatingIfNeeded: options.seed)),
        ]
    },
    "qc_conformal_martingale_create": summary,
    "qc_conformal_martingale_destroy": summary,
    "qc_conformal_martingale_summarize": summary,
    "qc_conformal_martingale_update": { inputs, _ in
        let martingale = try MartingaleHandle(of: inputs)
        let scores = try inputs.scalars("scores", as: Double.self)
        let (pValues, path) = (ABIBuffer<Double>(scores.count), ABIBuffer<Double>(scores.count))
        try abiCall(
            qc_conformal_martingale_update(
                martingale.pointer, scores, scores.count, pValues.pointer, path.pointer), pValues, path)
        return ["p_values": .floats(pValues.elements), "log_martingale": .floats(path.elements)]
    },
    "qc_conformal_martingale_bet": { inputs, _ in
        let martingale = try MartingaleHandle(of: inputs)
        let pValues = try inputs.scalars("p_values", as: Double.self)
        let path = ABIBuffer<Double>(pValues.count)
        try abiCall(
            qc_conformal_martingale_bet(martingale.pointer, pValues, pValues.count, path.pointer), path)
        return ["log_martingale": .floats(path.elements)]
    },
    "qc_conformal_martingale_serialize": { inputs, _ in
        let martingale = try MartingaleHandle(after: inputs)
        let size = ABIBuffer<Int>(1)
        try abiCall(qc_conformal_martingale_serialize(martingale.pointer, nil, 0, size.pointer), size)
        let bytes = ABIBuffer<UInt8>(size.elements[0])
        try abiCall(
            qc_conformal_martingale_serialize(martingale.pointer, bytes.pointer, bytes.count, nil), bytes)
        return ["bytes": .integers(bytes.elements)]
    },
    "qc_conformal_martingale_deserialize": { inputs, _ in
        let bytes = try inputs.integers("bytes").map { UInt8($0) }
        let place = ABIBuffer<OpaquePointer?>(1)
        _ = inputs.optional("scores")
        try abiCall(qc_conformal_martingale_deserialize(bytes, bytes.count, place.pointer), place)
        let martingale = MartingaleHandle(place.elements[0]!)
        try martingale.bet(inputs)
        return try martingale.summary()
    },
]

private let bettings = ["jumper", "composite", "power", "mixture"]

private func initialOptions() throws -> qc_conformal_martingale_options {
    var options = qc_conformal_martingale_options()
    try abiCall(qc_conformal_martingale_options_init(&options, MemoryLayout.size(ofValue: options)))
    return options
}

private final class MartingaleHandle {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    init(of inputs: VectorInputs) throws {
        var options = try initialOptions()
        let constants = Dictionary(uniqueKeysWithValues: bettings.enumerated().map { ($1, $0) })
        options.betting = try abiConstant(inputs.word("betting", default: bettings[0]), constants)
        options.jump = try inputs.double("jump", default: options.jump)
        options.epsilon = try inputs.double("epsilon", default: options.epsilon)
        if inputs.optional("seed") != nil {
            options.seed = UInt64(bitPattern: Int64(try inputs.size("seed")))
        }
        // A case that is refused here does not get to its scores.
        for key in ["scores", "p_values"] { _ = inputs.optional(key) }
        let place = ABIBuffer<OpaquePointer?>(1)
        try abiCall(qc_conformal_martingale_create(&options, place.pointer), place)
        pointer = place.elements[0]!
    }

    convenience init(after inputs: VectorInputs) throws {
        try self.init(of: inputs)
        try bet(inputs)
    }

    deinit { qc_conformal_martingale_destroy(pointer) }

    /// On the p-values of a case, and then on its scores.
    func bet(_ inputs: VectorInputs) throws {
        let pValues: [Double] = try inputs.optionalScalars("p_values") ?? []
        let scores: [Double] = try inputs.optionalScalars("scores") ?? []
        try abiCall(qc_conformal_martingale_bet(pointer, pValues, pValues.count, nil))
        try abiCall(qc_conformal_martingale_update(pointer, scores, scores.count, nil, nil))
    }

    func summary() throws -> [String: VectorOutput] {
        var summary = qc_conformal_martingale_summary()
        summary.struct_size = MemoryLayout.size(ofValue: summary)
        try abiCall(qc_conformal_martingale_summarize(pointer, &summary))
        return [
            "bets": .integer(summary.bets), "score_count": .integer(summary.score_count),
            "log_martingale": .float(summary.log_martingale), "log_maximum": .float(summary.log_maximum),
            "p_value": .float(summary.p_value),
        ]
    }
}

@Sendable private func summary(_ inputs: VectorInputs, _: VectorType) throws -> [String: VectorOutput] {
    try MartingaleHandle(after: inputs).summary()
}
