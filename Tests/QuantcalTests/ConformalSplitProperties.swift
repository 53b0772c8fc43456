import Quantcal
import Testing

@Suite struct ConformalSplitProperties {
    /// alpha = p / 100: the rank is the least integer k with 100 k >= (n + 1)(100 - p).
    @Test func ranksAreExact() throws {
        var wrongInDoubles = 0
        for n in 1...1000 {
            for percent in 1...50 {
                let alpha = Double(percent) / 100
                let exact = ((n + 1) * (100 - percent) + 99) / 100
                #expect(try conformalRank(n: n, alpha: alpha) == exact, "n \(n), alpha \(alpha)")
                let inDoubles = (Double(n + 1) * (1 - alpha)).rounded(.up)
                if inDoubles != Double(exact) { wrongInDoubles += 1 }
            }
        }
        // So the test has something to find.
        #expect(wrongInDoubles == 108)
    }

    @Test func ranksFallWithTheLevelAndRiseWithTheNumber() throws {
        var random = TestRandom(seed: 1)
        for _ in 0..<5000 {
            let n = random.integer(0...100_000)
            let levels = [random.uniform(), random.uniform()].map { max($0, 1e-300) }.sorted()
            let ranks = try levels.map { try conformalRank(n: n, alpha: $0) }
            #expect(ranks[0] >= ranks[1] && ranks[0] <= n + 1 && ranks[1] >= 1)
            #expect(try conformalRank(n: n + 1, alpha: levels[0]) >= ranks[0])
        }
    }

    // MARK: Threshold

    private static let shapes: [String: @Sendable (Int, inout TestRandom) -> [Double]] = [
        "random": { n, random in random.array(n) { $0.normal() } },
        "sorted": { n, _ in (0..<n).map { Double($0) } },
        "reversed": { n, _ in (0..<n).map { -Double($0) } },
        "organ pipe": { n, _ in (0..<n).map { Double(min($0, n - $0)) } },
        "all equal": { n, _ in Array(repeating: -2.5, count: n) },
        "two values": { n, random in random.array(n) { Double($0.integer(0...1)) } },
        "one apart": { n, _ in (0..<n).map { $0 == n / 3 ? 7 : 1 } },
        "heavy ties": { n, random in random.array(n) { Double($0.integer(0...9) * $0.integer(0...1)) } },
        "both zeros": { n, random in random.array(n) { $0.integer(0...1) == 0 ? 0 : -0.0 } },
        "infinities": { n, random in
            random.array(n) { [-Double.infinity, -1, 0, 1, .infinity][$0.integer(0...4)] }
        },
        "all infinite": { n, _ in Array(repeating: .infinity, count: n) },
        "every magnitude": { n, random in
            random.array(n) {
                Double(sign: .plus, exponent: $0.integer(-1070...1020), significand: $0.uniform() + 1)
            }
        },
        "subnormal": { n, random in random.array(n) { Double(bitPattern: $0.next() >> 24) } },
        "neighbours": { n, random in random.array(n) { Double(bitPattern: (1.0).bitPattern + $0.next() % 64) }
        },
        "a common offset": { n, random in random.array(n) { 1e9 + $0.uniform() } },
        "sorted blocks": { n, _ in (0..<n).map { Double(($0 % 64) * n + $0 / 64) } },
    ]

