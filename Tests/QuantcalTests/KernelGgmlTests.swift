/// The kernels of ggml's blocks against their references, bit for bit.

import CQuantcalKernels
import Testing

@testable import QuantcalCore

@Suite struct KernelGgmlTests {
    private static var tables: [(name: String, kernels: quantcal_kernel_table)] {
        KernelLevel.allCases.compactMap { level in
            quantcal_kernels_at(level.rawValue).map { (level.name, $0.pointee) }
        }
    }

    private static let ugly: [Float] = [
        0, -0.0, 1, -1, 0.5, 1e-15, -1e-15, 1e-20, -1e-38, .leastNonzeroMagnitude, 3e5, -1e20, 1e38,
        .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    ]

    /// Parts of many kinds side by side: normal, on a lattice with many ties, of one sign, constant, sparse, of
    /// very different sizes, and of numbers at the ends of the range.
    private static func numbers(_ count: Int, _ length: Int, _ random: inout TestRandom) -> [Float] {
        (0..<count).flatMap { _ -> [Float] in
            let kind = random.integer(0...7)
            let (constant, scale) = (Float(random.normal()), Float(random.integer(1...9)) / 8)
            return (0..<length).map { _ in
                let normal = Float(random.normal())
                switch kind {
                case 0: return constant
                case 1: return Float(random.integer(-9...9)) * scale
                case 2: return normal.magnitude + 1
                case 3: return random.integer(0...7) == 0 ? normal : 0
                case 4: return normal * (random.integer(0...7) == 0 ? 1e6 : 1e-6)
                case 5: return ugly[random.integer(0...ugly.count - 1)]
                case 6: return ugly[random.integer(0...4)]
                default: return normal
                }
            }
        }
    }

    private static func weights(_ count: Int, _ random: inout TestRandom) -> [Float] {
        let kinds = random.integer(1...3)
        return (0..<count).map { _ in random.integer(0...kinds) == 0 ? 0 : Float(random.uniform()) }
    }

    /// What a search gives: scales, minima and levels, and a mark behind each.
    private struct Found: Equatable {
        var scales, minima: [UInt32]
        var levels: [UInt8]

        func hasNumbers(of other: Found) -> Bool { scales == other.scales && minima == other.minima }

        init(
            _ count: Int, _ length: Int,
            _ search: (
                UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<UInt8>
            ) -> Void
        ) {
            var (scales, minima) = (
                [Float](repeating: -7, count: count + 1), [Float](repeating: -7, count: count + 1)
            )
            levels = [UInt8](repeating: 0xA5, count: count * length + 1)
            search(&scales, &minima, &levels)
            // A NaN is like any other.
            let bits = { (number: Float) in number.isNaN ? UInt32.max : number.bitPattern }
            (self.scales, self.minima) = (scales.map(bits), minima.map(bits))
        }
    }

    /// Calls `check` with parts of each count and length, with weights and without them.
    private func forEachParts(
        lengths: [Int], seed: UInt64, _ check: (GgmlParts, quantcal_kernel_table, Comment) -> Void
    ) {
        var random = TestRandom(seed: seed)
        for (name, kernels) in Self.tables {
            for length in lengths {
                for count in [16, 32, 16, 32, 16, 48, 320] {
                    let x = Self.numbers(count, length, &random)
                    let weights = Self.weights(count * length, &random)
                    x.withUnsafeBufferPointer { x in
                        weights.withUnsafeBufferPointer { weights in
                            for weights in [nil, weights.baseAddress] {
                                check(
                                    GgmlParts(
                                        x: x.baseAddress!, weights: weights, count: count, length: length),
                                    kernels,
                                    "\(name), \(count) of \(length), \(weights == nil ? "own" : "given") weights"
                                )
                            }
                        }
                    }
                }
            }
        }
    }

    private static let searches: [GgmlSearch.Offsets] = [
        GgmlQ2K.search, GgmlQ4K.search, GgmlQ5K.search, .forImportance(top: 3), .forImportance(top: 15),
        .init(top: 7, first: -1, step: 0.1, count: 0, measure: .magnitudes),
        .init(top: 15, first: -0.9, step: 0.2, count: 8, measure: .gain),
    ]

