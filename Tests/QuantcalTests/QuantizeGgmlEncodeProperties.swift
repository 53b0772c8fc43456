import Quantcal
import Testing

@Suite struct QuantizeGgmlEncodeProperties {
    static let types = GgmlType.allCases.filter(\.isEncodable)

    private static func values(rows: Int, columns: Int, seed: UInt64, scale: Float = 1) throws -> Matrix<
        Float
    > {
        var random = TestRandom(seed: seed)
        return try Matrix(
            rows: rows, columns: columns,
            elements: random.array(rows * columns) { $0.normal() }.map { Float($0) * scale })
    }

    /// A bound for the error beside the largest number of a block, by the levels that a type has.
    private static func bound(_ type: GgmlType) -> Float {
        switch type {
        case .f16, .bf16: 0.004
        case .q8_0: 0.005
        case .q6_K: 0.03
        case .q5_0, .q5_1, .q5_K: 0.05
        case .q4_0, .q4_1, .q4_K, .iq4_NL, .iq4_XS: 0.12
        case .mxfp4, .nvfp4, .q3_K: 0.27
        case .q2_K: 0.4
        default: 0.51
        }
    }

    @Test(arguments: types) func theErrorIsBounded(type: GgmlType) throws {
        let columns = 2 * max(type.blockLength, 32)
        for scale in [1, 0.5, 10] as [Float] {
            let values = try Self.values(rows: 4, columns: columns, seed: 3, scale: scale)
            let blocks = try quantizeGgmlEncode(values, type, mode: .reference)
            let decoded = try quantizeGgmlDecode(blocks, type, rows: 4, columns: columns)
            let length = max(type.blockLength, 32)
            for first in stride(from: 0, to: 4 * columns, by: length) {
                let range = first..<first + length
                let peak = values.elements[range].map(\.magnitude).max()!
                let error = range.map { (values.elements[$0] - decoded.elements[$0]).magnitude }.max()!
                #expect(error <= Self.bound(type) * peak)
            }
        }
    }

    @Test(arguments: types) func threadsDoNotMatter(type: GgmlType) throws {
        let columns = 256 * 80
        let values = try Self.values(rows: 2, columns: columns, seed: 5)
        let importance = values.elements[0..<columns].map(\.magnitude)
        try ThreadCount.expectNoInfluence { try quantizeGgmlEncode(values, type) }
        try ThreadCount.expectNoInfluence { try quantizeGgmlEncode(values, type, importance: importance) }
    }

    /// Halves and bfloat16 give what the singles give that they are.
    @Test(arguments: types) func elementsOfEachKind(type: GgmlType) throws {
        let singles = try Self.values(rows: 2, columns: 512, seed: 6)
        let halves = singles.elements.map { HalfBits(single: $0) }
        let brains = singles.elements.map { BFloat16Bits(single: $0) }
        func matrix<Element>(_ elements: [Element]) throws -> Matrix<Element> {
            try Matrix(rows: 2, columns: 512, elements: elements)
        }
        #expect(
            try quantizeGgmlEncode(matrix(halves), type)
                == quantizeGgmlEncode(matrix(halves.map(\.single)), type))
        #expect(
            try quantizeGgmlEncode(matrix(brains), type)
                == quantizeGgmlEncode(matrix(brains.map(\.single)), type))
    }

    /// No finite number traps, and what is too large is still decodable bytes.
    @Test(arguments: types) func uglyNumbers(type: GgmlType) throws {
        let ugly: [Float] = [
            0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude, 1e-38, 1e-20, 65504, 65520, -1e9, 1e20,
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1, -1, 0.5, 1e-15,
        ]
        var random = TestRandom(seed: 8)
        for kinds in [1, 2, 3, 16] {
            for _ in 0..<20 {
                let chosen = (0..<kinds).map { _ in ugly[random.integer(0...ugly.count - 1)] }
                let elements = (0..<256).map { _ in chosen[random.integer(0...kinds - 1)] }
                let values = try Matrix(rows: 1, columns: 256, elements: elements)
                for importance in [nil, elements.map { min($0.magnitude, 1) }] {
                    let blocks = try quantizeGgmlEncode(values, type, importance: importance)
                    let decoded = try quantizeGgmlDecode(blocks, type, rows: 1, columns: 256)
                    if elements.allSatisfy({ $0 == 0 }) {
                        #expect(decoded.elements.allSatisfy { $0 == 0 })
                    }
                }
            }
        }
    }

    @Test func refusals() throws {
        let values = try Self.values(rows: 1, columns: 256, seed: 1)
        for type in GgmlType.allCases where !type.isEncodable {
            let error = #expect(throws: QuantcalError.self) { try quantizeGgmlEncode(values, type) }
            #expect(error?.kind == .options)
        }
        let error = #expect(throws: QuantcalError.self) {
            try quantizeGgmlEncode(values, .q4_0, importance: [1, 2])
        }
        #expect(error?.kind == .size)
        let stopped = #expect(throws: QuantcalError.self) {
            try quantizeGgmlEncode(values, .q4_0) { _ in true }
        }
        #expect(stopped?.kind == .cancelled)
    }
}
