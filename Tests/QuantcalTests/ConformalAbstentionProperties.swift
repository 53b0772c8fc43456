import Quantcal
import Testing

@Suite struct ConformalAbstentionProperties {
    private func points(_ random: inout TestRandom, _ n: Int) -> (values: [Double], wrong: [Bool]) {
        let wrong = (0..<n).map { _ in random.uniform() < 0.4 }
        let noise = (0..<n).map { _ in random.integer(0...9) }
        return (zip(noise, wrong).map { Double($0) + ($1 ? 3 : 0) }, wrong)
    }

    @Test func theCurveRisesToAllPoints() throws {
        var random = TestRandom(seed: 61)
        for n in [0, 1, 2, 7, 100, 5000] {
            let (values, wrong) = points(&random, n)
            let curve = try conformalAbstentionCurve(uncertainties: values, wrong: wrong)
            #expect(curve[0].threshold == -.infinity && curve[0].answered == 0)
            #expect(curve.count == Set(values).count + 1)
            for (before, after) in zip(curve, curve.dropFirst()) {
                #expect(before.threshold < after.threshold && before.answered < after.answered)
                let more = after.answeredWrong - before.answeredWrong
                #expect(more >= 0 && more <= after.answered - before.answered)
            }
            #expect(curve.last?.answered == n && curve.last?.answeredWrong == wrong.count { $0 })
        }
    }

    /// The order of points does not matter, nor does any rising change of the uncertainties.
    @Test(arguments: [0x1p-1000, 1, 0x1p1000])
    func onlyTheOrderOfUncertaintiesMatters(unit: Double) throws {
        var random = TestRandom(seed: 62)
        for _ in 0..<200 {
            let (values, wrong) = points(&random, random.integer(2...60))
            guard wrong.contains(true), wrong.contains(false) else { continue }
            let plain = try conformalAbstentionThreshold(uncertainties: values, wrong: wrong)
            let scaled = try conformalAbstentionThreshold(
                uncertainties: values.reversed().map { $0 * unit }, wrong: wrong.reversed())
            #expect(scaled.threshold == plain.threshold * unit && scaled.answered == plain.answered)
        }
    }

    @Test func aHigherTargetAllowsMore() throws {
        var random = TestRandom(seed: 63)
        let (values, wrong) = points(&random, 400)
        var last: [AbstentionRule: Int] = [:]
        for target in [0, 0.05, 0.29, 0.3, 0.6, 0.99, 1] {
            for rule in [AbstentionRule.abstentions, .falseAlarms, .misses, .errors] {
                let answered = try conformalAbstentionThreshold(
                    uncertainties: values, wrong: wrong, rule: rule, target: target
                ).answered
                let isAboutAnswers = rule == .misses || rule == .errors
                if let before = last[rule] {
                    #expect(isAboutAnswers ? answered >= before : answered <= before)
                }
                last[rule] = answered
            }
        }
        #expect(last[.errors] == 400 && last[.misses] == 400 && last[.abstentions] == 0)
    }

    @Test func coverageIsThatOfAnswers() throws {
        let decisions = try conformalAbstentionDecisions(
            uncertainties: [0.1, 0.5, 0.6, 0.9] as [Double], sizes: [1, 2, 0, 3], singleThreshold: 0.2,
            abstentionThreshold: 0.8)
        #expect(decisions == [.single, .set, .abstain, .abstain])
        let summary = try conformalAbstentionSummary(
            decisions: decisions, singlesHold: [false, true, true, true],
            setsHold: [true, true, true, true])
        #expect(summary.coverage == 0.5 && summary.abstention == 0.5)
        #expect(try conformalAbstentionSummary(decisions: [], singlesHold: [], setsHold: []).coverage.isNaN)
    }

    @Test func noChoiceIsSaidSo() throws {
        for wrong in [[true, true], [false, false]] {
            let none = #expect(throws: QuantcalError.self) {
                try conformalAbstentionThreshold(uncertainties: [1.0, 2.0] as [Double], wrong: wrong)
            }
            #expect(none?.kind == .infeasible)
        }
    }
}
