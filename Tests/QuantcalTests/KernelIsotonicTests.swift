/// The kernels of isotonic regression of every level that this processor has, against their references,
/// bit for bit but for the sign of 0, and the references against exact sums.

import CQuantcalKernels
import Testing

@testable import QuantcalCore

@Suite struct KernelIsotonicTests {
    private static var tables: [(name: String, kernels: quantcal_kernel_table)] {
        KernelLevel.allCases.compactMap { level in
            quantcal_kernels_at(level.rawValue).map { (level.name, $0.pointee) }
        }
    }

    /// Values and weights of some cells: noise, an offset, outliers, zero weights, rising cells.
    private static func cases(_ random: inout TestRandom) -> [(values: [Double], weights: [Double]?)] {
        (0...6).flatMap { cells -> [(values: [Double], weights: [Double]?)] in
            let n = cells * isotonicCellSize
            let weights = random.array(n) { $0.integer(0...5) == 0 ? 0 : $0.uniform() }
            let shapes = [
                random.array(n) { $0.normal() },
                random.array(n) { 1e9 + $0.normal() },
                random.array(n) { $0.normal() * ($0.integer(0...20) == 0 ? 1e18 : 1) },
                random.array(n) { Double($0.integer(-2...2)) },
                (0..<n).map { Double($0) },
                random.array(n) { _ in 0 },
            ]
            return shapes.flatMap { [($0, nil), ($0, weights)] }
        }
    }

    private typealias Scales = (values: Double, weights: Double)
    /// None, as nearly always, and some.
    private static let scales: [Scales] = [(1, 1), (1, 4), (-0.5, 4)]

    @Test func cells() {
        var random = TestRandom(seed: 1)
        for (values, weights) in Self.cases(&random) {
            for (name, kernels) in Self.tables {
                let comment = "\(name), \(values.count), weights \(weights != nil)"
                expectSameCells(values, weights, kernels.cells_f64, comment)
                expectSameCells(
                    values.map { Float($0) }, weights?.map { Float($0) }, kernels.cells_f32, comment)
            }
        }
    }

    private func expectSameCells<T: IsotonicScalar>(
        _ values: [T], _ weights: [T]?, _ kernel: T.CellsKernel, _ comment: String
    ) {
        for scales in Self.scales {
            let actual = summary(values, weights, scales, kernel)
            let wanted = summary(values, weights, scales, T.cellsReference)
            #expect(actual.numbers == wanted.numbers, "\(comment)")
            #expect(actual.rises == wanted.rises, "\(comment)")
        }
    }

    private func summary<T: IsotonicScalar>(
        _ values: [T], _ weights: [T]?, _ scales: Scales, _ kernel: T.CellsKernel
    ) -> (numbers: [Double], rises: Int32) {
        let count = values.count / isotonicCellSize
        var memory = [Double](repeating: 0, count: 6 * (count + 1))
        var survey = quantcal_isotonic_survey()
        memory.withUnsafeMutableBufferPointer { memory in
            let parts = (0..<6).map { memory.baseAddress! + $0 * (count + 1) }
            var cells = quantcal_isotonic_cells(
                high: parts[0], low: parts[1], weight_high: parts[2], weight_low: parts[3], least: parts[4],
                most: parts[5])
            kernel(values, weights, count, scales.values, scales.weights, &cells, &survey)
        }
        let numbers = (0...count).flatMap { cell in (0..<6).map { memory[$0 * (count + 1) + cell] } }
        let bounds = [
            survey.least, survey.most, survey.least_weight, survey.weight, Double(survey.is_finite),
        ]
        return (numbers + bounds, survey.rises)
    }

