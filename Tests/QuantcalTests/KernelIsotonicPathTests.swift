/// The passes over the path at the ends of cells: the kernels of every level that this processor has against
/// their references, bit for bit but for the sign of 0, and the references against paths of integers.

import CQuantcalKernels
import Testing

@testable import QuantcalCore

@Suite struct KernelIsotonicPathTests {
    private static var tables: [(name: String, kernels: quantcal_kernel_table)] {
        KernelLevel.allCases.compactMap { level in
            quantcal_kernels_at(level.rawValue).map { (level.name, $0.pointee) }
        }
    }

    /// Cells of weighted points, and room for their path.
    private final class Cells {
        let count: Int
        let values: [Double]
        let weights: [Double]
        private let room: Int
        private let memory: UnsafeMutablePointer<Double>

        init(_ values: [Double], _ weights: [Double]) {
            (self.values, self.weights) = (values, weights)
            count = values.count / isotonicCellSize
            room = count + IsotonicBench.margin
            memory = .allocate(capacity: 9 * room)
            // What is said of cells that there are not must not matter.
            memory.initialize(repeating: .nan, count: 9 * room)
            for cell in 0..<count {
                let places = cell * isotonicCellSize..<(cell + 1) * isotonicCellSize
                let sum = places.map { values[$0] * weights[$0] }.reduce(0, +)
                let weight = weights[places].reduce(0, +)
                // In two parts that add up to the number.
                let sumRest = sum * 0x1p-60
                (memory[cell], memory[room + cell]) = (sum, sumRest)
                (memory[2 * room + cell], memory[3 * room + cell]) = (weight, weight * 0x1p-60)
                memory[7 * room + cell] = values[places].min()!
                memory[8 * room + cell] = values[places].max()!
            }
        }

        deinit { memory.deallocate() }

        var sums: quantcal_isotonic_cells {
            let areOnes = weights.allSatisfy { $0 == 1 }
            return quantcal_isotonic_cells(
                high: memory, low: memory + room, weight_high: areOnes ? nil : memory + 2 * room,
                weight_low: areOnes ? nil : memory + 3 * room, least: nil, most: nil)
        }

        var path: quantcal_isotonic_path {
            quantcal_isotonic_path(
                heights: memory + 4 * room, before: memory + 5 * room, weights: memory + 6 * room,
                least: memory + 7 * room, most: memory + 8 * room)
        }

        /// What the path is up to each end, and of each cell.
        var numbers: [[Double]] {
            [4, 5].map { part in (0...count).map { memory[part * room + $0] } }
                + [(0..<count).map { memory[6 * room + $0] }]
        }
    }

    /// Up to 40 cells of small integers, with weights that are one or integers, some 0.
    private static func cases(_ random: inout TestRandom) -> [Cells] {
        (0...40).flatMap { count -> [Cells] in
            let n = count * isotonicCellSize
            let trend = random.integer(-1...1)
            let values = (0..<n).map { Double(random.integer(-9...9) + trend * $0 / 200) }
            let weights = random.array(n) { Double($0.integer(0...3)) }
            return [Cells(values, [Double](repeating: 1, count: n)), Cells(values, weights)]
        }
    }

    private static func lines(_ cells: Cells, _ random: inout TestRandom) -> [quantcal_isotonic_line] {
        (0..<6).map { _ in
            let first = random.integer(0...cells.count)
            return quantcal_isotonic_line(
                first: first, end: random.integer(first...cells.count),
                slope: Double(random.integer(-12...12)) / 4)
        }
    }

    @Test func sums() {
        var random = TestRandom(seed: 11)
        for cells in Self.cases(&random) {
            var (sums, path) = (cells.sums, cells.path)
            for centre in [0, -3.0, 0.1] {
                IsotonicPath.sumsReference(&sums, cells.count, centre, &path)
                let wanted = cells.numbers
                for (name, kernels) in Self.tables {
                    kernels.path_sums(&sums, cells.count, centre, &path)
                    #expect(cells.numbers == wanted, "\(name), \(cells.count) cells, centre \(centre)")
                }
            }
        }
    }

