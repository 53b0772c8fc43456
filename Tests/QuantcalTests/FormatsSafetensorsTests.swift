import Testing

@testable import QuantcalCore

/// One file of the table of malformed cases: what it is, its bytes, and what the error says (nil if
/// the file must be accepted). The number is the table's row; the reference implementation's verdict
/// differs for those marked "stricter".
struct FileCase: CustomTestStringConvertible, Sendable {
    let row: Int
    let what: String
    let bytes: [UInt8]
    let error: String?

    init(_ row: Int, _ what: String, _ bytes: [UInt8], _ error: String?) {
        (self.row, self.what, self.bytes, self.error) = (row, what, bytes, error)
    }

    var testDescription: String { "#\(row) \(what)" }
}

/// A safetensors file: the header's length (right unless given), the header, `data` bytes 0, 1, 2, ...
private func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    let prefix = withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian) { Array($0) }
    return prefix + text + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
}

/// A header with one tensor of two F32.
private func one(dtype: String = "\"F32\"", shape: String = "[2]", offsets: String = "[0,8]") -> String {
    "{\"a\":{\"dtype\":\(dtype),\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
}

/// Two tensors of one byte an element.
private func two(_ first: (Int, Int), _ second: (Int, Int), names: (String, String) = ("a", "b")) -> String {
    func entry(_ name: String, _ range: (Int, Int)) -> String {
        "\"\(name)\":{\"dtype\":\"U8\",\"shape\":[\(range.1 - range.0)],\"data_offsets\":[\(range.0),\(range.1)]}"
    }
    return "{\(entry(names.0, first)),\(entry(names.1, second))}"
}

