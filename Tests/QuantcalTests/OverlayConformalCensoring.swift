/// Vectors of family `conformal`, censoring, through the Swift overlay.

import Quantcal

let overlayConformalCensoringAdapters: [String: VectorAdapter] = [
    "qc_conformal_censoring_weights": { inputs, _ in
        func flags(_ key: String) throws -> [Bool] { try inputs.integers(key).map { $0 != 0 } }
        let found = try conformalCensoringWeights(
            times: inputs.scalars("times"), events: flags("events"),
            weights: inputs.optionalScalars("weights"), points: inputs.optionalScalars("points"),
            pointEvents: inputs.optional("point_events") == nil ? nil : flags("point_events"),
            horizon: inputs.double("horizon", default: .infinity),
            cap: inputs.double("cap", default: .infinity))
        return [
            "survival": .floats(found.survival), "point_weights": .floats(found.weights),
            "capped": .integer(found.capped),
        ]
    }
]
