import Testing

@testable import QuantcalCore

/// A .npy file; `length` is the header's length if it is to be wrong.
private func file(
    _ header: String, data: [UInt8] = [], version: (UInt8, UInt8) = (1, 0), length: Int? = nil
) -> [UInt8] {
    let text = Array(header.utf8)
    let count = UInt32(length ?? text.count)
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    return [0x93] + Array("NUMPY".utf8) + [version.0, version.1] + bytes.prefix(version.0 == 1 ? 2 : 4)
        + text + data
}

private func dict(
    descr: String = "'<f4'", order: String = "False", shape: String = "(2,)", end: String = ", }\n"
) -> String {
    "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape)\(end)"
}

private let eight: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 192]  // 1 and -2 as <f4
private let eightBigEndian: [UInt8] = [63, 128, 0, 0, 192, 0, 0, 0]

/// The rows of the table of .npy cases, numbered from its top.
private let cases: [FileCase] = [
    .init(1, "version 0.1", file(dict(), data: eight, version: (0, 1)), "version is 0.1"),
    .init(1, "version 1.1", file(dict(), data: eight, version: (1, 1)), "version is 1.1"),
    .init(
        1, "version 4.0", file(dict(), data: eight, version: (4, 0)),
        "version is 4.0; 1.0, 2.0 and 3.0 are known"),
    .init(
        1, "bad magic", [0x94] + file(dict(), data: eight).dropFirst(), "does not start with the bytes 93 4E"),
    .init(1, "empty", [], "does not start with the bytes 93 4E"),
    .init(1, "magic only", Array(file("").prefix(6)), "ends before the version"),
    .init(1, "no length", Array(file("").prefix(9)), "ends before the header's length"),
    .init(2, "objects", file(dict(descr: "'|O'"), data: eight), "the type '|O' at byte 20 is not one of"),
    .init(
        2, "a struct with an object", file(dict(descr: "[('a', '|O')]"), data: eight),
        "expected a string in quotes at byte 20, found '['"),
    .init(
        3, "code in the shape", file(dict(shape: "(__import__('os').getpid(),)"), data: eight),
        "the dimension '__import__' at byte"),
    .init(3, "a sum in the shape", file(dict(shape: "(1+1,)"), data: eight), "the dimension '1+1' at byte"),
    .init(4, "extra key", file("{'x': 1, " + dict().dropFirst(), data: eight), "unknown key 'x' at byte 11"),
    .init(4, "missing key", file("{'descr': '<f4', 'shape': (2,)}", data: eight), "has no 'fortran_order'"),
    .init(4, "empty dict", file("{}", data: eight), "has no 'descr'"),
    .init(4, "shape a list", file(dict(shape: "[2]"), data: eight), "expected '(' at byte"),
    .init(4, "shape an integer", file(dict(shape: "2"), data: eight), "expected '(' at byte"),
    .init(
        4, "shape an integer in brackets", file(dict(shape: "(2)"), data: eight),
        "the shape at byte 60 is (2), which is no tuple: expected (2,)"),
    .init(4, "dimension a float", file(dict(shape: "(2.0,)"), data: eight), "the dimension '2.0'"),
    .init(
        5, "shape twice (stricter)", file("{'shape': (9,), " + dict().dropFirst(), data: eight),
        "the key 'shape' at byte 66 is there twice"),
    .init(6, "negative dimension", file(dict(shape: "(-2,)"), data: eight), "the dimension '-2' at byte"),
    .init(
        7, "dimensions 2^62, 4", file(dict(shape: "(4611686018427387904, 4)"), data: eight),
        "F32 of shape [4611686018427387904, 4] overflows"),
    .init(
        7, "dimension 2^64", file(dict(shape: "(18446744073709551616,)"), data: eight),
        "the dimension '18446744073709551616'"),
    .init(
        8, "long header", file(dict() + String(repeating: " ", count: 10_000), data: eight),
        "at most 10000 is allowed"),
    .init(
        8, "length 2^32 - 1", file(dict(), data: eight, version: (2, 0), length: 0xFFFF_FFFF),
        "the header's length is 4294967295; at most"),
    .init(
        8, "length beyond the file", file(dict(), data: eight, length: 200), "the header's length is 200, but"
    ),
    .init(9, "2L (stricter)", file(dict(shape: "(2L,)"), data: eight), "the dimension '2L'"),
    .init(10, "no newline, no padding", file(dict(end: "}"), data: eight), nil),
    .init(
        11, "data short", file(dict(), data: eight.dropLast()), "F32 of shape [2] takes 8 bytes, but 7 follow"
    ),
    .init(
        12, "a byte after the data (stricter)", file(dict(), data: eight + [0]), "takes 8 bytes, but 9 follow"
    ),
    .init(
        13, "fortran_order 0", file(dict(order: "0"), data: eight),
        "expected True or False at byte 44, found '0'"),
    .init(14, "fortran_order True", file(dict(order: "True"), data: eight), nil),
    .init(15, "big-endian", file(dict(descr: "'>f4'"), data: eightBigEndian), nil),
    .init(16, "text", file(dict(descr: "'<U1'"), data: eight), "the type '<U1'"),
    .init(16, "void", file(dict(descr: "'|V4'"), data: eight), "the type '|V4'"),
    .init(16, "|f4 has no byte order", file(dict(descr: "'|f4'"), data: eight), "the type '|f4'"),
    .init(17, "a scalar", file(dict(descr: "'<f8'", shape: "()"), data: eight), nil),
    .init(17, "no elements", file(dict(shape: "(0, 9999999)")), nil),
    .init(
        18, "65 dimensions",
        file(dict(shape: "(" + String(repeating: "1, ", count: 65) + ")"), data: [0, 0, 0, 0]),
        "more than 64 dimensions"),
    .init(
        18, "not ASCII", file(dict(descr: "'<f\u{E9}'"), data: eight),
        "expected a plain ASCII character at byte 23, found byte 0xC3"),
    .init(18, "an escape", file(dict(descr: "'\\x3cf4'"), data: eight), "expected a plain ASCII character"),
    .init(
        18, "no end of the string", file("{'descr", data: eight), "expected a quote at the end of a string"),
    .init(
        18, "text after the dict", file(dict() + "x", data: eight), "expected the end of the header at byte"),
]

