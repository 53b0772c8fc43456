import Quantcal
import Testing

/// Intervals and sets around models, against the functions they stand on.
struct ConformalModelsTests {
    private struct House {
        let size: Double
        let town: String
    }

    private static let towns = ["Aa", "Bergen", "Carona"]

    private static func houses(_ count: Int, _ random: inout TestRandom) -> (
        houses: [House], prices: [Double]
    ) {
        let houses = (0..<count).map { _ in
            House(size: random.uniform(), town: towns[random.integer(0...2)])
        }
        return (houses, houses.map { $0.size + 0.1 * random.normal() })
    }

    private static func size(_ houses: [House]) -> [Double] { houses.map(\.size) }

    @Test func intervalsHaveTheThresholdOfAllResiduals() throws {
        var random = TestRandom(seed: 1)
        let (houses, prices) = Self.houses(99, &random)
        let interval = try ConformalRegressor(Self.size, inputs: houses, outcomes: prices)
        let residuals = zip(houses, prices).map { abs($1 - $0.size) }.sorted()
        // Of 99 the conformal rank of 0.1 is 90.
        let (lower, upper) = try interval([House(size: 2, town: "Oslo")], alpha: 0.1)
        #expect(abs(upper[0] - (2 + residuals[89])) < 1e-12 && abs(lower[0] - (2 - residuals[89])) < 1e-12)
        #expect(try interval([House(size: 2, town: "Oslo")], alpha: 0.001).upper == [.infinity])
        #expect(try interval([], alpha: 0.1).upper.isEmpty)
    }

    @Test func eachTownHasItsOwnThresholdAndAStrangeOneNone() throws {
        var random = TestRandom(seed: 2)
        let (houses, prices) = Self.houses(300, &random)
        let interval = try ConformalRegressor(
            Self.size, inputs: houses, outcomes: prices, groupBy: { $0.town })
        let asked = (Self.towns + ["Oslo"]).map { House(size: 0, town: $0) }
        let (_, upper) = try interval(asked, alpha: 0.2)
        for (town, end) in zip(Self.towns, upper) {
            let own = zip(houses, prices).filter { $0.0.town == town }.map { abs($1 - $0.size) }
            #expect(abs(end - (try conformalThreshold(own, alpha: 0.2))) < 1e-12)
        }
        #expect(upper[3] == .infinity)
    }

    @Test func twoSidesMissHalfEach() throws {
        var random = TestRandom(seed: 3)
        let (houses, prices) = Self.houses(199, &random)
        let interval = try ConformalRegressor(
            Self.size, inputs: houses, outcomes: prices,
            scoring: RegressionScoring(.absolute, sides: .asymmetric))
        let (lower, upper) = try interval([House(size: 0, town: "Aa")], alpha: 0.2)
        let errors = zip(houses, prices).map { $1 - $0.size }.sorted()
        // Rank 180 of 199 from either end.
        #expect(abs(upper[0] - errors[179]) < 1e-12 && abs(lower[0] - errors[19]) < 1e-12)
    }

    /// Three classes on a line, and what a model makes of a place.
    private static func probabilities(_ places: [Double]) throws -> Matrix<Double> {
        let rows = places.flatMap { place in
            let near = (0..<3).map { 1 / (0.1 + abs(place - Double($0))) }
            return near.map { $0 / near.reduce(0, +) }
        }
        return try Matrix(rows: places.count, columns: 3, elements: rows)
    }

    private static func places(_ count: Int, _ random: inout TestRandom) -> (places: [Double], labels: [Int])
    {
        let labels = (0..<count).map { _ in random.integer(0...2) }
        return (labels.map { Double($0) + 0.5 * random.normal() }, labels)
    }

    @Test(arguments: [ClassScoring(.lac), ClassScoring(.aps), ClassScoring(.raps)], [false, true])
    func aClassIsInTheSetIfItsPValueIsAboveTheLevel(_ scoring: ClassScoring, isConditional: Bool) throws {
        var random = TestRandom(seed: 4)
        let (places, labels) = Self.places(150, &random)
        let set = try ConformalClassifier(
            Self.probabilities, inputs: places, labels: labels, scoring: scoring,
            isClassConditional: isConditional)
        let new = Self.places(60, &random).places
        let values = try set.pValues(new)
        for alpha in [0.05, 0.1, 0.37] {
            let sets = try set(new, alpha: alpha)
            for row in new.indices {
                for index in 0..<3 {
                    #expect(sets.contains(row: row, class: index) == (values[row, index] > alpha))
                }
            }
        }
    }

    @Test func classesHaveTheirOwnCoverage() throws {
        var random = TestRandom(seed: 5)
        let (places, labels) = Self.places(600, &random)
        let set = try ConformalClassifier(
            Self.probabilities, inputs: places, labels: labels, isClassConditional: true)
        let scores = try conformalLabelScores(
            probabilities: Self.probabilities(places), labels: labels.map { Int64($0) })
        let new = Self.places(50, &random).places
        let all = try conformalClassScores(Self.probabilities(new))
        let sets = try set(new, alpha: 0.1)
        for index in 0..<3 {
            let own = try conformalThreshold(
                zip(scores, labels).filter { $1 == index }.map(\.0), alpha: 0.1)
            for row in new.indices {
                #expect(sets.contains(row: row, class: index) == (all[row, index] <= own))
            }
        }
    }

    @Test func groupsOfTwoKindsAreRefused() throws {
        #expect(throws: QuantcalError.self) {
            _ = try ConformalClassifier(
                Self.probabilities, inputs: [0.0, 1], labels: [0, 1], groupBy: { $0 > 0 },
                isClassConditional: true)
        }
        var random = TestRandom(seed: 6)
        let (places, labels) = Self.places(200, &random)
        let set = try ConformalClassifier(
            Self.probabilities, inputs: places, labels: labels, groupBy: { $0 > 1 })
        let scores = try conformalLabelScores(
            probabilities: Self.probabilities(places), labels: labels.map { Int64($0) })
        let right = try conformalThreshold(zip(scores, places).filter { $1 > 1 }.map(\.0), alpha: 0.1)
        let all = try conformalClassScores(Self.probabilities([1.7]))
        let sets = try set([1.7], alpha: 0.1)
        for index in 0..<3 { #expect(sets.contains(row: 0, class: index) == (all[0, index] <= right)) }
    }

    private struct OutOfOrder: Error {}

    @Test func whatTheModelThrowsComesThrough() {
        let broken: ([Double]) throws -> [Double] = { _ in throw OutOfOrder() }
        #expect(throws: OutOfOrder.self) {
            _ = try ConformalRegressor(broken, inputs: [1], outcomes: [1])
        }
    }
}
