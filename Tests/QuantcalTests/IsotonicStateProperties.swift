import Quantcal
import Testing

/// Points in the order of x, in small integers, so that ties are many and sums exact.
private struct StateCase {
    var x: [Double] = []
    var y: [Double] = []
    var weights: [Double] = []

    init(_ random: inout TestRandom, _ n: Int, keys: Int) {
        x = (0..<n).map { _ in Double(random.integer(-keys...keys)) / 2 }.sorted()
        y = (0..<n).map { _ in Double(random.integer(-4...4)) }
        weights = (0..<n).map { _ in Double(random.integer(0...3)) }
        if n > 0, !weights.contains(where: { $0 > 0 }) { weights[0] = 1 }
    }

    func part(_ range: Range<Int>) -> (x: [Double], y: [Double], weights: [Double]) {
        (Array(x[range]), Array(y[range]), Array(weights[range]))
    }

    /// Keys with positive weight, and their points.
    var groups: [(key: Double, points: [(value: Double, weight: Double)])] {
        var groups: [(key: Double, points: [(value: Double, weight: Double)])] = []
        for index in x.indices where weights[index] > 0 {
            if groups.last?.key != x[index] { groups.append((x[index], [])) }
            groups[groups.count - 1].points.append((y[index], weights[index]))
        }
        return groups
    }
}

/// What the blocks of a fit should be: max over j <= i of min over k >= i of the mean, or of the lower or
/// upper quantile, of the points of groups j...k: the definition.
private func expectedBlocks(
    _ one: StateCase, _ direction: IsotonicDirection,
    _ functional: ([(value: Double, weight: Double)]) -> Double
) -> [[Double]] {
    var groups = one.groups
    if direction == .decreasing { groups.reverse() }
    let values = groups.indices.map { i in
        (0...i).map { j in
            (i..<groups.count).map { k in functional(groups[j...k].flatMap(\.points)) }.min()!
        }.max()!
    }
    var blocks: [[Double]] = []
    var pairs = Array(zip(groups, values))
    if direction == .decreasing { pairs.reverse() }
    for (group, value) in pairs {
        let weight = group.points.reduce(0) { $0 + $1.weight }
        if let last = blocks.last, last[2] == value {
            blocks[blocks.count - 1] = [last[0], group.key, value, last[3] + weight]
        } else {
            blocks.append([group.key, group.key, value, weight])
        }
    }
    return blocks
}

extension IsotonicState {
    /// The blocks as rows of first and last x, value and weight.
    fileprivate func rows() throws -> [[Double]] {
        try fit().map { [$0.x.lowerBound, $0.x.upperBound, $0.value, $0.weight] }
    }

    fileprivate mutating func add(_ x: [Double], _ y: [Double], _ weights: [Double]? = nil) throws {
        try update(x: x, y: y, weights: weights)
    }
}

@Sendable private func mean(_ points: [(value: Double, weight: Double)]) -> Double {
    points.reduce(0) { $0 + $1.value * $1.weight } / points.reduce(0) { $0 + $1.weight }
}

/// The level is quarters / 4, so that all is exact.
private func quantile(
    _ points: [(value: Double, weight: Double)], quarters: Double, upper: Bool
) -> Double {
    let total = points.reduce(0) { $0 + $1.weight }
    let sorted = points.sorted { $0.value < $1.value }
    return sorted.first { point in
        let upTo = sorted.filter { $0.value <= point.value }.reduce(0) { $0 + $1.weight }
        return upper ? 4 * upTo > quarters * total : 4 * upTo >= quarters * total
    }!.value
}

private struct Setting: Sendable {
    let loss: IsotonicStateLoss
    let direction: IsotonicDirection
    let solution: IsotonicStateSolution
    let functional: @Sendable ([(value: Double, weight: Double)]) -> Double

    static let all: [Setting] = IsotonicDirection.allCases.flatMap { direction in
        var settings = [Setting(loss: .squared, direction: direction, solution: .standard, functional: mean)]
        for quarters in [1.0, 2, 3] {
            for solution in [IsotonicStateSolution.lower, .upper] {
                settings.append(
                    Setting(
                        loss: .quantile(level: quarters / 4), direction: direction, solution: solution,
                        functional: { quantile($0, quarters: quarters, upper: solution == .upper) }))
            }
        }
        return settings
    }

