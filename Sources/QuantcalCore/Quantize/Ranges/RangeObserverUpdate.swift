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
        let ends = try ends(values, inner)
        for index in 0..<options.channels {
            let (low, high) = ends.buffer[index]
            widen(index, low, high)
            average(index, Double(low), Double(high))
        }
        tally(values, inner)
        count += added
    }

    private typealias Ends = (low: Float, high: Float)

    /// The smallest and the largest value of each channel.
    private func ends<T: WeightElement>(
        _ values: UnsafeBufferPointer<T>, _ inner: Int
    ) throws(QuantcalError) -> Scratch<(low: Float, high: Float)> {
        let ends = try Scratch<Ends>(options.channels)
        ends.buffer.initialize(repeating: (.infinity, -.infinity))
        var areFinite = true
        var channel = 0
        for first in stride(from: 0, to: values.count, by: inner) {
            var (low, high) = ends.buffer[channel]
            for index in first..<first + inner {
                let value = values[index].single
                low = value < low ? value : low
                high = value > high ? value : high
                areFinite = areFinite && value.isFinite
            }
            ends.buffer[channel] = (low, high)
            channel = channel + 1 == options.channels ? 0 : channel + 1
        }
        guard areFinite else {
            let index = values.firstIndex { !$0.single.isFinite } ?? 0
            throw QuantcalError(
                .notFinite, "values[\(index)] is \(values[index].single); values must be finite")
        }
        return ends
    }

    /// Counts values, which are in the range.
    private func tally<T: WeightElement>(_ values: UnsafeBufferPointer<T>, _ inner: Int) {
        var channel = 0
        for first in stride(from: 0, to: values.count, by: inner) {
            let bins = channels.buffer[channel].bins
            let density = bins.density
            let counts = counts.buffer.baseAddress! + channel * options.bins
            var zeros: UInt64 = 0
            for index in first..<first + inner {
                let value = values[index].single
                if value == 0 {
                    zeros += 1
                } else {
                    counts[ObserverBins.index(value, density) - bins.first] += 1
                }
            }
            channels.buffer[channel].zeroCount += zeros
            channel = channel + 1 == options.channels ? 0 : channel + 1
        }
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
