import Glibc

/// The values of a group, and the weights that their errors have.
struct RangeSample {
    let values: UnsafePointer<Float>
    let count: Int
    /// The smallest range that holds them and 0.
    let range: ValueRange
    /// One for each column; nil: all 1.
    let importance: UnsafeBufferPointer<Float>?
    /// The column of the first value.
    let firstColumn: Int
    /// How often each value is there; nil: once.
    var numbers: UnsafePointer<Double>?

    var lower: Double { Double(range.minimum) }
    var upper: Double { Double(range.maximum) }

    @inline(__always) func number(_ index: Int) -> Double { numbers?[index] ?? 1 }

    /// How many values there are.
    var total: Double {
        guard let numbers else { return Double(count) }
        return UnsafeBufferPointer(start: numbers, count: count).reduce(0, +)
    }

    @inline(__always) func weight(_ index: Int) -> Double {
        guard let importance else { return number(index) }
        let column = firstColumn + index
        return Double(importance[column < importance.count ? column : column % importance.count])
    }

    var mean: Double {
        var sum = 0.0
        for index in 0..<count { sum += number(index) * Double(values[index]) }
        return sum / total
    }

    /// The mean of |x - centre|.
    func meanAbsolute(from centre: Double) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += number(index) * abs(Double(values[index]) - centre) }
        return sum / total
    }

    /// The root of the mean of (x - centre)^2.
    func deviation(from centre: Double) -> Double {
        var sum = 0.0
        for index in 0..<count {
            let distance = Double(values[index]) - centre
            sum += number(index) * distance * distance
        }
        return (sum / total).squareRoot()
    }

    /// Each value with its level in units of the scale, and with the number that it decodes to.
    @inline(__always) func forEachRounded(
        _ grid: CompiledGrid, _ parameters: RangeTarget.Parameters,
        _ body: (_ index: Int, _ value: Double, _ level: Double, _ decoded: Double) -> Void
    ) {
        let (scale, zero) = (parameters.scale, parameters.zero)
        grid.levels.withUnsafeBufferPointer { levels in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { codes in
                let codes = codes.baseAddress!
                for first in stride(from: 0, to: count, by: GroupLayout.chunk) {
                    let length = min(GroupLayout.chunk, count - first)
                    grid.nearest.encode(values + first, length, scale: scale, zero: zero, codes)
                    for index in 0..<length {
                        let level = levels[Int(codes[index])]
                        body(
                            first + index, Double(values[first + index]), Double(level),
                            Double((level - zero) * scale))
                    }
                }
            }
        }
    }

    /// The sum of weighted |error|^norm.
    func error(_ grid: CompiledGrid, _ parameters: RangeTarget.Parameters, norm: Double) -> Double {
        var sum = 0.0
        forEachRounded(grid, parameters) { index, value, _, decoded in
            let error = value - decoded
            let power = norm == 2 ? error * error : (norm == 1 ? abs(error) : pow(abs(error), norm))
            sum += weight(index) * power
        }
        return sum
    }
}
