/// Vectors of `isotonic/state` through the Swift overlay.

import Quantcal

let overlayIsotonicStateAdapters: [String: VectorAdapter] = [
    "qc_isotonic_state_options_init": { _, _ in
        // The median of an even number of points tells the solutions apart.
        let state = {
            (loss: IsotonicStateLoss?, solution: IsotonicStateSolution?, direction: IsotonicDirection?) in
            var state =
                switch (loss, solution, direction) {
                case (nil, nil, nil): try IsotonicState()
                case (let loss?, nil, nil): try IsotonicState(loss: loss)
                case (_, nil, let direction?): try IsotonicState(direction: direction)
                case (_, let solution?, _): try IsotonicState(loss: .quantile(level: 0.5), solution: solution)
                }
            let y: [Double] = [1, 3, 2, 5]
            try state.update(x: [1, 2, 3, 3] as [Double], y: y)
            return try state.serialized()
        }
        let standard = try state(nil, nil, nil)
        let loss: IsotonicStateLoss = try overlayDefault(
            [IsotonicStateLoss.squared, .quantile(level: 0.5)], same: standard
        ) {
            try state($0, nil, nil)
        }
        let direction: IsotonicDirection = try overlayDefault(IsotonicDirection.allCases, same: standard) {
            try state(nil, nil, $0)
        }
        let medians = try state(.quantile(level: 0.5), nil, nil)
        let solution: IsotonicStateSolution = try overlayDefault(
            [IsotonicStateSolution.standard, .upper], same: medians
        ) {
            try state(nil, $0, nil)
        }
        return [
            "loss": .text("\(loss)"), "direction": .text(overlayWord(direction)),
            "solution": .text(solution == .standard ? "default" : "upper"),
            // It has no default of its own: it comes with the loss.
            "level": .float(0.5),
        ]
    },
    "qc_isotonic_state_create": blocks,
    "qc_isotonic_state_destroy": blocks,
    "qc_isotonic_state_update": blocks,
    "qc_isotonic_state_fit": blocks,
    "qc_isotonic_state_merge": { inputs, _ in
        let fromTheRight = try inputs.word("fold", default: "left") == "right"
        let empty = try emptyState(inputs)
        var states: [IsotonicState] = []
        try forEachPart(inputs) { x, y, weights in
            var state = empty
            try state.update(x: x as [Double], y: y, weights: weights)
            states.append(state)
        }
        while states.count > 1 {
            let at = fromTheRight ? states.count - 2 : 0
            try states[at].merge(states.remove(at: at + 1))
        }
        return try blocks(states[0])
    },
    "qc_isotonic_state_knots": { inputs, type in
        let knots = try state(inputs, type).knots()
        return ["x": .floats(knots.x), "y": .floats(knots.y)]
    },
    "qc_isotonic_state_serialize": { inputs, type in
        ["bytes": .integers(try state(inputs, type).serialized())]
    },
    "qc_isotonic_state_deserialize": { inputs, _ in
        try blocks(IsotonicState(serialized: inputs.integers("bytes").map { UInt8($0) }))
    },
]

private func emptyState(_ inputs: VectorInputs) throws -> IsotonicState {
    let level = inputs.optional("level") == nil ? 0.5 : try inputs.double("level")
    let isQuantile = try inputs.word("loss", default: "squared") == "quantile"
    let solution = try inputs.word("solution", default: "default")
    return try IsotonicState(
        loss: isQuantile ? .quantile(level: level) : .squared,
        direction: overlayCase(inputs.word("direction", default: "increasing")),
        solution: solution == "default" ? .standard : overlayCase(solution))
}

private func forEachPart<T: BinaryFloatingPoint>(
    _ inputs: VectorInputs, _ body: ([T], [T], [T]?) throws -> Void
) throws {
    let (x, y): ([T], [T]) = (try inputs.scalars("x"), try inputs.scalars("y"))
    let weights: [T]? = try inputs.optionalScalars("weights")
    for part in try vectorParts(inputs, x.count) {
        try body(Array(x[part]), Array(y[part]), weights.map { Array($0[part]) })
    }
}

private func state(_ inputs: VectorInputs, _ type: VectorType) throws -> IsotonicState {
    var state = try emptyState(inputs)
    switch type {
    case .f32: try forEachPart(inputs) { try state.update(x: $0 as [Float], y: $1, weights: $2) }
    default: try forEachPart(inputs) { try state.update(x: $0 as [Double], y: $1, weights: $2) }
    }
    return state
}

private func blocks(_ state: IsotonicState) throws -> [String: VectorOutput] {
    let fit = try state.fit()
    return [
        "first": .floats(fit.map(\.x.lowerBound)), "last": .floats(fit.map(\.x.upperBound)),
        "values": .floats(fit.map(\.value)), "weights": .floats(fit.map(\.weight)),
    ]
}

@Sendable private func blocks(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    try blocks(state(inputs, type))
}
