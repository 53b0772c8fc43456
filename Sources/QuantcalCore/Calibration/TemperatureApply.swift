extension TemperatureScaling {
    /// softmax(logits / temperature) for each row; `probabilities` may be the memory of `logits`.
    public static func apply(
        logits: UnsafeBufferPointer<Double>, classes: Int, temperature: Double,
        probabilities: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try softmax(logits, classes, temperature, probabilities) }

    public static func apply(
        logits: UnsafeBufferPointer<Float>, classes: Int, temperature: Double,
        probabilities: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try softmax(logits, classes, temperature, probabilities) }

    private static func softmax<T: SoftmaxScalar>(
        _ logits: UnsafeBufferPointer<T>, _ classes: Int, _ temperature: Double,
        _ probabilities: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        guard !temperature.isNaN else {
            throw QuantcalError(.notFinite, "temperature is nan; temperature must be >= 0")
        }
        guard temperature >= 0 else {
            throw QuantcalError(.domain, "temperature is \(temperature); temperature must be >= 0")
        }
        try Require.finite(logits, "logits")
        let beta = 1 / temperature
        // Where beta in the type of the logits would overflow or lose digits, or differences of logits could
        // be infinite, double precision serves.
        let isPlain = (0x1p-100...0x1p+100).contains(beta) && areModerate(logits)
        let rows = logits.count / classes
        guard rows > 0 else { return }
        let tasks = (rows + rowsInTask - 1) / rowsInTask
        let threads = Parallel.threads(for: tasks, work: logits.count)
        let scratchEach = isPlain ? T.scratchForKernels(classes: classes) : 0
        let scratch = try Scratch<T>(threads * scratchEach)
        Parallel.forEach(tasks, threads: threads) { task, thread in
            let first = task * rowsInTask
            let count = min(rowsInTask, rows - first)
            let z = logits.baseAddress! + first * classes
            let p = probabilities + first * classes
            if scratchEach > 0, let kernel = T.softmaxKernel {
                let split = T.split(beta)
                let own = scratch.buffer.baseAddress! + thread * scratchEach
                return kernel(z, count, classes, split.high, split.low, own, p)
            }
            for row in stride(from: 0, to: count * classes, by: classes) {
                if isPlain {
                    T.softmaxRow(z + row, classes, beta, p + row)
                } else {
                    extremeRow(z + row, classes, beta, p + row)
                }
            }
        }
    }

    private static let rowsInTask = 1024

    /// No difference of two logits overflows.
    private static func areModerate<T: SoftmaxScalar>(_ logits: UnsafeBufferPointer<T>) -> Bool {
        let limit = T.greatestFiniteMagnitude / 2
        var areModerate = true
        for value in logits { areModerate = areModerate && value.magnitude <= limit }
        return areModerate
    }

    /// For temperatures beyond reason, down to 0 and up to infinity, and logits likewise: differences are
    /// scaled in double precision, with infinite beta as its limit.
    private static func extremeRow<T: SoftmaxScalar>(
        _ z: UnsafePointer<T>, _ classes: Int, _ beta: Double, _ p: UnsafeMutablePointer<T>
    ) {
        var highest = z[0]
        for j in 1..<max(classes, 1) { highest = z[j] > highest ? z[j] : highest }
        func weight(_ value: T) -> Double {
            guard value < highest else { return 1 }
            let distance = Double(value) - Double(highest)
            // Half of an infinite difference is finite, and exact.
            return Exponential.exp(
                distance.isFinite ? beta * distance : 2 * (beta * (Double(value) / 2 - Double(highest) / 2)))
        }
        var sum = 0.0
        for j in 0..<classes { sum += weight(z[j]) }
        for j in 0..<classes { p[j] = T(weight(z[j]) / sum) }
    }
}

extension SoftmaxScalar {
    /// One row of softmax(beta z). `p` may be `z`.
    static func softmaxRow(
        _ z: UnsafePointer<Self>, _ classes: Int, _ beta: Double, _ p: UnsafeMutablePointer<Self>
    ) {
        let split = split(beta)
        var highest = z[0]
        for j in 1..<max(classes, 1) { highest = z[j] > highest ? z[j] : highest }
        var sum = 0.0
        for j in 0..<classes {
            let e = exponential(z[j] - highest, split.high, split.low)
            p[j] = e
            sum += Double(e)
        }
        for j in 0..<classes { p[j] = Self(Double(p[j]) / sum) }
    }
}
