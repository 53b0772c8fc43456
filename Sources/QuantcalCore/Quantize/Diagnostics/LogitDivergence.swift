/// The Kullback-Leibler divergence of the softmax of one set of logits from that of another, row by row.
///
/// With p the reference's law and d the logits' differences less their mean under p,
///
///     D = ln sum p exp(-d) = ln(1 + sum p (exp(-d) - 1 + d)),
///
/// for sum p d = 0. No term of the last sum is negative, so nothing cancels however small D is. Where an
/// exp(-d) could overflow, D is large or its p tiny, and the definition is summed.
public struct LogitDivergence: Equatable, Sendable {
    /// Of the rows' divergences, in nats.
    public let mean: Double
    /// Of the mean; NaN for one row.
    public let standardError: Double
    public let maximum: Double
    /// The share of rows whose first largest logit is in the same column.
    public let topAgreement: Double

    /// `perRow`, if given, gets each row's divergence.
    public init(
        reference: UnsafeBufferPointer<Double>, approximation: UnsafeBufferPointer<Double>, classes: Int,
        perRow: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) {
        self = try Self.measured(reference, approximation, classes, perRow)
    }

    public init(
        reference: UnsafeBufferPointer<Float>, approximation: UnsafeBufferPointer<Float>, classes: Int,
        perRow: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) {
        self = try Self.measured(reference, approximation, classes, perRow)
    }

    private static func measured<T: Scalar>(
        _ reference: UnsafeBufferPointer<T>, _ approximation: UnsafeBufferPointer<T>, _ classes: Int,
        _ perRow: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Self {
        guard let a = reference.baseAddress, let b = approximation.baseAddress, !reference.isEmpty else {
            throw QuantcalError(.size, "rows or classes is 0; each must be at least 1")
        }
        let count = reference.count / classes
        let rows = try Scratch<LogitPair>(count)
        Parallel.forEachRange(of: count, grain: max(1, (1 << 12) / classes)) { range in
            for row in range { rows.buffer[row] = LogitPair(a + row * classes, b + row * classes, classes) }
        }
        if !rows.buffer.allSatisfy(\.isProper) {
            try requireProper(reference, classes, "reference")
            try requireProper(approximation, classes, "approximation")
        }
        if let perRow {
            for row in 0..<count { perRow[row] = rows.buffer[row].divergence }
        }
        return Self(UnsafeBufferPointer(rows.buffer))
    }

    private init(_ rows: UnsafeBufferPointer<LogitPair>) {
        let count = Double(rows.count)
        let maximum = rows.reduce(0) { max($0, $1.divergence) }
        self.maximum = maximum
        topAgreement = Double(rows.count { $0.agrees }) / count
        guard maximum.isFinite else {
            (mean, standardError) = (.infinity, .nan)
            return
        }
        // The squares stay within the range of doubles.
        let scale = PowerOfTwo.bringing(maximum, above: -300, below: 300)
        var sum = DoubleDouble()
        for row in rows { sum += row.divergence * scale }
        let scaledMean = sum.value / count
        var squares = DoubleDouble()
        for row in rows {
            let deviation = row.divergence * scale - scaledMean
            squares += deviation * deviation
        }
        mean = scaledMean / scale
        standardError = rows.count == 1 ? .nan : (squares.value / (count - 1) / count).squareRoot() / scale
    }

    /// Logits are finite or -infinity, and each row has a finite one.
    private static func requireProper<T: Scalar>(
        _ logits: UnsafeBufferPointer<T>, _ classes: Int, _ name: String
    ) throws(QuantcalError) {
        if let index = logits.firstIndex(where: { !($0 < .infinity) }) {
            throw QuantcalError(
                .notFinite, "\(name)[\(index)] is \(logits[index]); \(name) must be finite or -inf")
        }
        for row in 0..<logits.count / classes
        where logits[row * classes..<(row + 1) * classes].allSatisfy({ $0 == -.infinity }) {
            throw QuantcalError(.domain, "row \(row) of \(name) has no finite logit")
        }
    }
}

/// A row of the reference and of the approximation.
private struct LogitPair: BitwiseCopyable {
    var divergence = 0.0
    /// Whether the first largest logits are in the same column.
    var agrees: Bool
    /// Whether both are logits at all.
    var isProper: Bool