private let cases: [FileCase] = [
    .init(1, "empty file", [], "the file has 0 bytes"),
    .init(1, "seven bytes", [2, 0, 0, 0, 0, 0, 0], "the file has 7 bytes"),
    .init(2, "header of length 0", file(""), "the header's length is 0"),
    .init(3, "length beyond the file", file("{}", length: 3), "length is 3, but 2 bytes follow"),
    .init(3, "longest length, short file", file("{}", length: 100_000_000), "100000000, but 2 bytes follow"),
    .init(
        4, "length above the limit", file("{}", length: 100_000_001), "length is 100000001; at most 100000000"
    ),
    .init(4, "length 2^64 - 1", file("{}", length: .max), "length is 18446744073709551615; at most"),
    .init(
        4, "length big-endian", file("{}", length: UInt64(2).byteSwapped),
        "length is 144115188075855872; at most"),
    .init(5, "no tensors", file("{}"), nil),
    .init(6, "a byte after the data", file(one(), data: 9), "1 bytes follow the end of tensor 'a' at 8"),
    .init(6, "a byte after {}", file("{}", data: 1), "1 bytes follow the end of the start of the data at 0"),
    .init(
        7, "data one byte short", file(one(), data: 7),
        "'a': data_offsets [0, 8] go beyond the data's 7 bytes"),
    .init(
        8, "hole at the start", file(one(offsets: "[4,12]"), data: 12), "[4, 12] leave a hole after the start"
    ),
    .init(
        8, "hole between", file(two((0, 2), (3, 5)), data: 5),
        "'b': data_offsets [3, 5] leave a hole after tensor 'a'"),
    .init(
        9, "partial overlap", file(two((0, 4), (2, 6)), data: 6), "[2, 6] overlap tensor 'a', which ends at 4"
    ),
    .init(9, "two names, one range", file(two((0, 4), (0, 4)), data: 4), "[0, 4] overlap tensor"),
    .init(
        10, "end before begin", file(one(offsets: "[8,0]"), data: 8),
        "'a': data_offsets [8, 0] end before they begin"),
    .init(11, "wrong size", file(one(shape: "[3]"), data: 8), "span 8 bytes, but F32 of shape [3] takes 12"),
    .init(
        12, "unknown dtype", file(one(dtype: "\"I4\""), data: 8), "tensor 'a': unknown dtype 'I4' at byte 22"),
    .init(12, "lower-case dtype", file(one(dtype: "\"f32\""), data: 8), "unknown dtype 'f32'"),
    .init(
        13, "no dtype", file("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", data: 8),
        "at byte 13 has no dtype"),
    .init(
        13, "no data_offsets", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", data: 8),
        "has no data_offsets"),
    .init(
        13, "no shape", file("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", data: 8), "has no shape"),
    .init(
        14, "three offsets", file(one(offsets: "[0,8,8]"), data: 8), "data_offsets has 3 numbers instead of 2"
    ),
    .init(
        15, "negative dimension", file(one(shape: "[-2]"), data: 8),
        "expected a whole number from 0 to 9223372036854775807, found -2"),
    .init(15, "negative offset", file(one(offsets: "[-8,0]"), data: 8), "found -8"),
    .init(15, "minus zero", file(one(offsets: "[-0,8]"), data: 8), "found -0"),
    .init(16, "1.0 as an integer", file(one(shape: "[2.0]"), data: 8), "found 2.0"),
    .init(16, "4e0 as an integer", file(one(shape: "[2e0]"), data: 8), "found 2e0"),
    .init(16, "a string as an integer", file(one(shape: "[\"2\"]"), data: 8), "found '\"'"),
    .init(16, "04 as an integer", file(one(shape: "[02]"), data: 8), "found 02"),
    .init(
        16, "dimension 2^64", file(one(shape: "[18446744073709551616]"), data: 8),
        "found 18446744073709551616"),
    .init(
        17, "dimensions 2^63, 2", file(one(shape: "[9223372036854775808,2]"), data: 8),
        "found 9223372036854775808"),
    .init(
        17, "dimensions 2^62, 4", file(one(shape: "[4611686018427387904,4]"), data: 8),
        "F32 of shape [4611686018427387904, 4] overflows"),
    .init(17, "F32 of 2^60", file(one(shape: "[1152921504606846976]"), data: 8), "overflows"),
    .init(
        17, "dimensions 2^62, 4, 0", file(one(shape: "[4611686018427387904,4,0]", offsets: "[0,0]")),
        "overflows"),
    .init(
        18, "dimensions 0, 2^62, 4 (stricter)",
        file(one(shape: "[0,4611686018427387904,4]", offsets: "[0,0]")), "overflows"),
    .init(
        19, "F4 of 3", file(one(dtype: "\"F4\"", shape: "[3]", offsets: "[0,2]"), data: 2),
        "F4 of shape [3] takes 12 bits, which are not whole bytes"),
    .init(
        19, "F6 of 3", file(one(dtype: "\"F6_E2M3\"", shape: "[3]", offsets: "[0,3]"), data: 3),
        "takes 18 bits"),
    .init(
        20, "key twice, one range (stricter)", file(two((0, 4), (0, 4), names: ("a", "a")), data: 4),
        "the key 'a' at byte 61 is there twice"),
    .init(
        21, "key twice, two ranges", file(two((0, 4), (4, 8), names: ("a", "a")), data: 8),
        "'a' at byte 61 is there twice"),
    .init(
        21, "key twice, once escaped", file(two((0, 4), (4, 8), names: ("a", "\\u0061")), data: 8),
        "the key 'a'"),
    .init(
        22, "__metadata__ twice", file("{\"__metadata__\":{},\"__metadata__\":{}}"), "the key '__metadata__'"),
    .init(
        22, "dtype twice",
        file("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", data: 8),
        "tensor 'a': the key 'dtype'"),
    .init(
        23, "key twice in the metadata (stricter)", file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"),
        "__metadata__: the key 'k'"),
    .init(
        24, "metadata value a number", file("{\"__metadata__\":{\"k\":1}}"),
        "__metadata__: invalid JSON at byte 29: expected a string, found '1'"),
    .init(
        24, "metadata value an object", file("{\"__metadata__\":{\"k\":{}}}"), "expected a string, found '{'"),
    .init(24, "metadata a list", file("{\"__metadata__\":[]}"), "expected an object, found '['"),
    .init(
        24, "a tensor called __metadata__",
        file("{\"__metadata__\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", data: 8),
        "expected a string, found '['"),
    .init(25, "metadata null (stricter)", file("{\"__metadata__\":null}"), "expected an object, found 'n'"),
    .init(26, "space before { (stricter)", file(" {}"), "must start with '{' at byte 8, found ' '"),
    .init(26, "newline before { (stricter)", file("\n{}"), "found byte 0x0A"),
    .init(27, "trailing space", file("{}  \n\t  "), nil),
    .init(28, "trailing NUL", file("{}\0"), "expected the end of the text, found byte 0x00"),
    .init(28, "two objects", file("{}{}"), "expected the end of the text, found '{'"),
    .init(28, "trailing comma", file("{\"__metadata__\":{},}"), "expected a key in quotes, found '}'"),
    .init(28, "byte order mark", file("\u{FEFF}{}"), "found byte 0xEF"),
    .init(28, "a list", file("[]"), "must start with '{' at byte 8, found '['"),
    .init(28, "NaN", file("{\"a\":NaN}"), "expected an object, found 'N'"),
    .init(28, "unquoted key", file("{a:1}"), "expected a key in quotes, found 'a'"),
    .init(
        29, "invalid UTF-8", [3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0xFF, 0x7D], "invalid UTF-8 at byte 9: byte 0xFF"),
    .init(
        30, "lone surrogate", file(two((0, 1), (1, 2), names: ("a", "\\ud800")), data: 2),
        "the escape at byte 62 is half of a surrogate pair"),
    .init(31, "NUL and nothing as names", file(two((0, 1), (1, 2), names: ("", "\\u0000")), data: 2), nil),
    .init(
        32, "unknown field",
        file(
            "{\"a\":{\"x\":[{\"y\":[null,true,-1.5e3]}],\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            data: 8), nil),
    .init(
        33, "entry as a list (stricter)", file("{\"a\":[\"F32\",[2],[0,8]]}", data: 8),
        "tensor 'a': invalid JSON at byte 13: expected an object, found '['"),
    .init(
        34, "entry null", file("{\"a\":null}"),
        "tensor 'a': invalid JSON at byte 13: expected an object, found 'n'"),
    .init(
        35, "nested 200 deep", file("{\"a\":{\"x\":" + String(repeating: "[", count: 200)),
        "nested more than 128 deep"),
    .init(36, "empty tensor at a boundary", file(two((0, 4), (4, 4)), data: 4), nil),
    .init(36, "empty tensor first", file(two((0, 4), (0, 0)), data: 4), nil),
    .init(
        37, "empty tensor inside another", file(two((0, 4), (2, 2)), data: 4),
        "[2, 2] overlap tensor 'a', which ends at 4"),
    .init(
        38, "odd header, F64 at an odd place",
        file(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[1,9]}}",
            data: 9), nil),
    .init(39, "BOOL byte 2", file(one(dtype: "\"BOOL\"", shape: "[3]", offsets: "[0,3]"), data: 3), nil),
]

