import Quantcal
import Testing

/// Mode best: less error than ggml's encoders in every block, and little more than the least there is.
@Suite struct QuantizeGgmlBestProperties {
    private static let types: [GgmlType] = [
        .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_NL, .iq4_XS,
    ]

    /// The weighted squared error of each block.
    private static func errors(
        _ values: Matrix<Float>, _ type: GgmlType, _ importance: [Float]?, _ mode: GgmlEncodingMode
    ) throws -> [Double] {
        let blocks = try quantizeGgmlEncode(values, type, importance: importance, mode: mode)
        let decoded = try quantizeGgmlDecode(blocks, type, rows: values.rows, columns: values.columns)
        return stride(from: 0, to: values.elements.count, by: type.blockLength).map { first in
            (first..<first + type.blockLength).reduce(0) { sum, index in
                let difference = Double(decoded.elements[index]) - Double(values.elements[index])
                return sum + Double(importance?[index % values.columns] ?? 1) * difference * difference
            }
        }
    }

    @Test(arguments: types) func noBlockIsWorseThanByTheReference(type: GgmlType) throws {
        var random = TestRandom(seed: 51)
        let columns = 512
        func row(_ number: (inout TestRandom) -> Double) -> [Float] {
            random.array(columns, number).map { Float($0) }
        }
        var rows = (0..<6).map { _ in row { $0.normal() } }
        rows.append(row { Double($0.integer(-9...9)) / 4 })
        rows.append(row { $0.normal() + 100 })
        rows.append(row { $0.normal() * ($0.integer(0...20) == 0 ? 100 : 1) })
        rows.append(row { $0.integer(0...20) == 0 ? $0.normal() : 0 })
        for scale in [1e-4, 1e-7, 1e-12, 1e-22, 1e-40, 1e6, 1e20, 1e38] as [Float] {
            rows.append(rows[0].map { min(max($0 * scale, -3.4e38), 3.4e38) })
        }
        rows.append([Float](repeating: 0, count: columns))
        rows.append([Float](repeating: -1.25, count: columns))
        let values = try Matrix(rows: rows.count, columns: columns, elements: rows.flatMap { $0 })
        let counts = row { $0.integer(0...3) == 0 ? 0 : $0.uniform() }
        for importance in [nil, counts] {
            let best = try Self.errors(values, type, importance, .best)
            let reference = try Self.errors(values, type, importance, .reference)
            for (best, reference) in zip(best, reference) {
                #expect(best <= reference * (1 + 1e-12) || !reference.isFinite)
            }
        }
    }

    /// Every half as the scale, each number at its nearest level.
    @Test(arguments: [GgmlType.q4_0, .q5_0, .q8_0]) func nearTheLeastErrorOfAllScales(type: GgmlType) throws {
        let top: Float = type == .q4_0 ? 8 : type == .q5_0 ? 16 : 128
        let lowest = type == .q8_0 ? -127 : -top
        var random = TestRandom(seed: 52)
        let values = try Matrix(
            rows: 4, columns: 32, elements: random.array(128) { $0.normal() }.map { Float($0) })
        let found = try Self.errors(values, type, nil, .best).reduce(0, +)
        var least = 0.0
        for row in 0..<4 {
            let x = values.elements[32 * row..<32 * row + 32]
            let span = x.map(\.magnitude).max()! / top
            // Scales of both signs around the one that spans the numbers.
            let bits = HalfBits(single: span / 1.5).bits...HalfBits(single: 1.2 * span).bits
            least += bits.reduce(Double.infinity) { least, bits in
                [Float(1), -1].reduce(least) { least, sign in
                    let scale = sign * HalfBits(bits: bits).single
                    let error = x.reduce(0.0) { sum, x in
                        let level = min(max((x / scale).rounded(.toNearestOrEven), lowest), top - 1)
                        let difference = Double(scale * level) - Double(x)
                        return sum + difference * difference
                    }
                    return min(least, error)
                }
            }
        }
        #expect(found >= least * (1 - 1e-6))
        // With levels so fine as those of eight bits, many scales are nearly alike, and one is the best by chance.
        #expect(found <= least * (type == .q8_0 ? 1.25 : 1.1))
    }
}
