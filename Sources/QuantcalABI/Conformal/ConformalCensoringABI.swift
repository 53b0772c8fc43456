import CQuantcal
import QuantcalCore

@c @implementation
public func qc_conformal_censoring_weights(
    _ times: UnsafePointer<Double>!, _ events: UnsafePointer<UInt8>!, _ weights: UnsafePointer<Double>!,
    _ n: Int, _ points: UnsafePointer<Double>!, _ pointEvents: UnsafePointer<UInt8>!, _ m: Int,
    _ horizon: Double, _ cap: Double, _ survival: UnsafeMutablePointer<Double>!,
    _ pointWeights: UnsafeMutablePointer<Double>!, _ capped: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(n, "n")
        try Boundary.length(m, "m")
        let observed = (
            times: try Boundary.input(times, n, "times"), events: try Boundary.input(events, n, "events"),
            weights: try Boundary.optionalInput(weights, n, "weights")
        )
        let wanted = (
            times: try Boundary.input(points, m, "points"),
            events: try Boundary.optionalInput(pointEvents, m, "point_events")
        )
        let survivals = try Boundary.optionalOutput(survival, m, "survival")
        let output = try Boundary.output(pointWeights, m, "point_weights")
        let count = try Boundary.optionalOutput(capped, 1, "capped")
        try Region.requireDisjoint(
            outputs: [
                Region(survival, m, "survival"), Region(pointWeights, m, "point_weights"),
                Region(capped, 1, "capped"),
            ],
            inputs: [
                Region(times, n, "times"), Region(events, n, "events"), Region(weights, n, "weights"),
                Region(points, m, "points"), Region(pointEvents, m, "point_events"),
            ])
        let censoring = try ConformalCensoring(
            times: observed.times, events: observed.events, weights: observed.weights)
        let above = try censoring.weigh(
            points: wanted.times, events: wanted.events, horizon: horizon, cap: cap, survival: survivals,
            weights: output)
        count?.pointee = above
    }
}
