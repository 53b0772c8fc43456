/// The weighted mean of a run of points, within an ulp whatever cancels: sums in twice the precision,
/// in four strands for speed.
struct IsotonicBlockSum<T: Scalar, Weights: IsotonicWeights> {
    let points: IsotonicPoints<T, Weights>
    /// A power of two that keeps sums in range.
    let scale: Double

    /// The mean of the points at `places` of memory, and their weight.
    @inline(__always) func mean(_ places: Range<Int>) -> (mean: T, weight: Double) {
        let first = places.lowerBound
        if places.count == 1 { return (points[place: first], points.weights[first]) }
        if points.weights.areOnes, places.count == 2 {
            let sum = Double(points[place: first]) * scale + Double(points[place: first + 1]) * scale
            return (T(0.5 * sum / scale), 2)
        }
        return pooledMean(places)
    }

    private func pooledMean(_ places: Range<Int>) -> (mean: T, weight: Double) {
        var strands = (Strand(), Strand(), Strand(), Strand())
        var place = places.lowerBound
        while place + 4 <= places.upperBound {
            add(place, to: &strands.0)
            add(place + 1, to: &strands.1)
            add(place + 2, to: &strands.2)
            add(place + 3, to: &strands.3)
            place += 4
        }
        while place < places.upperBound {
            add(place, to: &strands.0)
            place += 1
        }
        strands.0 += strands.1
        strands.2 += strands.3
        strands.0 += strands.2
        let weight = points.weights.areOnes ? DoubleDouble(high: Double(places.count)) : strands.0.weight
        return (T((strands.0.sum / weight) / scale), weight.value)
    }

    private struct Strand {
        var sum = DoubleDouble()
        var weight = DoubleDouble()

        static func += (a: inout Strand, b: Strand) {
            a.sum += b.sum
            a.weight += b.weight
        }
    }

    @inline(__always) private func add(_ place: Int, to strand: inout Strand) {
        let value = Double(points[place: place]) * scale
        if points.weights.areOnes {
            strand.sum += value
        } else {
            let weight = points.weights[place]
            strand.sum.addProduct(value, weight)
            strand.weight += weight
        }
    }
}