    init<T: Scalar>(_ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ count: Int) {
        let (top, other) = (Self.largest(a, count), Self.largest(b, count))
        agrees = top == other
        isProper = top.map { a[$0].isFinite } == true && other.map { b[$0].isFinite } == true
        guard isProper, let top, let other else { return }
        let row = ShiftedRow(a: a, b: b, aTop: Double(a[top]), bTop: Double(b[other]), count: count)
        divergence = row.divergence()
    }

    /// The first largest; nil if there is a NaN.
    private static func largest<T: Scalar>(_ logits: UnsafePointer<T>, _ count: Int) -> Int? {
        var (top, hasNaN) = (0, false)
        for index in 0..<count {
            hasNaN = hasNaN || logits[index].isNaN
            if logits[index] > logits[top] { top = index }
        }
        return hasNaN ? nil : top
    }
}

/// Two rows of logits, each less its largest.
private struct ShiftedRow<T: Scalar> {
    let a: UnsafePointer<T>, b: UnsafePointer<T>
    let aTop: Double, bTop: Double
    let count: Int

    private func first(_ index: Int) -> Double { Double(a[index]) - aTop }
    private func second(_ index: Int) -> Double { Double(b[index]) - bTop }

    func divergence() -> Double {
        var (total, product) = (DoubleDouble(), DoubleDouble())
        var least = Double.infinity
        for index in 0..<count {
            let (x, y) = (first(index), second(index))
            // A class that neither has.
            if x == -.infinity, y == -.infinity { continue }
            least = min(least, x - y)
            let power = Exponential.exp(x)
            if x == -.infinity || power == 0 { continue }
            if y == -.infinity { return .infinity }
            total += power
            product += power * (x - y)
        }
        let mean = product.value / total.value
        guard mean.isFinite else { return .infinity }
        guard least - mean >= -600 else { return byDefinition(total: total.value) }
        var sum = DoubleDouble()
        for index in 0..<count {
            let x = first(index)
            let power = Exponential.exp(x)
            if x == -.infinity || power == 0 { continue }
            sum += power * Self.excess(x - second(index) - mean)
        }
        return Self.logarithm(onePlus: sum.value / total.value)
    }

    private func byDefinition(total: Double) -> Double {
        var (other, sum) = (DoubleDouble(), DoubleDouble())
        for index in 0..<count {
            let (x, y) = (first(index), second(index))
            other += y == -.infinity ? 0 : Exponential.exp(y)
            let power = x == -.infinity ? 0 : Exponential.exp(x)
            if power > 0 { sum += power / total * (x - y) }
        }
        return max(0, sum.value + (Exponential.log(other.value) - Exponential.log(total)))
    }

    /// exp(-t) - 1 + t, by its series where that would cancel.
    private static func excess(_ t: Double) -> Double {
        guard abs(t) < 0.5 else {
            return (t > 0 ? Exponential.exp(-t) : 1 / Exponential.exp(t)) - 1 + t
        }
        // t^2 / 2 (1 - t / 3 (1 - t / 4 (...)))
        var series = 1.0
        for n in stride(from: 16.0, through: 3, by: -1) { series = 1 - t / n * series }
        return t * t / 2 * series
    }

    /// ln(1 + x) for x >= 0: of 1 + x rounded, with what rounding lost.
    private static func logarithm(onePlus x: Double) -> Double {
        let sum = 1 + x
        guard sum < .infinity else { return Exponential.log(x) }
        if sum == 1 { return x }
        return Exponential.log(sum) * (x / (sum - 1))
    }
}
