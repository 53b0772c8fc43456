import Quantcal
import Testing

@Suite struct QuantizeProperties {
    struct Options: CustomStringConvertible {
        let bits, groupSize: Int
        let scheme: QuantizationScheme
        let granularity: QuantizationGranularity

        var description: String { "\(bits) bits, \(scheme), per \(granularity) of \(groupSize)" }

        static let all: [Options] = (2...8).flatMap { bits in
            QuantizationScheme.allCases.flatMap { scheme in
                [1, 3, 8, 32, 100].map {
                    Options(bits: bits, groupSize: $0, scheme: scheme, granularity: .group)
                }
                    + [.row, .tensor].map {
                        Options(bits: bits, groupSize: 1, scheme: scheme, granularity: $0)
                    }
            }
        }

        /// The group of an element.
        func group(_ row: Int, _ column: Int, columns: Int) -> Int {
            switch granularity {
            case .group: row * ((columns + groupSize - 1) / groupSize) + column / groupSize
            case .row: row
            case .tensor: 0
            }
        }
    }

    private static func values(rows: Int, columns: Int, seed: UInt64) throws -> Matrix<Float> {
        var random = TestRandom(seed: seed)
        return try Matrix(
            rows: rows, columns: columns,
            elements: random.array(rows * columns) { $0.normal() * ($0.integer(0...30) == 0 ? 20 : 1) }.map {
                Float($0)
            })
    }

    private static func quantized(_ values: Matrix<Float>, _ options: Options) throws -> QuantizedMatrix {
        try quantize(
            values, bits: options.bits, groupSize: options.groupSize, scheme: options.scheme,
            granularity: options.granularity)
    }

    /// Half a step, and the roundings of the scale, the quotient and the product. The affine scheme may
    /// also clip, by up to half a step: then the error is at most one.
    @Test func theErrorIsAtMostHalfAStep() throws {
        for (seed, columns) in [1, 7, 33, 64, 130].enumerated() {
            let values = try Self.values(rows: 4, columns: columns, seed: UInt64(seed))
            for options in Options.all {
                let quantized = try Self.quantized(values, options)
                let decoded = try quantized.dequantize()
                let codes = try quantized.codes()
                let top =
                    options.scheme == .symmetric ? (1 << (options.bits - 1)) - 1 : (1 << options.bits) - 1
                for (index, value) in values.elements.enumerated() {
                    let group = options.group(index / columns, index % columns, columns: columns)
                    let scale = quantized.scales[group]
                    let code = Int(codes.elements[index])
                    let atEnd = options.scheme == .affine && (code == 0 || code == top)
                    let most = scale * (atEnd ? 1 : 0.5) + value.magnitude * 4e-7
                    #expect((decoded.elements[index] - value).magnitude <= most, "\(options), value \(value)")
                    #expect(code <= top && code >= (options.scheme == .symmetric ? -top : 0))
                    let zero = options.scheme == .affine ? Int(quantized.zeros[group]) : 0
                    #expect(decoded.elements[index] == Float(code - zero) * scale)
                }
            }
        }
    }

    /// In the symmetric scheme the largest code is always in use, so decoded values have the same grid.
    @Test func quantizingAgainChangesNoCode() throws {
        let values = try Self.values(rows: 5, columns: 97, seed: 11)
        for options in Options.all where options.scheme == .symmetric {
            let once = try Self.quantized(values, options)
            let twice = try Self.quantized(once.dequantize(), options)
            #expect(twice.packedCodes == once.packedCodes, "\(options)")
            let steps = zip(twice.scales, once.scales).map {
                FloatFormat.f32.ulps(from: Double($0), to: Double($1))!
            }
            #expect(steps.allSatisfy { $0 <= 1 })
        }
    }

    /// Zeros stay zeros in every scheme.
    @Test func zeroIsALevel() throws {
        var values = try Self.values(rows: 3, columns: 50, seed: 12)
        for index in stride(from: 0, to: 150, by: 7) { values.elements[index] = 0 }
        for options in Options.all {
            let decoded = try Self.quantized(values, options).dequantize()
            #expect(stride(from: 0, to: 150, by: 7).allSatisfy { decoded.elements[$0] == 0 }, "\(options)")
        }
    }

