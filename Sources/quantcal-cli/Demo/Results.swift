import Quantcal

/// What the demo found.
struct Results {
    let files: DemoFiles
    let widths: [Int]
    let temperatureRows: Int
    let thresholdRows: Int
    let testRows: Int
    let expectedCoverage: ExpectedCoverage
    let formats: [FormatResult]
}

/// One way to store the weights, measured on the test rows.
struct FormatResult {
    let name: String
    let bits: Int
    let byteCount: Int
    /// Relative root mean square.
    let weightError: Double
    let accuracy: Double
    let fit: TemperatureFit
    /// The temperature in use: the fitted one, or 1 if there is no best one.
    let temperature: Double
    /// Top-label calibration error and its bins, before and after temperature scaling, and after
    /// isotonic calibration.
    let before: CalibrationErrorResult
    let after: CalibrationErrorResult
    let afterIsotonic: CalibrationErrorResult
    /// Mean negative log-likelihood in nats; +infinity if a label has the probability 0.
    let nllBefore: Double
    let nllAfter: Double
    let nllIsotonic: Double
    /// Mean squared distance of the probabilities from those of one who knows the label.
    let brierBefore: Double
    let brierAfter: Double
    let brierIsotonic: Double
    /// In the order of `PredictionSetRule.allCases`.
    let sets: [PredictionSetResult]

    /// Why the temperature is 1, if the fit found none.
    var remark: String? {
        switch fit.outcome {
        case .ok: nil
        case .notConverged: "\(name): the temperature is the best so far; the fit did not end"
        case .separated:
            "\(name): no temperature is best, as every row to fit it on is classified right; 1 is used"
        case .inverted: "\(name): no temperature is best, as the logits speak against the labels; 1 is used"
        case .degenerate: "\(name): no temperature is best, as all logits of a row are equal; 1 is used"
        }
    }
}

/// The coverage that a conformal threshold from n rows has on m test rows, over all draws of both. If
/// scores do not tie, the number of covered rows is beta-binomial with parameters k and n + 1 - k, k
/// being the conformal rank (Vovk 2012).
struct ExpectedCoverage {
    let mean: Double
    let standardDeviation: Double

    init(calibrationRows n: Int, testRows m: Int, alpha: Double) throws {
        let covered = Double(try conformalRank(n: n, alpha: alpha))
        let all = Double(n) + 1
        let missed = all - covered
        mean = covered / all
        standardDeviation =
            (covered * missed * (all + Double(m)) / (all * all * (all + 1) * Double(m))).squareRoot()
    }

    /// Two standard deviations about the mean: where about 95 of 100 draws lie.
    var range: ClosedRange<Double> {
        max(0, mean - 2 * standardDeviation)...min(1, mean + 2 * standardDeviation)
    }
}