    func state() throws -> IsotonicState {
        try IsotonicState(loss: loss, direction: direction, solution: solution)
    }
}

@Suite struct IsotonicStateProperties {
    /// All points at once, one by one, and in parts that are merged from either side: the definition.
    @Test(arguments: 0..<14) func isTheFitOfAllPoints(index: Int) throws {
        let setting = Setting.all[index]
        var random = TestRandom(seed: UInt64(index))
        for round in 0..<250 {
            let n = random.integer(0...12)
            let one = StateCase(&random, n, keys: round % 2 == 0 ? 3 : 9)
            let wanted = expectedBlocks(one, setting.direction, setting.functional)
            var whole = try setting.state()
            try whole.update(x: one.x, y: one.y, weights: one.weights)
            #expect(try whole.rows() == wanted, "\(setting.loss), \(one)")
            let bytes = try whole.serialized()

            var single = try setting.state()
            for i in 0..<n where one.weights[i] > 0 {
                try single.update(x: [one.x[i]], y: [one.y[i]], weights: [one.weights[i]])
            }
            #expect(try single.serialized() == bytes)
            for fromTheRight in [false, true] {
                let merged = try mergedParts(one, setting, fromTheRight, &random)
                #expect(try merged.serialized() == bytes)
                #expect(try IsotonicState(serialized: bytes).rows() == wanted)
            }
        }
    }

    private func mergedParts(
        _ one: StateCase, _ setting: Setting, _ fromTheRight: Bool, _ random: inout TestRandom
    ) throws -> IsotonicState {
        let n = one.x.count
        let cuts = ([0, n] + (0..<3).map { _ in random.integer(0...n) }).sorted()
        var parts = try zip(cuts, cuts.dropFirst()).map { begin, end in
            var state = try setting.state()
            let part = one.part(begin..<end)
            if part.weights.contains(where: { $0 > 0 }) {
                try state.update(x: part.x, y: part.y, weights: part.weights)
            }
            return state
        }
        while parts.count > 1 {
            let at = fromTheRight ? parts.count - 2 : 0
            try parts[at].merge(parts.remove(at: at + 1))
        }
        return parts[0]
    }

    /// Long enough for several pieces of work.
    @Test(arguments: [0, 3, 7, 11]) func longInputsAreMadeOfPieces(index: Int) throws {
        let setting = Setting.all[index]
        var random = TestRandom(seed: 3)
        for slope in [-1e-3, 0, 1e-4] {
            let n = 75_000
            let x = (0..<n).map { Double($0 / 3) }
            let y: [Double] = (0..<n).map { (slope * Double($0) + 8 * random.uniform()).rounded(.down) }
            var whole = try setting.state()
            try whole.update(x: x, y: y)
            var parts = try setting.state()
            for begin in stride(from: 0, to: n, by: 9_999) {
                let range = begin..<min(n, begin + 9_999)
                try parts.update(x: Array(x[range]), y: Array(y[range]))
            }
            #expect(try parts.serialized() == whole.serialized())
            guard setting.loss == .squared else { continue }
            let sums = stride(from: 0, to: n, by: 3).map { start -> Double in
                y[start..<start + 3].reduce(0, +)
            }
            let fit = try isotonicRegression(sums, direction: setting.direction)
            let blocks = try whole.fit()
            #expect(blocks.map { Int($0.x.lowerBound) } == fit.blocks.dropLast())
            for (block, start) in zip(blocks, fit.blocks) {
                #expect(FloatFormat.f64.ulps(from: block.value, to: fit.x[start] / 3)! <= 1)
            }
        }
    }

    @Test func doesNotDependOnThreads() throws {
        var random = TestRandom(seed: 4)
        let x = (0..<200_000).map { Double($0) }
        let y = x.map { 1e-5 * $0 + random.uniform() }
        try ThreadCount.expectNoInfluence {
            var state = try IsotonicState()
            try state.update(x: x, y: y)
            return try state.serialized()
        }
    }

