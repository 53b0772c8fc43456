/// Weighted sums of runs of points in twice the precision, so that a mean is right within an ulp
/// whatever cancels.
struct IsotonicBlockSum<T: SummableScalar, Weights: IsotonicWeights> {
    let points: IsotonicPoints<T, Weights>
    /// A power of two that keeps sums in range.
    let scale: Double

    /// The sum of weighted values of some places of memory, and of their weights.
    struct Sum: BitwiseCopyable {
        var values = DoubleDouble()
        var weights = DoubleDouble()

        @inline(__always) static func += (a: inout Sum, b: Sum) {
            a.values += b.values
            a.weights += b.weights
        }
    }

    func mean(_ sum: Sum) -> T { T((sum.values / sum.weights) / scale) }

    /// The mean of the points at some places of memory, and their weight.
    @inline(__always) func mean(_ places: Range<Int>) -> (mean: T, weight: Double) {
        let first = places.lowerBound
        if places.count == 1 { return (points[place: first], points.weights[first]) }
        if points.weights.areOnes, places.count == 2 {
            let sum = Double(points[place: first]) * scale + Double(points[place: first + 1]) * scale
            return (T(0.5 * sum / scale), 2)
        }
        let sum = sum(places)
        return (mean(sum), sum.weights.value)
    }

    func sum(_ places: Range<Int>) -> Sum {
        var total = Sum()
        var place = places.lowerBound
        if places.count >= 32 {
            let weights = points.weights.memory.map { $0.assumingMemoryBound(to: T.self) + place }
            place += places.count & ~7
            let lanes = LaneSum(
                points.values.baseAddress! + places.lowerBound, weights, place - places.lowerBound,
                scale: scale, weightScale: points.weights.scale)
            total = Sum(values: lanes.values, weights: lanes.weights)
        }
        while place < places.upperBound {
            let value = Double(points[place: place]) * scale
            if points.weights.areOnes {
                total.values += value
            } else {
                total.values.addProduct(value, points.weights[place])
                total.weights += points.weights[place]
            }
            place += 1
        }
        if points.weights.areOnes { total.weights = DoubleDouble(high: Double(places.count)) }
        return total
    }
}
