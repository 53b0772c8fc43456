import Quantcal
import Testing

@Suite struct IsotonicProperties {
    /// Small integers tie often, and their sums are exact in both types.
    @Test func equalsTheMaxMinFormula() throws {
        var random = TestRandom(seed: 1)
        for round in 0..<4000 {
            let n = random.integer(1...14)
            let y = (0..<n).map { _ in random.integer(-4...4) }
            var weights = (0..<n).map { _ in round % 2 == 0 ? 1 : random.integer(0...3) }
            if weights.allSatisfy({ $0 == 0 }) { weights[random.integer(0...(n - 1))] = 1 }
            let exact = exactIsotonicByMaxMin(y, weights)
            let fit = try isotonicRegression(y.map { Double($0) }, weights: weights.map { Double($0) })
            expectEqual(fit, exact, weights, "y \(y), weights \(weights)")
            let single = try isotonicRegression(y.map { Float($0) }, weights: weights.map { Float($0) })
            #expect(single.x == fit.x.map { Float($0) } && single.blocks == fit.blocks)
        }
    }

    private func expectEqual(
        _ fit: IsotonicFit<Double>, _ exact: [ExactMean], _ weights: [Int], _ comment: String
    ) {
        let wanted = exact.map { Double($0.sum) / Double($0.weight) }
        let blocks = [0] + wanted.indices.dropFirst().filter { exact[$0] != exact[$0 - 1] } + [wanted.count]
        let sums = zip(blocks, blocks.dropFirst()).map { Double(weights[$0..<$1].reduce(0, +)) }
        #expect(fit.x == wanted, "\(comment)")
        #expect(fit.blocks == blocks, "\(comment)")
        #expect(fit.weights == sums, "\(comment)")
    }

    /// Data of many shapes, with weights of which some are 0.
    private func cases() -> [(y: [Double], weights: [Double]?)] {
        var random = TestRandom(seed: 2)
        var cases: [(y: [Double], weights: [Double]?)] = []
        for n in [1, 2, 3, 17, 100, 1000, 3000] {
            for trend in [-1.0, 0, 0.01, 1, 100] {
                let y = (0..<n).map { trend * Double($0) + random.normal() }
                cases.append((y, nil))
                cases.append((y, random.array(n) { $0.integer(0...4) == 0 ? 0 : $0.uniform() + 0.1 }))
                cases.append((y.map { $0.rounded() }, nil))
            }
        }
        return cases.filter { $0.weights.map { $0.contains { $0 > 0 } } ?? true }
    }

