/// Text as it may stand in HTML, in an attribute too. What XML has no character for is dropped.
func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "\0"..<"\t", "\u{B}"..."\u{C}", "\u{E}"..<" ", "\u{FFFE}"..."\u{FFFF}": break
        default: result += String(scalar)
        }
    }
    return result
}

/// An element: `element("p", ["class": "lead"], "text")`. The content is markup already. Without content
/// it closes itself, as shapes do.
func element(
    _ name: String, _ attributes: KeyValuePairs<String, String>, _ content: String = ""
) -> String {
    let list = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
    return content.isEmpty ? "<\(name)\(list)/>" : "<\(name)\(list)>\(content)</\(name)>"
}

/// An element without attributes.
func element(_ name: String, _ content: String) -> String { "<\(name)>\(content)</\(name)>" }
