/// The kernels of quantization of every level that this processor has, against their references, bit
/// for bit.

import CQuantcalKernels
import Testing

@testable import QuantcalCore

@Suite struct KernelQuantizeTests {
    private static let lengths = Array(0...70) + [127, 128, 129, 255, 256, 257, 1000, 1024]

    private static var tables: [(name: String, kernels: quantcal_kernel_table)] {
        KernelLevel.allCases.compactMap { level in
            quantcal_kernels_at(level.rawValue).map { (level.name, $0.pointee) }
        }
    }

    /// Ways to lie in groups: one group, small ones, and others that begin before the run.
    private static func runs(_ count: Int) -> [GroupRun] {
        [GroupRun(inOneGroup: count)]
            + [(1, 0), (7, 3), (16, 0), (32, 16), (33, 5), (128, 100)].map { columns, place in
                GroupRun(place..<place + count, groupColumns: columns)
            }
    }

    private static func elements<T: WeightElement>(_ values: UnsafeBufferPointer<T>) -> quantcal_elements {
        quantcal_elements(values: values.baseAddress, type: T.kernelType)
    }

    /// Halves and bfloat16 numbers, read as they are stored: the ranges and codes of the same in single
    /// precision.
    @Test func storedElements() {
        var random = TestRandom(seed: 6)
        for (name, kernels) in Self.tables {
            for n in Self.lengths {
                let singles = random.array(n) { $0.normal() }.map { Float($0) }
                for run in Self.runs(n) {
                    expectSameStored(singles.map { HalfBits(single: $0) }, run, kernels, "\(name), \(n)")
                    expectSameStored(singles.map { BFloat16Bits(single: $0) }, run, kernels, "\(name), \(n)")
                }
            }
        }
    }

    private func expectSameStored<T: WeightElement>(
        _ values: [T], _ run: GroupRun, _ kernels: quantcal_kernel_table, _ comment: String
    ) {
        let grids = (0...values.count).map {
            IntegerGrid(scale: [Float(0.25), 0.1, 0.3][$0 % 3], zero: Int32($0 % 5), low: -8, high: 7)
        }
        func found<E: WeightElement>(_ elements: [E]) -> ([ValueRange], [UInt8]) {
            var ranges = [ValueRange](repeating: ValueRange(), count: elements.count + 1)
            var codes = [UInt8](repeating: 0xA5, count: elements.count + 1)
            elements.withUnsafeBufferPointer {
                let areFinite = kernels.ranges(Self.elements($0), elements.count, run.forKernel, &ranges)
                #expect(areFinite != 0, "\(comment)")
                kernels.integer_encode(Self.elements($0), elements.count, run.forKernel, grids, &codes)
            }
            return (ranges, codes)
        }
        let (stored, wanted) = (found(values), found(values.map(\.single)))
        #expect(stored.1 == wanted.1, "\(comment) of \(T.self)")
        let areSame = zip(stored.0, wanted.0).allSatisfy {
            $0.minimum == $1.minimum && $0.maximum == $1.maximum
        }
        #expect(areSame, "\(comment) of \(T.self), groups of \(run.groupColumns)")
    }

    // MARK: Ranges

    @Test func ranges() {
        var random = TestRandom(seed: 3)
        for (name, kernels) in Self.tables {
            for n in Self.lengths {
                var values = random.array(n) { $0.normal() }.map { Float($0) }
                for place in [nil, 0, n / 2, n - 1] where place.map({ values.indices.contains($0) }) ?? true {
                    for value in place == nil ? [Float(0)] : [.nan, .infinity, -.infinity, 3e38, -3e38] {
                        if let place { values[place] = value }
                        let comment = "\(name), \(n) values, \(value) at \(place ?? -1)"
                        for run in Self.runs(n) { expectSameRanges(values, run, kernels, comment) }
                    }
                    if let place { values[place] = 0.5 }
                }
            }
        }
    }

    private func expectSameRanges(
        _ values: [Float], _ run: GroupRun, _ kernels: quantcal_kernel_table, _ comment: String
    ) {
        // What was there before counts.
        let before = (0...values.count).map { ValueRange(minimum: $0 % 3 == 0 ? -2 : 0, maximum: 0.25) }
        var (actual, wanted) = (before, before)
        let areFinite =
            values.withUnsafeBufferPointer {
                kernels.ranges(Self.elements($0), values.count, run.forKernel, &actual)
            } != 0
        run.forEachSegment { group, segment in
            wanted[group].minimum = min(wanted[group].minimum, values[segment].min() ?? 0)
            wanted[group].maximum = max(wanted[group].maximum, values[segment].max() ?? 0)
        }
        #expect(areFinite == values.allSatisfy(\.isFinite), "\(comment), groups of \(run.groupColumns)")
        guard areFinite else { return }
        let same = zip(actual, wanted).allSatisfy { $0.minimum == $1.minimum && $0.maximum == $1.maximum }
        #expect(same, "\(comment), groups of \(run.groupColumns)")
    }

    // MARK: Integers

    @Test func encodingAndDecoding() {
        var random = TestRandom(seed: 4)
        for (name, kernels) in Self.tables {
            for scheme in IntegerQuantization.Scheme.allCases {
                for bits in 2...8 {
                    var options = IntegerQuantization()
                    (options.bits, options.scheme) = (bits, scheme)
                    for n in Self.lengths {
                        let run = Self.runs(n)[n % 7]
                        expectSameCodes(
                            options, run, kernels, &random, "\(name), \(bits) bits, \(scheme), \(n)")
                    }
                }
            }
        }
    }

