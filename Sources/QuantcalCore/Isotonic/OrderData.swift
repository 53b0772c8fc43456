/// Values and weights of the points of an order, brought far from the ends of the number range by powers
/// of two.
struct OrderData<T: Scalar> {
    let nodes: OrderNodes
    let y: UnsafeBufferPointer<T>
    let weights: UnsafeBufferPointer<T>?
    /// The sum of the scaled weights.
    let totalWeight: Double
    private let scale: Double
    private let weightScale: Double

    init(_ nodes: OrderNodes, _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?, total: Double)
    {
        (self.nodes, self.y, self.weights) = (nodes, y, weights)
        var largest = 0.0
        for value in y { largest = max(largest, abs(Double(value))) }
        // 1 unless values come so close to the ends of the range that a product of two sums could leave it.
        // (Values more than 2^800 times smaller than the largest may then count as equal.)
        scale = PowerOfTwo.bringing(largest, above: -400, below: 800)
        weightScale = weights == nil ? 1 : PowerOfTwo.bringing(total, above: -100, below: 100)
        totalWeight = total * weightScale
    }

    @inline(__always) func value(_ point: Int32) -> Double { Double(y[Int(point)]) * scale }

    @inline(__always) func weight(_ point: Int32) -> Double {
        guard let weights else { return 1 }
        return Double(weights[Int(point)]) * weightScale
    }

    /// A scaled value as the caller's; at most the largest number.
    func unscaled(_ value: Double) -> T {
        let limit = T.greatestFiniteMagnitude
        return max(-limit, min(limit, T(value / scale)))
    }
}
