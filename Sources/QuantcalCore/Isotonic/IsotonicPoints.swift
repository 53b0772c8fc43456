/// The points of a least-squares isotonic problem, in the order of memory. A falling fit is that of
/// the negated values, negated.
struct IsotonicPoints<T: IsotonicScalar, Weights: IsotonicWeights> {
    let values: UnsafeBufferPointer<T>
    let weights: Weights
    /// A power of two that keeps products of sums in range; negative for a falling fit.
    let scale: Double

    var count: Int { values.count }

    /// A value as the fit sees it.
    @inline(__always) subscript(place: Int) -> Double { Double(values[place]) * scale }

    @inline(__always) func weight(_ place: Int) -> Double { weights[place] }

    /// A number of the fit as the caller sees it.
    @inline(__always) func unscaled(_ value: Double) -> T { T(value / scale) }

    /// The weights as the kernels take them; nil for ones.
    var weightMemory: UnsafePointer<T>? { weights.memory.map { $0.assumingMemoryBound(to: T.self) } }
}

/// Weights by place in memory, brought far from the ends of the number range by a power of two.
protocol IsotonicWeights {
    subscript(place: Int) -> Double { get }
    /// The caller's weights, of the type of the values; nil for ones.
    var memory: UnsafeRawPointer? { get }
    /// The caller's weight times this is one of these.
    var scale: Double { get }
    static var areOnes: Bool { get }
}

struct UnitWeights: IsotonicWeights {
    @inline(__always) subscript(place: Int) -> Double { 1 }
    var memory: UnsafeRawPointer? { nil }
    var scale: Double { 1 }
    static var areOnes: Bool { true }
}

struct ArrayWeights<T: Scalar>: IsotonicWeights {
    let values: UnsafePointer<T>
    let scale: Double

    @inline(__always) subscript(place: Int) -> Double { Double(values[place]) * scale }
    var memory: UnsafeRawPointer? { UnsafeRawPointer(values) }
    static var areOnes: Bool { false }
}
