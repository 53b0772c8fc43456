/// A strict reader of JSON text (RFC 8259) that holds every byte for hostile.
///
/// The caller pulls: it says what must come next and gets it, or an error with the byte's position.
/// Nothing that was not asked for is stored, so memory stays in proportion to the text. Stricter than
/// the standard where it leaves a choice: the text is UTF-8 without a byte order mark, no object has
/// a key twice (compared byte by byte, so that canonically equivalent spellings differ), an escaped
/// surrogate must be half of a pair, and nesting ends at 128 levels.
public struct JSONReader {
    public static let maximumDepth = 128

    private let bytes: UnsafeRawBufferPointer
    /// What is added to a position in a message: where the text starts in its file.
    private let origin: Int
    private var position = 0
    private var depth = 0

    /// Starts to read `bytes`, which must outlive the reader.
    public init(_ bytes: UnsafeRawBufferPointer, origin: Int = 0) throws(QuantcalError) {
        self.bytes = bytes
        self.origin = origin
        if let offset = firstInvalidUTF8(bytes) {
            throw QuantcalError(
                .format, "invalid UTF-8 at byte \(origin + offset): \(quoted(byte: bytes[offset]))")
        }
    }

    /// Where the next unread byte lies in the file.
    public var offset: Int { origin + position }

    /// Reads an object; `member` gets each key and must read its value.
    public mutating func readObject(
        _ member: (inout JSONReader, String) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        var keys = Set<[UInt8]>()
        try readList(open: "{", close: "}", expected: "an object") {
            reader throws(QuantcalError) in
            let start = reader.offset
            let key = try reader.readString(expected: "a key in quotes")
            guard keys.insert(Array(key.utf8)).inserted else {
                throw QuantcalError(.format, "the key \(quoted(key)) at byte \(start) is there twice")
            }
            reader.skipSpace()
            try reader.take(":", expected: "':' after a key")
            reader.skipSpace()
            try member(&reader, key)
        }
    }

    /// Reads an array; `element` is called in front of each element and must read it.
    public mutating func readArray(
        _ element: (inout JSONReader) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        try readList(open: "[", close: "]", expected: "an array", element)
    }

    /// Reads a string.
    public mutating func readString() throws(QuantcalError) -> String {
        try readString(expected: "a string")
    }

    /// Reads a whole number from 0 to `Int.max`, written as digits only: no sign, fraction or exponent.
    public mutating func readCount() throws(QuantcalError) -> Int {
        let start = position
        while let byte = next, isNumberByte(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let isPlain = text.utf8.allSatisfy(isDigit) && (text.utf8.first != UInt8(ascii: "0") || text == "0")
        if isPlain, let value = Int(text) { return value }
        let found = text.isEmpty ? describeNext() : text.utf8.count > 40 ? "a longer number" : text
        position = start
        throw failure("a whole number from 0 to \(Int.max)", found: found)
    }

    /// Reads a value of any kind and forgets it. It must be well-formed all the same.
    public mutating func skipValue() throws(QuantcalError) {
        switch next {
        case UInt8(ascii: "{"): try readObject { reader, _ throws(QuantcalError) in try reader.skipValue() }
        case UInt8(ascii: "["): try readArray { reader throws(QuantcalError) in try reader.skipValue() }
        case UInt8(ascii: "\""): _ = try readString()
        case UInt8(ascii: "t"): try take("true", expected: "a value")
        case UInt8(ascii: "f"): try take("false", expected: "a value")
        case UInt8(ascii: "n"): try take("null", expected: "a value")
        default: try skipNumber()
        }
    }

    /// Whether an object begins here.
    public var isAtObject: Bool { next == UInt8(ascii: "{") }

    /// Reads a string; nil: a value of another kind, which is skipped.
    public mutating func readStringIfAny() throws(QuantcalError) -> String? {
        if next == UInt8(ascii: "\"") { return try readString() }
        try skipValue()
        return nil
    }

    /// Reads a whole number as `readCount` does, or 1 for true and 0 for false; nil: another value, which is
    /// skipped.
    public mutating func readCountIfAny() throws(QuantcalError) -> Int? {
        var other = self
        try skipValue()
        switch other.next {
        case UInt8(ascii: "t"): return 1
        case UInt8(ascii: "f"): return 0
        default: return try? other.readCount()
        }
    }

    /// Makes sure that nothing but white space is left.
    public mutating func finish() throws(QuantcalError) {
        skipSpace()
        guard next == nil else { throw failure("the end of the text") }
    }

    public mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}

// MARK: - Lists

extension JSONReader {
    /// The frame that objects and arrays share: brackets, commas, white space and depth.
    private mutating func readList(
        open: StaticString, close: StaticString, expected: String,
        _ item: (inout JSONReader) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        try take(open, expected: expected)
        guard depth < Self.maximumDepth else {
            throw QuantcalError(
                .format, "the JSON at byte \(offset - 1) is nested more than \(Self.maximumDepth) deep")
        }
        depth += 1
        skipSpace()
        if next != close.utf8Start.pointee {
            while true {
                try item(&self)
                skipSpace()
                guard next == UInt8(ascii: ",") else { break }
                position += 1
                skipSpace()
            }
        }
        try take(close, expected: "',' or '\(close)'")
        depth -= 1
    }
}

// MARK: - Strings

extension JSONReader {
    private mutating func readString(expected: String) throws(QuantcalError) -> String {
        try take("\"", expected: expected)
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: String(try readEscape()).utf8)
            case 0..<0x20:
                throw failure("a control character as an escape")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw failure("'\"' at the end of a string")
    }

