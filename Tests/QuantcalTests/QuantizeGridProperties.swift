import Quantcal
import Testing

@Suite struct QuantizeGridProperties {
    /// Of every kind and many widths.
    private static let names =
        (2...8).flatMap { ["int\($0)", "uint\($0)", "midrise\($0)", "sqrt2_powers\($0)", "power\($0)"] }
        + (1...7).flatMap { ["log2_\($0)", "log_sqrt2_\($0)", "tangent\($0)"] }
        + [
            "binary", "ternary", "e4m3fn", "e5m2", "e4m3fnuz", "e5m2fnuz", "e3m2fn", "e2m3fn", "e2m1fn",
            "e8m0fnu", "nf4",
        ]

    private static func codes(
        _ values: [Float], _ grid: QuantizationGrid, scale: Float = 1
    ) throws -> [UInt8] {
        let matrix = try Matrix(rows: 1, columns: values.count, elements: values)
        let groups = QuantizationGroups(granularity: .tensor)
        let packed = try quantizeGridEncode(matrix, grid: grid, scales: [scale], groups: groups)
        return try unpackCodes(packed, rows: 1, columns: values.count, bits: grid.bits, isSigned: false)
            .elements
    }

    /// Numbers of all sizes, and some next to each level and halfway between two.
    private static func numbers(_ levels: [Float], seed: UInt64) -> [Float] {
        var random = TestRandom(seed: seed)
        let finite = levels.filter(\.isFinite).sorted()
        let near = finite.flatMap { [$0.nextDown, $0, $0.nextUp] }
        let halves = zip(finite, finite.dropFirst()).map { $0 / 2 + $1 / 2 }
        let spread = random.array(400) { $0.normal() }.map { Float($0) * finite[finite.count - 1].magnitude }
        let small = random.array(100) { $0.normal() }.map { Float($0) * 1e-38 }
        return near + halves + halves.flatMap { [$0.nextDown, $0.nextUp] } + spread + small
    }

    /// A level goes to a code of that level.
    @Test(arguments: names) func levelsStay(_ name: String) throws {
        let grid = try quantizationGrid(name)
        let levels = try quantizeGridLevels(grid)
        let finite = levels.filter(\.isFinite)
        #expect(try Self.codes(finite, grid).map { levels[Int($0)] } == finite)
    }

    /// Larger numbers never go to lower levels.
    @Test(arguments: names) func roundingIsMonotone(_ name: String) throws {
        let grid = try quantizationGrid(name)
        let levels = try quantizeGridLevels(grid)
        let numbers = Self.numbers(levels, seed: 1).filter(\.isFinite).sorted()
        let rounded = try Self.codes(numbers, grid).map { levels[Int($0)] }
        #expect(zip(rounded, rounded.dropFirst()).allSatisfy { $0 <= $1 })
    }

    /// No level is nearer, in the kinds that promise it.
    @Test(arguments: names) func noLevelIsNearer(_ name: String) throws {
        let grid = try quantizationGrid(name)
        guard [.integer, .midrise, .binary, .sqrt2Powers, .float, .codeBook].contains(grid.kind) else {
            return
        }
        let levels = try quantizeGridLevels(grid)
        let finite = levels.filter(\.isFinite).map { Double($0) }
        let numbers = Self.numbers(levels, seed: 2).filter(\.isFinite)
        for (number, code) in zip(numbers, try Self.codes(numbers, grid)) {
            let distance = (Double(levels[Int(code)]) - Double(number)).magnitude
            #expect(finite.allSatisfy { ($0 - Double(number)).magnitude >= distance }, "\(number)")
        }
    }

    /// Code books of random levels in any order: the nearest, and of two the lower one.
    @Test func codeBooksAreSearched() throws {
        var random = TestRandom(seed: 3)
        for count in [1, 2, 3, 5, 15, 16, 17, 18, 33, 100, 255, 256] {
            let quarters = Set(random.array(count) { Double($0.integer(-500...500)) / 4 })
            let levels = quarters.sorted(by: >).map { Float($0) }
            let grid = QuantizationGrid(kind: .codeBook, bits: 8, levels: levels)
            let numbers = random.array(300) { Double($0.integer(-1100...1100)) / 8 }.map { Float($0) }
            for (number, code) in zip(numbers, try Self.codes(numbers, grid)) {
                let best = levels.min {
                    (($0 - number).magnitude, $0) < (($1 - number).magnitude, $1)
                }
                #expect(levels[Int(code)] == best, "\(number) among \(levels.count)")
            }
        }
    }

    /// Min-max scales: nothing is cut off, and a smaller scale would do so.
    @Test(arguments: ["int4", "midrise3", "nf4", "e4m3fn", "sqrt2_powers4"])
    func scalesAreTheSmallest(_ name: String) throws {
        var random = TestRandom(seed: 4)
        let grid = try quantizationGrid(name)
        let highest = try quantizeGridLevels(grid).filter(\.isFinite).max()!
        for columns in [1, 7, 64, 1100] {
            let values = try Matrix(
                rows: 3, columns: columns,
                elements: random.array(3 * columns) { $0.normal() }.map { Float($0) })
            let scales = try quantizeGridScales(values, grid: grid, groups: .init(granularity: .row))
            for row in 0..<3 {
                let largest = Double(values[row: row].map(\.magnitude).max()!)
                #expect((Double(scales[row]) * Double(highest) / largest - 1).magnitude < 1e-7)
            }
        }
    }

    /// Integers with a scale are what `quantize` gives.
    @Test(arguments: 2...8) func integersAreTheIntegers(_ bits: Int) throws {
        var random = TestRandom(seed: 5)
        let values = try Matrix(
            rows: 5, columns: 70, elements: random.array(350) { $0.normal() }.map { Float($0) })
        let integers = try quantize(values, bits: bits, groupSize: 32)
        let grid = try quantizationGrid("int\(bits)")
        let groups = QuantizationGroups(groupSize: 32)
        #expect(try quantizeGridScales(values, grid: grid, groups: groups) == integers.scales)
        let codes = try quantizeGridEncode(values, grid: grid, scales: integers.scales, groups: groups)
        #expect(codes == integers.packedCodes)
        let stored = GridCodes(
            rows: 5, columns: 70, grid: grid, codes: codes, scales: integers.scales, groups: groups)
        #expect(try quantizeGridDecode(stored) == integers.dequantize())
    }

    @Test func threadsDoNotMatter() throws {
        var random = TestRandom(seed: 6)
        let values = try Matrix(
            rows: 300, columns: 1001, elements: random.array(300_300) { $0.normal() }.map { Float($0) })
        let grid = try quantizationGrid("nf4")
        let groups = QuantizationGroups(groupSize: 64)
        try ThreadCount.expectNoInfluence {
            let scales = try quantizeGridScales(values, grid: grid, groups: groups)
            return [
                scales.map(\.bitPattern),
                try quantizeGridEncode(values, grid: grid, scales: scales, groups: groups).map { UInt32($0) },
            ]
        }
    }

    @Test func workIsCancelled() throws {
        let values = try Matrix<Float>(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
        let grid = try quantizationGrid()
        #expect(throws: QuantcalError.self) {
            try quantizeGridEncode(values, grid: grid, scales: [1, 1]) { _ in true }
        }
        #expect(throws: QuantcalError.self) {
            try quantizeGridScales(values, grid: grid) { _ in true }
        }
    }
}
