import Quantcal
import Testing

@Suite struct ConformalCensoringProperties {
    /// What was censored is spread over the points after it, so that nothing is lost.
    @Test func weightsSumToThatOfAllObservations() throws {
        var random = TestRandom(seed: 71)
        for _ in 0..<500 {
            let n = random.integer(1...60)
            let times = random.array(n) { Double($0.integer(0...20)) }
            let masses = random.array(n) { Double($0.integer(1...9)) }
            let last = times.max() ?? 0
            let events = times.map { $0 == last || random.integer(0...2) > 0 }
            let found = try conformalCensoringWeights(times: times, events: events, weights: masses)
            let sum = zip(found.weights, masses).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(sum / masses.reduce(0, +) - 1) < 1e-12)
        }
    }

    @Test func noOrderOfObservationsAndNoUnitOfWeightsMatters() throws {
        var random = TestRandom(seed: 72)
        let n = 5000
        let times = random.array(n) { Double($0.integer(0...300)) }
        let events = (0..<n).map { _ in random.integer(0...1) == 1 }
        let masses = random.array(n) { Double($0.integer(0...1023)) }
        let points = (0...301).map { Double($0) }
        let plain = try conformalCensoringWeights(
            times: times, events: events, weights: masses, points: points)
        let order = (0..<n).shuffled(using: &random)
        for unit in [1, 0x1p-1000, 0x1p990] {
            let other = try conformalCensoringWeights(
                times: order.map { times[$0] }, events: order.map { events[$0] },
                weights: order.map { masses[$0] * unit }, points: points)
            #expect(other.survival == plain.survival && other.weights == plain.weights)
        }
    }

    /// Whole weights are observations again and again.
    @Test func aWeightOfThreeIsThreeObservations() throws {
        var random = TestRandom(seed: 73)
        for _ in 0..<200 {
            let times = random.array(15) { Double($0.integer(0...8)) }
            let events = times.map { _ in random.integer(0...1) == 1 }
            let counts = times.map { _ in random.integer(0...3) }
            guard counts.contains(where: { $0 > 0 }) else { continue }
            let again = counts.indices.flatMap { index in Array(repeating: index, count: counts[index]) }
            let points = (0...9).map { Double($0) }
            let weighted = try conformalCensoringWeights(
                times: times, events: events, weights: counts.map { Double($0) }, points: points)
            let repeated = try conformalCensoringWeights(
                times: again.map { times[$0] }, events: again.map { events[$0] }, points: points)
            #expect(weighted.survival == repeated.survival && weighted.weights == repeated.weights)
        }
    }

    @Test func survivalFallsAndWeightsRise() throws {
        var random = TestRandom(seed: 74)
        let times = random.array(100_000) { $0.uniform() }
        let events = times.map { _ in random.integer(0...9) > 0 }
        let points = (0...1000).map { Double($0) / 1000 }
        let found = try conformalCensoringWeights(times: times, events: events, points: points)
        #expect(zip(found.survival, found.survival.dropFirst()).allSatisfy { $0 >= $1 && $1 >= 0 })
        #expect(zip(found.weights, found.weights.dropFirst()).allSatisfy { $0 <= $1 })
        let capped = try conformalCensoringWeights(times: times, events: events, points: points, cap: 1.2)
        #expect(capped.capped == found.weights.count { $0 > 1.2 })
        #expect(capped.weights == found.weights.map { min($0, 1.2) })
    }
}
