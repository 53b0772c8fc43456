/// Weighted sums of runs of points in twice the precision, exact where they cancel almost wholly, so that a
/// mean is right within an ulp. Cells inside a run are not looked into again.
struct IsotonicBlockSum<T: IsotonicScalar, Weights: IsotonicWeights> {
    let cells: IsotonicCells<T, Weights>
    /// Means below this are taken from exact sums.
    var faintest = 0.0
    var points: IsotonicPoints<T, Weights> { cells.points }

    /// The sum of weighted values of some places of memory, and of their weights.
    struct Sum: BitwiseCopyable {
        var values = DoubleDouble()
        var weights = DoubleDouble()

        @inline(__always) static func += (a: inout Sum, b: Sum) {
            a.values += b.values
            a.weights += b.weights
        }
    }

    /// The mean of the points at some places of memory, whose sum is given.
    @inline(__always) func mean(_ sum: Sum, of places: @autoclosure () -> Range<Int>) -> T {
        if abs(sum.values.value) < faintest * sum.weights.value {
            return points.unscaled(exactSum(places()) / sum.weights)
        }
        return points.unscaled(sum.values / sum.weights)
    }

    /// The mean of the points at some places of memory, and their weight.
    @inline(__always) func mean(_ places: Range<Int>) -> (mean: T, weight: Double) {
        let first = places.lowerBound
        if places.count == 1 { return (points.values[first], points.weight(first)) }
        if Weights.areOnes, places.count == 2 {
            return (points.unscaled(0.5 * (points[first] + points[first + 1])), 2)
        }
        let sum = sum(places)
        return (mean(sum, of: places), sum.weights.value)
    }

    /// The sum of weighted values with hardly any rounding, about ten times as slow.
    func exactSum(_ places: Range<Int>) -> DoubleDouble {
        ExactSum.with { sum in
            for place in places { sum.addProduct(points[place], points.weight(place)) }
            return sum.rounded()
        }
    }

    func sum(_ places: Range<Int>) -> Sum {
        let inside = cells.inside(places)
        guard !inside.isEmpty else { return sumPoints(places) }
        var total = sumPoints(places.lowerBound..<inside.lowerBound * isotonicCellSize)
        total += Sum(values: cells.sum(inside), weights: cells.weight(inside))
        let end = inside.upperBound * isotonicCellSize
        if end < places.upperBound { total += sumPoints(end..<places.upperBound) }
        return total
    }

    private func sumPoints(_ places: Range<Int>) -> Sum {
        var total = Sum()
        var place = places.lowerBound
        if places.count >= 32 {
            let weights = points.weightMemory.map { $0 + place }
            place += places.count & ~7
            let lanes = LaneSum(
                points.values.baseAddress! + places.lowerBound, weights, place - places.lowerBound,
                scale: points.scale, weightScale: points.weights.scale)
            total = Sum(values: lanes.values, weights: lanes.weights)
        }
        while place < places.upperBound {
            if Weights.areOnes {
                total.values += points[place]
            } else {
                total.values.addProduct(points[place], points.weight(place))
                total.weights += points.weight(place)
            }
            place += 1
        }
        if Weights.areOnes { total.weights = DoubleDouble(high: Double(places.count)) }
        return total
    }
}