    @Test func offsets() {
        forEachParts(lengths: [16, 32], seed: 1) { parts, kernels, comment in
            for search in Self.searches {
                let found = Found(parts.count, parts.length) { scales, minima, levels in
                    kernels.ggml_offsets(
                        parts.x, parts.weights, parts.count, parts.length, search.forKernel, scales, minima,
                        levels)
                }
                let wanted = Found(parts.count, parts.length) { scales, minima, levels in
                    parts.searchOffsetsReference(search, scales, minima, levels)
                }
                // Of a search for a start there are no levels.
                let hasLevels = search.measure != .gain
                #expect(
                    found.hasNumbers(of: wanted) && (!hasLevels || found.levels == wanted.levels), comment)
            }
        }
    }

    @Test func signed() {
        forEachParts(lengths: [16, 32], seed: 2) { parts, kernels, comment in
            for top: Int32 in [4, 8, 16, 32] {
                let found = Found(parts.count, parts.length) { scales, _, levels in
                    kernels.ggml_signed(
                        parts.x, parts.weights, parts.count, parts.length, top, scales, levels)
                }
                let wanted = Found(parts.count, parts.length) { scales, _, levels in
                    parts.searchSignedReference(top: top, scales, levels)
                }
                #expect(found == wanted, comment)
            }
        }
    }

    @Test func refined() {
        forEachParts(lengths: [16], seed: 3) { parts, kernels, comment in
            let found = Found(parts.count, parts.length) { scales, _, levels in
                kernels.ggml_refined(parts.x, parts.count, 4, scales, levels)
            }
            let wanted = Found(parts.count, parts.length) { scales, _, levels in
                parts.refineReference(top: 4, scales, levels)
            }
            #expect(found == wanted, comment)
        }
    }

    @Test func iq4() {
        forEachParts(lengths: [32], seed: 4) { parts, kernels, comment in
            let found = Found(parts.count, parts.length) { scales, _, _ in
                kernels.ggml_iq4(parts.x, parts.weights, parts.count, scales)
            }
            let wanted = Found(parts.count, parts.length) { scales, _, _ in
                parts.searchIQ4Reference(scales)
            }
            #expect(found == wanted, comment)
        }
    }

    private static let forms = [
        GgmlQ2K.form, GgmlQ3K.form, GgmlQ4K.form, GgmlQ5K.form, GgmlQ6K.form, GgmlIQ4NL.form, GgmlIQ4XS.form,
    ]

    /// Scales and factors near what the numbers need, and some that are 0 or out of all proportion.
    private static func scales(
        _ parts: GgmlParts, _ form: GgmlForm, _ memory: UnsafeMutablePointer<Float>,
        _ random: inout TestRandom
    ) -> GgmlScales {
        let count = parts.count
        let scales = GgmlScales(
            scales: memory, minimumScales: memory + count, factors: memory + 2 * count,
            minimumFactors: memory + 3 * count)
        for part in 0..<count {
            let peak = ggmlPeak(parts.x + part * parts.length, parts.length)
            let factor = random.integer(Int(form.factors.lowerBound)...Int(form.factors.upperBound))
            let step = peak / Float(form.levels.upperBound) * Float(random.uniform() + 0.5)
            scales.factors[part] = Float(factor)
            scales.scales[part] =
                [HalfBits(single: step / Float(max(1, abs(factor)))).single, 0, 1][random.integer(0...9) / 8]
            let minimumFactors = form.minimumFactors ?? 0...0
            scales.minimumFactors[part] = Float(
                random.integer(Int(minimumFactors.lowerBound)...Int(minimumFactors.upperBound)))
            scales.minimumScales[part] = HalfBits(single: peak * Float(random.normal()) / 32).single
        }
        return scales
    }

    @Test func tuning() {
        forEachParts(lengths: [16, 32], seed: 7) { parts, kernels, comment in
            for form in Self.forms where form.partLength == parts.length {
                for canMove in [false, true] {
                    func tuned(
                        _ tune: (GgmlScales, UnsafeMutablePointer<Float>, UnsafeMutablePointer<UInt8>) -> Void
                    )
                        -> ([UInt32], [UInt32], [UInt8])
                    {
                        var random = TestRandom(seed: UInt64(parts.count))
                        var memory = [Float](repeating: 0, count: 4 * parts.count)
                        // Errors that some moves are below of, and sums of all kinds.
                        var fits = (0...GgmlFit.count * parts.count).map { Float($0 % 5) * 0.1 }
                        for index in parts.count..<fits.count { fits[index] = Float(random.normal()) }
                        var levels = [UInt8](repeating: 0xA5, count: parts.count * parts.length + 1)
                        memory.withUnsafeMutableBufferPointer {
                            tune(Self.scales(parts, form, $0.baseAddress!, &random), &fits, &levels)
                        }
                        let bits = { (number: Float) in number.isNaN ? UInt32.max : number.bitPattern }
                        return (memory.map(bits), fits.map(bits), levels)
                    }
                    let found = tuned { scales, fits, levels in
                        kernels.ggml_tune(
                            parts.x, parts.weights, parts.count, parts.length, form.forKernel(canMove),
                            scales.forKernel, fits, levels)
                    }
                    let wanted = tuned { scales, fits, levels in
                        parts.tuneReference(form, scales, canMove: canMove, fits, levels)
                    }
                    #expect(found == wanted, comment)
                }
            }
        }
    }

    private typealias Spanning = (UnsafePointer<Float>, Int, UnsafeMutablePointer<UInt8>) -> Void

    private func expectSameBlocks(
        _ type: GgmlType, seed: UInt64, _ kernel: (quantcal_kernel_table) -> Spanning, _ reference: Spanning
    ) {
        var random = TestRandom(seed: seed)
        for (name, kernels) in Self.tables {
            for count in [0, 1, 2, 3, 16, 300] {
                let x = Self.numbers(count, 32, &random)
                var (found, wanted) = (
                    [UInt8](repeating: 0xA5, count: count * type.blockBytes + 1),
                    [UInt8](repeating: 0xA5, count: count * type.blockBytes + 1)
                )
                kernel(kernels)(x, count, &found)
                reference(x, count, &wanted)
                #expect(found == wanted, "\(name), \(type), \(count) blocks")
            }
        }
    }

    private func expectSameIntegers<Block: GgmlSmallInteger & GgmlEncodable>(_ block: Block.Type) {
        expectSameBlocks(
            block.type, seed: 5,
            { kernels in
                { kernels.ggml_integers($0, $1, Int32(block.bits), block.hasMinimum ? 1 : 0, $2) }
            }, block.encodeReference)
    }

    @Test func integers() {
        expectSameIntegers(GgmlQ4_0.self)
        expectSameIntegers(GgmlQ4_1.self)
        expectSameIntegers(GgmlQ5_0.self)
        expectSameIntegers(GgmlQ5_1.self)
    }

    @Test func bytes() {
        expectSameBlocks(
            .q8_0, seed: 6, { kernels in { kernels.ggml_bytes($0, $1, $2) } }, GgmlQ8_0.encodeReference)
    }

    // MARK: Nearest blocks

    /// Sixteen blocks of which some are written.
    private func expectSameNearBlocks(
        _ type: GgmlType, seed: UInt64, _ kernel: (quantcal_kernel_table) -> Spanning, _ reference: Spanning
    ) {
        var random = TestRandom(seed: seed)
        for (name, kernels) in Self.tables {
            for count in [0, 1, 2, 15] + [Int](repeating: 16, count: 60) {
                let x = Self.numbers(16, 32, &random)
                var (found, wanted) = (
                    [UInt8](repeating: 0xA5, count: count * type.blockBytes + 1),
                    [UInt8](repeating: 0xA5, count: count * type.blockBytes + 1)
                )
                kernel(kernels)(x, count, &found)
                reference(x, count, &wanted)
                #expect(found == wanted, "\(name), \(type), \(count) blocks")
            }
        }
    }

    private func expectSameNearIntegers<Block: GgmlSmallInteger>(_ block: Block.Type) {
        expectSameNearBlocks(
            block.type, seed: 8, { kernels in { kernels.ggml_near_integers($0, $1, Int32(block.bits), $2) } },
            { GgmlNear.encodeIntegersReference(block, $0, $1, $2) })
    }

    @Test func nearIntegers() {
        expectSameNearIntegers(GgmlQ4_0.self)
        expectSameNearIntegers(GgmlQ5_0.self)
    }

    @Test func nearBytes() {
        expectSameNearBlocks(
            .q8_0, seed: 9, { kernels in { kernels.ggml_near_bytes($0, nil, $1, $2) } },
            { GgmlNear.encodeBytesReference($0, nil, $1, $2) })
    }

    private func expectSameNearRanges<Block: GgmlSmallInteger>(_ block: Block.Type) {
        expectSameNearBlocks(
            block.type, seed: 10, { kernels in { kernels.ggml_near_ranges($0, $1, Int32(block.bits), $2) } },
            { GgmlFitted(block).encodeRangesReference($0, $1, $2) })
    }

    @Test func nearRanges() {
        expectSameNearRanges(GgmlQ4_1.self)
        expectSameNearRanges(GgmlQ5_1.self)
    }

    private typealias Weighted = (
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ count: Int,
        _ levels: UnsafePointer<UInt8>, _ blocks: UnsafeMutablePointer<UInt8>
    ) -> Void

    /// Blocks with any levels, scales of about their size and any minimum, to be bettered.
    private func expectSameWeightedBlocks(
        _ type: GgmlType, seed: UInt64, _ kernel: (quantcal_kernel_table) -> Weighted, _ reference: Weighted
    ) {
        var random = TestRandom(seed: seed)
        for (name, kernels) in Self.tables {
            var bettered = 0
            for count in [0, 1, 2, 15] + [Int](repeating: 16, count: 60) {
                let x = Self.numbers(16, 32, &random)
                let weights = Self.weights(512, &random)
                let levels = (0..<512).map { _ in UInt8(random.integer(0...15)) }
                var found = (0..<count * type.blockBytes + 1).map { _ in UInt8(random.integer(0...255)) }
                for block in 0..<count {
                    let scale = HalfBits(single: ggmlPeak(Array(x[32 * block..<32 * block + 32]), 32) / 8)
                    withUnsafeBytes(of: scale.bits.littleEndian) {
                        found.replaceSubrange(block * type.blockBytes..<block * type.blockBytes + 2, with: $0)
                    }
                }
                var wanted = found
                let start = found
                kernel(kernels)(x, weights, count, levels, &found)
                reference(x, weights, count, levels, &wanted)
                #expect(found == wanted, "\(name), \(type), \(count) blocks")
                bettered += zip(start, found).count { $0 != $1 }
            }
            #expect(bettered > 0, "\(name)")
        }
    }

    private func expectSameWeightedIntegers<Block: GgmlSmallInteger>(_ block: Block.Type) {
        expectSameWeightedBlocks(
            block.type, seed: 11,
            { kernels in
                {
                    kernels.ggml_near_weighted(
                        $0, $1, $2, Int32(block.bits), block.hasMinimum ? 1 : 0, $3, $4)
                }
            }, { GgmlFitted(block).improveReference($0, $1, $2, $3, $4) })
    }

    @Test func weightedIntegers() {
        expectSameWeightedIntegers(GgmlQ4_0.self)
        expectSameWeightedIntegers(GgmlQ4_1.self)
        expectSameWeightedIntegers(GgmlQ5_0.self)
        expectSameWeightedIntegers(GgmlQ5_1.self)
    }

    @Test func weightedBytes() {
        expectSameWeightedBlocks(
            .q8_0, seed: 12,
            { kernels in { kernels.ggml_near_bytes($0, $1, $2, $4) } },
            { x, weights, count, _, blocks in GgmlNear.encodeBytesReference(x, weights, count, blocks) })
    }
}
