import Glibc

/// Temperature scaling: fit one temperature to logits and labels, and apply it.
///
/// Source: Guo, Pleiss, Sun, Weinberger (2017). In beta = 1/T the negative log-likelihood is convex,
/// so the status of data without a finite positive optimum can be told for sure.
public enum TemperatureScaling {
    public enum Outcome: Int32, CaseIterable, Sendable {
        case ok = 0
        case separated = 1
        case inverted = 2
        case degenerate = 3
        case notConverged = 4
    }

    public struct Options {
        public var maximumIterations = 100
        public var progress = Progress.none
        public init() {}
    }

    public struct Fit: Sendable {
        public var temperature: Double
        public var inverseTemperature: Double
        public var nllBefore: Double
        public var nllAfter: Double
        public var gradient: Double
        public var outcome: Outcome
        public var iterations: Int
    }

    public static func fit(
        logits: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Int64>,
        weights: UnsafeBufferPointer<Double>?, classes: Int, options: Options = Options()
    ) throws(QuantcalError) -> Fit { try compute(logits, labels, weights, classes, options) }

    public static func fit(
        logits: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int64>,
        weights: UnsafeBufferPointer<Float>?, classes: Int, options: Options = Options()
    ) throws(QuantcalError) -> Fit { try compute(logits, labels, weights, classes, options) }

    private static func compute<T: SoftmaxScalar>(
        _ logits: UnsafeBufferPointer<T>, _ labels: UnsafeBufferPointer<Int64>,
        _ weights: UnsafeBufferPointer<T>?, _ classes: Int, _ options: Options
    ) throws(QuantcalError) -> Fit {
        guard classes >= 2 else {
            throw QuantcalError(.size, "classes is \(classes); classes must be at least 2")
        }
        guard !labels.isEmpty else { throw QuantcalError(.size, "rows is 0; rows must be at least 1") }
        guard options.maximumIterations >= 1 else {
            throw QuantcalError(
                .options, "max_iterations is \(options.maximumIterations); it must be at least 1")
        }
        try Require.finite(logits, "logits")
        try Require.labels(labels, classes: classes)
        if let weights { try Require.weights(weights) }
        // Logits near the ends of the number range are brought to about 1 first: beta and the squares
        // of logits must not leave it.
        let scale = PowerOfTwo.bringing(largestMagnitude(logits), above: -32, below: 32)
        let scaled = try Scratch<T>(scale == 1 ? 0 : logits.count)
        for index in scaled.buffer.indices { scaled.buffer[index] = logits[index] * T(scale) }
        let data = LabelledLogits(
            logits: scale == 1 ? logits.baseAddress! : UnsafePointer(scaled.buffer.baseAddress!),
            labels: labels.baseAddress!, weights: weights?.baseAddress, rows: labels.count, classes: classes)
        var solver = TemperatureSolver(data: data, unit: 1 / scale, options: options)
        return try solver.solve()
    }

    private static func largestMagnitude<T: Scalar>(_ values: UnsafeBufferPointer<T>) -> Double {
        var largest: T.Bits = 0
        for value in values {
            let magnitude = value.bitPattern & T.magnitudeMask
            largest = magnitude > largest ? magnitude : largest
        }
        return Double(T(bitPattern: largest))
    }
}
