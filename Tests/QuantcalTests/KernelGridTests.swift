/// The kernels of scalar grids of every level that this processor has, against looking up intervals and
/// levels, bit for bit.

import CQuantcalKernels
import Testing

@testable import QuantcalCore

@Suite struct KernelGridTests {
    private static var tables: [(name: String, kernels: quantcal_kernel_table)] {
        KernelLevel.allCases.compactMap { level in
            quantcal_kernels_at(level.rawValue).map { (level.name, $0.pointee) }
        }
    }

    /// Every small float that there is, with biases of which some have no formula.
    private static var floats: [ScalarGrid] {
        let forms: [(isSigned: Bool, bias: Double)] = [
            (true, 0), (true, 1), (false, 7), (true, 15), (false, 127), (true, -90), (true, 0.5),
        ]
        var grids: [ScalarGrid] = []
        for bits in 1...8 {
            for exponentBits in 1...bits {
                for specials in ScalarGrid.Specials.allCases {
                    for overflow in ScalarGrid.Overflow.allCases {
                        for form in forms {
                            grids.append(
                                ScalarGrid(
                                    kind: .float, bits: bits, isSigned: form.isSigned,
                                    exponentBits: exponentBits, specials: specials, overflow: overflow,
                                    bias: form.bias))
                        }
                    }
                }
            }
        }
        return grids
    }

    private static var others: [ScalarGrid] {
        let normal = ScalarGrid(kind: .codeBook, bits: 4, levels: ScalarGrid.normalFloatLevels)
        var grids = [normal]
        for bits in 1...8 {
            for kind in [ScalarGrid.Kind.integer, .midrise, .log2, .sqrt2Powers] {
                grids.append(ScalarGrid(kind: kind, bits: bits))
            }
            grids.append(ScalarGrid(kind: .integer, bits: bits, isNarrow: false))
            grids.append(ScalarGrid(kind: .integer, bits: bits, isSigned: false))
            grids.append(ScalarGrid(kind: .power, bits: bits, parameter: 0.5))
            let squares = (0..<(1 << bits) - bits / 2).map { Float($0 * $0) - 5 }
            grids.append(ScalarGrid(kind: .codeBook, bits: bits, levels: squares))
        }
        return grids
    }

    @Test func smallFloats() { expectSameCodes(Self.floats, atLeast: 400) }
    @Test func otherGrids() { expectSameCodes(Self.others, atLeast: 50) }

    private func expectSameCodes(_ grids: [ScalarGrid], atLeast least: Int) {
        let compiled = grids.compactMap { try? $0.compiled() }
        #expect(compiled.count >= least)
        var random = TestRandom(seed: 7)
        for grid in compiled {
            let probes = Self.probes(grid)
            let exact = GroupRun(inOneGroup: probes.count)
            expectSameCodes(grid, probes, exact, scales: [1], zeros: nil)
            // With scales and zeros in groups: 0 and -0 are no zeros at all.
            let count = random.integer(1...200)
            let run = GroupRun(5..<5 + count, groupColumns: [6, 16, 33, 64][random.integer(0...3)])
            let scales = (0...count).map { [Float(1), 0.1, 3, .leastNormalMagnitude, 1e30][$0 % 5] }
            let zeros = (0...count).map { [Float(0), -0.0, 0.5, -3][$0 % 4] }
            var values = (0..<count).map { _ in probes[random.integer(0...probes.count - 1)] }
            run.forEachSegment { group, segment in
                for index in segment {
                    let scaled = values[index] * scales[group]
                    if scaled.bitPattern & 0x7FFF_FFFF <= grid.largestBits { values[index] = scaled }
                }
            }
            expectSameCodes(grid, values, run, scales: scales, zeros: nil)
            expectSameCodes(grid, values, run, scales: scales, zeros: zeros)
        }
    }

