/// Sums of many values, or products with weights, in twice the precision: eight strands side by side,
/// folded by halves.
struct LaneSum: BitwiseCopyable {
    var values = DoubleDouble()
    var weights = DoubleDouble()

    /// `count` is a multiple of 8. Values and weights are multiplied by powers of two first.
    init<T: SummableScalar>(
        _ values: UnsafePointer<T>, _ weights: UnsafePointer<T>?, _ count: Int, scale: Double,
        weightScale: Double
    ) {
        var sum = DoubleDoubleLanes()
        var weightSum = DoubleDoubleLanes()
        if let kernel = T.sumKernel {
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 32) { lanes in
                let lanes = lanes.baseAddress!
                kernel(values, weights, count, scale, weightScale, lanes)
                sum = DoubleDoubleLanes(high: Lanes(at: lanes), low: Lanes(at: lanes + 8))
                weightSum = DoubleDoubleLanes(high: Lanes(at: lanes + 16), low: Lanes(at: lanes + 24))
            }
        } else {
            for index in stride(from: 0, to: count, by: 8) {
                let lanes = Lanes(at: values + index) * scale
                guard let weights else {
                    sum.add(lanes)
                    continue
                }
                let weightLanes = Lanes(at: weights + index) * weightScale
                sum.addProduct(lanes, weightLanes)
                weightSum.add(weightLanes)
            }
        }
        self.values = sum.folded
        if weights != nil { self.weights = weightSum.folded }
    }
}

/// A scalar with a kernel for the sums.
protocol SummableScalar: Scalar {
    typealias SumKernel = (
        UnsafePointer<Self>?, UnsafePointer<Self>?, Int, Double, Double, UnsafeMutablePointer<Double>?
    ) -> Void
    static var sumKernel: SumKernel? { get }
}

extension Float: SummableScalar {
    static var sumKernel: SumKernel? { Kernels.sumsF32 }
}

extension Double: SummableScalar {
    static var sumKernel: SumKernel? { Kernels.sumsF64 }
}

/// A sum of 64 numbers with its roundings, from a unit that is so large that what is added never leaves
/// its power of two: the sum less the unit is exact, and so is what each addition loses. Cheaper than
/// `DoubleDoubleLanes` where the largest magnitude is known before.
struct SplitSum: BitwiseCopyable {
    private let unit: Lanes
    private var sum: Lanes
    private var fine = Lanes.zero

    /// For numbers of at most this magnitude. Near the end of the range the sum is not finite.
    init(magnitude: Double) {
        let power = (magnitude.bitPattern & Double.infinity.bitPattern) &+ (8 << 52)
        unit = Lanes(repeating: 1.5 * Double(bitPattern: power))
        sum = unit
    }

    @inline(__always) mutating func add(_ x: Lanes) {
        let next = sum + x
        fine += x - (next - sum)
        sum = next
    }

    @inline(__always) mutating func addProduct(_ a: Lanes, _ b: Lanes) {
        let product = a * b
        add(product)
        fine += DoubleDoubleLanes.productError(a, b, product)
    }

    /// The sum of all lanes, in the order in which kernels fold.
    var folded: DoubleDouble {
        let (coarse, fine) = ((sum - unit).foldedSum, fine.foldedSum)
        let high = coarse + fine
        return DoubleDouble(high: high, low: fine - (high - coarse))
    }
}

/// `DoubleDouble` eight times.
struct DoubleDoubleLanes {
    var high = Lanes.zero
    var low = Lanes.zero

    @inline(__always) mutating func add(_ b: Lanes) {
        let sum = high + b
        let part = sum - high
        low += (high - (sum - part)) + (b - part)
        high = sum
    }

    @inline(__always) mutating func addProduct(_ a: Lanes, _ b: Lanes) {
        let product = a * b
        add(product)
        low += Self.productError(a, b, product)
    }

    /// What rounding lost in a product.
    @inline(__always) static func productError(_ a: Lanes, _ b: Lanes, _ product: Lanes) -> Lanes {
        let (aHigh, aLow) = split(a)
        let (bHigh, bLow) = split(b)
        return ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow
    }

    @inline(__always) private static func split(_ a: Lanes) -> (Lanes, Lanes) {
        let shifted = a * 134_217_729
        let high = shifted - (shifted - a)
        return (high, a - high)
    }

    /// The sum of all lanes, by halves.
    var folded: DoubleDouble {
        let four = Self.sums(high.lowHalf, high.highHalf, low.lowHalf + low.highHalf)
        let two = Self.sums(four.high.lowHalf, four.high.highHalf, four.low.lowHalf + four.low.highHalf)
        var total = DoubleDouble(high: two.high[0], low: two.low[0])
        total += DoubleDouble(high: two.high[1], low: two.low[1])
        return total
    }

    /// a + b, lane by lane, and what rounding lost added to `low`.
    @inline(__always) private static func sums<Part: SIMD<Double>>(
        _ a: Part, _ b: Part, _ low: Part
    ) -> (high: Part, low: Part) {
        let sum = a + b
        let part = sum - a
        return (sum, low + ((a - (sum - part)) + (b - part)))
    }
}
