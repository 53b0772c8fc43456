import Quantcal

/// The demo's work: the network in float32 and in fewer bits, each calibrated on one half of the
/// calibration rows, given the thresholds of prediction sets on the other half, and measured on the test rows.
///
/// Halves, because the conformal guarantee needs threshold rows that are exchangeable with the test
/// rows: rows that have helped to choose the temperature are not quite.
struct Experiment {
    static let bits: [Int?] = [nil, 8, 4, 3, 2]
    static let groupSize = 32
    /// The share of labels that sets may miss.
    static let alpha = 0.1
    /// How often the rows may be so unlucky that sets with a risk under control miss more.
    static let delta = 0.1
    static let bins = 15

    let files: DemoFiles
    let network: Network
    let temperatureRows: Dataset
    let thresholdRows: Dataset
    let testRows: Dataset

    init(_ files: DemoFiles) throws {
        self.files = files
        network = try Network(path: files.model)
        let (inputs, classes) = (network.inputs, network.classes)
        let calibration = try Dataset(directory: files.calibration, inputs: inputs, classes: classes)
        temperatureRows = try Dataset(every: calibration, from: 0)
        thresholdRows = try Dataset(every: calibration, from: 1)
        testRows = try Dataset(directory: files.test, inputs: inputs, classes: classes)
    }

    func run() throws -> Results {
        Results(
            files: files, widths: network.widths, temperatureRows: temperatureRows.rows,
            thresholdRows: thresholdRows.rows, testRows: testRows.rows,
            expectedCoverage: try ExpectedCoverage(
                calibrationRows: thresholdRows.rows, testRows: testRows.rows, alpha: Self.alpha),
            formats: try Self.bits.map { bits in
                do { return try measure(bits) } catch let error as QuantcalError {
                    throw InputError(files.model, "\(Self.name(bits)): \(error.message)")
                }
            })
    }

    private static func name(_ bits: Int?) -> String { bits.map { "int\($0)" } ?? "float32" }

    private func measure(_ bits: Int?) throws -> FormatResult {
        let stored = try StoredNetwork(network, bits: bits, groupSize: Self.groupSize)
        let fit = try temperatureFit(
            logits: stored.network.logits(temperatureRows.images), labels: temperatureRows.labels)
        // Data without a best temperature leave the logits as they are.
        let temperature = fit.outcome == .ok || fit.outcome == .notConverged ? fit.temperature : 1

        let isotonic = try IsotonicCalibration(
            probabilities(stored.network, temperatureRows), temperatureRows.labels)

        let logits = try stored.network.logits(testRows.images)
        let before = try temperatureApply(logits, temperature: 1)
        let after = try temperatureApply(logits, temperature: temperature)
        let labels = testRows.labels
        let afterIsotonic = try isotonic(probabilities(stored.network, testRows))
        let calibration = try probabilities(stored.network, thresholdRows, temperature: temperature)
        let test = try probabilities(stored.network, testRows, temperature: temperature)
        let sets = try PredictionSetRule.allCases.map {
            try PredictionSetResult(
                $0, calibration: (calibration, thresholdRows.labels), test: (test, labels))
        }
        return FormatResult(
            name: Self.name(bits), bits: bits ?? 32, byteCount: stored.byteCount,
            weightError: stored.weightError, accuracy: accuracy(logits), fit: fit, temperature: temperature,
            before: try calibrationError(probabilities: before, labels: labels, bins: Self.bins),
            after: try calibrationError(probabilities: after, labels: labels, bins: Self.bins),
            afterIsotonic: try calibrationError(
                probabilities: afterIsotonic, labels: labels, bins: Self.bins),
            nllBefore: negativeLogLikelihood(logits, labels, temperature: 1),
            nllAfter: negativeLogLikelihood(logits, labels, temperature: temperature),
            nllIsotonic: negativeLogLikelihood(afterIsotonic, labels),
            brierBefore: brierScore(before, labels), brierAfter: brierScore(after, labels),
            brierIsotonic: brierScore(afterIsotonic, labels), sets: sets)
    }

    /// In double precision: rows differ in it that are 1 in single precision.
    private func probabilities(
        _ network: Network, _ rows: Dataset, temperature: Double = 1
    ) throws -> Matrix<Double> {
        let logits = try network.logits(rows.images)
        return try temperatureApply(
            Matrix(rows: logits.rows, columns: logits.columns, elements: logits.elements.map { Double($0) }),
            temperature: temperature)
    }

    /// The share of test rows whose highest logit (the first, if several tie) is the label's.
    private func accuracy(_ logits: Matrix<Float>) -> Double {
        mean(testRows.labels.indices) { row in
            let values = logits[row: row]
            let best = values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 }
            return best - values.startIndex == Int(testRows.labels[row]) ? 1 : 0
        }
    }
}
