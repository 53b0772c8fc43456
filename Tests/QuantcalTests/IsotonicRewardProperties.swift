import Testing

@testable import Quantcal
@testable import QuantcalCore

@Suite struct Blake2bTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func digest(_ text: some Sequence<UInt8>, _ bytes: Int) -> String {
        var hash = Blake2b(digestBytes: bytes)
        hash.update(text)
        return hex(hash.digest())
    }

    /// RFC 7693, appendix A.
    @Test func exampleOfTheRFC() {
        #expect(
            digest("abc".utf8, 64)
                == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
    }

    /// The sequences of the self-test in RFC 7693, appendix E: a hash of their digests, of four sizes each.
    @Test func sequencesOfTheRFC() {
        func sequence(_ length: Int, seed: UInt32) -> [UInt8] {
            var (a, b): (UInt32, UInt32) = (0xDEAD_4BAD &* seed, 1)
            return (0..<length).map { _ in
                let t = a &+ b
                (a, b) = (b, t)
                return UInt8(truncatingIfNeeded: t >> 24)
            }
        }
        // Without the RFC's keyed half, so that the sum is another; it is that of Python's hashlib.blake2b.
        var whole = Blake2b(digestBytes: 32)
        for size in [20, 32, 48, 64] {
            for length in [0, 3, 128, 129, 255, 1024] {
                var hash = Blake2b(digestBytes: size)
                hash.update(sequence(length, seed: UInt32(length)))
                whole.update(hash.digest())
            }
        }
        #expect(hex(whole.digest()) == "681f345ad53c6360214ea500fd259edddbca775f605fad81b9b189d6d88e15c6")
    }

    @Test func piecesMakeTheWhole() {
        let text = (0..<700).map { UInt8($0 % 251) }
        for cut in [0, 1, 127, 128, 129, 256, 384, 699, 700] {
            var hash = Blake2b(digestBytes: 16)
            hash.update(text[..<cut])
            hash.update(text[cut...])
            #expect(hex(hash.digest()) == digest(text, 16))
        }
    }
}

@Suite struct IsotonicRewardProperties {
    /// Scores with ties, labels, weights of which some are 0.
    private struct Problem {
        var scores: [Double]
        var labels: [Double]
        var weights: [Double]

        init(_ random: inout TestRandom, _ n: Int) {
            scores = (0..<n).map { _ in Double(random.integer(0...n)) / 4 - 3 }
            labels = (0..<n).map { _ in Double(random.integer(0...8)) / 8 }
            weights = (0..<n).map { _ in Double(random.integer(0...4)) }
            for index in 0..<6 { weights[index] = 1 }
        }

        func fit(_ mode: RewardMode) throws -> RewardFit<Double> {
            try isotonicRewardFit(scores, labels: labels, weights: weights, mode: mode)
        }
    }

    private func problems() -> [Problem] {
        var random = TestRandom(seed: 71)
        return [6, 9, 20, 21, 33, 80, 200].flatMap { n in (0..<4).map { _ in Problem(&random, n) } }
    }

    @Test func theMeanIsKept() throws {
        for problem in problems() {
            for mode in [RewardMode.monotone, .twoStage] {
                let fit = try problem.fit(mode)
                func total(_ values: [Double]) -> Double {
                    zip(problem.weights, values).reduce(0) { $0 + $1.0 * $1.1 }
                }
                #expect(abs(total(fit.calibrated) - total(problem.labels)) < 1e-10)
            }
        }
    }

    @Test func monotoneRewardsRiseWithTheScore() throws {
        for problem in problems() {
            let fit = try problem.fit(.monotone)
            let rewards = try fit((-40...400).map { Double($0) / 8 })
            #expect(zip(rewards, rewards.dropFirst()).allSatisfy { $0 <= $1 })
            #expect(rewards.allSatisfy { (0...1).contains($0) })
        }
    }

    @Test func aPointOfWeightZeroMovesNothing() throws {
        for problem in problems() {
            let fold = try isotonicRewardFolds(count: problem.scores.count).fold
            for mode in RewardMode.allCases {
                let kept = problem.weights.indices.filter { problem.weights[$0] > 0 }
                guard kept.count >= 4, Set(kept.map { fold[$0] }).count == Int(fold.max()!) + 1 else {
                    continue
                }
                let whole = try isotonicRewardFit(
                    problem.scores, labels: problem.labels, weights: problem.weights, fold: fold, mode: mode)
                let part = try isotonicRewardFit(
                    kept.map { problem.scores[$0] }, labels: kept.map { problem.labels[$0] },
                    weights: kept.map { problem.weights[$0] }, fold: kept.map { fold[$0] }, mode: mode)
                #expect(kept.map { whole.calibrated[$0] } == part.calibrated)
                #expect(kept.map { whole.outOfFold[$0] } == part.outOfFold)
                #expect(whole.summary.mode == part.summary.mode)
            }
        }
    }