    private func expectSameCodes(
        _ options: IntegerQuantization, _ run: GroupRun, _ kernels: quantcal_kernel_table,
        _ random: inout TestRandom, _ comment: String
    ) {
        let n = run.count
        let isSigned = options.scheme == .symmetric
        let codes = options.codeRange
        // With a scale of 1/4, eighths tie; with another, multiplying by 1 / scale would differ.
        let grids = (0...n).map { group in
            IntegerGrid(
                scale: [Float(0.25), 0.1, 0.3][(n + group) % 3],
                zero: isSigned ? 0 : Int32(random.integer(0...Int(codes.high))), low: codes.low,
                high: codes.high - Int32(group % 2))
        }
        // A few are far outside the grid.
        let values = random.array(n) { random in
            let halves = Double(random.integer(-300...300)) / 8
            return halves * (random.integer(0...20) == 0 ? 1e30 : 1)
        }.map { Float($0) }
        let bytes = (0..<n).map { _ in UInt8(truncatingIfNeeded: random.integer(0...255)) }
        var wantedCodes = [UInt8](repeating: 0xA5, count: n + 1)
        var wanted = [Float](repeating: -7, count: n + 1)
        run.forEachSegment { group, segment in
            let grid = grids[group]
            for index in segment {
                wantedCodes[index] = grid.encode(values[index])
                wanted[index] = grid.decode(
                    isSigned ? Int32(Int8(bitPattern: bytes[index])) : Int32(bytes[index]))
            }
        }
        var actualCodes = [UInt8](repeating: 0xA5, count: n + 1)
        values.withUnsafeBufferPointer {
            kernels.integer_encode(Self.elements($0), n, run.forKernel, grids, &actualCodes)
        }
        #expect(actualCodes == wantedCodes, "\(comment)")
        var decoded = [Float](repeating: -7, count: n + 1)
        let zeros = grids.map { UInt8(truncatingIfNeeded: $0.zero) }
        for zeros in isSigned ? [nil, zeros] : [zeros] {
            kernels.integer_decode(
                bytes, n, run.forKernel, grids.map(\.scale), zeros, isSigned ? 1 : 0, &decoded)
            #expect(decoded.map(\.bitPattern) == wanted.map(\.bitPattern), "\(comment)")
        }
    }

    @Test func packingFourBits() {
        var random = TestRandom(seed: 5)
        for (name, kernels) in Self.tables {
            for n in stride(from: 0, through: 512, by: 32) {
                let codes = (0..<n).map { _ in UInt8(truncatingIfNeeded: random.integer(0...255)) }
                var packed = [UInt8](repeating: 0xA5, count: n / 2 + 1)
                kernels.pack4(codes, n, &packed)
                let wanted = (0..<n / 2).map { codes[2 * $0] & 15 | codes[2 * $0 + 1] << 4 }
                #expect(packed == wanted + [0xA5], "\(name), \(n)")
                for isSigned in [false, true] {
                    var unpacked = [UInt8](repeating: 0xA5, count: n + 1)
                    kernels.unpack4(packed, n, isSigned ? 1 : 0, &unpacked)
                    let low = codes.map { $0 & 15 }
                    let extended = isSigned ? low.map { $0 > 7 ? $0 | 0xF0 : $0 } : low
                    #expect(unpacked == extended + [0xA5], "\(name), \(n), signed \(isSigned)")
                }
            }
        }
    }

    // MARK: Elements

    /// All halves and bfloat16 numbers; and back the same, numbers halfway to the next and beside those.
    @Test func conversions() {
        let all = (0...UInt16.max).map { $0 }
        for (name, kernels) in Self.tables {
            for n in Self.lengths + [all.count] {
                let bits = Array(all.suffix(n))
                expectSameConversion(
                    bits.map { HalfBits(bits: $0) }, kernels.widen_f16, kernels.narrow_f16, name)
                expectSameConversion(
                    bits.map { BFloat16Bits(bits: $0) }, kernels.widen_bf16, kernels.narrow_bf16, name)
            }
        }
    }

    private func expectSameConversion<T: WeightElement>(
        _ elements: [T], _ widen: (UnsafePointer<UInt16>?, Int, UnsafeMutablePointer<Float>?) -> Void,
        _ narrow: (UnsafePointer<Float>?, Int, UnsafeMutablePointer<UInt16>?) -> Void, _ name: String
    ) {
        let n = elements.count
        let stored = elements.map { unsafeBitCast($0, to: UInt16.self) }
        var singles = [Float](repeating: -7, count: n + 1)
        widen(stored, n, &singles)
        #expect(
            singles.map(\.bitPattern) == elements.map(\.single.bitPattern) + [Float(-7).bitPattern],
            "\(name), \(n) of \(T.self)")
        // The steps of both types lie on bits of single precision.
        for shift in [UInt32(0), 1, 0x0FFF, 0x1000, 0x1001, 0x7FFF, 0x8000, 0x8001] {
            let moved = singles.dropLast().map { Float(bitPattern: $0.bitPattern &+ shift) }
            var narrowed = [UInt16](repeating: 7, count: n + 1)
            narrow(moved, n, &narrowed)
            let wanted = moved.map { unsafeBitCast(T(single: $0), to: UInt16.self) }
            #expect(narrowed == wanted + [7], "\(name), \(n) of \(T.self), \(shift)")
        }
    }
}
