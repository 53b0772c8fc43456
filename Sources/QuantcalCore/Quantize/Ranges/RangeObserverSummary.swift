/// What can be read off an observer.
extension RangeObserver {
    public struct Summary: Equatable, Sendable {
        public let channels: Int
        public let count: Int
        public let zeroCount: Int
        public let minimum: Double
        public let maximum: Double
        public let averageMinimum: Double
        public let averageMaximum: Double
        /// Of the bins' centres, as the next one.
        public let mean: Double
        public let standardDeviation: Double
        public let binWidth: Double
    }

    /// Of a channel; NaN for what is not known.
    public func summary(_ channel: Int = 0) throws(QuantcalError) -> Summary {
        guard (0..<options.channels).contains(channel) else {
            throw QuantcalError(
                .size, "channel is \(UInt(bitPattern: channel)); it must be below \(options.channels)")
        }
        let seen = channels.buffer[channel]
        let (low, high) = (Double(seen.minimum), Double(seen.maximum))
        let points = points(channel)
        // Roundings must not carry it beyond values that are all equal.
        let mean = min(max(points.reduce(0) { $0 + $1.number * $1.value } / Double(count), low), high)
        let square = points.reduce(0) { $0 + $1.number * ($1.value - mean) * ($1.value - mean) }
        let isKnown = count > 0
        let hasAverages = isKnown && options.movingAverage > 0
        return Summary(
            channels: options.channels, count: Int(count), zeroCount: Int(seen.zeroCount),
            minimum: isKnown ? low : .nan, maximum: isKnown ? high : .nan,
            averageMinimum: hasAverages ? seen.averageMinimum : .nan,
            averageMaximum: hasAverages ? seen.averageMaximum : .nan, mean: isKnown ? mean : .nan,
            standardDeviation: isKnown ? (square / Double(count)).squareRoot() : .nan,
            binWidth: isKnown ? seen.bins.width : .nan)
    }

    /// The centres of the bins that are not empty, but none beyond the range, and 0; ascending.
    func points(_ channel: Int) -> [(value: Double, number: Double)] {
        let seen = channels.buffer[channel]
        let (bins, counts) = (seen.bins, counts(channel))
        var points: [(value: Double, number: Double)] = []
        func addZero() { if seen.zeroCount > 0 { points.append((0, Double(seen.zeroCount))) } }
        for place in 0..<counts.count {
            if bins.first + place == 0 { addZero() }
            guard counts[place] > 0 else { continue }
            let centre = (Double(bins.first + place) + 0.5) * bins.width
            points.append(
                (min(max(centre, Double(seen.minimum)), Double(seen.maximum)), Double(counts[place])))
        }
        // 0 is in a bin, unless that would come behind the last one.
        if bins.first + counts.count <= 0 { addZero() }
        return points
    }
}