private func read(_ bytes: [UInt8]) throws -> [Double] {
    try bytes.withUnsafeBytes { try Npy($0).array.doubles() }
}

@Suite struct FormatsNpyTests {
    @Test(arguments: cases) func malformed(_ example: FileCase) throws {
        guard let expected = example.error else {
            #expect(try read(example.bytes).count >= 0)
            return
        }
        let error = #expect(throws: QuantcalError.self) { try read(example.bytes) }
        #expect(error?.kind == .format)
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "no error")")
    }

    @Test(arguments: [1, 2, 3] as [UInt8]) func versions(_ major: UInt8) throws {
        #expect(try read(file(dict(), data: eight, version: (major, 0))) == [1, -2])
    }

    @Test func byteOrders() throws {
        #expect(try read(file(dict(descr: "'>f4'"), data: eightBigEndian)) == [1, -2])
        #expect(
            try read(file(dict(descr: "'>i2'", shape: "(4,)"), data: [0, 1, 255, 254, 1, 0, 128, 0]))
                == [1, -2, 256, -32768])
        #if _endian(little)
            #expect(try read(file(dict(descr: "'=f4'"), data: eight)) == [1, -2])
            #expect(try read(file(dict(descr: "\"f4\""), data: eight)) == [1, -2])
        #endif
        #expect(try read(file(dict(descr: "'|i1'"), data: [254, 1])) == [-2, 1])
    }

    /// The array [[0, 1, 2], [3, 4, 5]] and a 2 x 3 x 2 one, stored by columns.
    @Test func columnMajorIsTransposed() throws {
        let two = file(dict(descr: "'|u1'", order: "True", shape: "(2, 3)"), data: [0, 3, 1, 4, 2, 5])
        #expect(try read(two) == [0, 1, 2, 3, 4, 5])
        var data: [UInt8] = []
        for k in 0..<2 { for j in 0..<3 { for i in 0..<2 { data.append(UInt8(6 * i + 2 * j + k)) } } }
        let three = file(dict(descr: "'|u1'", order: "True", shape: "(2, 3, 2)"), data: data)
        #expect(try read(three) == (0..<12).map(Double.init))
        let one = file(dict(descr: "'|u1'", order: "True", shape: "(3,)"), data: [7, 8, 9])
        #expect(try read(one) == [7, 8, 9])
        #expect(try read(file(dict(order: "True", shape: "(3, 0)"))) == [])
    }

    @Test func shapes() throws {
        let cases = [("()", []), ("(2,)", [2]), ("(1, 2)", [1, 2]), ("( 2 ,1,)", [2, 1])]
        for (text, shape) in cases {
            let bytes = file(
                dict(descr: "'|u1'", shape: text), data: Array(repeating: 0, count: shape.reduce(1, *)))
            let found = try bytes.withUnsafeBytes { try Npy($0).array.shape }
            #expect(found == shape)
        }
    }
}
