import Synchronization

/// Ranges of what an observer has seen: rules get the centres of its bins, as often as these were counted.
extension RangeFitter {
    /// One scale, and zero point if they are wanted, for each channel.
    public func callAsFunction(
        _ observer: RangeObserver, scales: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) {
        let channels = observer.options.channels
        let made = try Scratch<RangeTarget.Parameters>(channels)
        let failed = Atomic<Bool>(false)
        let threads = Parallel.threads(for: channels, work: channels * observer.options.bins * 64)
        // What is made for a channel is made by one thread, so nothing depends on their number.
        Parallel.forEach(channels, threads: threads) { channel, _ in
            do throws(QuantcalError) {
                made.buffer[channel] = try parameters(observer, channel)
            } catch { failed.store(true, ordering: .relaxed) }
        }
        if failed.load(ordering: .relaxed) {
            throw QuantcalError(.noMemory, "no memory for the range of a channel")
        }
        for channel in 0..<channels {
            scales[channel] = made.buffer[channel].scale
            zeros?[channel] = made.buffer[channel].zero
        }
    }

    private func parameters(
        _ observer: RangeObserver, _ channel: Int
    ) throws(QuantcalError) -> RangeTarget.Parameters {
        let seen = observer.channels.buffer[channel]
        if rule.kind == .minMax, observer.options.movingAverage > 0 {
            return target.parameters(min(seen.averageMinimum, 0), max(seen.averageMaximum, 0))
        }
        var range = ValueRange()
        (range.minimum, range.maximum) = (min(seen.minimum, 0), max(seen.maximum, 0))
        let points = observer.points(channel)
        // An array without elements has no address.
        let values = points.isEmpty ? [0] : points.map { Float($0.value) }
        let numbers = points.isEmpty ? [0] : points.map(\.number)
        return try values.withUnsafeBufferPointer { values throws(QuantcalError) in
            try numbers.withUnsafeBufferPointer { numbers throws(QuantcalError) in
                let sample = RangeSample(
                    values: values.baseAddress!, count: points.count, range: range, importance: nil,
                    firstColumn: 0, numbers: numbers.baseAddress!)
                guard rule.kind == .percentile, range.minimum < range.maximum else {
                    return try parameters(sample, Work())
                }
                let percentiles = ObserverPercentiles(observer, channel)
                return try percentile(sample) { percentile, ofMagnitudes in
                    percentiles.value(
                        at: RangeRule.place(Double(observer.count - 1), percentile),
                        ofMagnitudes: ofMagnitudes)
                }
            }
        }
    }
}
