import Quantcal

/// Bins with fewer rows than this are drawn hollow: their share of right answers says little.
let fewRows = 10.0

/// How often the network is right against how sure it is: one dot for each bin that has rows, its area
/// their share; the line to the diagonal is the bin's gap.
func reliabilityChart(_ title: String, _ calibration: CalibrationErrorResult, style: String) -> Chart {
    let ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map { (value: $0, label: percent($0, 0)) }
    var chart = Chart(
        title, x: Axis("confidence (mean of the bin)", range: 0...1, ticks: ticks),
        y: Axis("right answers (share)", range: 0...1, ticks: ticks))
    chart.addLine([(0, 0), (1, 1)], style: "reference")
    let rows = calibration.bins.reduce(0) { $0 + $1.weight }
    for bin in calibration.bins where bin.weight > 0 {
        let look = bin.weight < fewRows ? "few \(style)" : style
        let radius = max(3, 15 * (bin.weight / rows).squareRoot())
        chart.addLine(
            [(bin.confidence, bin.confidence), (bin.confidence, bin.outcome)], style: "gap \(look)")
        chart.addDot((bin.confidence, bin.outcome), radius: radius, style: "dot \(look)")
    }
    chart.addLabel(
        "ECE \(percent(calibration.error, 2))", at: (0, 1), dx: 10, dy: 16, anchor: .start,
        style: "label \(style)")
    return chart
}

/// Coverage of the prediction sets of each rule for each number of bits, and the band that chance allows.
func coverageChart(_ results: Results) -> Chart {
    let promised = 1 - Experiment.alpha
    let band = results.expectedCoverage.range
    var chart = Chart(
        "coverage", x: bitsAxis(results),
        y: Axis(
            "coverage (share of test rows)",
            holding: results.formats.flatMap { $0.sets.map(\.coverage) }
                + [promised, band.lowerBound, band.upperBound + 0.02]
        ) { percent($0, 0) })
    chart.addBand(band)
    let ends = chart.x.range
    chart.addLine([(ends.lowerBound, promised), (ends.upperBound, promised)], style: "reference")
    addRules(results, \.coverage, &chart)
    return chart
}

/// Mean size of the prediction sets for each number of bits.
func setSizeChart(_ results: Results) -> Chart {
    var chart = Chart(
        "mean set size", x: bitsAxis(results),
        y: Axis(
            "classes in a set (mean)",
            holding: results.formats.flatMap { $0.sets.map { 1.2 * $0.meanSize } } + [0, 1]
        ) { decimal($0, 1) })
    let ends = chart.x.range
    chart.addLine([(ends.lowerBound, 1), (ends.upperBound, 1)], style: "reference")
    addRules(results, \.meanSize, &chart)
    return chart
}

/// What is lost against what is saved.
func weightErrorChart(_ results: Results) -> Chart {
    let unit = sizeUnit(results)
    let points = results.formats.map { (Double($0.byteCount) / unit.bytes, $0.weightError) }
    var chart = Chart(
        "weight error against size",
        x: Axis("size of the network (\(unit.name))", holding: points.map(\.0) + [0]) { decimal($0, 0) },
        y: Axis("weight error (relative RMS)", holding: points.map(\.1) + [0]) { percent($0, 0) })
    chart.addLine(points, style: "series")
    for (format, point) in zip(results.formats, points) {
        chart.addDot(point, radius: 4, style: "dot after")
        let isLast = point.0 > 0.8 * chart.x.range.upperBound
        chart.addLabel(
            "\(format.name) \(percent(format.weightError, 1))", at: point, dx: isLast ? 4 : 8, dy: -7,
            anchor: isLast ? .end : .start)
    }
    return chart
}

/// The formats side by side, fewest bits first.
private func bitsAxis(_ results: Results) -> Axis {
    let formats = results.formats.reversed().enumerated()
    return Axis(
        "bits for a weight", range: -0.5...Double(results.formats.count) - 0.5,
        ticks: formats.map { (Double($0.offset), String($0.element.bits)) })
}

/// A line for each rule, with a dot for each format; the names stand above.
private func addRules(
    _ results: Results, _ value: (PredictionSetResult) -> Double, _ chart: inout Chart
) {
    for (index, rule) in PredictionSetRule.allCases.enumerated() {
        let style = rule.rawValue.lowercased()
        let points = results.formats.reversed().enumerated().map { place, format in
            (Double(place), value(format.sets[index]))
        }
        chart.addLine(points, style: "series \(style)")
        for point in points { chart.addDot(point, radius: 4, style: "dot \(style)") }
        chart.addLabel(
            rule.rawValue, at: (chart.x.range.lowerBound, chart.y.range.upperBound),
            dx: 10 + 48 * Double(index),
            dy: 16, anchor: .start, style: "label \(style)")
    }
}

private func sizeUnit(_ results: Results) -> (name: String, bytes: Double) {
    let largest = results.formats.map(\.byteCount).max() ?? 0
    return largest < 10_000 ? ("bytes", 1) : largest < 10_000_000 ? ("kB", 1e3) : ("MB", 1e6)
}
