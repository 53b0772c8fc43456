import Quantcal
import Testing

@Suite struct ConformalRiskProperties {
    /// Losses of 0 and 1 in whole numbers: a rank is a risk.
    @Test func stepsOfOneAreSplitConformal() throws {
        var random = TestRandom(seed: 51)
        for _ in 0..<2000 {
            let n = random.integer(1...200)
            let scores = random.array(n) { Double($0.integer(0...30)) }
            let alpha = Double(random.integer(1...999)) / 1000
            let threshold = try conformalThreshold(scores, alpha: alpha)
            let found = try? conformalRiskSteps(positions: scores, n: n, alpha: alpha)
            #expect(found ?? .infinity == threshold)
        }
    }

    @Test func theRiskFallsAsTheLevelDoes() throws {
        var random = TestRandom(seed: 52)
        let positions = random.array(500) { $0.normal() }
        let drops = random.array(500) { $0.uniform() / 5 }
        var before = -Double.infinity
        for alpha in [5.0, 1, 0.5, 0.3, 0.1, 0.05, 0.02] {
            let threshold = try conformalRiskSteps(
                positions: positions, drops: drops, n: 100, bound: 1, alpha: alpha)
            #expect(threshold >= before)
            let above = zip(positions, drops).reduce(0) { $0 + ($1.0 > threshold ? $1.1 : 0) }
            #expect(above + 1 <= alpha * 101 * (1 + 1e-12))
            before = threshold
        }
    }

    /// A fault of the scale shows where numbers are at the ends of their range.
    @Test(arguments: [1, 0x1p-900, 0x1p-1000, 0x1p300, 0x1p900])
    func theUnitOfLossesDoesNotMatter(unit: Double) throws {
        var random = TestRandom(seed: 53)
        let rows = (0..<40).map { _ in
            random.array(12) { $0.uniform() }.sorted(by: >).map { ($0 * 1024).rounded() / 1024 }
        }
        let plain = try conformalRiskControl(Matrix(rows), alpha: 0.5)
        let scaled = try conformalRiskControl(
            Matrix(rows.map { $0.map { $0 * unit } }), bound: unit, alpha: 0.5 * unit)
        #expect(scaled.index == plain.index && scaled.bounds == plain.bounds.map { $0 * unit })
    }

    @Test func whatIsInfeasibleIsSaidSo() throws {
        let none = #expect(throws: QuantcalError.self) {
            try conformalRiskSteps(positions: [1], n: 1, alpha: 0.4)
        }
        #expect(none?.kind == .infeasible)
        #expect(try conformalRiskSteps(positions: [1], n: 1, alpha: 1) == -.infinity)
        #expect(try conformalRiskSelect(pValues: [0.5, 0.6], delta: 0.1) == [false, false])
        let best = #expect(throws: QuantcalError.self) { try conformalRiskBest(selected: [false]) }
        #expect(best?.kind == .infeasible)
    }

    @Test func pValuesRiseWithTheRiskAndHoeffdingIsNeverBelowTheTail() throws {
        for n in [1, 10, 333, 5000] {
            let risks = (0...n).map { Double($0) / Double(n) }
            for alpha in [1e-9, 0.1, 0.5, 0.99] {
                let exact = try conformalRiskPValues(risks, n: n, alpha: alpha, bound: .binomial)
                let hoeffding = try conformalRiskPValues(risks, n: n, alpha: alpha, bound: .hoeffding)
                let both = try conformalRiskPValues(risks, n: n, alpha: alpha)
                for index in risks.indices {
                    #expect(hoeffding[index] >= exact[index] * (1 - 1e-9))
                    #expect(both[index] <= hoeffding[index] && both[index] <= 1)
                    if index > 0 { #expect(both[index] >= both[index - 1] * (1 - 1e-9)) }
                }
            }
        }
    }

    /// Each procedure selects what the one of more demands selects.
    @Test func holmSelectsAllThatBonferroniDoes() throws {
        var random = TestRandom(seed: 54)
        for _ in 0..<500 {
            let values = random.array(random.integer(0...30)) { $0.uniform() * $0.uniform() * $0.uniform() }
            let holm = try conformalRiskSelect(pValues: values, delta: 0.2)
            let bonferroni = try conformalRiskSelect(pValues: values, delta: 0.2, procedure: .bonferroni)
            #expect(zip(holm, bonferroni).allSatisfy { $0 || !$1 })
        }
    }
}
