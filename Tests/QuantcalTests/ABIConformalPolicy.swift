/// Vectors of family `conformal`, policies of abstention, through the C ABI.

import CQuantcal

private typealias Options = qc_conformal_policy_options
private typealias Policy = qc_conformal_policy

let abiConformalPolicyAdapters: [String: VectorAdapter] = [
    "qc_conformal_policy_options_init": { _, _ in
        let options = try initialOptions()
        return [
            "wrong_cost": .float(options.wrong_cost), "size_cost": .float(options.size_cost),
            "abstention_cost": .float(options.abstention_cost), "single_low": .float(options.single_low),
            "single_high": .float(options.single_high), "abstention_low": .float(options.abstention_low),
            "abstention_high": .float(options.abstention_high), "candidates": .integer(options.candidates),
            "rounds": .integer(options.rounds), "seed": .integer(options.seed),
        ]
    },
    "qc_conformal_policy_value": { inputs, type in
        let (single, abstention) = (try inputs.double("single_alpha"), try inputs.double("abstention_alpha"))
        return switch type {
        case .f32:
            try policy(inputs, of: Float.self) { scores, labels, rows, classes, options, policy in
                qc_conformal_policy_value_f32(
                    scores, labels, rows, classes, single, abstention, options, policy)
            }
        default:
            try policy(inputs, of: Double.self) { scores, labels, rows, classes, options, policy in
                qc_conformal_policy_value_f64(
                    scores, labels, rows, classes, single, abstention, options, policy)
            }
        }
    },
    "qc_conformal_policy_learn": { inputs, type in
        switch type {
        case .f32: try policy(inputs, of: Float.self, qc_conformal_policy_learn_f32)
        default: try policy(inputs, of: Double.self, qc_conformal_policy_learn_f64)
        }
    },
]

private func initialOptions() throws -> Options {
    var options = Options()
    try abiCall(qc_conformal_policy_options_init(&options, MemoryLayout<Options>.size))
    return options
}

private func givenOptions(_ inputs: VectorInputs) throws -> Options {
    var options = try initialOptions()
    options.wrong_cost = try inputs.double("wrong_cost", default: options.wrong_cost)
    options.size_cost = try inputs.double("size_cost", default: options.size_cost)
    options.abstention_cost = try inputs.double("abstention_cost", default: options.abstention_cost)
    options.single_low = try inputs.double("single_low", default: options.single_low)
    options.single_high = try inputs.double("single_high", default: options.single_high)
    options.abstention_low = try inputs.double("abstention_low", default: options.abstention_low)
    options.abstention_high = try inputs.double("abstention_high", default: options.abstention_high)
    options.candidates = Int32(try inputs.integer("candidates", default: Int(options.candidates)))
    options.rounds = Int32(try inputs.integer("rounds", default: Int(options.rounds)))
    options.seed = try inputs.seed()
    return options
}

private func policy<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, of type: T.Type,
    _ function: (
        UnsafePointer<T>?, UnsafePointer<Int64>?, Int, Int, UnsafePointer<Options>?,
        UnsafeMutablePointer<Policy>?
    ) -> qc_status
) throws -> [String: VectorOutput] {
    let matrix = try inputs.matrix("scores")
    let scores = matrix.elements.map { T($0) }
    let labels = try inputs.integers("labels").map { Int64($0) }
    var options = try givenOptions(inputs)
    var policy = Policy()
    policy.struct_size = MemoryLayout<Policy>.size
    try abiCall(function(scores, labels, matrix.rows, matrix.columns, &options, &policy))
    return [
        "single_alpha": .float(policy.single_alpha), "abstention_alpha": .float(policy.abstention_alpha),
        "value": .float(policy.value), "abstained": .integer(policy.abstained),
        "singles": .integer(policy.singles), "singles_right": .integer(policy.singles_right),
        "sets": .integer(policy.sets), "sets_right": .integer(policy.sets_right),
        "set_sizes": .integer(policy.set_sizes),
    ]
}
