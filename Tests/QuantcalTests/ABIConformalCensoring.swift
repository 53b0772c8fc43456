/// Vectors of family `conformal`, censoring, through the C ABI.

import CQuantcal

let abiConformalCensoringAdapters: [String: VectorAdapter] = [
    "qc_conformal_censoring_weights": { inputs, _ in
        let times: [Double] = try inputs.scalars("times")
        let events = try inputs.integers("events").map { UInt8($0) }
        let weights: [Double]? = try inputs.optionalScalars("weights")
        let points: [Double]? = try inputs.optionalScalars("points")
        let known =
            inputs.optional("point_events") == nil
            ? nil : try inputs.integers("point_events").map { UInt8($0) }
        let count = points?.count ?? times.count
        let (survival, inverse) = (ABIBuffer<Double>(count), ABIBuffer<Double>(count))
        let capped = ABIBuffer<Int>(1)
        try abiCall(
            qc_conformal_censoring_weights(
                times, events, weights, times.count, points ?? times, points == nil ? known ?? events : known,
                count, inputs.double("horizon", default: .infinity), inputs.double("cap", default: .infinity),
                survival.pointer, inverse.pointer, capped.pointer), survival, inverse, capped)
        return [
            "survival": .floats(survival.elements), "point_weights": .floats(inverse.elements),
            "capped": .integers(capped.elements),
        ]
    }
]
