import Quantcal
import Testing

@testable import QuantcalCore

@Suite struct ConformalRefitSelectionProperties {
    private func matrix<Element>(
        _ rows: Int, _ columns: Int, _ element: (Int, Int) throws -> Element
    ) throws -> Matrix<Element> {
        try Matrix(
            rows: rows, columns: columns,
            elements: (0..<rows * columns).map { try element($0 / columns, $0 % columns) })
    }

    /// With scores that do not depend on the point it is the selection with several scores, ties or not.
    @Test func fixedScoresNeedNoRefits() throws {
        var random = TestRandom(seed: 71)
        let levels = [0.05, 0.1, 0.3, 0.5, 1 / 3.0, 0.999]
        for round in 0..<400 {
            let (n, m, models) = (random.integer(0...40), random.integer(1...60), random.integer(1...4))
            let (q, values) = (levels[round % levels.count], round % 2 == 0 ? 6 : 1 << 30)
            let known = try matrix(n, models) { _, _ in
                random.uniform() < 0.2 ? .infinity : Double(random.integer(0...values)) - 3
            }
            let asked = try matrix(m, models) { _, _ in Double(random.integer(0...values)) - 4 }
            let ranks = try matrix(m, models) { j, model in
                try conformalRefitRank(
                    calibration: (0..<n).map { known[$0, model] },
                    test: (0..<m).map { asked[$0, model] }, j: j, q: q)
            }
            let refitted = try conformalSelectRefitted(ranks, n: n, q: q, seed: UInt64(round))
            let fixed = try conformalSelectModels(calibration: known, test: asked, q: q, seed: UInt64(round))
            #expect(refitted.selection == fixed.selection)
            #expect(refitted.chosen == fixed.chosen)
        }
    }

    /// Test point l is behind 5 l of 99 999 calibration points. p_l is 5 l / 100 000 before j and 1 / 100 000 more
    /// behind it, against q r / 10 000 for the r-th.
    @Test func manyPoints() throws {
        let n = 99_999
        let calibration = (0..<n).map { Float((7919 * $0) % n) }
        let test = (0..<10_000).map { Float(5 * $0) - 0.5 }
        for j in [0, 5000, 9999] {
            for (q, front, behind) in [(0.5, 10_000, 10_000), (0.499, 400, 1000), (0.05, 1, 2)] {
                let found = try conformalRefitRank(calibration: calibration, test: test, j: j, q: q)
                #expect(found.rank == 5 * j + 1)
                #expect(found.rejections == (j == 0 ? front : behind))
            }
        }
    }

    @Test func whatCannotBeIsRefused() throws {
        #expect(throws: QuantcalError.self) {
            try conformalRefitRank(calibration: [1.0], test: [1.0], j: -1, q: 0.5)
        }
        let none: [Double] = []
        #expect(throws: QuantcalError.self) {
            try conformalRefitRank(calibration: [1.0], test: none, j: 0, q: 0.5)
        }
        let rank = ConformalRefitRank(rank: 1, rejections: 1)
        #expect(throws: QuantcalError.self) {
            try conformalSelectRefitted(Matrix([[rank]]), n: -1, q: 0.5)
        }
        #expect(throws: QuantcalError.self) { try conformalSelectRefitted(Matrix([]), n: 1, q: 0.5) }
    }

    /// The largest numbers that there are room for in the products that are compared.
    @Test func levelsAdmitExactly() throws {
        var random = TestRandom(seed: 72)
        for q in [0.1, 0.05, 0.333, 0.999999999999, 1e-9, 0.1234567890123456] {
            for m in [1, 7, 1 << 20, StepUp.maximumCount] {
                let level = try SelectionLevel(q: q, m: m)
                for _ in 0..<200 {
                    let (whole, k) = (random.integer(1...(1 << 31 - 1)), random.integer(1...m))
                    let share = UInt128(level.numerator) * UInt128(k) * UInt128(whole)
                    let last = Int(share / UInt128(level.denominator))
                    #expect(last == 0 || level.admits(last, of: whole, k))
                    #expect(!level.admits(last + 1, of: whole, k))
                }
            }
        }
    }
}
