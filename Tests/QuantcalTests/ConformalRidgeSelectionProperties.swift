import Quantcal
import Testing

@testable import QuantcalCore

@Suite struct ConformalRidgeSelectionProperties {
    private func matrix(_ rows: Int, _ columns: Int, _ element: (Int) -> Double) throws -> Matrix<Double> {
        try Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map(element))
    }

    /// Test points that equal a calibration point that is not promising are tied with it, whatever the numbers.
    @Test func equalPointsAreTied() throws {
        var random = TestRandom(seed: 61)
        for _ in 0..<200 {
            let (n, columns) = (random.integer(1...40), random.integer(1...6))
            let x = try matrix(n, columns) { _ in random.uniform() - 0.5 }
            let found = try conformalSelectRidge(
                x: x, outcomes: (0..<n).map { _ in 0 }, test: x, penalties: [0.3], q: 0.5,
                pruning: .deterministic)
            // All scores are 0.
            #expect(found.selection.pValues == [Double](repeating: 1, count: n))
            var outcomes = (0..<n).map { _ in random.uniform() < 0.4 ? random.uniform() : 0 }
            outcomes[0] = 0
            let one = try conformalSelectRidge(
                x: x, outcomes: outcomes,
                test: Matrix(rows: 1, columns: columns, elements: Array(x.elements[..<columns])),
                penalties: [0.3], q: 0.5)
            // Its equal and itself.
            #expect(one.selection.pValues[0] >= 2 / Double(n + 1))
        }
    }

    @Test func numbersOfAnySizeAreFine() throws {
        var random = TestRandom(seed: 62)
        for unit: Double in [.leastNonzeroMagnitude, 1e-308, 1e-160, 1, 1e160, 1.7e308] {
            for penalty: Double in [.leastNonzeroMagnitude, 1e-300, 1, 1e300, 1.7e308] {
                let x = try matrix(12, 3) { _ in unit * (random.uniform() - 0.5) }
                let test = try matrix(5, 3) { _ in unit * (random.uniform() - 0.5) }
                let found = try conformalSelectRidge(
                    x: x, outcomes: (0..<12).map { $0 % 3 == 0 ? unit : 0 }, test: test, penalties: [penalty],
                    q: 0.4)
                #expect(found.selection.pValues.allSatisfy { $0 > 0 && $0 <= 1 })
            }
        }
    }
}
