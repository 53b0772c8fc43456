/// A number with a fixed number of decimals: `decimal(0.126, 2)` is "0.13". "inf", "-inf" and "nan" as
/// such; no minus sign before a zero.
func decimal(_ value: Double, _ digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let units = (value.magnitude * scale).rounded()
    // Also catches NaN and infinity. Beyond 2^53 there are no decimals to round.
    guard units < 0x1p53 else { return "\(value)" }
    var text = String(Int64(units))
    if digits > 0 {
        text = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
    }
    return value < 0 && units > 0 ? "-" + text : text
}

/// A share as a percentage: `percent(0.975, 1)` is "97.5%".
func percent(_ value: Double, _ digits: Int) -> String { decimal(100 * value, digits) + "%" }

/// A whole number with its thousands set apart: "203,304".
func grouped(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(value).enumerated() {
        if index > 0, (String(value).count - index) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return text
}
