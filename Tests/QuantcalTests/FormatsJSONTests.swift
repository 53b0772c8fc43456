import Testing

@testable import QuantcalCore

/// Reads a text by `body`, to its end.
private func read<Result>(
    _ text: String, _ body: (inout JSONReader) throws(QuantcalError) -> Result
) throws -> Result {
    try Array(text.utf8).withUnsafeBytes { bytes in
        var json = try JSONReader(bytes)
        json.skipSpace()
        let result = try body(&json)
        try json.finish()
        return result
    }
}

private func string(_ text: String) throws -> String {
    try read(text) { json throws(QuantcalError) in try json.readString() }
}

@Suite struct FormatsJSONTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "10", "-1.5", "1e9", "1E-2", "0.0e+0", "\"\"", "[]", "{}",
        " [ 1 , [ ] , { } ] ", "{\"a\":1,\"b\":[{}]}", "\"\\u0000\"", "\t\r\n[\n]\n",
    ])
    func accepted(_ text: String) throws {
        try read(text) { json throws(QuantcalError) in try json.skipValue() }
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "01", "1.", ".5", "+1", "-", "1e", "1e+", "--1", "1.2.3", "0x10",
        "NaN",
        "Infinity", "'a'", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\t\"", "\"\n\"",
        "[", "[1",
        "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
        "{\"a\":1,}",
        "{,}", "{\"a\" 1}", "{1:1}", "{a:1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "1 2", "{}{}", "[]x", "// 1",
        "\u{A0}1",
        "\u{FEFF}1", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800\\ud800\"", "\"\\ud800x\"",
        "{\"a\":1,\"a\":2}", "[{\"a\":1,\"\\u0061\":2}]",
    ])
    func refused(_ text: String) {
        let error = #expect(throws: QuantcalError.self) {
            try read(text) { json throws(QuantcalError) in try json.skipValue() }
        }
        #expect(error?.kind == .format)
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xE2, 0x82, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x80, 0x22],
        ] as [[UInt8]])
    func invalidUTF8(_ bytes: [UInt8]) {
        let error = #expect(throws: QuantcalError.self) {
            try bytes.withUnsafeBytes { try JSONReader($0, origin: 100) }
        }
        #expect(error?.message.hasPrefix("invalid UTF-8 at byte 101: ") == true)
    }

    @Test func strings() throws {
        #expect(try string(#""a\"\\\/\b\f\n\r\té""#) == "a\"\\/\u{8}\u{C}\n\r\té")
        #expect(try string(#""\u00e9\uD83D\uDE00\ufffe""#) == "\u{E9}\u{1F600}\u{FFFE}")
        #expect(try Array(string(#""e\u0301""#).utf8) == [0x65, 0xCC, 0x81])
    }

    @Test func counts() throws {
        for text in ["0", "7", "9223372036854775807"] {
            #expect(try read(text) { json throws(QuantcalError) in try json.readCount() } == Int(text))
        }
        for text in [
            "-1", "-0", "00", "04", "1.0", "1e0", "9223372036854775808", "18446744073709551616", "\"1\"",
            "null",
        ] {
            #expect(throws: QuantcalError.self, "\(text)") {
                try read(text) { json throws(QuantcalError) in try json.readCount() }
            }
        }
    }

    @Test func objectsInOrder() throws {
        var pairs: [String] = []
        try read("{\"b\" : 1, \"a\":2}") { json throws(QuantcalError) in
            try json.readObject { json, key throws(QuantcalError) in
                pairs.append("\(key)\(try json.readCount())")
            }
        }
        #expect(pairs == ["b1", "a2"])
    }

    @Test func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        try read(nested(128)) { json throws(QuantcalError) in try json.skipValue() }
        // Brackets that are closed again do not count.
        try read("[" + Array(repeating: nested(127), count: 3).joined(separator: ",") + "]") {
            json throws(QuantcalError) in try json.skipValue()
        }
        #expect(throws: QuantcalError(.format, "the JSON at byte 128 is nested more than 128 deep")) {
            try read(nested(129)) { json throws(QuantcalError) in try json.skipValue() }
        }
    }

    @Test func messagesSayWhereAndWhat() {
        #expect(throws: QuantcalError(.format, "invalid JSON at byte 5: expected ':' after a key, found '1'"))
        {
            try read("{\"a\" 1}") { json throws(QuantcalError) in try json.skipValue() }
        }
        #expect(throws: QuantcalError(.format, "invalid JSON at byte 2: expected ',' or ']', found the end"))
        {
            try read("[1") { json throws(QuantcalError) in try json.skipValue() }
        }
    }
}
