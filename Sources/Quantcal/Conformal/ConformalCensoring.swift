import QuantcalCore

/// What points count for others that were censored.
public struct ConformalCensoringWeights {
    /// G(t-), the probability of not being censored before the time of each point.
    public let survival: [Double]
    /// 1 / G(t-); 0 where the outcome is not known.
    public let weights: [Double]
    /// How many weights were above the cap.
    public let capped: Int
}

/// Weights of points by the inverse of their probability of not having been censored, by Kaplan and Meier's
/// estimate from `times` and `events` (true where the outcome was observed, at equal times before what was
/// censored). They are those of a weighted calibrator. Without `points` the observations themselves are weighted;
/// points without `pointEvents` are known, as candidate outcomes are. C: `qc_conformal_censoring_weights`.
public func conformalCensoringWeights(
    times: [Double], events: [Bool], weights: [Double]? = nil, points: [Double]? = nil,
    pointEvents: [Bool]? = nil, horizon: Double = .infinity, cap: Double = .infinity
) throws(QuantcalError) -> ConformalCensoringWeights {
    try requireCount(events.count, times.count, "events")
    let (wanted, known) = points.map { ($0, pointEvents) } ?? (times, pointEvents ?? events)
    if let known { try requireCount(known.count, wanted.count, "pointEvents") }
    let censoring = try withPoints(times, weights) { times, weights throws(QuantcalError) in
        try withBuffer(bytes(events)) { events throws(QuantcalError) in
            try ConformalCensoring(times: times, events: events, weights: weights)
        }
    }
    var capped = 0
    let arrays = try filledArrays(2, of: wanted.count) { arrays throws(QuantcalError) in
        try withBuffer(wanted) { points throws(QuantcalError) in
            try withOptionalBuffer(known.map(bytes)) { events throws(QuantcalError) in
                capped = try censoring.weigh(
                    points: points, events: events, horizon: horizon, cap: cap, survival: arrays[0],
                    weights: arrays[1])
            }
        }
    }
    return ConformalCensoringWeights(survival: arrays[0], weights: arrays[1], capped: capped)
}

private func bytes(_ flags: [Bool]) -> [UInt8] { flags.map { $0 ? 1 : 0 } }
