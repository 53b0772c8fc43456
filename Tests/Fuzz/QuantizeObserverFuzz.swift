/// Any bytes as an observer: refused with a good message, or an observer that is written as the same bytes, takes
/// values, merges, and can be read off.
func fuzzStored(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let state = try RangeObserver(bytes: bytes)
        require(written(state).elementsEqual(bytes), "other bytes")
        let copy = try state.copy()
        try read(state)
        let channels = state.options.channels
        for values: [Float] in [[0, -0.0], [1], [-3e38, 3e38], [.leastNonzeroMagnitude]] {
            let all = (0..<values.count * channels).map { values[$0 % values.count] }
            for one in [state, copy] {
                try all.withUnsafeBufferPointer { all throws(QuantcalError) in
                    try one.update(all, inner: values.count)
                }
            }
            require(written(state) == written(copy), "a copy of other bytes")
            try read(state)
        }
        guard state.options.movingAverage == 0 else { return }
        try state.merge(copy)
        require(state.count == 2 * copy.count, "values that are lost")
        try read(state)
    } catch { requireGoodMessage(error) }
}

private func read(_ state: RangeObserver) throws(QuantcalError) {
    for channel in 0..<state.options.channels {
        let summary = try state.summary(channel)
        let points = state.points(channel)
        require(points.reduce(0) { $0 + $1.number } == Double(summary.count), "not all are counted")
        require(zip(points, points.dropFirst()).allSatisfy { $0.value <= $1.value }, "out of order")
        guard summary.count > 0 else { return }
        require(summary.minimum <= summary.mean && summary.mean <= summary.maximum, "a mean outside")
        let percentiles = ObserverPercentiles(state, channel)
        for place in [0, 0.3, 0.7, 1] {
            for ofMagnitudes in [false, true] {
                let value = percentiles.value(
                    at: place * Double(summary.count - 1), ofMagnitudes: ofMagnitudes)
                require(
                    value >= (ofMagnitudes ? 0 : summary.minimum)
                        && value <= max(summary.maximum, ofMagnitudes ? -summary.minimum : summary.maximum),
                    "a percentile outside")
            }
        }
    }
}

private func written(_ state: RangeObserver) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: state.serializedSize)
    bytes.withUnsafeMutableBytes { state.serialize($0.baseAddress!) }
    return bytes
}
