/// The kernels that work on rows, softmax and the highest value, against their references, bit for bit.

import CQuantcalKernels
import Testing

@testable import QuantcalCore

@Suite struct KernelRowTests {
    private static var tables: [quantcal_kernel_table] {
        KernelLevel.allCases.compactMap { quantcal_kernels_at($0.rawValue)?.pointee }
    }

    @Test func softmax() {
        var random = TestRandom(seed: 4)
        for kernels in Self.tables {
            for (rows, classes) in Self.shapes {
                let logits = random.array(rows * classes) { $0.normal() * 8 }
                for beta in [0x1p-100, 0.37, 1, 40, 0x1p+100] {
                    expectSameSoftmax(logits, rows, classes, beta, kernels.softmax_f64)
                    expectSameSoftmax(logits.map { Float($0) }, rows, classes, beta, kernels.softmax_f32)
                }
            }
        }
    }

    @Test func highest() {
        var random = TestRandom(seed: 5)
        for kernels in Self.tables {
            for (rows, classes) in Self.shapes {
                // Few values, so that ties are common.
                let values = random.array(rows * classes) { Double($0.integer(0...4)) / 4 }
                expectSameHighest(values, rows, classes, kernels.top_f64)
                expectSameHighest(values.map { Float($0) }, rows, classes, kernels.top_f32)
            }
        }
    }

    @Test func above() {
        var random = TestRandom(seed: 6)
        for kernels in Self.tables {
            for count in [0, 1, 15, 16, 17, 31, 32, 33, 100, 1000] {
                let values = random.array(count) { Double($0.integer(-4...4)) / 4 }
                for limit in [-2, -0.25, 0, -0.0, 1, 2, .infinity] {
                    expectSamePlaces(values, limit, kernels.above_f64)
                    expectSamePlaces(values.map { Float($0) }, Float(limit), kernels.above_f32)
                }
            }
        }
    }

    private func expectSamePlaces<T: ClassScalar>(
        _ values: [T], _ limit: T, _ kernel: @escaping T.AboveKernel
    ) {
        let wanted = values.indices.filter { values[$0] >= limit }
        for call in [kernel, T.aboveReference] {
            var places = [UInt32](repeating: .max, count: values.count + 1)
            let found = call(values, values.count, limit, &places)
            #expect(places[..<found].map { Int($0) } == wanted, "\(values.count) values, \(limit)")
        }
    }

    @Test func tally() {
        var random = TestRandom(seed: 7)
        for kernels in Self.tables {
            for count in [0, 1, 15, 16, 17, 31, 32, 33, 100, 1000] {
                let values = random.array(count) { $0.uniform() * $0.uniform() }
                let limits = [1, 0.5, 0.25, 0.1, 0.01, values.first ?? 0.3, 1e-300, 0]
                expectSameTally(values, limits, kernels.tally_f64)
                expectSameTally(values.map { Float($0) }, limits.map { Float($0) }, kernels.tally_f32)
            }
        }
    }

    private func expectSameTally<T: ClassScalar>(
        _ values: [T], _ limits: [T], _ kernel: @escaping T.TallyKernel
    ) {
        var results: [(sums: [Double], counts: [Int64])] = []
        for call in [kernel, T.tallyReference] {
            var (sums, counts) = ([Double](repeating: -1, count: 8), [Int64](repeating: -1, count: 8))
            call(values, values.count, limits, &sums, &counts)
            results.append((sums, counts))
        }
        #expect(results[0].sums == results[1].sums && results[0].counts == results[1].counts)
        for (level, limit) in limits.enumerated() {
            let above = values.filter { $0 >= limit }
            #expect(results[0].counts[level] == Int64(above.count))
            let sum = above.reduce(0.0) { $0 + Double($1) }
            #expect(abs(results[0].sums[level] - sum) <= 1e-5 * sum)
        }
    }

    private static let shapes: [(Int, Int)] = [1, 2, 15, 16, 17, 31, 32, 33, 100].flatMap { rows in
        [1, 2, 3, 10, 17, 100].map { (rows, $0) }
    }

    private func expectSameSoftmax<T: SoftmaxScalar>(
        _ logits: [T], _ rows: Int, _ classes: Int, _ beta: Double, _ kernel: T.SoftmaxKernel
    ) {
        let split = T.split(beta)
        var scratch = [T](repeating: 0, count: 32 * classes)
        // In place, as callers may ask for it.
        var found = logits
        found.withUnsafeMutableBufferPointer {
            kernel($0.baseAddress, rows, classes, split.high, split.low, &scratch, $0.baseAddress)
        }
        var wanted = logits
        wanted.withUnsafeMutableBufferPointer { wanted in
            for row in 0..<rows {
                let z = wanted.baseAddress! + row * classes
                T.softmaxRow(z, classes, beta, z)
            }
        }
        #expect(found.map(\.bitPattern) == wanted.map(\.bitPattern), "\(rows) x \(classes), beta \(beta)")
    }

    private func expectSameHighest<T: RankedScalar>(
        _ values: [T], _ rows: Int, _ classes: Int, _ kernel: T.TopKernel
    ) {
        var best = [T](repeating: -1, count: rows)
        var places = [Int32](repeating: -1, count: rows)
        kernel(values, rows, classes, &best, &places)
        for row in 0..<rows {
            let slice = values[row * classes..<(row + 1) * classes]
            let highest = slice.max()!
            #expect(best[row] == highest)
            #expect(Int(places[row]) == slice.firstIndex(of: highest)! - row * classes)
        }
    }
}
