/// Properties of parts of matrices, of outlier-victim pairs, and of codes read at fewer bits.

import Testing

@testable import Quantcal
@testable import QuantcalCore

private let most = Float.greatestFiniteMagnitude
private let least = Float.leastNonzeroMagnitude

private let uglyRows: [[Float]] = [
    [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [-3, -3, -3, -3, -3], [most, -most, most, -most, 0],
    [most, most, most, most, most], [least, 0, 0, -least, least], [1e38, 1e-38, -1e-45, 0, 1],
    [1e9, 1e9 + 64, 1e9 + 128, 1e9, 1e9], [-0.0, 0, -1, 0, 0],
]

private func normals(_ rows: Int, _ columns: Int, seed: UInt64) throws -> Matrix<Float> {
    var random = TestRandom(seed: seed)
    return try Matrix(
        rows: rows, columns: columns, elements: random.array(rows * columns) { $0.normal() }.map { Float($0) }
    )
}

@Suite struct QuantizeMaskedProperties {
    /// The number of salient elements is what was asked for, whatever the values.
    @Test(arguments: [0, 0.1, 0.5, 0.9, 1]) func countsAreExact(_ fraction: Double) throws {
        let values = try Matrix(uglyRows)
        let all = try quantizeSalientMask(values, fraction: fraction)
        let salient = all.elements.count { $0 }
        #expect(salient == Int((fraction * 45).rounded(.toNearestOrEven)))
        let byRow = try quantizeSalientMask(values, fraction: fraction, groups: .init(granularity: .row))
        for row in 0..<values.rows {
            let marked = byRow.elements[row * 5..<row * 5 + 5].count { $0 }
            #expect(marked == Int((fraction * 5).rounded(.toNearestOrEven)))
        }
    }

    /// Whatever the values and the mask, parts can be encoded and decoded, and fill the matrix.
    @Test(arguments: ["int4", "uint8", "binary", "nf4"], [RangeRule.Kind.minMax, .meanAbsolute, .mse])
    func uglyPartsAreQuantized(_ name: String, _ kind: RangeRule.Kind) throws {
        let values = try Matrix(uglyRows)
        var rule = QuantizationRangeRule()
        (rule.kind, rule.steps) = (kind, 5)
        let grid = try quantizationGrid(name)
        for step in [1, 2, 3, 50] {
            let bits = (0..<45).map { $0 % step == 0 }
            let mask = try Matrix(rows: 9, columns: 5, elements: bits)
            for groups in [QuantizationGroups(groupSize: 2), .init(granularity: .tensor)] {
                var decoded = try Matrix(
                    rows: 9, columns: 5, elements: [Float](repeating: .nan, count: 45))
                for selects in [true, false] {
                    let part = QuantizationPart(mask: mask, selects: selects, groups: groups)
                    let found = try quantizeMaskedRange(
                        values, part: part, grid: grid, rule: rule, wantsZeros: true)
                    let codes = try quantizeMaskedEncode(
                        values, part: part, grid: grid, scales: found.scales, zeros: found.zeros)
                    try quantizeMaskedDecode(
                        codes, part: part, grid: grid, scales: found.scales, zeros: found.zeros,
                        into: &decoded)
                }
                #expect(decoded.elements.allSatisfy { $0.isFinite })
            }
        }
    }

    @Test func threadsDoNotMatter() throws {
        let values = try normals(40, 5000, seed: 1)
        try ThreadCount.expectNoInfluence {
            var seen: [Float] = []
            for granularity in [QuantizationGranularity.tensor, .row, .group] {
                let groups = QuantizationGroups(granularity: granularity, groupSize: 300)
                let mask = try quantizeSalientMask(values, groups: groups)
                let part = QuantizationPart(mask: mask, selects: false, groups: groups)
                let grid = try quantizationGrid("uint3")
                let found = try quantizeMaskedRange(values, part: part, grid: grid, wantsZeros: true)
                let codes = try quantizeMaskedEncode(
                    values, part: part, grid: grid, scales: found.scales, zeros: found.zeros)
                var decoded = values
                try quantizeMaskedDecode(
                    codes, part: part, grid: grid, scales: found.scales, zeros: found.zeros, into: &decoded)
                seen += found.scales + decoded.elements
            }
            return seen.map(\.bitPattern)
        }
    }

    @Test func maskAndMatrixMustFit() throws {
        let values = try normals(3, 4, seed: 2)
        for (rows, columns) in [(2, 4), (3, 5), (1, 3)] {
            let mask = try Matrix(
                rows: rows, columns: columns, elements: [Bool](repeating: true, count: rows * columns))
            let error = #expect(throws: QuantcalError.self) {
                try quantizeMaskedRange(values, part: .init(mask: mask), grid: quantizationGrid())
            }
            #expect(error?.kind == .size)
        }
    }

    @Test func workIsCancelled() throws {
        let values = try normals(3, 4, seed: 3)
        let mask = try quantizeSalientMask(values)
        let grid = try quantizationGrid()
        let stops: [() throws -> Void] = [
            { _ = try quantizeSalientMask(values) { _ in true } },
            { _ = try quantizeMaskedRange(values, part: .init(mask: mask), grid: grid) { _ in true } },
            {
                _ = try quantizeMaskedEncode(
                    values, part: .init(mask: mask), grid: grid, scales: [1, 1, 1]
                ) { _ in true }
            },
        ]
        for stop in stops {
            let error = #expect(throws: QuantcalError.self) { try stop() }
            #expect(error?.kind == .cancelled)
        }
    }
}

