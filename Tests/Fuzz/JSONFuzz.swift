/// Any bytes as JSON: refused with a good message, or a value that is the same after it has been
/// written and read again; and then the text with something after it is refused.
@c(LLVMFuzzerTestOneInput) public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    do throws(QuantcalError) {
        let text = try written(bytes)
        let again = Array(text.utf8).withUnsafeBytes { try? written($0) }
        require(again == text, "a value that changed")
        require((Array(bytes) + [0x5D]).withUnsafeBytes { try? written($0) } == nil, "text after the value")
    } catch { requireGoodMessage(error) }
    return 0
}

/// The text in one spelling: no white space, and every character outside ASCII as an escape.
private func written(_ bytes: UnsafeRawBufferPointer) throws(QuantcalError) -> String {
    var json = try JSONReader(bytes)
    json.skipSpace()
    var text = ""
    try write(&json, bytes, &text)
    try json.finish()
    return text
}

private func write(
    _ json: inout JSONReader, _ bytes: UnsafeRawBufferPointer, _ text: inout String
) throws(QuantcalError) {
    let first = json.offset < bytes.count ? bytes[json.offset] : 0
    switch first {
    case UInt8(ascii: "{"):
        var members: [String] = []
        try json.readObject { json, key throws(QuantcalError) in
            var member = escaped(key) + ":"
            try write(&json, bytes, &member)
            members.append(member)
        }
        text += "{" + members.joined(separator: ",") + "}"
    case UInt8(ascii: "["):
        var elements: [String] = []
        try json.readArray { json throws(QuantcalError) in
            var element = ""
            try write(&json, bytes, &element)
            elements.append(element)
        }
        text += "[" + elements.joined(separator: ",") + "]"
    case UInt8(ascii: "\""): text += escaped(try json.readString())
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
        // A count if it is one, else as it stands.
        var copy = json
        let start = json.offset
        try json.skipValue()
        let count = try? copy.readCount()
        text += count.map { String($0) } ?? String(decoding: bytes[start..<json.offset], as: UTF8.self)
    default:
        let start = json.offset
        try json.skipValue()
        text += String(decoding: bytes[start..<json.offset], as: UTF8.self)
    }
}

private func escaped(_ string: String) -> String {
    var text = "\""
    for unit in string.utf16 {
        let hex = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
    }
    return text + "\""
}
