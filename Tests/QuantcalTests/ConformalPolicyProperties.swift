import Quantcal
import Testing

@Suite struct ConformalPolicyProperties {
    private func points(_ random: inout TestRandom, _ n: Int, _ classes: Int) throws -> (
        scores: Matrix<Double>, labels: [Int64]
    ) {
        let labels = (0..<n).map { _ in Int64(random.integer(0...classes - 1)) }
        let scores = (0..<n * classes).map { place in
            Double(random.integer(0...40)) / (Int(labels[place / classes]) == place % classes ? 4 : 1)
        }
        return (try Matrix(rows: n, columns: classes, elements: scores), labels)
    }

    @Test func countsAddUp() throws {
        var random = TestRandom(seed: 71)
        for n in [1, 2, 3, 9, 50] {
            let (scores, labels) = try points(&random, n, 5)
            for (single, abstention) in [(0.5, 0.1), (0.1, 0.5), (0.9, 0.9)] {
                let tried = try conformalPolicyValue(
                    scores: scores, labels: labels, singleAlpha: single, abstentionAlpha: abstention)
                #expect(tried.abstained + tried.singles + tried.sets == n)
                #expect(tried.singlesRight <= tried.singles && tried.setsRight <= tried.sets)
                #expect(tried.setSizes >= tried.sets && tried.setSizes <= 5 * tried.sets)
                #expect(single > abstention || tried.sets == 0)
            }
        }
    }

    /// Of the others' thresholds an exact number of points is beyond: those whose sets would miss.
    @Test func whatIsMissedIsTheShareOfTheLevel() throws {
        var random = TestRandom(seed: 72)
        for n in [5, 20, 41] {
            let labels = (0..<n).map { _ in Int64(random.integer(0...1)) }
            let scores = try Matrix(rows: n, columns: 2, elements: (0..<2 * n).map { _ in random.uniform() })
            for alpha in [0.05, 0.2, 0.37] {
                let tried = try conformalPolicyValue(
                    scores: scores, labels: labels, singleAlpha: 0.999, abstentionAlpha: alpha)
                let rank = try conformalRank(n: n - 1, alpha: alpha)
                // A single label is given only where a least score is at most all of the others'.
                let missed = tried.abstained + tried.sets - tried.setsRight
                #expect(missed <= n - rank && missed + tried.singles >= n - rank)
            }
        }
    }

    @Test(arguments: [0x1p-1000, 0x1p1000])
    func onlyTheOrderOfScoresMatters(unit: Double) throws {
        var random = TestRandom(seed: 73)
        let (scores, labels) = try points(&random, 60, 4)
        var options = PolicyOptions()
        (options.candidates, options.rounds, options.abstentionRange) = (20, 5, 0.02...0.5)
        let plain = try conformalPolicyLearn(scores: scores, labels: labels, options: options)
        let scaled = try Matrix(rows: 60, columns: 4, elements: scores.elements.map { $0 * unit })
        #expect(try conformalPolicyLearn(scores: scaled, labels: labels, options: options) == plain)
        options.seed += 1
        #expect(try conformalPolicyLearn(scores: scores, labels: labels, options: options) != plain)
    }

    @Test func costsMovePolicies() throws {
        var random = TestRandom(seed: 74)
        let (scores, labels) = try points(&random, 300, 4)
        var options = PolicyOptions()
        (options.singleRange, options.abstentionRange) = (0.01...0.99, 0.01...0.5)
        (options.wrongCost, options.sizeCost) = (0, 4)
        let short = try conformalPolicyLearn(scores: scores, labels: labels, options: options)
        (options.wrongCost, options.sizeCost) = (10, 0.1)
        let careful = try conformalPolicyLearn(scores: scores, labels: labels, options: options)
        #expect(careful.coverage > short.coverage && careful.singles < short.singles)
        options.sizeCost = 10
        let silent = try conformalPolicyLearn(scores: scores, labels: labels, options: options)
        options.abstentionCost = 20
        let bound = try conformalPolicyLearn(scores: scores, labels: labels, options: options)
        #expect(bound.abstained < silent.abstained)
    }

    @Test func itCanBeStopped() throws {
        var random = TestRandom(seed: 75)
        let (scores, labels) = try points(&random, 10, 3)
        let cancelled = #expect(throws: QuantcalError.self) {
            try conformalPolicyLearn(scores: scores, labels: labels) { $0 > 0.5 }
        }
        #expect(cancelled?.kind == .cancelled)
        let range = #expect(throws: QuantcalError.self) {
            var options = PolicyOptions()
            options.singleRange = 0...1
            _ = try conformalPolicyLearn(scores: scores, labels: labels, options: options)
        }
        #expect(range?.kind == .options)
    }
}
