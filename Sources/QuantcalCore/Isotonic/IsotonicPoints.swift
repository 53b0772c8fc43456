/// The points of an isotonic problem, in the order in which the fit rises: a decreasing fit is that
/// of the reversed sequence.
struct IsotonicPoints<T: SummableScalar, Weights: IsotonicWeights> {
    let count: Int
    let weights: Weights
    private let y: UnsafePointer<T>
    /// Where point 0 lies in memory, and the way to the next.
    private let first: Int
    private let step: Int

    init(y: UnsafeBufferPointer<T>, weights: Weights, reversed: Bool) {
        count = y.count
        self.y = y.baseAddress!
        self.weights = weights
        first = reversed ? y.count - 1 : 0
        step = reversed ? -1 : 1
    }

    var isReversed: Bool { step < 0 }

    /// Where a point lies in memory.
    @inline(__always) func place(_ index: Int) -> Int { first + index * step }

    /// Where in memory, counted in gaps between places, the points from `index` on begin.
    @inline(__always) func gap(_ index: Int) -> Int { isReversed ? count - index : index }

    @inline(__always) func value(_ index: Int) -> Double { Double(y[place(index)]) }
    @inline(__always) func weight(_ index: Int) -> Double { weights[place(index)] }

    @inline(__always) subscript(place place: Int) -> T { y[place] }

    /// The values in the order of memory.
    var values: UnsafeBufferPointer<T> { UnsafeBufferPointer(start: y, count: count) }

    /// What must be known before values can be summed safely.
    struct Survey {
        var largestMagnitude = 0.0
        /// The value closest to 0: subtracting it cancels a common offset and at worst doubles a value.
        var centre = 0.0
        /// Every value is above the one before: if no weight is 0, the data are the fit.
        var isStrictlyRising = true
        var isFinite = true
    }

    func survey() -> Survey {
        var largest = Lanes.zero
        var centres = Lanes(repeating: .infinity)
        var areFinite = SIMDMask<SIMD8<Int64>>(repeating: true)
        let limit = Lanes(repeating: .greatestFiniteMagnitude)
        var isRising = true
        var index = 0
        while index + 8 < count {
            let lanes = Lanes(at: y + index)
            let magnitude = lanes.magnitude
            areFinite = areFinite .& (magnitude .<= limit)
            largest.replace(with: magnitude, where: magnitude .> largest)
            centres.replace(with: lanes, where: magnitude .< centres.magnitude)
            if isRising {
                let next = Lanes(at: y + index + 1)
                isRising = isReversed ? all(next .< lanes) : all(lanes .< next)
            }
            index += 8
        }
        var survey = Survey(isStrictlyRising: isRising, isFinite: all(areFinite))
        survey.centre = .infinity
        func see(_ value: Double) {
            survey.largestMagnitude = max(survey.largestMagnitude, abs(value))
            if abs(value) < abs(survey.centre) { survey.centre = value }
        }
        for lane in 0..<(index > 0 ? 8 : 0) {
            see(centres[lane])
            see(largest[lane])
        }
        while index < count {
            see(Double(y[index]))
            survey.isFinite = survey.isFinite && y[index].isFinite
            if index + 1 < count {
                let rises = isReversed ? y[index + 1] < y[index] : y[index] < y[index + 1]
                survey.isStrictlyRising = survey.isStrictlyRising && rises
            }
            index += 1
        }
        return survey
    }
}

/// Weights by place in memory, brought far from the ends of the number range by a power of two.
protocol IsotonicWeights {
    subscript(place: Int) -> Double { get }
    /// The caller's weights, of the type of the values, and the power of two; nil for ones.
    var memory: UnsafeRawPointer? { get }
    var scale: Double { get }
    /// The caller's weight is one of these times this.
    var unit: Double { get }
    var areOnes: Bool { get }
    var hasZero: Bool { get }
}

struct UnitWeights: IsotonicWeights {
    @inline(__always) subscript(place: Int) -> Double { 1 }
    var memory: UnsafeRawPointer? { nil }
    var scale: Double { 1 }
    var unit: Double { 1 }
    var areOnes: Bool { true }
    var hasZero: Bool { false }
}

struct ArrayWeights<T: Scalar>: IsotonicWeights {
    private let weights: UnsafePointer<T>
    let scale: Double
    let unit: Double

    let hasZero: Bool

    /// The sum of the weights bounds the largest from above, and from below by its share.
    init(_ weights: UnsafeBufferPointer<T>, _ total: Require.WeightTotal) {
        self.weights = weights.baseAddress!
        hasZero = total.hasZero
        scale = PowerOfTwo.bringing(total.sum, above: -100, below: 100)
        unit = 1 / scale
    }

    @inline(__always) subscript(place: Int) -> Double { Double(weights[place]) * scale }
    var memory: UnsafeRawPointer? { UnsafeRawPointer(weights) }
    var areOnes: Bool { false }
}