    @Test func anErrorChangesNothing() throws {
        for setting in Setting.all {
            var state = try setting.state()
            try state.add([1, 2, 2, 5], [3, 1, 2, 0])
            let bytes = try state.serialized()
            var other = try setting.state()
            try other.add([4.5], [1])
            #expect(throws: QuantcalError.self) { try state.merge(other) }
            #expect(throws: QuantcalError.self) { try state.add([5, 6, 5.5], [1, 2, 3]) }
            #expect(throws: QuantcalError.self) { try state.add([4.5], [1]) }
            #expect(throws: QuantcalError.self) { try state.add([6], [.nan]) }
            #expect(throws: QuantcalError.self) { try state.add([6], [1], [0]) }
            try state.add([6], [1], [.greatestFiniteMagnitude])
            let error = #expect(throws: QuantcalError.self) {
                try state.add([6], [1], [.greatestFiniteMagnitude])
            }
            #expect(error?.message == "with weights, the sum of all weights is inf; it must be finite")
            var unharmed = try IsotonicState(serialized: bytes)
            try unharmed.add([6], [1], [.greatestFiniteMagnitude])
            #expect(try state.serialized() == unharmed.serialized())
        }
    }

    @Test func aCopyGoesItsOwnWay() throws {
        var state = try IsotonicState()
        try state.add([1, 2], [1, 2])
        let copy = state
        try state.add([3], [0])
        #expect(try copy.fit().count == 2)
        #expect(try state.fit().map(\.value) == [1])
    }

    /// Of the ends of the number range, values and weights together.
    @Test func numbersOfAllSizes() throws {
        for value in [1e308, 1.0, 1e-308, 0x1p-1074] {
            for weight in [1e300, 1.0, 1e-300, 0x1p-1074] {
                for setting in Setting.all {
                    var state = try setting.state()
                    try state.update(
                        x: [1, 2, 3, 4], y: [value, -value, value / 2, value],
                        weights: [weight, weight, weight, weight])
                    let blocks = try state.fit()
                    #expect(blocks.allSatisfy { $0.value.magnitude <= value && $0.weight > 0 })
                    #expect(blocks.first?.x.lowerBound == 1 && blocks.last?.x.upperBound == 4)
                    #expect(try IsotonicState(serialized: state.serialized()).fit() == blocks)
                }
            }
        }
        // Scales that change from call to call.
        for sizes in [[1e-300, 1, 1e300], [1e300, 1, 1e-300], [1e-300, 1e300]] {
            var state = try IsotonicState()
            for (index, size) in sizes.enumerated() {
                try state.add([Double(index)], [1 + Double(index)], [size])
            }
            #expect(try state.fit().map(\.value) == sizes.indices.map { 1 + Double($0) })
            #expect(try IsotonicState(serialized: state.serialized()).fit() == state.fit())
        }
    }

    /// Every change of a byte, and every other length, is refused; so is what has a right checksum and
    /// breaks a promise (the fuzzer looks for more of these).
    @Test func brokenBytesAreRefused() throws {
        for setting in Setting.all.prefix(3) {
            var state = try setting.state()
            try state.add([1, 2, 3, 4, 5, 6], [1, 3, 2, 4, 0, 9])
            let bytes = try state.serialized()
            for index in bytes.indices {
                for bit in 0..<8 {
                    var broken = bytes
                    broken[index] ^= 1 << bit
                    #expect(throws: QuantcalError.self) { try IsotonicState(serialized: broken) }
                }
                #expect(throws: QuantcalError.self) { try IsotonicState(serialized: Array(bytes[..<index])) }
            }
            #expect(throws: QuantcalError.self) { try IsotonicState(serialized: bytes + [0]) }
            // Byte by byte to extremes, the checksum made right.
            var refused = 0
            for index in 12..<bytes.count - 8 {
                for replacement in [UInt8(0), 0x7F, 0x80, 0xFF] where bytes[index] != replacement {
                    var broken = bytes
                    broken[index] = replacement
                    seal(&broken)
                    do throws(QuantcalError) {
                        let other = try IsotonicState(serialized: broken)
                        let (again, blocks) = (try other.serialized(), try other.fit())
                        #expect(again == broken && !blocks.isEmpty)
                    } catch {
                        #expect(error.kind == .format)
                        refused += 1
                    }
                }
            }
            #expect(refused > 100)
        }
    }

    /// FNV-1a, as the bytes have it at their end.
    private func seal(_ bytes: inout [UInt8]) {
        var sum: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes.dropLast(8) { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for place in 0..<8 {
            bytes[bytes.count - 8 + place] = UInt8(truncatingIfNeeded: sum)
            sum >>= 8
        }
    }
}