    @Test func cellsAreSums() {
        var random = TestRandom(seed: 2)
        for (values, weights) in Self.cases(&random) where !values.isEmpty {
            let (numbers, rises) = summary(values, weights, (1, 4), Double.cellsReference)
            for cell in 0..<values.count / isotonicCellSize {
                let places = cell * isotonicCellSize..<(cell + 1) * isotonicCellSize
                var (sum, weight) = (DoubleDouble(), DoubleDouble())
                for place in places {
                    sum.addProduct(values[place], weights.map { $0[place] * 4 } ?? 1)
                    weight += weights.map { $0[place] * 4 } ?? 1
                }
                let found = numbers[6 * cell..<6 * cell + 6].map { $0 }
                let largest = places.map { abs(values[$0]) }.max()! * max(weight.value, 1)
                #expect(abs((found[0] - sum.high) + (found[1] - sum.low)) <= 0x1p-80 * largest)
                if weights != nil {
                    #expect(
                        abs((found[2] - weight.high) + (found[3] - weight.low)) <= 0x1p-80 * weight.value)
                }
                #expect(found[4] == values[places].min() && found[5] == values[places].max())
            }
            let isRising = stride(from: 0, to: values.count, by: isotonicCellSize).allSatisfy { start in
                (start + 1..<start + isotonicCellSize).allSatisfy { values[$0 - 1] < values[$0] }
            }
            #expect((rises != 0) == isRising)
        }
    }

    @Test func dips() {
        var random = TestRandom(seed: 3)
        for (values, weights) in Self.cases(&random) {
            let chords = (0..<Int64(values.count / isotonicCellSize)).compactMap { cell in
                random.integer(0...3) == 0
                    ? nil
                    : quantcal_isotonic_chord(
                        slope: random.normal(), limit: 3 * random.normal(), cell: cell)
            }
            for (name, kernels) in Self.tables {
                let comment = "\(name), \(values.count), weights \(weights != nil)"
                expectSameDips(values, weights, chords, kernels.dips_f64, comment)
                expectSameDips(
                    values.map { Float($0) }, weights?.map { Float($0) }, chords, kernels.dips_f32, comment)
            }
        }
    }

    private func expectSameDips<T: IsotonicScalar>(
        _ values: [T], _ weights: [T]?, _ chords: [quantcal_isotonic_chord], _ kernel: T.DipsKernel,
        _ comment: String
    ) {
        for scales in Self.scales {
            #expect(
                dips(values, weights, chords, scales, kernel)
                    == dips(values, weights, chords, scales, T.dipsReference), "\(comment)")
        }
    }

    private func dips<T: IsotonicScalar>(
        _ values: [T], _ weights: [T]?, _ chords: [quantcal_isotonic_chord], _ scales: Scales,
        _ kernel: T.DipsKernel
    ) -> [[Double]] {
        var dips = [quantcal_isotonic_dip](repeating: quantcal_isotonic_dip(), count: chords.count + 1)
        let count = kernel(values, weights, chords.count, scales.values, scales.weights, chords, &dips)
        return dips.prefix(count).map {
            [$0.height, $0.weight, Double($0.cell), Double($0.place), $0.slope]
        }
    }

    @Test func dipsAreLowest() {
        var random = TestRandom(seed: 4)
        for (values, weights) in Self.cases(&random) {
            let slope = random.normal()
            let cells = 0..<values.count / isotonicCellSize
            let chords = cells.map { quantcal_isotonic_chord(slope: slope, limit: 0, cell: Int64($0)) }
            let found = dips(values, weights, chords, (1, 4), Double.dipsReference)
            for cell in cells {
                var (height, heights, weight) = (0.0, [Double](), [Double]())
                for place in cell * isotonicCellSize..<(cell + 1) * isotonicCellSize {
                    let pointWeight = weights.map { 4 * $0[place] } ?? 1
                    height += (values[place] - slope) * pointWeight
                    heights.append(height)
                    weight.append((weight.last ?? 0) + pointWeight)
                }
                let tolerance = 0x1p-40 * heights.map { abs($0) }.max()!
                guard let dip = found.first(where: { Int($0[2]) == cell }) else {
                    #expect(heights.min()! > -tolerance)
                    continue
                }
                #expect(abs(dip[0] - heights.min()!) <= tolerance)
                #expect(abs(dip[0] - heights[Int(dip[3])]) <= tolerance)
                #expect(abs(dip[1] - weight[Int(dip[3])]) <= 0x1p-45 * weight.last!)
            }
        }
    }

    @Test func survivors() {
        var random = TestRandom(seed: 5)
        for (values, weights) in Self.cases(&random) {
            let bends = (0..<Int64(values.count / isotonicCellSize)).compactMap { cell in
                random.integer(0...3) == 0
                    ? nil
                    : quantcal_isotonic_bend(
                        slope: random.normal(), after: random.normal(), limit: 3 * random.normal(),
                        cell: cell, place: Int64(random.integer(0...63)))
            }
            for (name, kernels) in Self.tables {
                let comment = "\(name), \(values.count), weights \(weights != nil)"
                expectSameSurvivors(values, weights, bends, kernels.survivors_f64, comment)
                expectSameSurvivors(
                    values.map { Float($0) }, weights?.map { Float($0) }, bends, kernels.survivors_f32,
                    comment)
            }
        }
    }

    private func expectSameSurvivors<T: IsotonicScalar>(
        _ values: [T], _ weights: [T]?, _ bends: [quantcal_isotonic_bend], _ kernel: T.SurvivorsKernel,
        _ comment: String
    ) {
        for (scale, arePositive) in [(1.0, Int32(0)), (1, 1), (-0.5, 1)] {
            var actual = [UInt64](repeating: 7, count: values.count / isotonicCellSize + 1)
            var wanted = actual
            kernel(values, weights, bends.count, scale, 4, arePositive, bends, &actual)
            T.survivorsReference(values, weights, bends.count, scale, 4, arePositive, bends, &wanted)
            #expect(actual == wanted, "\(comment)")
        }
    }
}
