/// Points that a state is given: they become a state of their own, which is merged.
extension IsotonicState {
    public func update(
        x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>,
        weights: UnsafeBufferPointer<Double>?
    ) throws(QuantcalError) { try add(x, y, weights) }

    public func update(
        x: UnsafeBufferPointer<Float>, y: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?
    ) throws(QuantcalError) { try add(x, y, weights) }

    private func add<T: Scalar>(
        _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?
    ) throws(QuantcalError) {
        let points = try IsotonicChainPoints(x: x, y: y, weights: weights, after: range?.upperBound)
        guard !x.isEmpty else { return }
        let sizes = (points.largestValue, points.largestWeight, points.totalWeight)
        try merge(
            IsotonicState(options, sizes) { empty throws(QuantcalError) in
                switch empty {
                case .squared(let chain): .squared(try points.chain(chain.loss))
                case .quantile(let chain): .quantile(try points.chain(chain.loss))
                }
            }, "weights")
    }
}
