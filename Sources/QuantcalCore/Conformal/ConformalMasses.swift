/// Points with scores, and weights if they have any.
public struct ConformalPoints<T: Scalar> {
    let scores: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?

    public init(scores: UnsafeBufferPointer<T>, weights: UnsafeBufferPointer<T>? = nil) {
        (self.scores, self.weights) = (scores, weights)
    }
}

/// Weights as integers, so that their sums and the comparisons of ratios of them are exact.
///
/// Without weights, or if all are equal, every mass is 1. Otherwise a unit is a power of two, less than 2^-58 of
/// the sum of all calibration weights and the largest test weight; so weights that are integers keep their ratios. A test
/// weight above 2^20 times the sum of the calibration weights counts as that.
struct ConformalMasses: ~Copyable {
    /// The masses of the calibration points, then of the test points; none if all are 1.
    private let values: Scratch<UInt64>
    private let n: Int
    /// Of all calibration points, less than 2^62.
    let total: UInt64

    /// Of n calibration points and any number of test points, all 1.
    init(units n: Int) throws(QuantcalError) {
        values = try Scratch(0)
        (self.n, total) = (n, UInt64(n))
    }

    init<T: Scalar>(
        calibration: ConformalPoints<T>, test: ConformalPoints<T>
    ) throws(QuantcalError) {
        let (n, m) = (calibration.scores.count, test.scores.count)
        let sum = try calibration.weights.map { weights throws(QuantcalError) in
            try Require.weights(weights, "calibration_weights").sum
        }
        let largest = try test.weights.map { weights throws(QuantcalError) in
            Double(try Require.notNegative(weights, "test_weights"))
        }
        if n == 0 { try Self.requirePositive(test.weights) }
        let isWeighted = n > 0 && Self.areDifferent(calibration.weights, test.weights)
        values = try Scratch(isWeighted ? n + m : 0)
        self.n = n
        guard isWeighted else {
            total = UInt64(n)
            return
        }
        let whole = sum ?? Double(n)
        let cap = min(largest ?? 1, whole * 0x1p20)
        let exponent = 59 - Int(max(whole / 2 + cap / 2, .leastNonzeroMagnitude).exponent)
        // In two steps, as the power may be beyond the largest double.
        let first = Double(sign: .plus, exponent: exponent / 2, significand: 1)
        let second = Double(sign: .plus, exponent: exponent - exponent / 2, significand: 1)
        var total: UInt64 = 0
        for index in 0..<n {
            let weight = calibration.weights.map { Double($0[index]) } ?? 1
            let mass = UInt64((weight * first * second).rounded())
            values.buffer[index] = mass
            total += mass
        }
        for index in 0..<m {
            let weight = min(test.weights.map { Double($0[index]) } ?? 1, cap)
            values.buffer[n + index] = UInt64((weight * first * second).rounded())
        }
        self.total = total
    }

    /// Whether every mass is 1.
    var areUnits: Bool { values.buffer.isEmpty }

    @inline(__always) func calibration(_ index: Int) -> UInt64 {
        areUnits ? 1 : values.buffer[index]
    }

    @inline(__always) func test(_ index: Int) -> UInt64 {
        areUnits ? 1 : values.buffer[n + index]
    }

    private static func areDifferent<T: Scalar>(
        _ calibration: UnsafeBufferPointer<T>?, _ test: UnsafeBufferPointer<T>?
    ) -> Bool {
        let one = calibration?.first ?? 1
        return calibration.map { $0.contains { $0 != one } } ?? false
            || (test.map { $0.contains { $0 != one } } ?? (one != 1))
    }

    /// Where there is no calibration point, all weight is that of the test point.
    private static func requirePositive<T: Scalar>(
        _ weights: UnsafeBufferPointer<T>?
    ) throws(QuantcalError) {
        guard let weights, let index = weights.firstIndex(of: 0) else { return }
        throw QuantcalError(
            .domain,
            "test_weights[\(index)] is 0; without calibration points test_weights must be positive")
    }
}
