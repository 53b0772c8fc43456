import Quantcal

/// The results as JSON, for programs. Numbers have all their digits; what JSON has no number for
/// ("inf", "nan") is a string.
struct ResultJSON {
    let results: Results

    init(_ results: Results) { self.results = results }

    var text: String {
        let widths = results.widths.map { String($0) }.joined(separator: ", ")
        let range = results.expectedCoverage.range
        return """
            {
              "quantcal": \(string(Quantcal.version)),
              "model": \(string(results.files.model)),
              "calibration": \(string(results.files.calibration)),
              "test": \(string(results.files.test)),
              "widths": [\(widths)],
              "rows": {"temperature": \(results.temperatureRows), "threshold": \(results.thresholdRows), \
            "test": \(results.testRows)},
              "group_size": \(Experiment.groupSize),
              "alpha": \(number(Experiment.alpha)),
              "delta": \(number(Experiment.delta)),
              "bins": \(Experiment.bins),
              "expected_coverage": [\(number(range.lowerBound)), \(number(range.upperBound))],
              "formats": [
            \(results.formats.map { "    " + object($0) }.joined(separator: ",\n"))
              ]
            }

            """
    }

    private func object(_ format: FormatResult) -> String {
        let members: [(String, String)] = [
            ("name", string(format.name)), ("bits", String(format.bits)), ("bytes", String(format.byteCount)),
            ("weight_error", number(format.weightError)), ("accuracy", number(format.accuracy)),
            ("outcome", string("\(format.fit.outcome)")), ("temperature", number(format.temperature)),
            ("ece_before", number(format.before.error)), ("ece_after", number(format.after.error)),
            ("ece_isotonic", number(format.afterIsotonic.error)),
            ("nll_before", number(format.nllBefore)), ("nll_after", number(format.nllAfter)),
            ("nll_isotonic", number(format.nllIsotonic)), ("brier_before", number(format.brierBefore)),
            ("brier_after", number(format.brierAfter)), ("brier_isotonic", number(format.brierIsotonic)),
            ("sets", "[" + format.sets.map(object).joined(separator: ", ") + "]"),
        ]
        return object(members)
    }

    private func object(_ sets: PredictionSetResult) -> String {
        object([
            ("rule", string(sets.rule.rawValue)), ("threshold", number(sets.threshold)),
            ("coverage", number(sets.coverage)), ("mean_size", number(sets.meanSize)),
            ("empty", String(sets.emptyCount)),
        ])
    }

    private func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }

    private func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "\"\(value)\"" }

    private func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\0"..<" ":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result += String(scalar)
            }
        }
        return result + "\""
    }
}