    /// The numbers on both sides of each start of an interval, and all that is special; what the grid
    /// refuses is left out. Rounding is monotone, so that what is right here is right everywhere.
    private static func probes(_ grid: CompiledGrid) -> [Float] {
        let keys = grid.nearest.starts.flatMap { start in (-2...2).map { start &+ $0 } }
        let special: [Float] = [0, 1, .leastNonzeroMagnitude, .leastNormalMagnitude, 3e38, .infinity, .nan]
        let numbers = keys.map { Float(bitPattern: UInt32(bitPattern: $0 ^ (($0 >> 31) & .max))) }
        return (numbers + special).flatMap { [$0, -$0] }.filter {
            $0.bitPattern & 0x7FFF_FFFF <= grid.largestBits
        }
    }

    private func expectSameCodes(
        _ grid: CompiledGrid, _ values: [Float], _ run: GroupRun, scales: [Float], zeros: [Float]?
    ) {
        let intervals = grid.nearest
        let groups = run.forKernel
        var wanted = [UInt8](repeating: 0xA5, count: run.count + 1)
        for first in stride(from: 0, to: run.count, by: GroupLayout.chunk)
        where zeros == nil && scales.count == 1 {
            let count = min(GroupLayout.chunk, run.count - first)
            intervals.encodeReference(
                Array(values[first..<first + count]), GroupRun(inOneGroup: count), scales: scales,
                zeros: zeros,
                &wanted[first])
        }
        if scales.count > 1 { intervals.encodeReference(values, run, scales: scales, zeros: zeros, &wanted) }
        for (name, kernels) in Self.tables {
            let codes = values.withUnsafeBufferPointer {
                Self.codes(grid, $0.baseAddress!, run, kernels, scales: scales, zeros: zeros)
            }
            #expect(codes == wanted, "\(name), \(grid.grid), groups of \(run.groupColumns)")
            expectSameLevels(grid, Array(codes.dropLast()), run, kernels, scales: scales, zeros: zeros)
            if var buckets = intervals.buckets, let kernel = kernels.encode_buckets {
                var codes = [UInt8](repeating: 0xA5, count: run.count + 1)
                values.withUnsafeBufferPointer {
                    let values = $0.baseAddress!
                    let largest = kernel(
                        values.forKernel, run.count, groups, scales, zeros, &buckets, &codes)
                    Self.expectLargest(largest, values, run.count)
                }
                #expect(codes == wanted, "\(name), \(grid.grid) by buckets, groups of \(run.groupColumns)")
            }
        }
    }

    private static func codes<T: WeightElement>(
        _ grid: CompiledGrid, _ values: UnsafePointer<T>, _ run: GroupRun, _ kernels: quantcal_kernel_table,
        scales: [Float], zeros: [Float]?
    ) -> [UInt8] {
        var codes = [UInt8](repeating: 0xA5, count: run.count + 1)
        var largest: Int32 = 0
        let (elements, groups) = (values.forKernel, run.forKernel)
        switch grid.nearest.kernel {
        case .formula(.whole(var grid)):
            largest = kernels.encode_whole(elements, run.count, groups, scales, zeros, &grid, &codes)
        case .formula(.float(var grid)):
            largest = kernels.encode_float(elements, run.count, groups, scales, zeros, &grid, &codes)
        case .few(var few):
            largest = kernels.encode_few(elements, run.count, groups, scales, zeros, &few, &codes)
        case .many:
            grid.nearest.withIntervals {
                largest = kernels.encode_many(elements, run.count, groups, scales, zeros, $0, &codes)
            }
        }
        expectLargest(largest, values, run.count)
        return codes
    }

    /// What encoding says of the values' largest magnitude.
    private static func expectLargest<T: WeightElement>(
        _ largest: Int32, _ values: UnsafePointer<T>, _ count: Int
    ) {
        let singles = (0..<count).map { values[$0].single }
        #expect(UInt32(bitPattern: largest) == GridIntervals.largestMagnitude(singles, count))
    }