    @Test(arguments: shapes.keys.sorted())
    func theThresholdIsTheOrderStatistic(shape: String) throws {
        var random = TestRandom(seed: 2)
        let make = try #require(ConformalSplitProperties.shapes[shape])
        for n in [1, 2, 3, 10, 255, 256, 257, 1000, 4095, 4096, 4097, 10_000, 70_000] {
            let scores = make(n, &random)
            let singles = scores.map { Float($0) }
            let sorted = scores.sorted()
            let sortedSingles = singles.sorted()
            for alpha in [1 / Double(n + 1), 0.001, 0.1, 0.37, 0.5, 0.9, 0.999, 0.9999999] {
                let rank = try conformalRank(n: n, alpha: alpha)
                let wanted = rank <= n ? sorted[rank - 1] : .infinity
                let wantedSingle = rank <= n ? sortedSingles[rank - 1] : .infinity
                #expect(try conformalThreshold(scores, alpha: alpha) == wanted, "n \(n), alpha \(alpha)")
                #expect(
                    try conformalThreshold(singles, alpha: alpha) == wantedSingle, "n \(n), alpha \(alpha)")
            }
        }
    }

    @Test func theThresholdOfMillions() throws {
        var random = TestRandom(seed: 3)
        let n = 2_000_000
        // A permutation of 0 ..< n: the order statistic is the rank.
        var scores = (0..<n).map { Double($0) }
        for alpha in [0.1, 0.5] {
            #expect(
                try conformalThreshold(scores, alpha: alpha) == Double(conformalRank(n: n, alpha: alpha) - 1))
            scores.shuffle(using: &random)
            #expect(
                try conformalThreshold(scores, alpha: alpha) == Double(conformalRank(n: n, alpha: alpha) - 1))
        }
        scores[n - 1] = .nan
        #expect(throws: QuantcalError.self) { try conformalThreshold(scores, alpha: 0.1) }
    }

    @Test func aNaNAnywhereIsRefusedByItsIndex() throws {
        var random = TestRandom(seed: 4)
        for n in [1, 2, 15, 16, 17, 100, 4096, 5003] {
            for fill in [0.0, 1, -.infinity, .infinity] {
                for place in Set([0, n / 2, n - 1, random.integer(0...(n - 1))]) {
                    var scores = random.array(n) { fill == 1 ? $0.normal() : fill }
                    scores[place] = place % 2 == 0 ? .nan : -.nan
                    for alpha in [0.0001, 0.1, 0.9] {
                        expectRefusal("scores[\(place)]") { _ = try conformalThreshold(scores, alpha: alpha) }
                        let singles = scores.map { Float($0) }
                        expectRefusal("scores[\(place)]") {
                            _ = try conformalThreshold(singles, alpha: alpha)
                        }
                    }
                }
            }
        }
    }

    private func expectRefusal(_ part: String, _ call: () throws -> Void) {
        let error = #expect(throws: QuantcalError.self) { try call() }
        #expect(error?.kind == .notFinite && error?.message.contains(part + " ") == true)
    }

    // MARK: Coverage

    /// A new calibration set for each test point makes the coverage exactly rank / (n + 1).
    @Test(arguments: [(19, 0.1), (24, 0.44), (99, 0.05)])
    func coverageIsExact(n: Int, alpha: Double) throws {
        let draws = 20_000
        var random = TestRandom(seed: UInt64(n))
        var covered = 0
        for _ in 0..<draws {
            let threshold = try conformalThreshold(random.array(n) { $0.uniform() }, alpha: alpha)
            if random.uniform() <= threshold { covered += 1 }
        }
        let rank = try conformalRank(n: n, alpha: alpha)
        let range = binomialRange(draws, Double(rank) / Double(n + 1), outside: 1e-7)
        #expect(range.contains(covered), "\(covered) of \(draws), expected \(range)")
    }

    /// With one calibration set for m test points the count is beta-binomial.
    @Test func coverageGivenTheCalibrationIsBetaBinomial() throws {
        let (n, m, alpha, sets) = (99, 1000, 0.1, 300)
        var random = TestRandom(seed: 5)
        let rank = try conformalRank(n: n, alpha: alpha)
        let range = betaBinomialRange(m, Double(rank), Double(n + 1 - rank), outside: 1e-6 / Double(sets))
        // The central 99% is 805 to 964 by published tables of this law.
        #expect(betaBinomialRange(m, Double(rank), Double(n + 1 - rank), outside: 0.01) == 805...964)
        for _ in 0..<sets {
            let threshold = try conformalThreshold(random.array(n) { $0.uniform() }, alpha: alpha)
            let covered = (0..<m).count { _ in random.uniform() <= threshold }
            #expect(range.contains(covered))
        }
    }

    /// Ties can only cover more.
    @Test func coverageWithTiesIsAtLeastThat() throws {
        let (n, draws, alpha) = (39, 20_000, 0.2)
        var random = TestRandom(seed: 6)
        var covered = 0
        for _ in 0..<draws {
            let threshold = try conformalThreshold(
                random.array(n) { Double($0.integer(0...4)) }, alpha: alpha)
            if Double(random.integer(0...4)) <= threshold { covered += 1 }
        }
        #expect(covered >= binomialRange(draws, 1 - alpha, outside: 1e-7).lowerBound)
    }

    // MARK: Sets and intervals

    @Test func setsHoldWhatIsAtMostTheThreshold() throws {
        var random = TestRandom(seed: 7)
        for classes in 1...70 {
            let scores = try Matrix(
                rows: 5, columns: classes, elements: random.array(5 * classes) { Double($0.integer(0...9)) })
            let sets = try conformalSets(scores, threshold: 4)
            let singles = try conformalSets(
                Matrix(rows: 5, columns: classes, elements: scores.elements.map { Float($0) }), threshold: 4)
            #expect(sets == singles)
            for row in 0..<5 {
                let inside = (0..<classes).map { scores[row, $0] <= 4 }
                #expect((0..<classes).map { sets.contains(row: row, class: $0) } == inside)
                #expect(Int(sets.sizes[row]) == inside.count { $0 })
                #expect(sets.mask[row: row].reduce(0) { $0 + $1.nonzeroBitCount } == inside.count { $0 })
            }
        }
    }

    @Test func setsDoNotDependOnThreads() throws {
        var random = TestRandom(seed: 8)
        let scores = try Matrix(rows: 60_000, columns: 13, elements: random.array(780_000) { $0.uniform() })
        try ThreadCount.expectNoInfluence { try conformalSets(scores, threshold: 0.8) }
    }
}
