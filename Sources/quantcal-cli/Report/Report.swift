import Quantcal

/// The results as one page that needs nothing beside itself: no scripts, no fonts, no pictures from
/// elsewhere. It is well-formed XML too.
struct Report {
    let results: Results
    private let table: ResultTable

    init(_ results: Results) {
        self.results = results
        table = ResultTable(results)
    }

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title>What fewer bits cost</title>
        <style>
        \(styleSheet)
        </style>
        </head>
        <body>
        \(([introduction, tableSection] + figures + [methods, footer]).joined(separator: "\n"))
        </body>
        </html>

        """
    }

    // MARK: Words

    private var introduction: String {
        let original = results.formats[0]
        let sentences = results.formats.dropFirst().filter { $0.bits == 4 }.map { format in
            "With \(format.bits) bits for a weight it needs \(grouped(format.byteCount)) bytes instead of "
                + "\(grouped(original.byteCount)), and is right on \(percent(format.accuracy, 1)) of the test rows "
                + "instead of \(percent(original.accuracy, 1))."
        }
        return element("h1", "What fewer bits cost")
            + element("p", escaped(([table.summary] + sentences).joined(separator: " ")))
    }

    private var tableSection: String {
        let head = element(
            "tr", "<th></th>" + table.header.map { element("th", ["scope": "col"], $0) }.joined())
        let body = table.rows.map { row in
            let title = element(
                "th", ["scope": "row"], escaped(row.title) + element("small", escaped(row.unit)))
            return element("tr", title + row.values.map { element("td", escaped($0)) }.joined())
        }
        let remarks = table.remarks.map { element("p", ["class": "note"], escaped($0 + ".")) }
        return element("h2", "In numbers")
            + element(
                "div", ["class": "scroll"],
                element("table", element("thead", head) + element("tbody", body.joined(separator: "\n"))))
            + remarks.joined()
            + element(
                "p", ["class": "note"],
                "Sizes count the codes, a float32 scale for every \(Experiment.groupSize) weights, and float32 "
                    + "biases. Before and after: temperature scaling. Isotonic: calibrated by isotonic "
                    + "regression instead.")
    }

    private var methods: String {
        let entries: [(String, String)] = [
            (
                "Rows",
                "\(table.summary) A row serves one purpose only: the guarantee needs threshold rows that "
                    + "are exchangeable with the test rows, and rows that helped to choose a temperature are not quite."
            ),
            (
                "Weights",
                "Symmetric integers, one scale for each group of \(Experiment.groupSize) neighbours in a "
                    + "row; float32 scales and biases. The weight error is the root of the summed squared "
                    + "differences over that of the squared weights."
            ),
            (
                "Temperature",
                "The logits are divided by the T that gives the labels of the calibration rows the "
                    + "highest likelihood. This changes how sure the network is, never its answer."
            ),
            (
                "Isotonic",
                "For each class, isotonic regression of whether it is the label on its probability (without "
                    + "temperature), on the rows that the temperature is fitted on; straight lines between the "
                    + "blocks; then each row divided by its sum (Zadrozny, Elkan 2002). It bends the "
                    + "probabilities as the rows ask, where a temperature can only stretch them, but needs "
                    + "more rows for that, and may change an answer."
            ),
            (
                "ECE",
                "Expected calibration error of the highest probability: the mean gap between confidence and "
                    + "share of right answers over \(Experiment.bins) bins of equal width. With few rows it stays "
                    + "above 0 even for perfect probabilities."
            ),
            (
                "NLL",
                "Mean negative logarithm of the probability given to the label, in nats. Isotonic "
                    + "probabilities can be 0; if one label gets that, the mean is infinite (inf)."
            ),
            (
                "Brier",
                "Mean squared distance between the probabilities of all classes and the truth, 1 for "
                    + "the label and 0 for the rest: 0 is best, 2 worst."
            ),
            (
                "LAC, APS, RAPS",
                "A class is in a row's set if its score is at most the threshold, the conformal quantile of "
                    + "the true classes' scores on the threshold rows. The score is 1 - the probability (LAC, "
                    + "the smallest sets), the sum of the probabilities down to the class (APS, sets that "
                    + "grow where the network doubts), or this sum and 0.1 for each rank after the first (RAPS, "
                    + "no sets that grow far). On average over draws of the rows, at least "
                    + "\(percent(1 - Experiment.alpha, 0)) of sets hold the true class, however bad the network is."
            ),
            (
                "Risk",
                "LAC sets of a threshold that learn then test finds: of 1, 0.99, and so on, as far as "
                    + "Hoeffding's and Bentkus's bounds on the threshold rows go. In "
                    + "\(percent(1 - Experiment.delta, 0)) of draws of these rows, sets hold at least "
                    + "\(percent(1 - Experiment.alpha, 0)) of all classes to come; the others promise this on average."
            ),
        ]
        let list = entries.map { element("dt", escaped($0.0)) + element("dd", escaped($0.1)) }
        return element("h2", "How it was measured") + element("dl", list.joined(separator: "\n"))
    }

    private var footer: String {
        let files = results.files
        let source =
            files.areBundled
            ? "Data: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits (UCI, 1998), CC BY 4.0."
            : "Model: \(files.model). Calibration: \(files.calibration). Test: \(files.test)."
        return element("footer", escaped("Made by quantcal \(Quantcal.version). \(source)"))
    }
}

// MARK: - Pictures

extension Report {
    private var figures: [String] {
        guard let first = results.formats.first, let last = results.formats.last else { return [] }
        return [
            element("h2", "Are the probabilities honest?"),
            reliability(
                first,
                "Each dot is a bin of test rows, its area their share. A dot below the dashed line claims more "
                    + "than it keeps; the nearer the large dots are to the line, the more honest the "
                    + "probabilities. Hollow dots are bins of fewer than \(decimal(fewRows, 0)) rows and stray "
                    + "by chance."),
            reliability(
                last,
                "The same network in \(last.bits) bits for a weight: it makes other mistakes, and is fitted a "
                    + "temperature and isotonic curves of its own."),
            element("h2", "Does the guarantee hold, and what does it cost?"), coverage,
            element("h2", "How far do the weights move?"), weightError,
        ]
    }

    private func reliability(_ format: FormatResult, _ caption: String) -> String {
        let after = "\(format.name), after (T = \(decimal(format.temperature, 2)))"
        return figure(
            [
                reliabilityChart("\(format.name), before", format.before, style: "before"),
                reliabilityChart(after, format.after, style: "after"),
                reliabilityChart("\(format.name), isotonic", format.afterIsotonic, style: "isotonic"),
            ], caption)
    }

    private var coverage: String {
        let range = results.expectedCoverage.range
        let empty = results.formats[0].sets[0].emptyCount
        let smaller =
            empty == 0
            ? ""
            : " Less than one class on average means that some sets are empty (\(grouped(empty)) of LAC for "
                + "float32): rows stranger than the guarantee has to cover."
        return figure(
            [coverageChart(results), setSizeChart(results)],
            "The promise is \(percent(1 - Experiment.alpha, 0)) (dashed), whatever the bits. The band, "
                + "\(percent(range.lowerBound, 1)) to \(percent(range.upperBound, 1)), is what chance allows; a dot "
                + "of LAC, APS or RAPS outside of it hints at rows that are not exchangeable. Sets with their risk under "
                + "control stay above the promise, not only on average. A worse network pays with larger sets "
                + "(dashed: one class).\(smaller)")
    }

    private var weightError: String {
        figure(
            [weightErrorChart(results)],
            "Down and to the left is better. Every bit less more than doubles the step between neighbouring "
                + "levels, and so the error, while it saves no more than the one before.")
    }

    private func figure(_ charts: [Chart], _ caption: String) -> String {
        let pictures = charts.map(\.svg).joined(separator: "\n")
        let style = [1: "pictures one", 3: "pictures three"][charts.count] ?? "pictures"
        return element(
            "figure", element("div", ["class": style], pictures) + element("figcaption", escaped(caption)))
    }
}
