/// Properties of ranges by predictions.

import Testing

@testable import Quantcal

@Suite struct QuantizePredictionRangeProperties {
    private func values(_ random: inout TestRandom, _ rows: Int, _ columns: Int) throws -> Matrix<Float> {
        try Matrix(
            rows: rows, columns: columns,
            elements: random.array(rows * columns) { $0.normal() }.map { Float($0) })
    }

    @Test func errorsAloneGiveTheSearchOfTheRule() throws {
        var random = TestRandom(seed: 1)
        for wantsZeros in [false, true] {
            let matrix = try values(&random, 7, 33)
            var groups = QuantizationGroups()
            groups.granularity = .tensor
            let grid = try quantizationGrid("int4")
            let rule = try quantizationRangeRule("mse")
            let found = try quantizePredictionRange(
                matrix, grid: grid, wantsZeros: wantsZeros, errorWeight: 1, groups: groups
            ) { _ in 0 }
            let expected = try quantizeRange(
                matrix, grid: grid, rule: rule, wantsZeros: wantsZeros, groups: groups)
            #expect(found.parameters == expected)
            #expect(found.outcome.loss == found.outcome.error)
        }
    }

    @Test func candidatesComeInOrderAndTheFirstOfTheBestIsTaken() throws {
        var random = TestRandom(seed: 2)
        let matrix = try values(&random, 3, 20)
        var rule = try quantizationRangeRule("mse")
        rule.steps = 12
        var seen: [QuantizeRangeCandidate] = []
        let found = try quantizePredictionRange(matrix, grid: quantizationGrid("uint3"), rule: rule) {
            seen.append($0)
            return [5, 3, 4, 1, 2, 1, 9, 1, 7, 7, 7, 7][$0.index]
        }
        #expect(seen.map(\.index) == Array(0..<12))
        #expect(seen.allSatisfy { $0.candidates == 12 })
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.factor > $1.factor })
        #expect(found.outcome.index == 3 && found.outcome.difference == 1)
        #expect(found.parameters == seen[3].parameters)
    }

    @Test func callbacksStop() throws {
        var random = TestRandom(seed: 3)
        let matrix = try values(&random, 2, 9)
        let grid = try quantizationGrid("int4")
        var calls = 0
        #expect(throws: QuantcalError(.cancelled, "cancelled by the callback at candidate 2")) {
            try quantizePredictionRange(matrix, grid: grid) {
                calls += 1
                return $0.index == 2 ? nil : 1
            }
        }
        #expect(calls == 3)
        #expect(throws: QuantcalError.self) {
            try quantizePredictionRange(matrix, grid: grid, progress: { $0 > 0.5 }) { _ in 1 }
        }
        #expect(throws: QuantcalError.self) { try quantizePredictionRange(matrix, grid: grid) { _ in .nan } }
    }
}
