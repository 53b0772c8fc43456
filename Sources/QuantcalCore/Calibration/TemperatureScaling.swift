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
        // Numbers near the ends of their range are taken away from them first: neither beta nor the sums of
        // weighted squares of logits may leave it. The scale of the weights does not matter.
        let reach = T.self == Float.self ? 32 : 480
        let scale = PowerOfTwo.bringing(largestMagnitude(logits), above: -reach, below: reach)
        let scaledLogits = try scaled(logits, scale)
        let largestWeight = weights.map { largestMagnitude($0) } ?? 1
        let weightScale = PowerOfTwo.bringing(largestWeight, above: -32, below: 32)
        let scaledWeights = try scaled(weights, weightScale)
        let data = LabelledLogits(
            logits: scale == 1 ? logits.baseAddress! : UnsafePointer(scaledLogits.buffer.baseAddress!),
            labels: labels.baseAddress!,
            weights: weightScale == 1
                ? weights?.baseAddress : UnsafePointer(scaledWeights.buffer.baseAddress!),
            rows: labels.count, classes: classes)
        var solver = TemperatureSolver(data: data, unit: 1 / scale, options: options)
        return try solver.solve()
    }

    /// A copy times a power of two; nothing if that is 1.
    private static func scaled<T: Scalar>(
        _ values: UnsafeBufferPointer<T>?, _ scale: Double
    ) throws(QuantcalError) -> Scratch<T> {
        guard let values, scale != 1 else { return try Scratch<T>(0) }
        let copy = try Scratch<T>(values.count)
        for index in values.indices { copy.buffer[index] = T(Double(values[index]) * scale) }
        return copy
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
