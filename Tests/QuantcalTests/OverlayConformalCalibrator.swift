/// Vectors of `conformal/calibrator` through the Swift overlay.

import Quantcal

let overlayConformalCalibratorAdapters: [String: VectorAdapter] = [
    "qc_conformal_calibrator_options_init": { _, _ in
        let calibrator = try ConformalCalibrator()
        // A last group of all points would make a difference only if there were groups.
        let lastGroup: ConformalLastGroup = try overlayDefault(
            ConformalLastGroup.allCases, same: grouped { try ConformalCalibrator(groupCount: 2) }
        ) { lastGroup in try grouped { try ConformalCalibrator(groupCount: 2, lastGroup: lastGroup) } }
        return [
            "group_count": .integer(calibrator.groupCount),
            "weighted": .integer(calibrator.isWeighted ? 1 : 0), "last_group": .text(overlayWord(lastGroup)),
        ]
    },
    "qc_conformal_p_value_options_init": { _, _ in
        var calibrator = try ConformalCalibrator()
        try calibrator.update([1, 2, 3] as [Double])
        let (scores, standard) = ([2.0], try calibrator.pValues([2.0]))
        let tail: ConformalTail = try overlayDefault(
            ConformalTail.allCases, same: try calibrator.pValues([0.0])
        ) { try calibrator.pValues([0.0], tail: $0) }
        let seeds: [UInt64?] = [nil, 0]
        let seed = try overlayDefault(seeds, same: standard) { try calibrator.pValues(scores, seed: $0) }
        let firstPoints: [UInt64] = [0, 1]
        let first = try overlayDefault(firstPoints, same: try calibrator.pValues(scores, seed: 3)) {
            try calibrator.pValues(scores, seed: 3, firstPoint: $0)
        }
        return [
            "tail": .text(overlayWord(tail)), "randomised": .integer(seed == nil ? 0 : 1),
            // It has no default of its own: it is what makes them random.
            "seed": .integer(0), "first_point": .integer(first),
        ]
    },
    "qc_conformal_calibrator_create": seen,
    "qc_conformal_calibrator_destroy": seen,
    "qc_conformal_calibrator_update": seen,
    "qc_conformal_calibrator_counts": seen,
    "qc_conformal_calibrator_merge": { inputs, _ in
        let fromTheRight = try inputs.word("fold", default: "left") == "right"
        var calibrators: [ConformalCalibrator] = []
        try forEachPart(inputs) { empty, scores, weights, groups in
            var calibrator = empty
            try calibrator.update(scores as [Double], weights: weights, groups: groups)
            calibrators.append(calibrator)
        }
        while calibrators.count > 1 {
            let at = fromTheRight ? calibrators.count - 2 : 0
            try calibrators[at].merge(calibrators.remove(at: at + 1))
        }
        return try seen(calibrators[0])
    },
    "qc_conformal_calibrator_thresholds": { inputs, type in
        let thresholds = try calibrator(inputs, type).thresholds(alphas: inputs.scalars("alphas"))
        return ["thresholds": .floats(thresholds.elements)]
    },
    "qc_conformal_calibrator_point_thresholds": { inputs, type in
        let calibrator = try calibrator(inputs, type)
        let alpha = try inputs.double("alpha")
        let weights = try testWeights(inputs)
        let groups = try groups(inputs, "test_groups")
        if weights == nil, let groups {
            return ["thresholds": .floats(try calibrator.pointThresholds(groups: groups, alpha: alpha))]
        }
        let ones = try weights ?? Array(repeating: 1, count: inputs.size("m"))
        return [
            "thresholds": .floats(
                try calibrator.pointThresholds(testWeights: ones, groups: groups, alpha: alpha))
        ]
    },
    "qc_conformal_calibrator_p_values": { inputs, type in
        let calibrator = try calibrator(inputs, type)
        let weights = try testWeights(inputs)
        let groups = try groups(inputs, "test_groups")
        let tail: ConformalTail = try overlayCase(inputs.word("tail", default: "upper"))
        let isRandomised = try inputs.integer("randomised", default: 0) == 1
        let seed =
            inputs.optional("seed") == nil ? 0 : UInt64(bitPattern: Int64(try inputs.size("seed")))
        let first = inputs.optional("first_point") == nil ? 0 : UInt64(try inputs.size("first_point"))
        let values =
            switch type {
            case .f32:
                try calibrator.pValues(
                    inputs.scalars("test_scores") as [Float], testWeights: weights, groups: groups,
                    tail: tail, seed: isRandomised ? seed : nil, firstPoint: first)
            default:
                try calibrator.pValues(
                    inputs.scalars("test_scores") as [Double], testWeights: weights, groups: groups,
                    tail: tail, seed: isRandomised ? seed : nil, firstPoint: first)
            }
        return ["p_values": .floats(values)]
    },
    "qc_conformal_calibrator_serialize": { inputs, type in
        ["bytes": .integers(try calibrator(inputs, type).serialized())]
    },
    "qc_conformal_calibrator_deserialize": { inputs, _ in
        try seen(ConformalCalibrator(serialized: inputs.integers("bytes").map { UInt8($0) }))
    },
]

private func grouped(_ make: () throws -> ConformalCalibrator) throws -> [Int] {
    var calibrator = try make()
    try calibrator.update([1, 2] as [Double], groups: [0, 1])
    return try calibrator.counts()
}

/// They are doubles in every run.
private func testWeights(_ inputs: VectorInputs) throws -> [Double]? {
    inputs.optional("test_weights") == nil ? nil : try inputs.rounded("test_weights", to: .f64)
}

private func groups(_ inputs: VectorInputs, _ key: String) throws -> [Int]? {
    inputs.optional(key) == nil ? nil : try inputs.integers(key)
}

private func forEachPart<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ body: (ConformalCalibrator, [T], [T]?, [Int]?) throws -> Void
) throws {
    let scores: [T] = try inputs.scalars("scores")
    let weights: [T]? = try inputs.optionalScalars("weights")
    let groups = try groups(inputs, "groups")
    let empty = try ConformalCalibrator(
        groupCount: inputs.integer("group_count", default: 0),
        isWeighted: inputs.integer("weighted", default: weights == nil ? 0 : 1) == 1,
        lastGroup: overlayCase(inputs.word("last_group", default: "own")))
    for part in try vectorParts(inputs, scores.count) {
        try body(
            empty, Array(scores[part]), weights.map { Array($0[part]) }, groups.map { Array($0[part]) })
    }
}

private func calibrator(_ inputs: VectorInputs, _ type: VectorType) throws -> ConformalCalibrator {
    var calibrator: ConformalCalibrator?
    switch type {
    case .f32:
        try forEachPart(inputs) { (empty, scores: [Float], weights, groups) in
            calibrator = calibrator ?? empty
            try calibrator!.update(scores, weights: weights, groups: groups)
        }
    default:
        try forEachPart(inputs) { (empty, scores: [Double], weights, groups) in
            calibrator = calibrator ?? empty
            try calibrator!.update(scores, weights: weights, groups: groups)
        }
    }
    return calibrator!
}

private func seen(_ calibrator: ConformalCalibrator) throws -> [String: VectorOutput] {
    [
        "counts": .integers(try calibrator.counts()),
        "thresholds": .floats(try calibrator.thresholds(alphas: [0.1, 0.3, 0.5]).elements),
    ]
}

@Sendable private func seen(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    try seen(calibrator(inputs, type))
}
