/// The results as one table: a row for each quantity, a column for each format.
struct ResultTable {
    struct Row {
        let title: String
        let unit: String
        let values: [String]
    }

    let results: Results
    let header: [String]
    let rows: [Row]

    init(_ results: Results) {
        self.results = results
        header = results.formats.map(\.name)
        func row(_ title: String, _ unit: String, _ value: (FormatResult) -> String) -> Row {
            Row(title: title, unit: unit, values: results.formats.map(value))
        }
        func setRows(_ index: Int, _ rule: PredictionSetRule) -> [Row] {
            [
                row("\(rule.rawValue) sets", "threshold") { decimal($0.sets[index].threshold, 4) },
                row("\(rule.rawValue) coverage", "test rows") { percent($0.sets[index].coverage, 1) },
                row("\(rule.rawValue) size", "classes in a set") { decimal($0.sets[index].meanSize, 3) },
            ]
        }
        rows =
            [
                row("size", "bytes") { grouped($0.byteCount) },
                row("weight error", "relative RMS") { percent($0.weightError, 2) },
                row("accuracy", "test rows") { percent($0.accuracy, 1) },
                row("temperature", "logits / T") { decimal($0.temperature, 3) },
                row("ECE before", "top label") { percent($0.before.error, 2) },
                row("ECE after", "top label") { percent($0.after.error, 2) },
                row("ECE isotonic", "top label") { percent($0.afterIsotonic.error, 2) },
                row("NLL before", "nats") { decimal($0.nllBefore, 4) },
                row("NLL after", "nats") { decimal($0.nllAfter, 4) },
                row("NLL isotonic", "nats") { decimal($0.nllIsotonic, 4) },
                row("Brier before", "all classes") { decimal($0.brierBefore, 4) },
                row("Brier after", "all classes") { decimal($0.brierAfter, 4) },
                row("Brier isotonic", "all classes") { decimal($0.brierIsotonic, 4) },
            ] + PredictionSetRule.allCases.enumerated().flatMap { setRows($0.offset, $0.element) }
    }

    /// What was measured on which rows, in one sentence.
    var summary: String {
        let widths = results.widths.map { String($0) }.joined(separator: "-")
        return "A \(widths) network on \(grouped(results.testRows)) test rows. Temperatures and isotonic "
            + "curves are fitted on \(grouped(results.temperatureRows)) calibration rows, thresholds taken "
            + "from \(grouped(results.thresholdRows)) others."
    }

    /// Within which coverage is as promised.
    var coverageRemark: String {
        let range = results.expectedCoverage.range
        return
            "With so many rows, chance alone puts the coverage of LAC, APS and RAPS between "
            + "\(percent(range.lowerBound, 1)) and \(percent(range.upperBound, 1)) (two standard deviations)."
    }

    var remarks: [String] { results.formats.compactMap(\.remark) }

    /// For a terminal of 80 columns.
    var text: String {
        let titles = [""] + rows.map { "\($0.title), \($0.unit)" }
        let width = (titles.map(\.count).max() ?? 0)
        let columns = header.indices.map { column in
            max(8, header[column].count, rows.map { $0.values[column].count }.max() ?? 0)
        }
        let lines = zip(titles, [header] + rows.map(\.values)).map { title, values in
            title + spaces(width - title.count)
                + zip(values, columns).map { spaces(1 + $1 - $0.count) + $0 }.joined()
        }
        return ([summary, ""] + lines + [""] + remarks + [coverageRemark]).joined(separator: "\n")
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
