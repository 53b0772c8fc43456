/// What makes values easy or hard to quantize, in two passes: sums and extremes, and then powers of what
/// is left of each value without the mean. Fourth powers of singles stay within the range of doubles.
public struct ValueStatistics: Equatable, Sendable {
    public let minimum: Double
    public let maximum: Double
    public let mean: Double
    /// m2 = sum (x - mean)^2 / n
    public let variance: Double
    public let rootMeanSquare: Double
    public let meanAbs: Double
    public let maxAbs: Double
    /// max |x| / mean |x|; of zeros 1.
    public let maxToMean: Double
    /// m3 / m2^(3/2); NaN if all values are equal.
    public let skewness: Double
    /// m4 / m2^2; NaN if all values are equal.
    public let kurtosis: Double
    public let zeroCount: Int

    public init(_ values: UnsafeBufferPointer<Float>) throws(QuantcalError) {
        self = try Self.measured(values)
    }

    public init(_ values: UnsafeBufferPointer<HalfBits>) throws(QuantcalError) {
        self = try Self.measured(values)
    }

    public init(_ values: UnsafeBufferPointer<BFloat16Bits>) throws(QuantcalError) {
        self = try Self.measured(values)
    }

    private static func measured<T: WeightElement>(
        _ values: UnsafeBufferPointer<T>
    ) throws(QuantcalError) -> Self {
        guard let x = values.baseAddress, !values.isEmpty else {
            throw QuantcalError(.size, "count is 0; count must be at least 1")
        }
        let sums = try ValueSums.over(values.count) { ValueSums(x + $0.lowerBound, $0.count) }
        // What is not finite makes the sum of the squares so.
        if !sums.squares.value.isFinite, let error = notFiniteError(values, "values") { throw error }
        let count = DoubleDouble(high: Double(values.count), low: 0)
        let mean = DoubleDouble.quotient(sums.sum, by: count).normalized
        let moments = try MomentSums.over(values.count) {
            MomentSums(x + $0.lowerBound, $0.count, mean: mean)
        }
        return Self(sums, moments, mean.value, Double(values.count))
    }

    private init(_ sums: ValueSums, _ moments: MomentSums, _ mean: Double, _ count: Double) {
        (minimum, maximum, self.mean) = (sums.minimum, sums.maximum, mean)
        let areEqual = sums.minimum == sums.maximum
        variance = areEqual ? 0 : moments.second.value / count
        rootMeanSquare = (sums.squares.value / count).squareRoot()
        meanAbs = sums.magnitudes.value / count
        maxAbs = max(-sums.minimum, sums.maximum)
        maxToMean = maxAbs == 0 ? 1 : maxAbs / meanAbs
        let deviation = variance.squareRoot()
        skewness = areEqual ? .nan : moments.third.value / count / (variance * deviation)
        kurtosis = areEqual ? .nan : moments.fourth.value / count / (variance * variance)
        zeroCount = sums.zeroCount
    }
}

private struct ValueSums: BlockSums {
    var sum = DoubleDouble()
    var magnitudes = DoubleDouble()
    var squares = DoubleDouble()
    var minimum = Double.infinity
    var maximum = -Double.infinity
    var zeroCount = 0

    init() {}

    init<T: WeightElement>(_ x: UnsafePointer<T>, _ count: Int) {
        var sum = DoubleDoubleLanes()
        var magnitudes = DoubleDoubleLanes()
        var squares = DoubleDoubleLanes()
        var lowest = Lanes(repeating: .infinity)
        var highest = Lanes(repeating: -.infinity)
        for index in stride(from: 0, to: count, by: 8) {
            let values = Lanes(x + index, count - index)
            sum.add(values)
            magnitudes.add(values.magnitude)
            squares.add(values * values)
            // The first element, which is one anyway, stands for those that are missing.
            let present = Lanes(x + index, count - index, padding: Double(x[index].single))
            lowest.replace(with: present, where: present .< lowest)
            highest.replace(with: present, where: present .> highest)
        }
        (self.sum, self.magnitudes, self.squares) = (sum.folded, magnitudes.folded, squares.folded)
        (minimum, maximum) = (lowest.min(), highest.max())
        for index in 0..<count where x[index].single == 0 { zeroCount += 1 }
    }

    static func += (a: inout ValueSums, b: ValueSums) {
        a.sum += b.sum
        a.magnitudes += b.magnitudes
        a.squares += b.squares
        a.minimum = min(a.minimum, b.minimum)
        a.maximum = max(a.maximum, b.maximum)
        a.zeroCount += b.zeroCount
    }
}

/// Sums of the second, third and fourth powers of x - mean.
private struct MomentSums: BlockSums {
    var second = DoubleDouble()
    var third = DoubleDouble()
    var fourth = DoubleDouble()

    init() {}

    init<T: WeightElement>(_ x: UnsafePointer<T>, _ count: Int, mean: DoubleDouble) {
        var second = DoubleDoubleLanes()
        var third = DoubleDoubleLanes()
        var fourth = DoubleDoubleLanes()
        for index in stride(from: 0, to: count, by: 8) {
            var deviations = Lanes(x + index, count - index, padding: mean.high) - mean.high
            deviations -= mean.low
            // What stands for missing elements is 0 but for the mean's lower half.
            for lane in max(0, count - index)..<max(8, count - index) { deviations[lane] = 0 }
            let squares = deviations * deviations
            second.add(squares)
            third.add(squares * deviations)
            fourth.add(squares * squares)
        }
        (self.second, self.third, self.fourth) = (second.folded, third.folded, fourth.folded)
    }

    static func += (a: inout MomentSums, b: MomentSums) {
        a.second += b.second
        a.third += b.third
        a.fourth += b.fourth
    }
}