    @Test func scalesOfWeightsAndScoresDoNotMatter() throws {
        for problem in problems() {
            for mode in RewardMode.allCases {
                let fit = try problem.fit(mode)
                for (scale, weightScale) in [(0x1p600, 0x1p-900), (0x1p-900, 0x1p900)] {
                    let other = try isotonicRewardFit(
                        problem.scores.map { $0 * scale }, labels: problem.labels,
                        weights: problem.weights.map { $0 * weightScale }, mode: mode)
                    #expect(other.calibrated == fit.calibrated)
                    #expect(other.outOfFold == fit.outOfFold)
                }
            }
        }
    }

    @Test func pointsAreServedAsNewScoresAre() throws {
        for problem in problems() {
            for mode in RewardMode.allCases {
                let fit = try problem.fit(mode)
                #expect(try fit(problem.scores) == fit.calibrated)
                let counted: [Bool] = problem.weights.map { $0 > 0 }
                let fold = try isotonicRewardFolds(count: counted.count, labelled: counted).fold
                #expect(try fit(problem.scores, fold: fold) == fit.outOfFold)
            }
        }
    }

    @Test func rewardsDoNotDependOnThreads() throws {
        var random = TestRandom(seed: 72)
        let problem = Problem(&random, 20_000)
        let scores = random.array(300_000) { $0.uniform() * 5000 }
        try ThreadCount.expectNoInfluence {
            let fit = try problem.fit(.auto)
            return try [fit.calibrated, fit.outOfFold, fit(scores)]
        }
    }
}

@Suite struct IsotonicWeightProperties {
    @Test func weightsKeepTheirMeanAndTheirCap() throws {
        var random = TestRandom(seed: 73)
        for n in [4, 5, 10, 50, 300] {
            for round in 0..<20 {
                let weights = (0..<n).map { _ in random.uniform() * random.uniform() * 100 }
                let scores = (0..<n).map { _ in Double(random.integer(0...n)) }
                var options = WeightOptions()
                options.varianceCap = 0.3
                options.includesRaw = round % 2 == 0
                let targets = (0..<n).map { _ in random.normal() }
                let steady = try isotonicWeightStabilize(
                    weights, scores: scores,
                    targets: round % 3 == 0 ? .rewards(targets) : .residuals(targets),
                    options: options)
                let mean = steady.weights.reduce(0, +) / Double(n)
                #expect(abs(mean - 1) < 1e-12)
                #expect(steady.weights.allSatisfy { $0 > 0 })
                // The floor and the scaling that follow the blend move the variance a little.
                #expect(steady.summary.varianceAfter < 0.3 * (1 + 1e-6))
                let shares = [
                    steady.summary.mixtureIncreasing, steady.summary.mixtureDecreasing,
                    steady.summary.mixtureRaw,
                ]
                #expect(abs(shares.reduce(0, +) - 1) < 1e-12 && shares.allSatisfy { $0 >= 0 })
            }
        }
    }

    /// The optimum of a quadratic form on the simplex is no worse than any other point of it.
    @Test func theMixtureIsTheBestOfTheSimplex() {
        var random = TestRandom(seed: 74)
        for count in [2, 3] {
            for _ in 0..<300 {
                let root = (0..<count).map { _ in (0..<count).map { _ in random.normal() } }
                let form = (0..<count).map { i in
                    (0..<count).map { j in
                        (0..<count).reduce(0) { $0 + root[i][$1] * root[j][$1] } + (i == j ? 1e-6 : 0)
                    }
                }
                func value(_ shares: [Double]) -> Double {
                    (0..<count).reduce(0) { sum, i in
                        (0..<count).reduce(sum) { $0 + shares[i] * shares[$1] * form[i][$1] }
                    }
                }
                let best = WeightMixture.best(form)
                #expect(abs(best.reduce(0, +) - 1) < 1e-12 && best.allSatisfy { $0 >= 0 })
                let steps = 24
                for i in 0...steps {
                    for j in 0...(steps - i) {
                        let last = steps - i - j
                        let shares = [i, j, last].map { Double($0) / Double(steps) }
                        if count == 2 && last > 0 { continue }
                        #expect(value(best) <= value(Array(shares.prefix(count))) + 1e-12)
                    }
                }
            }
        }
        #expect(WeightMixture.best([[0, 0], [0, 0]]) == [0.5, 0.5])
        #expect(WeightMixture.best([[2, 2], [2, 2]]) == [0.5, 0.5])
    }
}
