import QuantcalCore

/// A row for each tensor: what it was, what it is, how large, how wrong.
struct TensorTable {
    private let header = ["tensor", "shape", "from", "to", "bytes before", "after", "error", "SQNR dB"]
    private let rows: [[String]]
    private let summary: String

    /// Without outcomes, of what is planned.
    init(_ plan: ModelPlan, _ outcomes: [ModelConversion.Outcome]?) {
        rows = plan.entries.enumerated().map { index, entry in
            let outcome = outcomes?[index]
            return [
                quoted(entry.tensor.name, atMost: 60).dropFirst().dropLast().description,
                entry.tensor.shape.map { String($0) }.joined(separator: " x "), entry.tensor.type.name,
                entry.type, grouped(entry.tensor.byteCount), grouped(entry.byteCount),
                Self.error(entry, outcome), Self.ratio(entry, outcome),
            ]
        }
        let before = plan.entries.reduce(0) { $0 + $1.tensor.byteCount }
        let after = plan.entries.reduce(0) { $0 + $1.byteCount }
        let share = before == 0 ? "" : ", \(percent(Double(after) / Double(before), 1))"
        summary =
            "\(plan.entries.count) tensors: \(grouped(before)) bytes before, \(grouped(after)) after\(share). "
            + "The errors are relative, in root mean squares."
    }

    private static func isLossy(_ entry: ModelPlan.Entry) -> Bool {
        switch entry.action {
        case .keep, .decode: false
        case .encode, .quantize: true
        }
    }

    private static func error(_ entry: ModelPlan.Entry, _ outcome: ModelConversion.Outcome?) -> String {
        guard let outcome, isLossy(entry) else { return "" }
        return percent(outcome.relativeError, 3)
    }

    private static func ratio(_ entry: ModelPlan.Entry, _ outcome: ModelConversion.Outcome?) -> String {
        guard let outcome, isLossy(entry) else { return "" }
        return decimal(outcome.signalToNoise, 2)
    }

    var text: String {
        let lines = [header] + rows
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        let table = lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.count)
                text += (column == 0 ? "" : "  ") + (column < 4 ? cell + space : space + cell)
            }
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        return (table + ["", summary]).joined(separator: "\n")
    }

    /// What does not become what was asked for.
    static func remarks(of plan: ModelPlan) -> [String] {
        plan.entries.compactMap { entry in
            entry.remark.map { "\(quoted(entry.tensor.name)) becomes \(entry.type): \($0)" }
        }
    }
}
