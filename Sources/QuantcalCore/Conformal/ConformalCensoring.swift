import Synchronization

/// Weights for outcomes that are right-censored: what is known counts for what was lost.
///
/// The Kaplan-Meier estimate of the censoring time C is G(t-) = P(C >= t), the product over times u < t of
/// 1 - c_u / Y_u, where c_u is the weight censored at u and Y_u what is at risk there: at equal times events come
/// before censorings. A point that was known at t has the weight 1 / G(t-).
///
/// Source: Kaplan, Meier (1958); inverse probability of censoring: Robins, Rotnitzky (1992). Both sums and
/// products are in twice the precision of a double: of the results only the last bit may be off.
public final class ConformalCensoring {
    /// Where G falls, and what it is after that.
    private struct Step: BitwiseCopyable {
        let time: Double
        var survival: DoubleDouble
    }

    private let memory: Scratch<Step>
    private let steps: UnsafeBufferPointer<Step>

    /// Estimates G. `events` are 1 where the outcome was observed at its time, 0 where it was censored there.
    public init(
        times: UnsafeBufferPointer<Double>, events: UnsafeBufferPointer<UInt8>,
        weights: UnsafeBufferPointer<Double>?
    ) throws(QuantcalError) {
        try Require.notNaN(times, "times")
        try Require.events(events)
        let total = try weights.map { weights throws(QuantcalError) in try Require.weights(weights).sum }
        let sorted = try Scratch<Observation>(times.count)
        try RadixSort.sort(
            Observations(
                times: times, events: events, weights: weights,
                scale: PowerOfTwo.bringing(total ?? 1, above: -100, below: 100), sorted: sorted.buffer))
        memory = try Scratch<Step>(times.count)
        let first = Self.factors(UnsafeBufferPointer(sorted.buffer), memory.buffer)
        steps = UnsafeBufferPointer(rebasing: memory.buffer[first...])
        var survival = DoubleDouble(high: 1)
        for index in first..<times.count {
            survival = (survival * memory.buffer[index].survival).normalized
            memory.buffer[index].survival = survival
        }
    }

    /// Fills the end of `steps` with the factors of G and returns where they begin. From the last time down,
    /// what is at risk is a sum in which nothing cancels.
    private static func factors(
        _ sorted: UnsafeBufferPointer<Observation>, _ steps: UnsafeMutableBufferPointer<Step>
    ) -> Int {
        var first = steps.count
        var later = DoubleDouble()
        var end = sorted.count
        while end > 0 {
            let key = sorted[end - 1].key
            var (censored, observed) = (DoubleDouble(), DoubleDouble())
            while end > 0, sorted[end - 1].key == key {
                end -= 1
                if sorted[end].isCensored {
                    censored += sorted[end].weight
                } else {
                    observed += sorted[end].weight
                }
            }
            let rest = later.normalized
            later += censored
            if censored.value > 0 {
                first -= 1
                steps[first] = Step(
                    time: Double(orderedKey: key),
                    survival: DoubleDouble.quotient(rest, by: later.normalized).normalized)
            }
            later += observed
        }
        return first
    }

    /// G(t-): the limit from the left.
    private func survival(before time: Double) -> DoubleDouble {
        let after = Search.first(in: steps.indices) { steps[$0].time >= time }
        return after == 0 ? DoubleDouble(high: 1) : steps[after - 1].survival
    }

    /// For each point G(t-) and the weight 1 / G(t-), where t is its time or the horizon, if that is earlier. A
    /// point that was censored before the horizon has the weight 0. Returns how many weights were above the cap.
    public func weigh(
        points: UnsafeBufferPointer<Double>, events: UnsafeBufferPointer<UInt8>?, horizon: Double,
        cap: Double,
        survival survivals: UnsafeMutablePointer<Double>?, weights: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) -> Int {
        try Require.notNaN(points, "points")
        if let events { try Require.events(events, "point_events") }
        guard !horizon.isNaN else { throw QuantcalError(.notFinite, "horizon is nan; it must be a number") }
        guard !cap.isNaN else { throw QuantcalError(.notFinite, "cap is nan; cap must be at least 1") }
        guard cap >= 1 else { throw QuantcalError(.domain, "cap is \(cap); cap must be at least 1") }
        let capped = Atomic<Int>(0)
        Parallel.forEachRange(of: points.count, grain: 1 << 14) { range in
            var above = 0
            for index in range {
                let survival = survival(before: min(points[index], horizon))
                let isKnown = events.map { $0[index] == 1 } ?? true || points[index] >= horizon
                let weight = isKnown ? Self.inverse(survival) : 0
                if weight > cap { above += 1 }
                weights[index] = min(weight, cap)
                survivals?[index] = survival.value
            }
            capped.add(above, ordering: .relaxed)
        }
        return capped.load(ordering: .relaxed)
    }

    private static func inverse(_ survival: DoubleDouble) -> Double {
        let nearest = 1 / survival.high
        return nearest.isFinite ? DoubleDouble(high: 1) / survival : .infinity
    }
}

private struct Observation: RadixItem {
    let key: UInt64
    let weight: Double
    let isCensored: Bool
}

private struct Observations: RadixItems {
    let times: UnsafeBufferPointer<Double>
    let events: UnsafeBufferPointer<UInt8>
    let weights: UnsafeBufferPointer<Double>?
    let scale: Double
    let sorted: UnsafeMutableBufferPointer<Observation>

    var count: Int { times.count }
    // 0 for -0.
    func key(_ index: Int) -> UInt64 { (times[index] + 0).orderedKey }
    func item(_ index: Int) -> Observation {
        Observation(
            key: key(index), weight: weights.map { $0[index] * scale } ?? 1, isCensored: events[index] == 0)
    }
    func store(_ item: Observation, at place: Int) { sorted[place] = item }
}
