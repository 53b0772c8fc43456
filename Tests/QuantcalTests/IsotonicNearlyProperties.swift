import Quantcal
import Testing

@Suite struct IsotonicNearlyProperties {
    /// Data of many shapes, with and without ties, some with weights of which some are 0.
    private func cases() -> [(y: [Double], weights: [Double]?)] {
        var random = TestRandom(seed: 61)
        var cases: [(y: [Double], weights: [Double]?)] = []
        for n in [1, 2, 3, 5, 17, 100, 1000] {
            for trend in [-1.0, 0, 0.01, 100] {
                let y = (0..<n).map { trend * Double($0) + random.normal() }
                cases.append((y, nil))
                cases.append((y, random.array(n) { $0.integer(0...4) == 0 ? 0 : $0.uniform() + 0.1 }))
                cases.append((y.map { $0.rounded() }, nil))
                cases.append((y.map { $0.rounded() }, random.array(n) { Double($0.integer(1...3)) }))
            }
        }
        return cases.filter { $0.weights.map { $0.contains { $0 > 0 } } ?? true }
    }

    /// What the points up to each one press on the next is 0 where the fit rises, lambda where it falls, and in
    /// between where it stays: these conditions hold at the optimum and nowhere else.
    @Test func isOptimal() throws {
        var random = TestRandom(seed: 62)
        for (y, weights) in cases() {
            let path = try isotonicNearly(y, weights: weights)
            let largest = y.reduce(1) { max($0, abs($1)) }
            let lambdas = [0, random.uniform(), 10 * random.uniform(), 1e4] + path.breakpoints.prefix(20)
            for lambda in lambdas {
                let x = try path(lambda)
                var pressure = 0.0
                var size = lambda
                for index in y.indices.dropLast() {
                    let weight = weights?[index] ?? 1
                    pressure += weight * (y[index] - x[index])
                    size += weight * largest
                    let slack = 1e-14 * size
                    let (here, next) = (x[index], x[index + 1])
                    if here > next { #expect(abs(pressure - lambda) <= slack) }
                    if here < next { #expect(abs(pressure) <= slack) }
                    #expect(pressure >= -slack && pressure <= lambda + slack)
                }
            }
        }
    }

    @Test func leadsFromTheDataToTheIsotonicFit() throws {
        for (y, weights) in cases() {
            for direction in IsotonicDirection.allCases {
                let path = try isotonicNearly(y, weights: weights, direction: direction)
                let isotonic = try isotonicRegression(y, weights: weights, direction: direction)
                if weights?.contains(0) != true { #expect(try path(0) == y) }
                for lambda in [path.breakpoints.last ?? 0, .infinity] {
                    for (x, wanted) in zip(try path(lambda), isotonic.x) {
                        #expect(FloatFormat.f64.ulps(from: x, to: wanted)! <= 1)
                    }
                    #expect(try path.degreesOfFreedom(lambda) == isotonic.blocks.count - 1)
                }
            }
        }
    }

    /// Between breakpoints the fit is linear, and the groups at a breakpoint are unions of those before it.
    @Test func groupsJoinAndNeverPart() throws {
        for (y, weights) in cases() where y.count <= 100 {
            let path = try isotonicNearly(y, weights: weights)
            let lambdas = [0] + path.breakpoints
            #expect(zip(lambdas, lambdas.dropFirst()).allSatisfy { $0 < $1 })
            for (start, end) in zip(lambdas, lambdas.dropFirst()) {
                let (first, last) = (try path(start), try path(end))
                let middle = try path((start + end) / 2)
                let size = y.reduce(1) { max($0, abs($1)) }
                for index in y.indices {
                    #expect(abs(middle[index] - (first[index] + last[index]) / 2) <= 1e-14 * size)
                }
                for index in y.indices.dropLast() where first[index] == first[index + 1] {
                    #expect(last[index] == last[index + 1])
                }
                #expect(try path.degreesOfFreedom(end) < path.degreesOfFreedom(start))
            }
        }
    }

    @Test func decreasingIsTheReversedPathReversed() throws {
        for (y, weights) in cases() {
            let falling = try isotonicNearly(y, weights: weights, direction: .decreasing)
            let rising = try isotonicNearly(y.reversed(), weights: weights.map { $0.reversed() })
            #expect(falling.breakpoints == rising.breakpoints)
            for lambda in [0, 0.3, 2] { #expect(try falling(lambda) == rising(lambda).reversed()) }
        }
    }

    @Test func scalesAndOffsetsPassThrough() throws {
        for (y, weights) in cases() {
            let path = try isotonicNearly(y, weights: weights)
            for scale in [0x1p-1000, 0x1p+900] {
                let scaled = try isotonicNearly(y.map { $0 * scale }, weights: weights)
                for (lambda, wanted) in zip(scaled.breakpoints, path.breakpoints) {
                    #expect(abs(lambda - wanted * scale) <= 1e-14 * wanted * scale)
                }
                #expect(scaled.breakpoints.count == path.breakpoints.count)
            }
            // Multiples of 2^-10 lose no digits to the offset.
            let coarse = y.map { ($0 * 1024).rounded() / 1024 }
            let plain = try isotonicNearly(coarse, weights: weights)
            let moved = try isotonicNearly(coarse.map { $0 + 1e9 }, weights: weights)
            #expect(moved.breakpoints.count == plain.breakpoints.count)
            for (lambda, wanted) in zip(moved.breakpoints, plain.breakpoints) {
                #expect(abs(lambda - wanted) <= 1e-14 * wanted)
            }
        }
    }

    @Test func singlePrecisionIsTheRoundedPath() throws {
        var random = TestRandom(seed: 63)
        for _ in 0..<200 {
            let y = random.array(random.integer(1...30)) { Double($0.integer(-9...9)) / 4 }
            let weights = random.array(y.count) { Double($0.integer(1...3)) }
            let path = try isotonicNearly(y, weights: weights)
            let single = try isotonicNearly(y.map { Float($0) }, weights: weights.map { Float($0) })
            #expect(single.breakpoints == path.breakpoints)
            for lambda in [0, 0.5, 1.25, .infinity] {
                #expect(try single(lambda) == path(lambda).map { Float($0) })
            }
        }
    }

    @Test func progressStopsTheWork() throws {
        for n in [1, 10, 400_000] {
            let y = (0..<n).map { Double(-$0 % 1000) }
            var calls = 0
            let error = #expect(throws: QuantcalError.self) {
                try isotonicNearly(y) { _ in
                    calls += 1
                    return true
                }
            }
            #expect(error?.kind == .cancelled && calls == 1)
            var fractions: [Double] = []
            _ = try isotonicNearly(y) {
                fractions.append($0)
                return false
            }
            #expect(fractions == fractions.sorted() && fractions.allSatisfy { 0 <= $0 && $0 <= 1 })
            #expect(fractions.count > 1 || n < 100_000)
        }
    }
}
