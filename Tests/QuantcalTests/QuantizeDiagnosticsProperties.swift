import Glibc
import Quantcal
import Testing

@Suite struct QuantizeDiagnosticsProperties {
    private static func normals(_ count: Int, seed: UInt64) -> [Float] {
        var random = TestRandom(seed: seed)
        return random.array(count) { $0.normal() }.map { Float($0) }
    }

    private static func logits(_ rows: Int, _ classes: Int, seed: UInt64) throws -> Matrix<Double> {
        var random = TestRandom(seed: seed)
        return try Matrix(
            rows: rows, columns: classes, elements: random.array(rows * classes) { 3 * $0.normal() })
    }

    /// Every length around the width of the lanes, against sums one by one.
    @Test func everyLengthCounts() throws {
        for count in 1...40 {
            let x = Self.normals(count, seed: UInt64(count))
            let y = x.map { ($0 * 4).rounded() / 4 }
            let error = try quantizeError(x, y)
            let squares = zip(x, y).map { (Double($0) - Double($1)) * (Double($0) - Double($1)) }
            let expected = squares.reduce(0, +) / Double(count)
            #expect(abs(error.meanSquaredError - expected) <= 1e-14 * expected)
            #expect(error.maxAbsError == squares.map { $0.squareRoot() }.max())
            let statistics = try quantizeStatistics(x)
            #expect(statistics.minimum == Double(x.min()!) && statistics.maximum == Double(x.max()!))
            if count > 1 { #expect(statistics.kurtosis >= 1 - 1e-12) }
        }
    }

    /// A scale and a shift move what they should, and nothing else. 8192 is exact beside quarters.
    @Test func momentsDoNotKnowTheOffset() throws {
        let x = Self.normals(3000, seed: 3).map { ($0 * 4).rounded() / 4 }
        let plain = try quantizeStatistics(x)
        let moved = try quantizeStatistics(x.map { $0 * 2 + 8192 })
        #expect(abs(moved.mean - (2 * plain.mean + 8192)) < 1e-11)
        #expect(abs(moved.variance / plain.variance - 4) < 1e-13)
        #expect(abs(moved.kurtosis / plain.kurtosis - 1) < 1e-13)
        #expect(abs(moved.skewness - plain.skewness) < 1e-13)
    }

    @Test func threadsDoNotMatter() throws {
        let x = Self.normals(300_000, seed: 5)
        let y = x.map { ($0 * 8).rounded() / 8 }
        let matrix = try Matrix(rows: 300, columns: 1000, elements: x)
        let (a, b) = (try Self.logits(60, 2000, seed: 6), try Self.logits(60, 2000, seed: 7))
        try ThreadCount.expectNoInfluence { try quantizeError(x, y) }
        try ThreadCount.expectNoInfluence { try quantizeStatistics(x) }
        try ThreadCount.expectNoInfluence { try quantizeOutlierColumns(matrix, threshold: 1.2) }
        try ThreadCount.expectNoInfluence { try quantizeKLDivergence(reference: a, approximation: b) }
        let codes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        try ThreadCount.expectNoInfluence {
            try quantizeCodeCounts(codes, rows: 1000, columns: 800, bits: 3)
        }
    }

    /// Against the definition, for which these divergences are large enough.
    @Test func divergencesAreThoseOfTheDefinition() throws {
        let (a, b) = (try Self.logits(50, 17, seed: 8), try Self.logits(50, 17, seed: 9))
        let found = try quantizeKLDivergence(reference: a, approximation: b)
        let p = try temperatureApply(a, temperature: 1)
        let q = try temperatureApply(b, temperature: 1)
        for row in 0..<50 {
            let expected = (0..<17).reduce(0.0) { $0 + p[row, $1] * log(p[row, $1] / q[row, $1]) }
            #expect(abs(found.perRow[row] - expected) <= 1e-12 * max(1, expected))
        }
        #expect(try quantizeKLDivergence(reference: a, approximation: a).maximum == 0)
    }

    /// Near each other the divergence is half the variance of the differences, however small.
    @Test(arguments: [1e-3, 1e-6, 1e-9, 1e-12]) func smallDivergences(step: Double) throws {
        let a = try Matrix<Double>([[0, 0, 0, 0]])
        let b = try Matrix<Double>([[step, -step, step, -step]])
        let found = try quantizeKLDivergence(reference: a, approximation: b)
        #expect(abs(found.mean / (step * step / 2) - 1) < max(1e-14, step * step))
    }

    /// total^2 = carried^2 + own^2 + cross, and a layer whose input is exact carries nothing.
    @Test func partsOfAnErrorAddUp() throws {
        for (rows, inner, outputs) in [(1, 1, 1), (5, 7, 3), (300, 33, 20)] {
            let x = try Matrix(rows: rows, columns: inner, elements: Self.normals(rows * inner, seed: 10))
            let w = try Matrix(
                rows: outputs, columns: inner, elements: Self.normals(outputs * inner, seed: 11))
            let x2 = try Matrix(
                rows: rows, columns: inner, elements: x.elements.map { ($0 * 4).rounded() / 4 })
            let w2 = try Matrix(
                rows: outputs, columns: inner, elements: w.elements.map { ($0 * 2).rounded() / 2 })
            let error = try quantizePropagation(
                input: x, approximateInput: x2, weights: w, approximateWeights: w2)
            let (carried, own) = (error.carriedError, error.ownError)
            let squares = carried * carried + own * own + error.crossTerm
            #expect(
                abs(squares - error.totalError * error.totalError) < 1e-12 * (carried + own) * (carried + own)
            )
            let exact = try quantizePropagation(
                input: x, approximateInput: x, weights: w, approximateWeights: w2)
            #expect(exact.carriedError == 0 && exact.amplification.isNaN)
            #expect(exact.totalError == exact.ownError)
        }
    }

    @Test func entropyCountsTheBitsOfCodes() throws {
        for bits in 1...8 {
            let codes = try Matrix(
                rows: 4, columns: 256, elements: (0..<1024).map { UInt8($0 % (1 << bits)) })
            let packed = try packCodes(codes, bits: bits, isSigned: false)
            let counts = try quantizeCodeCounts(packed, rows: 4, columns: 256, bits: bits)
            #expect(counts == [Int](repeating: 1024 >> bits, count: 1 << bits))
            #expect(try abs(quantizeEntropy(counts) - Double(bits)) < 1e-14)
        }
    }

    @Test func whatCannotBeIsRefused() throws {
        #expect(throws: QuantcalError.self) { try quantizeError([1, 2] as [Float], [1]) }
        #expect(throws: QuantcalError.self) { try quantizeEntropy([1, -1]) }
        #expect(throws: QuantcalError.self) { try quantizeCodeCounts([0], rows: -1, columns: 1, bits: 1) }
        #expect(throws: QuantcalError.self) {
            try quantizeKLDivergence(
                reference: Self.logits(2, 2, seed: 1), approximation: Self.logits(1, 4, seed: 1))
        }
        let one = try Matrix<Float>([[1]])
        let two = try Matrix<Float>([[1, 2]])
        for (x, w) in [(one, two), (two, one)] {
            #expect(throws: QuantcalError.self) {
                try quantizePropagation(input: x, approximateInput: x, weights: w, approximateWeights: w)
            }
        }
    }
}
