import Testing

@testable import QuantcalCore

/// A view of `values` that starts `shift` bytes into its file, so that no element is aligned.
private func withView<T, Result>(
    _ type: TensorType, _ values: [T], shape: [Int]? = nil, shift: Int = 1,
    _ body: (TensorView) throws -> Result
) rethrows -> Result {
    let bytes = Array(repeating: UInt8(0xAA), count: shift) + values.withUnsafeBytes { Array($0) }
    return try bytes.withUnsafeBytes { file in
        try body(
            TensorView(
                name: "t", type: type, shape: shape ?? [values.count], file: file, range: shift..<file.count))
    }
}

@Suite struct FormatsTensorTests {
    @Test func halfPrecision() throws {
        // 1, -2, largest, smallest subnormal, largest subnormal, -0, infinity
        let bits: [UInt16] = [0x3C00, 0xC000, 0x7BFF, 0x0001, 0x03FF, 0x8000, 0x7C00]
        let values = try withView(.float16, bits) { try $0.floats() }
        #expect(values == [1, -2, 65504, 0x1p-24, 1023 * 0x1p-24, -0.0, .infinity])
        #expect(values[5].sign == .minus)
        #expect(try withView(.float16, [0xFE01 as UInt16]) { try $0.floats() }[0].isNaN)
    }

    @Test func bfloat16() throws {
        #expect(
            try withView(.bfloat16, [0x3F80, 0xC049, 0xFF80] as [UInt16]) { try $0.doubles() }
                == [1, -3.140625, -.infinity])
    }

    @Test func singleAndDouble() throws {
        let singles: [Float] = [1.5, -0.0, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        #expect(try withView(.float32, singles) { try $0.floats() } == singles)
        #expect(try withView(.float32, singles) { try $0.doubles() } == singles.map(Double.init))
        #expect(try withView(.float64, [0.1, .infinity, 1e-300]) { try $0.floats() } == [0.1, .infinity, 0])
        #expect(try withView(.float64, [0.1]) { try $0.doubles() } == [0.1])
        #expect(throws: QuantcalError(.format, "tensor 't': element 1 is 1e+300, beyond single precision")) {
            try withView(.float64, [1, 1e300]) { try $0.floats() }
        }
    }

    @Test func integers() throws {
        #expect(try withView(.int8, [-128, 127] as [Int8]) { try $0.integers() } == [-128, 127])
        #expect(try withView(.uint8, [0, 255] as [UInt8]) { try $0.integers() } == [0, 255])
        #expect(try withView(.int16, [.min, .max] as [Int16]) { try $0.integers() } == [-32768, 32767])
        #expect(try withView(.uint16, [.max] as [UInt16]) { try $0.doubles() } == [65535])
        #expect(
            try withView(.int32, [.min, .max] as [Int32]) { try $0.integers() } == [
                -2_147_483_648, 2_147_483_647,
            ])
        #expect(try withView(.uint32, [.max] as [UInt32]) { try $0.integers() } == [4_294_967_295])
        #expect(try withView(.int64, [.min, .max] as [Int64]) { try $0.integers() } == [.min, .max])
        #expect(try withView(.uint64, [7] as [UInt64]) { try $0.integers() } == [7])
        #expect(try withView(.uint64, [.max] as [UInt64]) { try $0.floats() } == [0x1p64])
        #expect(
            throws: QuantcalError(
                .format, "tensor 't': element 1 is 18446744073709551615, more than 9223372036854775807")
        ) {
            try withView(.uint64, [0, .max] as [UInt64]) { try $0.integers() }
        }
    }

    /// A byte that is neither 0 nor 1 must not become a `Bool` as it is.
    @Test func bools() throws {
        #expect(try withView(.bool, [0, 1, 2, 255] as [UInt8]) { try $0.integers() } == [0, 1, 1, 1])
        #expect(try withView(.bool, [0, 2] as [UInt8]) { try $0.floats() } == [0, 1])
    }

    @Test func typesWithoutNumbers() {
        for type in [TensorType.float8E4M3, .float8E8M0, .complex64, .float4, .float6E2M3] {
            let values = [UInt8](repeating: 0, count: 24)
            #expect(throws: QuantcalError.self) {
                try withView(type, values, shape: [24 * 8 / type.bits]) { try $0.floats() }
            }
        }
        #expect(
            throws: QuantcalError(
                .format, "tensor 't': its type is F32; an integer type is expected")
        ) {
            try withView(.float32, [1 as Float]) { try $0.integers() }
        }
    }

    @Test func scalarsAndEmptyTensors() throws {
        #expect(try withView(.float32, [3 as Float], shape: []) { try $0.floats() } == [3])
        #expect(try withView(.float32, [] as [Float], shape: [0, 5]) { try $0.floats() } == [])
    }
}