    private mutating func readEscape() throws(QuantcalError) -> Unicode.Scalar {
        let start = position
        position += 1
        let letter = next ?? 0
        if letter == UInt8(ascii: "u") {
            position += 1
            return try readEscapedScalar(from: start)
        }
        guard let meaning = Self.escapes[letter] else {
            throw failure("an escape: one of \" \\ / b f n r t u")
        }
        position += 1
        return meaning
    }

    private static let escapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
        UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n",
        UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    /// What follows `\u`: four digits, or a surrogate pair in two escapes.
    private mutating func readEscapedScalar(from start: Int) throws(QuantcalError) -> Unicode.Scalar {
        let first = try readFourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let second = try readFourHexDigits()
            if (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        }
        throw QuantcalError(
            .format, "the escape at byte \(origin + start) is half of a surrogate pair")
    }

    private mutating func readFourHexDigits() throws(QuantcalError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("four hexadecimal digits after \\u")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

// MARK: - Bytes

extension JSONReader {
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ word: StaticString, expected: String) throws(QuantcalError) {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[index] else {
                position = start
                throw failure(expected)
            }
            position += 1
        }
    }

    private mutating func skipNumber() throws(QuantcalError) {
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
        if next == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        if let byte = next, isNumberByte(byte) { throw failure("the end of a number") }
    }

    private mutating func skipDigits() throws(QuantcalError) {
        guard let byte = next, isDigit(byte) else { throw failure("a value") }
        while let byte = next, isDigit(byte) { position += 1 }
    }

    private func describeNext() -> String { next.map { quoted(byte: $0) } ?? "the end" }

    private func failure(_ expected: String, found: String? = nil) -> QuantcalError {
        QuantcalError(
            .format, "invalid JSON at byte \(offset): expected \(expected), found \(found ?? describeNext())")
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// Whether a byte can be part of a number's spelling, right or wrong.
private func isNumberByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
}

/// The offset of the first byte that is not part of well-formed UTF-8.
private func firstInvalidUTF8(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var parser = Unicode.UTF8.ForwardParser()
    var input = bytes.makeIterator()
    var offset = 0
    while true {
        switch parser.parseScalar(from: &input) {
        case .valid(let scalar): offset += scalar.count
        case .error: return offset
        case .emptyInput: return nil
        }
    }
}