    @Test func risesInBlocksThatDiffer() throws {
        for (y, weights) in cases() {
            for direction in IsotonicDirection.allCases {
                let fit = try isotonicRegression(y, weights: weights, direction: direction)
                let starts = fit.blocks.dropLast()
                #expect(fit.blocks.first == 0 && fit.blocks.last == y.count)
                #expect(fit.weights.count == starts.count)
                #expect(zip(fit.blocks, fit.blocks.dropFirst()).allSatisfy { $0 < $1 })
                let values = starts.map { fit.x[$0] }
                #expect(
                    zip(values, values.dropFirst()).allSatisfy {
                        direction == .increasing ? $0 < $1 : $0 > $1
                    })
                for (start, end) in zip(starts, fit.blocks.dropFirst()) {
                    #expect(fit.x[start..<end].allSatisfy { $0 == fit.x[start] })
                }
            }
        }
    }

    /// The mean of equal values is that value, but for the rounding of the sums of weights.
    @Test func isIdempotent() throws {
        for (y, weights) in cases() {
            let fit = try isotonicRegression(y, weights: weights)
            let again = try isotonicRegression(fit.x, weights: weights)
            #expect(again.blocks == fit.blocks)
            let most = weights == nil ? 0 : 1
            for (new, old) in zip(again.x + again.weights, fit.x + fit.weights) {
                #expect(FloatFormat.f64.ulps(from: new, to: old)! <= most)
            }
        }
    }

    @Test func keepsTheMean() throws {
        for (y, weights) in cases() {
            let weights = weights ?? Array(repeating: 1, count: y.count)
            let fit = try isotonicRegression(y, weights: weights)
            let size = zip(y, weights).reduce(0) { $0 + abs($1.0) * $1.1 }
            let difference = zip(zip(y, fit.x), weights).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
            #expect(abs(difference) <= 1e-13 * size)
        }
    }

    /// At the optimum no block could fall at its start or rise at its end: sums of residuals from a
    /// block's start on are never below 0, and 0 at its end.
    @Test func isOptimal() throws {
        for (y, weights) in cases() {
            let weights = weights ?? Array(repeating: 1, count: y.count)
            let fit = try isotonicRegression(y, weights: weights)
            for (start, end) in zip(fit.blocks, fit.blocks.dropFirst()) {
                var residual = 0.0
                var size = 0.0
                for index in start..<end {
                    residual += weights[index] * (y[index] - fit.x[index])
                    size += weights[index] * (abs(y[index]) + abs(fit.x[index]))
                    #expect(residual >= -1e-14 * size)
                }
                #expect(abs(residual) <= 1e-14 * size)
            }
        }
    }

    @Test func decreasingIsTheReversedFitReversed() throws {
        for (y, weights) in cases() {
            let falling = try isotonicRegression(y, weights: weights, direction: .decreasing)
            let rising = try isotonicRegression(y.reversed(), weights: weights.map { $0.reversed() })
            #expect(falling.x == rising.x.reversed())
            #expect(falling.weights == rising.weights.reversed())
            #expect(falling.blocks == rising.blocks.reversed().map { y.count - $0 })
        }
    }

    /// A million values near 1e9, multiples of 2^-20: the fit is compared with sums of integers.
    @Test(arguments: [false, true]) func aLargeOffsetCostsNoAccuracy(isWeighted: Bool) throws {
        let n = 1_000_000
        var random = TestRandom(seed: 3)
        let units = (0..<n).map { index in
            (1_000_000_000 << 20) + index / 4 + Int(random.next() >> 44)
        }
        let weights = isWeighted ? (0..<n).map { _ in random.integer(1...9) } : nil
        let fit = try isotonicRegression(
            units.map { Double($0) * 0x1p-20 }, weights: weights?.map { Double($0) })
        let exact = exactIsotonicByPooling(units, weights: weights)
        #expect(fit.blocks == exact.blocks)
        #expect(exact.blocks.count > 100)
        var worst = 0.0
        for (start, mean) in zip(exact.blocks, exact.means) {
            // The integer part of the mean is exact as a double, and so is its difference from the fit.
            let (whole, rest) = mean.sum.quotientAndRemainder(dividingBy: mean.weight)
            let error = (fit.x[start] * 0x1p+20 - Double(whole)) - Double(rest) / Double(mean.weight)
            worst = max(worst, abs(error) / Double(whole))
        }
        #expect(worst < 1e-15)
    }

    /// An offset so large that no digits are left: values near 2^51 (2^22 in single precision), multiples of
    /// 1/2. A mean is the nearest number to the exact one, and where two are the same number the blocks
    /// are one.
    private func expectNearestMeans<T: BinaryFloatingPoint>(
        _: T.Type, isWeighted: Bool, _ fit: ([T], [T]?) throws -> IsotonicFit<T>
    ) throws {
        let n = 1_000_000
        var random = TestRandom(seed: 6)
        let offset = 1 << T.significandBitCount
        let units = (0..<n).map { index in offset + index / 10 + random.integer(0...3000) }
        let weights = isWeighted ? (0..<n).map { _ in random.integer(1...9) } : nil
        let fit = try fit(units.map { T($0) / 2 }, weights?.map { T($0) })
        let exact = exactIsotonicByPooling(units, weights: weights)
        let means = exact.means.map { mean in
            let (whole, rest) = mean.sum.quotientAndRemainder(dividingBy: mean.weight)
            let isUp = 2 * rest > mean.weight || (2 * rest == mean.weight && whole & 1 == 1)
            return T(Int(whole) + (isUp ? 1 : 0)) / 2
        }
        let starts = exact.blocks.indices.dropLast().filter { $0 == 0 || means[$0] != means[$0 - 1] }
        #expect(fit.blocks == starts.map { exact.blocks[$0] } + [n])
        #expect(fit.blocks.count > 100)
        #expect(zip(exact.blocks, means).allSatisfy { fit.x[$0] == $1 })
    }

    @Test(arguments: [false, true]) func meansAreNearestAtTheEdgeOfPrecision(isWeighted: Bool) throws {
        try expectNearestMeans(Double.self, isWeighted: isWeighted) {
            try isotonicRegression($0, weights: $1)
        }
        try expectNearestMeans(Float.self, isWeighted: isWeighted) { try isotonicRegression($0, weights: $1) }
    }

    /// Beyond 2^53 numbers are even: the mean of the first two, o + 3, becomes o + 4, which the third is. However many
    /// points by themselves follow, those three are one block.
    @Test func aMeanThatRoundsToTheNextValueJoinsIt() throws {
        let offset = 0x1p53
        for singles in [1, 62, 63, 64, 65, 200, 140_000] {
            for lead in [0, 1, 61, 62, 63, 126] {
                let rise = (0..<lead).map { offset + 2 * Double($0 - lead) + 2 }
                let y = rise + [offset + 4, offset + 2] + (0..<singles).map { offset + 4 + 2 * Double($0) }
                let fit = try isotonicRegression(y)
                #expect(fit.blocks == Array(0...lead) + Array(lead + 3...y.count))
                #expect(fit.weights == fit.blocks.dropLast().map { $0 == lead ? 3 : 1 })
                #expect(fit.x[lead] == offset + 4 && fit.x[lead + 1] == offset + 4)
            }
        }
    }

    @Test func progressStopsTheWork() throws {
        for n in [10, 1000, 5_000_000] {
            let y = Array(repeating: 2.0, count: n) + [1]
            var calls = 0
            let error = #expect(throws: QuantcalError.self) {
                try isotonicRegression(y) { _ in
                    calls += 1
                    return true
                }
            }
            #expect(error?.kind == .cancelled && calls == 1)
            var fractions: [Double] = []
            _ = try isotonicRegression(y) {
                fractions.append($0)
                return false
            }
            #expect(fractions == fractions.sorted() && fractions.allSatisfy { 0 <= $0 && $0 <= 1 })
            #expect(fractions.count > 1 || n < 1_000_000)
        }
    }

    /// Long enough for several pieces of work, with a block across all of their seams and with many.
    @Test func doesNotDependOnThreads() throws {
        var random = TestRandom(seed: 4)
        for slope in [-1e-3, 0, 1e-5, 1e-2] {
            let y = (0..<300_000).map { slope * Double($0) + random.uniform() }
            try ThreadCount.expectNoInfluence { try isotonicRegression(y) }
            try ThreadCount.expectNoInfluence { try isotonicRegression(y, direction: .decreasing) }
        }
    }

    /// Seams of the pieces, found by comparing with the exact fit of integers.
    @Test func longSequencesHaveTheExactBlocks() throws {
        var random = TestRandom(seed: 5)
        for n in [131_071, 131_072, 131_073, 262_145, 400_000] {
            for slope in [-2, 0, 1, 40] {
                let y = (0..<n).map { slope * $0 / 1000 + random.integer(0...30) }
                let fit = try isotonicRegression(y.map { Double($0) })
                let exact = exactIsotonicByPooling(y)
                #expect(fit.blocks == exact.blocks)
                let values = exact.means.map { Double($0.sum) / Double($0.weight) }
                #expect(
                    zip(fit.blocks, values).allSatisfy { FloatFormat.f64.ulps(from: fit.x[$0], to: $1)! <= 1 }
                )
            }
        }
    }

    /// What is pooled together depends on what the data are like; the fit does not.
    @Test func longSequencesOfManyKindsHaveTheExactBlocks() throws {
        var random = TestRandom(seed: 6)
        for _ in 0..<6 {
            let (y, weights) = patches(20, of: 1 << 15, &random)
            let isWeighted = weights.indices.filter { weights[$0] > 0 }
            let exact = exactIsotonicByPooling(
                isWeighted.map { y[$0] }, weights: isWeighted.map { weights[$0] })
            try ThreadCount.expectNoInfluence {
                try isotonicRegression(y.map { Double($0) }, weights: weights.map { Double($0) })
            }
            let fit = try isotonicRegression(y.map { Double($0) }, weights: weights.map { Double($0) })
            // A point of weight 0 goes with the block on its left, and where there is none on its right.
            let borders = exact.blocks.map { $0 == 0 ? 0 : $0 == isWeighted.count ? y.count : isWeighted[$0] }
            #expect(fit.blocks == borders)
            let values = exact.means.map { Double($0.sum) / Double($0.weight) }
            #expect(zip(borders, values).allSatisfy { FloatFormat.f64.ulps(from: fit.x[$0], to: $1)! <= 1 })
        }
    }

    /// Long stretches that fall, rise, wander or are noise, some of them without weight.
    private func patches(
        _ count: Int, of length: Int, _ random: inout TestRandom
    ) -> (y: [Int], weights: [Int]) {
        var (y, weights): ([Int], [Int]) = ([], [])
        var level = 0
        for _ in 0..<count {
            let (kind, weight) = (random.integer(0...4), random.integer(0...3))
            for place in 0..<length {
                switch kind {
                case 0: level -= 1
                case 1: level += 1
                case 2: level += random.integer(-2...2)
                default: break
                }
                y.append(level + (kind == 3 ? place / 100 + random.integer(-9...9) : 0))
                weights.append(weight == 0 ? 0 : random.integer(weight == 1 ? 0...2 : 1...2))
            }
        }
        return (y, weights)
    }
}
