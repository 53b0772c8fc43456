import Quantcal
import Testing

@Suite struct ConformalClassScoresProperties {
    /// Rows of many shapes: flat, peaked, tied.
    private static func rows(_ count: Int, _ classes: Int, _ random: inout TestRandom) throws -> Matrix<
        Double
    > {
        var elements: [Double] = []
        for row in 0..<count {
            let power = [1, 3, 30][row % 3]
            var values = (0..<classes).map { _ in
                let value = row % 5 == 0 ? Double(random.integer(0...3)) : random.uniform()
                return (0..<power).reduce(1.0) { product, _ in product * value }
            }
            let sum = max(values.reduce(0, +), 1e-300)
            values = values.map { min($0 / sum, 1) }
            elements += values
        }
        return try Matrix(rows: count, columns: classes, elements: elements)
    }

    @Test(arguments: ClassScore.allCases, ScoreRandomisation.allCases)
    func setsAreTheScoresBelowTheThreshold(kind: ClassScore, randomisation: ScoreRandomisation) throws {
        var random = TestRandom(seed: 6)
        for classes in [1, 7, 64, 100, 300] {
            let rows = try Self.rows(30, classes, &random)
            let scoring = ClassScoring(kind, randomisation: randomisation, lambda: 0.05, kReg: 2, seed: 9)
            let scores = try conformalClassScores(rows, scoring)
            let labels = (0..<30).map { _ in Int64(random.integer(0...classes - 1)) }
            var asTest = scoring
            asTest.points = .test
            let own = try conformalLabelScores(probabilities: rows, labels: labels, asTest)
            for row in 0..<30 { #expect(own[row] == scores[row, Int(labels[row])]) }
            for limit in [own[0], own[1].nextDown, own[2], own[3]] {
                let sets = try conformalClassSets(rows, thresholds: [limit], scoring)
                for row in 0..<30 {
                    let members = (0..<classes).filter { sets.contains(row: row, class: $0) }
                    #expect(members == (0..<classes).filter { scores[row, $0] <= limit })
                    #expect(members.count == Int(sets.sizes[row]))
                }
            }
        }
    }

    @Test func threadsDoNotMatter() throws {
        var random = TestRandom(seed: 7)
        let rows = try Self.rows(4000, 120, &random)
        let scoring = ClassScoring(.raps, randomisation: .randomised)
        let sets = try conformalClassSets(rows, thresholds: [0.8], scoring)
        try setThreadCount(3)
        defer { try? setThreadCount(0) }
        #expect(try conformalClassSets(rows, thresholds: [0.8], scoring) == sets)
    }
}
