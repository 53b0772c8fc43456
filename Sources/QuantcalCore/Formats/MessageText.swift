/// How bytes of a file may appear in a message: so many scalars at most, and nothing that could break
/// the line or steer a terminal. For `quoted("fc1\n")` that is `'fc1\u{000A}'`.
public func quoted(_ text: String, atMost limit: Int = 60) -> String {
    var result = "'"
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == limit { return result + "'…" }
        result += isPrintable(scalar) ? String(scalar) : "\\u{" + hexadecimal(scalar.value) + "}"
    }
    return result + "'"
}

/// One byte of a text: itself in quotes if it is printable ASCII, its number if not.
func quoted(byte: UInt8) -> String {
    (0x20..<0x7F).contains(byte)
        ? "'" + String(Unicode.Scalar(byte)) + "'" : "byte 0x" + hexadecimal(UInt32(byte), digits: 2)
}

/// A shape or another list of numbers, cut after the eighth.
func listed(_ numbers: [Int]) -> String {
    let text = numbers.prefix(8).map { String($0) }.joined(separator: ", ")
    return "[" + text + (numbers.count > 8 ? ", …]" : "]")
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
    default: true
    }
}

private func hexadecimal(_ value: UInt32, digits: Int = 4) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
