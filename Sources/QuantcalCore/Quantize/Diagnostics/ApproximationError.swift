import Glibc

/// How far an approximation is from the original, by sums of one pass. Products of two singles are exact
/// in double, and neither they nor their sums leave its range.
public struct ApproximationError: Equatable, Sendable {
    /// sum (x - y)^2 / n
    public let meanSquaredError: Double
    /// sum (y - x) / n: the bias.
    public let meanError: Double
    /// max |x - y|
    public let maxAbsError: Double
    /// ||x - y|| / ||x||; NaN without a signal.
    public let relativeError: Double
    /// 10 log10(sum x^2 / sum (x - y)^2); NaN without a signal, infinite without an error.
    public let sqnrDecibels: Double
    /// sum x y / (||x|| ||y||); NaN if either is 0.
    public let cosine: Double

    public init(
        _ original: UnsafeBufferPointer<Float>, _ approximation: UnsafeBufferPointer<Float>
    ) throws(QuantcalError) { self = try Self.measured(original, approximation) }

    public init(
        _ original: UnsafeBufferPointer<HalfBits>, _ approximation: UnsafeBufferPointer<Float>
    ) throws(QuantcalError) { self = try Self.measured(original, approximation) }

    public init(
        _ original: UnsafeBufferPointer<BFloat16Bits>, _ approximation: UnsafeBufferPointer<Float>
    ) throws(QuantcalError) { self = try Self.measured(original, approximation) }

    private static func measured<T: WeightElement>(
        _ original: UnsafeBufferPointer<T>, _ approximation: UnsafeBufferPointer<Float>
    ) throws(QuantcalError) -> Self {
        guard let x = original.baseAddress, let y = approximation.baseAddress, !original.isEmpty else {
            throw QuantcalError(.size, "count is 0; count must be at least 1")
        }
        let sums = try ErrorSums.over(original.count) {
            ErrorSums(x + $0.lowerBound, y + $0.lowerBound, $0.count)
        }
        // What is not finite makes the sums of its squares so.
        if !sums.signal.value.isFinite || !sums.approximation.value.isFinite {
            if let error = notFiniteError(original, "original") { throw error }
            if let error = notFiniteError(approximation, "approximation") { throw error }
        }
        return Self(sums, Double(original.count))
    }

    private init(_ sums: ErrorSums, _ count: Double) {
        let (signal, error) = (sums.signal.value, sums.squaredError.value)
        meanSquaredError = error / count
        meanError = sums.error.value / count
        maxAbsError = sums.largestError
        relativeError = signal == 0 ? .nan : (error / signal).squareRoot()
        sqnrDecibels = signal == 0 ? .nan : 10 * log10(signal / error)
        let norms = signal.squareRoot() * sums.approximation.value.squareRoot()
        cosine = norms == 0 ? .nan : min(max(sums.product.value / norms, -1), 1)
    }
}

private struct ErrorSums: BlockSums {
    var signal = DoubleDouble()
    var approximation = DoubleDouble()
    var product = DoubleDouble()
    var error = DoubleDouble()
    var squaredError = DoubleDouble()
    var largestError = 0.0

    init() {}

    init<T: WeightElement>(_ x: UnsafePointer<T>, _ y: UnsafePointer<Float>, _ count: Int) {
        var signal = DoubleDoubleLanes()
        var approximation = DoubleDoubleLanes()
        var product = DoubleDoubleLanes()
        var error = DoubleDoubleLanes()
        var squaredError = DoubleDoubleLanes()
        var largest = Lanes.zero
        for index in stride(from: 0, to: count, by: 8) {
            let original = Lanes(x + index, count - index)
            let approximated = Lanes(y + index, count - index)
            let difference = approximated - original
            signal.add(original * original)
            approximation.add(approximated * approximated)
            product.add(original * approximated)
            error.add(difference)
            squaredError.add(difference * difference)
            let magnitude = difference.magnitude
            largest.replace(with: magnitude, where: magnitude .> largest)
        }
        (self.signal, self.approximation, self.product) = (
            signal.folded, approximation.folded, product.folded
        )
        (self.error, self.squaredError) = (error.folded, squaredError.folded)
        largestError = largest.max()
    }

    static func += (a: inout ErrorSums, b: ErrorSums) {
        a.signal += b.signal
        a.approximation += b.approximation
        a.product += b.product
        a.error += b.error
        a.squaredError += b.squaredError
        a.largestError = max(a.largestError, b.largestError)
    }
}
