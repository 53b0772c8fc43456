/// The penalty of RAPS from data of its own: the rank from which it counts, and its weight.
///
/// k_reg is the exact conformal quantile of the true labels' ranks; lambda the one of a grid whose sets, at the
/// threshold of the same data, are smallest on average (the first of equals). The data must not be those of the
/// calibration. Source: Angelopoulos, Bates, Malik, Jordan (2021), appendix E; their quantile of ranks is not
/// the exact one.
public enum RAPSTuning {
    public struct Result: Equatable, Sendable {
        public let kReg: Int
        public let lambda: Double
        public let meanSize: Double
    }

    public static func tune(
        probabilities: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Int64>, classes: Int,
        alpha: Double, lambdas: UnsafeBufferPointer<Double>, options: ConformalClasses.Options,
        meanSizes: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Result {
        try compute(
            probabilities, labels, classes, alpha, lambdas, options, meanSizes,
            ConformalClasses.labelScores(probabilities:labels:classes:options:scores:),
            ConformalThreshold.threshold(scores:alpha:),
            ConformalClasses.sets(probabilities:rows:classes:thresholds:options:mask:sizes:))
    }

    public static func tune(
        probabilities: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int64>, classes: Int,
        alpha: Double, lambdas: UnsafeBufferPointer<Double>, options: ConformalClasses.Options,
        meanSizes: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Result {
        try compute(
            probabilities, labels, classes, alpha, lambdas, options, meanSizes,
            ConformalClasses.labelScores(probabilities:labels:classes:options:scores:),
            ConformalThreshold.threshold(scores:alpha:),
            ConformalClasses.sets(probabilities:rows:classes:thresholds:options:mask:sizes:))
    }

    private static func compute<T: Scalar>(
        _ probabilities: UnsafeBufferPointer<T>, _ labels: UnsafeBufferPointer<Int64>, _ classes: Int,
        _ alpha: Double, _ lambdas: UnsafeBufferPointer<Double>, _ options: ConformalClasses.Options,
        _ meanSizes: UnsafeMutablePointer<Double>?,
        _ scoresOf: (
            UnsafeBufferPointer<T>, UnsafeBufferPointer<Int64>, Int, ConformalClasses.Options,
            UnsafeMutablePointer<T>
        ) throws(QuantcalError) -> Void,
        _ thresholdOf: (UnsafeBufferPointer<T>, Double) throws(QuantcalError) -> T,
        _ setsOf: (
            UnsafeBufferPointer<T>, Int, Int, UnsafeBufferPointer<T>, ConformalClasses.Options,
            UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?
        ) throws(QuantcalError) -> Void
    ) throws(QuantcalError) -> Result {
        let rows = labels.count
        guard rows > 0 else { throw QuantcalError(.size, "rows is 0; rows must be at least 1") }
        try Require.level(alpha)
        guard !lambdas.isEmpty else {
            throw QuantcalError(.size, "lambda_count is 0; it must be at least 1")
        }
        for (index, lambda) in lambdas.enumerated() where !(lambda >= 0 && lambda.isFinite) {
            throw QuantcalError(
                lambda.isFinite ? .domain : .notFinite,
                "lambdas[\(index)] is \(lambda); lambdas must be finite and >= 0")
        }
        let scores = try Scratch<T>(rows)
        let sizes = try Scratch<Int32>(rows)
        let means = try Scratch<Double>(lambdas.count)
        let threshold = try Scratch<T>(1)
        let target = scores.buffer.baseAddress!
        var settings = options
        settings.thresholdFor = .all
        // Ranks are the scores of top-k.
        settings.kind = .topK
        settings.randomisation = .inclusive
        try scoresOf(probabilities, labels, classes, settings, target)
        let quantile = try thresholdOf(UnsafeBufferPointer(scores.buffer), alpha)
        settings.kind = .raps
        settings.randomisation = options.randomisation
        settings.kReg = quantile.isFinite ? Int(quantile) : classes
        var best = 0
        for (index, lambda) in lambdas.enumerated() {
            settings.lambda = lambda
            try scoresOf(probabilities, labels, classes, settings, target)
            threshold.buffer[0] = try thresholdOf(UnsafeBufferPointer(scores.buffer), alpha)
            try setsOf(
                probabilities, rows, classes, UnsafeBufferPointer(threshold.buffer), settings, nil,
                sizes.buffer.baseAddress)
            let total = sizes.buffer.reduce(0) { $0 + Int($1) }
            means.buffer[index] = Double(total) / Double(rows)
            if means.buffer[index] < means.buffer[best] { best = index }
        }
        meanSizes?.update(from: means.buffer.baseAddress!, count: lambdas.count)
        return Result(kReg: settings.kReg, lambda: lambdas[best], meanSize: means.buffer[best])
    }
}
