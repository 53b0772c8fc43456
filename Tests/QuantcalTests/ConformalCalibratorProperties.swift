import Testing

@testable import QuantcalCore

/// Calibrators against definitions that take every point in turn.
@Suite struct ConformalCalibratorProperties {
    /// Points with many ties; weights that are halves, so that sums of doubles are exact.
    private struct Sample {
        var scores: [Double], weights: [Double], groups: [Int64]
        let groupCount: Int

        init(_ random: inout TestRandom, _ count: Int, groups groupCount: Int) {
            scores = random.array(count) { Double($0.integer(0...6)) - 3 }
            weights = random.array(count) { Double($0.integer(0...5)) / 2 }
            groups = (0..<count).map { _ in Int64(random.integer(-1...(groupCount - 1))) }
            self.groupCount = groupCount
        }

        func calibrator(
            isWeighted: Bool, lastGroup: ConformalCalibrator.LastGroup = .own, part: Range<Int>? = nil
        ) throws -> ConformalCalibrator {
            let calibrator = ConformalCalibrator(
                try .init(groupCount: groupCount, isWeighted: isWeighted, lastGroup: lastGroup))
            try add(to: calibrator, part ?? scores.indices)
            return calibrator
        }

        func add(to calibrator: ConformalCalibrator, _ part: Range<Int>) throws {
            try Array(scores[part]).withUnsafeBufferPointer { scores in
                try Array(weights[part]).withUnsafeBufferPointer { weights in
                    try Array(groups[part]).withUnsafeBufferPointer { groups in
                        try calibrator.update(
                            scores: scores, weights: calibrator.options.isWeighted ? weights : nil,
                            groups: groups)
                    }
                }
            }
        }

        /// The threshold at percents / 100, in numbers that doubles hold exactly.
        func threshold(_ group: Int64, _ testWeight: Double, percents: Int, isWeighted: Bool) -> Double {
            let members = scores.indices.filter { groups[$0] == group }
            let weight = { isWeighted ? weights[$0] : 1.0 }
            let least = members.reduce(testWeight) { $0 + weight($1) } * Double(100 - percents)
            for candidate in Set(members.map { scores[$0] }).sorted() {
                let sum = members.filter { scores[$0] <= candidate }.reduce(0) { $0 + weight($1) }
                if sum * 100 >= least { return candidate }
            }
            return .infinity
        }
    }