    /// What is refused, and NaN where a grid has it, is in the largest magnitude whatever its place.
    @Test func largestMagnitudes() throws {
        for name in ["int4", "int8", "nf4", "e2m1fn", "e4m3fn", "e5m2", "log2_7"] {
            let grid = try ScalarGrid.named(name).compiled()
            for count in [1, 15, 16, 31, 32, 33, 100] {
                let run = GroupRun(5..<5 + count, groupColumns: 48)
                for place in [0, count / 2, count - 1] {
                    for special in [Float.infinity, -.infinity, .nan, -1e38] {
                        var values = [Float](repeating: 0.5, count: count)
                        values[place] = special
                        expectSameLargest(grid, values, run)
                        expectSameLargest(grid, values.map { HalfBits(single: $0) }, run)
                        expectSameLargest(grid, values.map { BFloat16Bits(single: $0) }, run)
                    }
                }
            }
        }
    }

    private func expectSameLargest<T: WeightElement>(_ grid: CompiledGrid, _ values: [T], _ run: GroupRun) {
        let scales = [Float](repeating: 0.1, count: run.count + 1)
        for (_, kernels) in Self.tables {
            values.withUnsafeBufferPointer {
                _ = Self.codes(grid, $0.baseAddress!, run, kernels, scales: scales, zeros: nil)
            }
        }
    }

    /// Grids whose intervals have buckets, among them those of NF4 and of the OCP float of four bits.
    @Test func buckets() throws {
        for name in ["nf4", "e2m1fn"] {
            let grid = try ScalarGrid.named(name).compiled()
            #expect(grid.nearest.buckets != nil, "\(name)")
        }
    }

    /// Halves and bfloat16 numbers, read as they are stored, go where they go in single precision.
    @Test func storedElements() throws {
        var random = TestRandom(seed: 8)
        for name in ["int4", "int8", "nf4", "e2m1fn", "e4m3fn", "e5m2", "e3m2fn", "log2_7"] {
            let grid = try ScalarGrid.named(name).compiled()
            for count in Array(0...40) + [127, 128, 129, 1000] {
                let run = GroupRun(5..<5 + count, groupColumns: [6, 16, 33, 64][count % 4])
                let scales = (0...count).map { [Float(1), 0.1, 3][$0 % 3] }
                let singles = random.array(count) { $0.normal() * 4 }.map { Float($0) }
                expectSameStored(grid, singles.map { HalfBits(single: $0) }, run, scales, name)
                expectSameStored(grid, singles.map { BFloat16Bits(single: $0) }, run, scales, name)
            }
        }
    }

    private func expectSameStored<T: WeightElement>(
        _ grid: CompiledGrid, _ values: [T], _ run: GroupRun, _ scales: [Float], _ name: String
    ) {
        var wanted = [UInt8](repeating: 0xA5, count: run.count + 1)
        grid.nearest.encodeReference(values.map(\.single), run, scales: scales, zeros: nil, &wanted)
        for (level, kernels) in Self.tables {
            let comment: Comment = "\(level), \(name), \(run.count) of \(T.self)"
            values.withUnsafeBufferPointer { values in
                // A pointer, also to nothing.
                let values = values.baseAddress ?? UnsafePointer(bitPattern: 64)!
                #expect(Self.codes(grid, values, run, kernels, scales: scales, zeros: nil) == wanted, comment)
                guard var buckets = grid.nearest.buckets, let kernel = kernels.encode_buckets else { return }
                var codes = [UInt8](repeating: 0xA5, count: run.count + 1)
                let largest = kernel(
                    values.forKernel, run.count, run.forKernel, scales, nil, &buckets, &codes)
                Self.expectLargest(largest, values, run.count)
                #expect(codes == wanted, comment)
            }
        }
    }

    private func expectSameLevels(
        _ grid: CompiledGrid, _ codes: [UInt8], _ run: GroupRun, _ kernels: quantcal_kernel_table,
        scales: [Float], zeros: [Float]?
    ) {
        var wanted = [Float](repeating: -7, count: run.count + 1)
        grid.decodeReference(codes, run, scales: scales, zeros: zeros, &wanted)
        var levels = [Float](repeating: -7, count: run.count + 1)
        let kernel = grid.levels.count > 16 ? kernels.decode_many : kernels.decode_few
        kernel!(codes, run.count, run.forKernel, scales, zeros, grid.readableLevels, &levels)
        #expect(levels.map(\.bitPattern) == wanted.map(\.bitPattern), "\(grid.grid)")
    }
}