    @Test func sumsAreThoseOfPoints() {
        var random = TestRandom(seed: 12)
        for cells in Self.cases(&random) {
            var (sums, path) = (cells.sums, cells.path)
            IsotonicPath.sumsReference(&sums, cells.count, -3, &path)
            var (height, before) = (0.0, 0.0)
            for place in cells.values.indices {
                height += (cells.values[place] + 3) * cells.weights[place]
                before += cells.weights[place]
                guard place % isotonicCellSize == isotonicCellSize - 1 else { continue }
                let end = place / isotonicCellSize + 1
                #expect(abs(path.heights[end] - height) <= 0x1p-50 * before * 20)
                #expect(path.before[end] == before)
                #expect(path.weights[end - 1] == path.before[end] - path.before[end - 1])
            }
        }
    }

    @Test func corners() {
        var random = TestRandom(seed: 13)
        for cells in Self.cases(&random) {
            var (sums, path) = (cells.sums, cells.path)
            IsotonicPath.sumsReference(&sums, cells.count, 0, &path)
            for var line in Self.lines(cells, &random) {
                var ends = [Int64](repeating: -1, count: cells.count + 1)
                let found = IsotonicPath.cornersReference(&path, &line, &ends)
                let wanted = (line.first + 1..<max(line.end, line.first + 1)).filter { end in
                    let rise = (path.before[end] - path.before[line.first]) * line.slope
                    return path.heights[end] < path.heights[line.first] + rise
                }
                #expect(ends.prefix(found).map { Int($0) } == wanted)
                for (name, kernels) in Self.tables {
                    var actual = [Int64](repeating: -1, count: cells.count + 1)
                    #expect(kernels.path_corners(&path, &line, &actual) == found)
                    #expect(actual == ends, "\(name), \(line)")
                }
            }
        }
    }

    private typealias Chords = [[Double]]

    private func chords(
        _ cells: Cells, _ line: quantcal_isotonic_line, _ centre: Double,
        _ pass: (
            UnsafePointer<quantcal_isotonic_path>?, UnsafePointer<quantcal_isotonic_line>?, Double, Double,
            Double, UnsafeMutablePointer<quantcal_isotonic_chord>?
        ) -> Int
    ) -> Chords {
        var (path, line) = (cells.path, line)
        var chords = [quantcal_isotonic_chord](repeating: .init(), count: cells.count + 1)
        let found = pass(&path, &line, centre, 0.25, 0.5, &chords)
        return chords.prefix(found).map { [Double($0.cell), $0.slope, $0.limit] }
    }

    @Test func chords() {
        var random = TestRandom(seed: 14)
        var (asked, found) = (0, 0)
        for cells in Self.cases(&random) {
            var (sums, path) = (cells.sums, cells.path)
            IsotonicPath.sumsReference(&sums, cells.count, -3, &path)
            for line in Self.lines(cells, &random) {
                let wanted = chords(cells, line, -3, IsotonicPath.chordsReference)
                expectAllBelow(cells, line, wanted)
                asked += line.end - line.first
                found += wanted.count
                for (name, kernels) in Self.tables {
                    #expect(chords(cells, line, -3, kernels.path_chords) == wanted, "\(name), \(line)")
                }
            }
        }
        // Of lines that are mostly far from the path few cells can be below.
        #expect(found > asked / 10 && found < asked * 9 / 10, "\(found) of \(asked)")
    }

    /// Every cell with a point below the line is among the chords, with the fall from its start to the line.
    private func expectAllBelow(_ cells: Cells, _ line: quantcal_isotonic_line, _ chords: Chords) {
        let slope = line.slope - 3
        var height = 0.0
        for cell in line.first..<line.end {
            let start = height
            var lowest = height
            for place in cell * isotonicCellSize..<(cell + 1) * isotonicCellSize {
                height += (cells.values[place] - slope) * cells.weights[place]
                lowest = min(lowest, height)
            }
            guard let chord = chords.first(where: { Int($0[0]) == cell }) else {
                #expect(lowest > 0)
                continue
            }
            let weight = cells.weights[cell * isotonicCellSize..<(cell + 1) * isotonicCellSize].reduce(0, +)
            #expect(chord[1] == slope)
            #expect(abs(chord[2] - (0.25 * weight + 0.5 - start)) < 1e-9)
        }
    }
}