    private func bytes(_ calibrator: ConformalCalibrator) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: try calibrator.serializedSize)
        try bytes.withUnsafeMutableBytes { try calibrator.serialize($0.baseAddress!) }
        return bytes
    }

    private func pointThresholds(
        _ calibrator: ConformalCalibrator, _ weights: [Double], _ groups: [Int64], _ alpha: Double
    ) throws -> [Double] {
        var result = [Double](repeating: .nan, count: weights.count)
        try weights.withUnsafeBufferPointer { weights in
            try groups.withUnsafeBufferPointer { groups in
                try result.withUnsafeMutableBufferPointer {
                    try calibrator.pointThresholds(
                        weights: weights, groups: groups, count: weights.count, alpha: alpha,
                        into: $0.baseAddress!)
                }
            }
        }
        return result
    }

    @Test(arguments: [false, true])
    func thresholdsAreThoseOfTheDefinition(isWeighted: Bool) throws {
        var random = TestRandom(seed: 11)
        for _ in 0..<300 {
            let sample = Sample(&random, random.integer(0...40), groups: 3)
            let calibrator = try sample.calibrator(isWeighted: isWeighted)
            let percents = random.integer(1...99)
            let weights = random.array(12) { Double($0.integer(1...8)) / 2 }
            let groups = (0..<12).map { _ in Int64(random.integer(-1...2)) }
            let thresholds = try pointThresholds(calibrator, weights, groups, Double(percents) / 100)
            for index in weights.indices {
                let expected =
                    groups[index] < 0
                    ? .infinity
                    : sample.threshold(
                        groups[index], weights[index], percents: percents, isWeighted: isWeighted)
                #expect(thresholds[index] == expected)
            }
        }
    }

    /// However points come, and through whatever merges, what is kept is the same to the last bit.
    @Test(arguments: [false, true])
    func nothingDependsOnTheOrder(isWeighted: Bool) throws {
        var random = TestRandom(seed: 12)
        for _ in 0..<100 {
            var sample = Sample(&random, random.integer(0...60), groups: 3)
            let count = sample.scores.count
            for lastGroup in ConformalCalibrator.LastGroup.allCases {
                let whole = try bytes(sample.calibrator(isWeighted: isWeighted, lastGroup: lastGroup))
                let (first, second) = (random.integer(0...count), random.integer(0...count))
                let cuts = [0, min(first, second), max(first, second), count]
                let stepwise = try sample.calibrator(
                    isWeighted: isWeighted, lastGroup: lastGroup, part: 0..<cuts[1])
                let merged = try sample.calibrator(
                    isWeighted: isWeighted, lastGroup: lastGroup, part: cuts[2]..<count)
                // Some are asked on the way, and have sorted what they had by then.
                if random.integer(0...1) == 0 { _ = try stepwise.serializedSize }
                for part in 1..<3 {
                    try sample.add(to: stepwise, cuts[part]..<cuts[part + 1])
                    if random.integer(0...1) == 0 { _ = try stepwise.serializedSize }
                }
                for part in [1, 0] {
                    try merged.merge(
                        sample.calibrator(
                            isWeighted: isWeighted, lastGroup: lastGroup, part: cuts[part]..<cuts[part + 1]))
                }
                #expect(try bytes(stepwise) == whole)
                #expect(try bytes(merged) == whole)
                #expect(try whole.withUnsafeBytes { try bytes(ConformalCalibrator(bytes: $0)) } == whole)
            }
            let places = Array(sample.scores.indices).shuffled(using: &random)
            let before = try bytes(sample.calibrator(isWeighted: isWeighted))
            sample.scores = places.map { sample.scores[$0] }
            sample.weights = places.map { sample.weights[$0] }
            sample.groups = places.map { sample.groups[$0] }
            #expect(try bytes(sample.calibrator(isWeighted: isWeighted)) == before)
        }
    }

    /// Equal weights, whatever they are, give the rank of no weights: sums of doubles would not.
    @Test func equalWeightsGiveTheRank() throws {
        var random = TestRandom(seed: 13)
        for _ in 0..<300 {
            let n = random.integer(1...60)
            let weight = Double(
                sign: .plus, exponent: random.integer(-1022...1023), significand: 1 + random.uniform())
            let calibrator = ConformalCalibrator(try .init(isWeighted: true))
            try (0..<n).map { Double($0 + 1) }.withUnsafeBufferPointer { scores in
                try Array(repeating: weight, count: n).withUnsafeBufferPointer {
                    try calibrator.update(scores: scores, weights: $0)
                }
            }
            for percents in 1...99 {
                let rank = ((n + 1) * (100 - percents) + 99) / 100
                var threshold = 0.0
                try [weight].withUnsafeBufferPointer {
                    try calibrator.pointThresholds(
                        weights: $0, groups: nil, count: 1, alpha: Double(percents) / 100, into: &threshold)
                }
                #expect(threshold == (rank > n ? .infinity : Double(rank)), "n \(n), \(percents) %")
            }
        }
    }

    /// Weights too small to count exactly never make a threshold smaller than it is.
    @Test func whatIsRoundedIsSafe() throws {
        for power in [60, 70, 100, 400, 2000] {
            let small = Double(sign: .plus, exponent: -power, significand: 1)
            // Without the small weights the first score has exactly half of all.
            let weights = [1, max(small, 5e-324), 1]
            let calibrator = ConformalCalibrator(try .init(isWeighted: true))
            try [1.0, 2.0, 3.0].withUnsafeBufferPointer { scores in
                try weights.withUnsafeBufferPointer { try calibrator.update(scores: scores, weights: $0) }
            }
            var threshold = 0.0
            try [5e-324].withUnsafeBufferPointer {
                try calibrator.pointThresholds(
                    weights: $0, groups: nil, count: 1, alpha: 0.5, into: &threshold)
            }
            #expect(threshold >= 2)
        }
    }

    @Test func pValuesAreUniformlyHigherThanTheShareOfLargerScores() throws {
        var random = TestRandom(seed: 14)
        let calibrator = ConformalCalibrator(try .init())
        let scores = random.array(5000) { Double($0.integer(0...99)) }
        try scores.withUnsafeBufferPointer { try calibrator.update(scores: $0) }
        let points = (0...99).map { Double($0) }
        var (whole, random1, random2) = (points, points, points)
        try points.withUnsafeBufferPointer { points in
            try calibrator.pValues(scores: points, into: &whole)
            try calibrator.pValues(scores: points, options: .init(seed: 5), into: &random1)
            // The same point by point.
            for index in points.indices {
                try calibrator.pValues(
                    scores: UnsafeBufferPointer(rebasing: points[index...index]),
                    options: .init(seed: 5, firstPoint: UInt64(index)), into: &random2[index])
            }
        }
        #expect(random1 == random2)
        for (index, point) in points.enumerated() {
            #expect(whole[index] == Double(1 + scores.count { $0 >= point }) / 5001)
            #expect(random1[index] <= whole[index])
            #expect(random1[index] > Double(scores.count { $0 > point }) / 5001)
        }
    }

    @Test func manyPointsDoNotDependOnThreads() throws {
        var random = TestRandom(seed: 15)
        let scores = random.array(140_000) { $0.normal() }
        let points = random.array(20_000) { $0.normal() }
        try ThreadCount.expectNoInfluence {
            let calibrator = ConformalCalibrator(try .init())
            try scores.withUnsafeBufferPointer { try calibrator.update(scores: $0) }
            var values = points
            try points.withUnsafeBufferPointer {
                try calibrator.pValues(scores: $0, options: .init(seed: 1), into: &values)
            }
            return try values + bytes(calibrator).suffix(8).map { Double($0) }
        }
    }

    /// Products and quotients of 256 bits, undone.
    @Test func wideNumbers() {
        var random = TestRandom(seed: 16)
        for _ in 0..<5000 {
            let wide = UInt256(
                high: UInt128(random.next() >> 8), UInt128(random.next()) << 64 | UInt128(random.next()))
            let factor = max(random.next() >> UInt64(random.integer(0...63)), 1)
            #expect(wide * factor / factor == wide)
            let rest = UInt256(UInt128(random.next() % factor))
            #expect((wide * factor + rest) / factor == wide)
            #expect((wide + rest) - rest == wide)
        }
        for shift in 0...190 {
            var expected = UInt256(3)
            for _ in 0..<shift { expected = expected + expected }
            #expect(UInt256(3, shiftedLeft: shift) == expected)
        }
    }
}
