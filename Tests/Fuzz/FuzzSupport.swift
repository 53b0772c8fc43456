/// A property that does not hold. Ends the process, which libFuzzer reports with the input.
func require(_ holds: Bool, _ property: String) {
    if !holds { fatalError(property) }
}

/// What every refusal must be: of the right kind, short, and harmless to print.
func requireGoodMessage(_ error: QuantcalError, of kind: QuantcalError.Kind = .format) {
    require(error.kind == kind, "an error of another kind: \(error.kind), \(error.message)")
    require(error.message.utf8.count < 2000, "a message that grows with the file")
    require(
        error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F },
        "a control character in a message")
}