    @Test func narrowTypesAreQuantizedAsTheirValues() throws {
        let values = try Self.values(rows: 3, columns: 75, seed: 13)
        let halves = values.elements.map { Float16($0) }
        let upper = values.elements.map { UInt16($0.bitPattern >> 16) }
        for options in Options.all {
            let (bits, size) = (options.bits, options.groupSize)
            let (scheme, granularity) = (options.scheme, options.granularity)
            let half = try quantize(
                Matrix(rows: 3, columns: 75, elements: halves.map { HalfBits(bits: $0.bitPattern) }),
                bits: bits,
                groupSize: size, scheme: scheme, granularity: granularity)
            let brain = try quantize(
                Matrix(rows: 3, columns: 75, elements: upper.map { BFloat16Bits(bits: $0) }), bits: bits,
                groupSize: size, scheme: scheme, granularity: granularity)
            try expectSame(
                half,
                Self.quantized(Matrix(rows: 3, columns: 75, elements: halves.map { Float($0) }), options))
            let widened = upper.map { Float(bitPattern: UInt32($0) << 16) }
            try expectSame(brain, Self.quantized(Matrix(rows: 3, columns: 75, elements: widened), options))
            let decoded = try half.dequantize().elements
            #expect(
                try half.dequantizeToHalf().elements.map(\.bits) == decoded.map { Float16($0).bitPattern })
        }
    }

    private func expectSame(_ a: QuantizedMatrix, _ b: QuantizedMatrix) throws {
        #expect(a.packedCodes == b.packedCodes && a.scales == b.scales && a.zeros == b.zeros)
    }

    /// Every half: conversions in both directions by way of an 8-bit grid with scale 1 are not enough, so
    /// all 65,536 patterns are decoded from their own scale.
    @Test func everyHalfIsWrittenAsTheProcessorDoes() throws {
        var scales = (0..<1 << 16).map { Float(Float16(bitPattern: UInt16($0))) }.filter(\.isFinite)
        // Between halves, too, and beyond them.
        scales +=
            scales.map { $0.nextUp } + scales.map { $0 * 1.00048828125 } + [65519.996, 65520, 1e38]
        let matrix = try QuantizedMatrix(
            rows: scales.count, columns: 1, bits: 8, granularity: .row,
            packedCodes: Array(repeating: 1, count: scales.count), scales: scales)
        #expect(try matrix.dequantizeToHalf().elements.map(\.bits) == scales.map { Float16($0).bitPattern })
        let rounded = scales.map { FloatFormat.bf16.round(Double($0)) }
        let brain = try matrix.dequantizeToBFloat16().elements.map {
            Double(Float(bitPattern: UInt32($0.bits) << 16))
        }
        #expect(brain == rounded)
    }

    /// Code j of a row is the bits from bit j * bits on; the rest of the last byte is 0.
    @Test func storageIsBitByBitAsDescribed() throws {
        var random = TestRandom(seed: 14)
        for bits in 1...8 {
            for columns in Array(1...40) + [63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2049] {
                for isSigned in [false, true] {
                    let bytes = (0..<2 * columns).map { _ in
                        let code = UInt8(random.integer(0...((1 << bits) - 1)))
                        let isNegative = isSigned && code >> UInt8(bits - 1) == 1
                        return isNegative && bits < 8 ? code | ~UInt8((1 << bits) - 1) : code
                    }
                    let codes = try Matrix(rows: 2, columns: columns, elements: bytes)
                    let packed = try packCodes(codes, bits: bits, isSigned: isSigned)
                    #expect(packed == bitByBit(codes, bits), "\(bits) bits, \(columns) columns")
                    let back = try unpackCodes(
                        packed, rows: 2, columns: columns, bits: bits, isSigned: isSigned)
                    #expect(back == codes, "\(bits) bits, \(columns) columns")
                }
            }
        }
    }

    private func bitByBit(_ codes: Matrix<UInt8>, _ bits: Int) -> [UInt8] {
        let rowBytes = (codes.columns * bits + 7) / 8
        var packed = Array(repeating: UInt8(0), count: codes.rows * rowBytes)
        for row in 0..<codes.rows {
            for column in 0..<codes.columns {
                for bit in 0..<bits where codes[row, column] >> UInt8(bit) & 1 == 1 {
                    let place = column * bits + bit
                    packed[row * rowBytes + place / 8] |= 1 << UInt8(place % 8)
                }
            }
        }
        return packed
    }

    @Test func doesNotDependOnThreads() throws {
        let values = try Self.values(rows: 700, columns: 601, seed: 15)
        for options in [
            Options(bits: 4, groupSize: 128, scheme: .symmetric, granularity: .group),
            Options(bits: 3, groupSize: 32, scheme: .affine, granularity: .group),
            Options(bits: 8, groupSize: 1, scheme: .affine, granularity: .tensor),
        ] {
            try ThreadCount.expectNoInfluence {
                let quantized = try Self.quantized(values, options)
                return [
                    quantized.packedCodes, quantized.zeros, quantized.scales.flatMap { bytes($0) },
                    try quantized.dequantize().elements.flatMap { bytes($0) },
                ]
            }
        }
    }

    @Test func progressStopsTheWork() throws {
        let values = try Self.values(rows: 50, columns: 33, seed: 16)
        var calls = 0
        let error = #expect(throws: QuantcalError.self) {
            try quantize(values) { _ in
                calls += 1
                return true
            }
        }
        #expect(error?.kind == .cancelled && calls == 1)
    }

    private func bytes(_ value: Float) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
}