@Suite struct QuantizeOutlierVictimProperties {
    @Test func uglyValuesHaveScalesAndCodes() throws {
        let values = try Matrix(uglyRows)
        for granularity in [QuantizationGranularity.row, .group, .tensor] {
            var pairs = OutlierVictimPairs()
            (pairs.granularity, pairs.groupSize) = (granularity, 2)
            let scales = try quantizeOutlierVictimScales(values, pairs: pairs)
            #expect(scales.allSatisfy { $0.isNormal && $0 > 0 })
            let codes = try quantizeOutlierVictimEncode(values, scales: scales, pairs: pairs)
            let decoded = try quantizeOutlierVictimDecode(
                codes, scales: scales, rows: 9, columns: 5, pairs: pairs)
            #expect(decoded.elements.allSatisfy { $0.isFinite })
        }
    }

    /// What a byte decodes to is encoded to that byte, if an encoder writes it.
    @Test func bytesAreTheirOwn() throws {
        var written = 0
        for byte in UInt8.min...UInt8.max {
            let (a, b) = OutlierVictimPair.units(byte)
            let again = OutlierVictimPair(a, b)
            #expect(again.first.units == a && again.second.units == b)
            written += again.byte == byte ? 1 : 0
        }
        // Two integers, or one of fourteen outliers on either side.
        #expect(written == 15 * 15 + 2 * 14)
    }

    @Test func threadsDoNotMatter() throws {
        let values = try normals(30, 3000, seed: 4)
        try ThreadCount.expectNoInfluence {
            try [QuantizationGranularity.row, .group, .tensor].map { granularity in
                var pairs = OutlierVictimPairs()
                (pairs.granularity, pairs.groupSize, pairs.steps) = (granularity, 500, 5)
                return try quantizeOutlierVictimScales(values, pairs: pairs).map(\.bitPattern)
            }
        }
    }
}

@Suite struct QuantizeElasticProperties {
    /// Reading twice is reading once.
    @Test func stepsDoNotMatter() throws {
        var random = TestRandom(seed: 5)
        let codes = (0..<3 * 50).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        func fewer(_ codes: [UInt8], _ scales: [Float], _ bits: Int, _ fewerBits: Int) throws -> (
            codes: [UInt8], scales: [Float]
        ) {
            try quantizeElastic(
                codes, scales: scales, rows: 3, columns: 50, bits: bits, fewerBits: fewerBits)
        }
        let scales: [Float] = [0.1, 3, 1e-30]
        for middle in 2...7 {
            for last in 1..<middle {
                let once = try fewer(codes, scales, 8, last)
                let half = try fewer(codes, scales, 8, middle)
                let twice = try fewer(half.codes, half.scales, middle, last)
                #expect(once.codes == twice.codes && once.scales == twice.scales)
            }
        }
    }

    @Test func threadsDoNotMatter() throws {
        var random = TestRandom(seed: 6)
        let codes = (0..<40 * 4000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        try ThreadCount.expectNoInfluence {
            let fewer = try quantizeElastic(
                codes, scales: [1], rows: 40, columns: 4000, bits: 8, fewerBits: 3, refits: true,
                groups: .init(granularity: .tensor))
            return fewer.codes.map { UInt32($0) } + fewer.scales.map(\.bitPattern)
        }
    }
}
