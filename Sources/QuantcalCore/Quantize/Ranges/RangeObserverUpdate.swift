/// How an observer takes a batch: its ends first, so that a refused batch changes nothing, then its counts.
extension RangeObserver {
    /// Takes values by channels that change every `inner` values, over and over again.
    public func update(_ values: UnsafeBufferPointer<Float>, inner: Int = 1) throws(QuantcalError) {
        try add(values, inner)
    }
    public func update(_ values: UnsafeBufferPointer<HalfBits>, inner: Int = 1) throws(QuantcalError) {
        try add(values, inner)
    }
    public func update(_ values: UnsafeBufferPointer<BFloat16Bits>, inner: Int = 1) throws(QuantcalError) {
        try add(values, inner)
    }

    private func add<T: WeightElement>(
        _ values: UnsafeBufferPointer<T>, _ inner: Int
    ) throws(QuantcalError) {
        guard values.count > 0 else { return }
        let inner = options.channels == 1 ? values.count : inner
        let period = options.channels.multipliedReportingOverflow(by: inner)
        guard inner > 0, !period.overflow, values.count % period.partialValue == 0 else {
            throw QuantcalError(
                .size,
                "there are \(values.count) values; it must be a multiple of \(options.channels) * \(inner)")
        }
        let added = UInt64(values.count / options.channels)
        try checkRoom(for: added)
        let batch = ObserverBatch(values, channels: options.channels, inner: inner)
        let ends = try batch.ends()
        try batch.requireFinite(ends)
        // Before anything changes: what follows cannot fail.
        let tally = try ObserverTally(batch, bins: options.bins)
        for index in 0..<options.channels {
            let (low, high) = (ends.buffer[index].minimum, ends.buffer[index].maximum)
            widen(index, low, high)
            average(index, Double(low), Double(high))
        }
        tally.count(into: counts.buffer.baseAddress!, UnsafePointer(channels.buffer.baseAddress!))
        for (index, end) in ends.buffer.enumerated() where end.zeroCount > 0 {
            // Zeros have been counted with the bin that they are in.
            channels.buffer[index].zeroCount += end.zeroCount
            counts.buffer[index * options.bins - channels.buffer[index].bins.first] -= end.zeroCount
        }
        count += added
    }

    /// The first batch starts the averages. Roundings never carry them beyond the range.
    private func average(_ index: Int, _ low: Double, _ high: Double) {
        guard options.movingAverage > 0 else { return }
        var channel = channels.buffer[index]
        let (new, old) = count > 0 ? (options.movingAverage, 1 - options.movingAverage) : (1, 0)
        let ends = Double(channel.minimum)...Double(channel.maximum)
        channel.averageMinimum = (old * channel.averageMinimum + new * low).limited(to: ends)
        channel.averageMaximum = (old * channel.averageMaximum + new * high).limited(to: ends)
        channels.buffer[index] = channel
    }
}

extension Double {
    /// -0 is 0.
    fileprivate func limited(to ends: ClosedRange<Double>) -> Double {
        min(max(self, ends.lowerBound), ends.upperBound) + 0
    }
}
