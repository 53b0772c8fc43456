/// The kernels that write many neighbours: all places asked for and no others, wherever they lie in a line of
/// the cache, in the caches or past them.

import CQuantcalKernels
import Testing

@testable import QuantcalCore

@Suite struct KernelStoreTests {
    private static var tables: [(name: String, kernels: quantcal_kernel_table)] {
        KernelLevel.allCases.compactMap { level in
            quantcal_kernels_at(level.rawValue).map { (level.name, $0.pointee) }
        }
    }

    /// Expects that a kernel writes `wanted` from a shift on and leaves what is around it.
    private func expectWritten<T: Equatable>(
        _ wanted: [T], around untouched: T, _ shift: Int, _ comment: String,
        _ kernel: (UnsafeMutablePointer<T>) -> Void
    ) {
        var places = [T](repeating: untouched, count: wanted.count + 20)
        places.withUnsafeMutableBufferPointer { kernel($0.baseAddress! + shift) }
        let rest = [T](repeating: untouched, count: 20 - shift)
        #expect(
            places == [T](repeating: untouched, count: shift) + wanted + rest,
            "\(comment), \(wanted.count) from \(shift)")
    }

    @Test(arguments: [0, 1] as [Int32]) func fills(pastCaches: Int32) {
        for (name, kernels) in Self.tables {
            for count in 0...70 {
                for shift in 0...9 {
                    expectWritten([Double](repeating: 2.5, count: count), around: -1, shift, name) {
                        kernels.fill_f64($0, count, 2.5, pastCaches)
                    }
                    expectWritten([Float](repeating: 2.5, count: count), around: -1, shift, name) {
                        kernels.fill_f32($0, count, 2.5, pastCaches)
                    }
                }
            }
        }
    }

    @Test func copiesPastCaches() {
        for (name, kernels) in Self.tables {
            for count in 0...70 {
                let source = (0..<count).map { Float($0) + 0.5 }
                for shift in 0...16 {
                    expectWritten(source, around: -1, shift, name) {
                        kernels.copy_past_caches($0, source, 4 * count)
                    }
                }
            }
        }
    }

    @Test func countsPastCaches() {
        for (name, kernels) in Self.tables {
            for count in 0...70 {
                for shift in 0...9 {
                    expectWritten((0..<count).map { 1000 + $0 }, around: -1, shift, name) {
                        kernels.count_past_caches($0, 1000, count)
                    }
                }
            }
        }
    }

    /// Outputs on both sides of the size of the caches, parts on both sides of what is worth to go past them.
    @Test(arguments: [1 << 10, 1 << 26]) func stores(bytes: Int) {
        let stores = BulkStores(into: bytes)
        for count in [0, 1, 31, 32, 600, 5000] {
            let source = (0..<count).map { Double($0) - 0.5 }
            expectWritten([Double](repeating: 7, count: count), around: -1, 3, "fill") {
                stores.fill($0, count, 7)
            }
            expectWritten(source, around: -1, 3, "copy") { stores.copy($0, source, count) }
            expectWritten(Array(5..<5 + count), around: -1, 3, "count") { stores.countUp($0, from: 5, count) }
        }
    }
}