@Suite struct FormatsSafetensorsTests {
    @Test func theTableIsWhole() {
        #expect(Set(cases.map(\.row)) == Set(1...39))
    }

    @Test(arguments: cases) func malformed(_ example: FileCase) throws {
        try example.bytes.withUnsafeBytes { bytes in
            guard let expected = example.error else {
                let tensors = try Safetensors(bytes).tensors
                for tensor in tensors { _ = try tensor.doubles() }
                return
            }
            let error = #expect(throws: QuantcalError.self) { try Safetensors(bytes) }
            #expect(error?.kind == .format)
            #expect(error?.message.hasPrefix("not a valid safetensors file: ") == true)
            #expect(error?.message.contains(expected) == true, "\(error?.message ?? "no error")")
        }
    }

    @Test func tensorsAndMetadata() throws {
        let header =
            "{\"w\":{\"dtype\":\"I16\",\"shape\":[2,1],\"data_offsets\":[3,7]},"
            + "\"__metadata__\":{\"format\":\"pt\"},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}  "
        let bytes = file(header, data: 7)
        try bytes.withUnsafeBytes { bytes in
            let file = try Safetensors(bytes)
            #expect(file.tensors.map(\.name) == ["b", "w"])
            #expect(file.metadata.map(\.key) == ["format"])
            #expect(file.metadata.map(\.value) == ["pt"])
            let tensor = try #require(file.tensor(named: "w"))
            #expect(tensor.type == .int16)
            #expect(tensor.shape == [2, 1])
            #expect(tensor.range == bytes.count - 4..<bytes.count)
            #expect(try tensor.integers() == [0x0403, 0x0605])
            #expect(try file.tensor(named: "b")?.integers() == [0, 1, 2])
            #expect(file.tensor(named: "c") == nil)
        }
    }

    /// é as one scalar and as two are equal Swift strings, but two names.
    @Test func canonicallyEquivalentNamesDiffer() throws {
        let bytes = file(two((0, 1), (1, 3), names: ("\u{E9}", "e\u{301}")), data: 3)
        try bytes.withUnsafeBytes { bytes in
            let file = try Safetensors(bytes)
            #expect(file.tensor(named: "\u{E9}")?.count == 1)
            #expect(file.tensor(named: "e\u{301}")?.count == 2)
        }
    }

    /// A message must not carry a file's control characters to a terminal, nor grow with the file.
    @Test func namesAreMadeHarmless() throws {
        let name = "\\u001b[31m" + String(repeating: "x", count: 1000)
        let bytes = file("{\"\(name)\":null}")
        let error = bytes.withUnsafeBytes { bytes in
            #expect(throws: QuantcalError.self) { try Safetensors(bytes) }
        }
        let message = try #require(error?.message)
        #expect(message.contains("tensor '\\u{001B}[31mxxx"))
        #expect(message.utf8.count < 300)
    }

    /// Every byte of a good file, cut off or replaced: an error or a file, never a trap.
    @Test func everyTruncationIsRefused() throws {
        let bytes = file(two((0, 4), (4, 8)), data: 8)
        for count in 0..<bytes.count {
            bytes[..<count].withUnsafeBytes { bytes in
                _ = #expect(throws: QuantcalError.self) { try Safetensors(bytes) }
            }
        }
    }
}
