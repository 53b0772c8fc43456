/// Weighted sums of runs of points in twice the precision, so that a mean is right within an ulp
/// whatever cancels.
struct IsotonicBlockSum<T: Scalar, Weights: IsotonicWeights> {
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
            var strands = DoubleDoubleLanes()
            var weights = DoubleDoubleLanes()
            while place + 8 <= places.upperBound {
                let values = Lanes(at: points.values.baseAddress! + place) * scale
                if points.weights.areOnes {
                    strands.add(values)
                } else {
                    let lanes = points.weights.lanes(place)
                    strands.addProduct(values, lanes)
                    weights.add(lanes)
                }
                place += 8
            }
            total = Sum(values: strands.folded, weights: weights.folded)
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

/// `DoubleDouble` eight times.
private struct DoubleDoubleLanes {
    private var high = Lanes.zero
    private var low = Lanes.zero

    @inline(__always) mutating func add(_ b: Lanes) {
        let sum = high + b
        let part = sum - high
        low += (high - (sum - part)) + (b - part)
        high = sum
    }

    @inline(__always) mutating func addProduct(_ a: Lanes, _ b: Lanes) {
        let product = a * b
        let (aHigh, aLow) = Self.split(a)
        let (bHigh, bLow) = Self.split(b)
        add(product)
        low += ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow
    }

    @inline(__always) private static func split(_ a: Lanes) -> (Lanes, Lanes) {
        let shifted = a * 134_217_729
        let high = shifted - (shifted - a)
        return (high, a - high)
    }

    var folded: DoubleDouble {
        var total = DoubleDouble()
        for lane in 0..<8 { total += DoubleDouble(high: high[lane], low: low[lane]) }
        return total
    }
}
