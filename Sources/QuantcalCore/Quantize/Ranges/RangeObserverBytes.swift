/// An observer as bytes, and back. After the head:
///
///     bins                    u32
///     channels                u64
///     values of each channel  u64
///     moving average          f64
///
/// and for each channel
///
///     zeros                   u64
///     smallest, largest       f64
///     their moving averages   f64, if there are any
///     counts                  u64 each, of as many bins as the range has; none without values
///
/// Where the bins lie follows from the range. Equal observers have equal bytes.
enum RangeObserverBytes {
    static var kind: StaticString { "QCOBSERV" }
    static var version: UInt64 { 1 }
    static var fixedSize: Int { StoredBytes.headBytes + 4 + 3 * 8 + StoredBytes.checksumBytes }
    /// Of a channel without its counts.
    static func channelSize(_ options: RangeObserver.Options) -> Int {
        options.movingAverage > 0 ? 5 * 8 : 3 * 8
    }
}

extension RangeObserver {
    /// How many bytes `serialize` writes.
    public var serializedSize: Int {
        let fixed = RangeObserverBytes.fixedSize + options.channels * RangeObserverBytes.channelSize(options)
        return (0..<options.channels).reduce(fixed) { $0 + 8 * counts($1).count }
    }

    /// Writes `serializedSize` bytes.
    public func serialize(_ bytes: UnsafeMutableRawPointer) {
        var writer = ByteWriter(bytes, kind: RangeObserverBytes.kind, version: RangeObserverBytes.version)
        writer.put(UInt32(options.bins))
        writer.put(UInt64(options.channels))
        writer.put(count)
        writer.put(options.movingAverage)
        for (index, channel) in channels.buffer.enumerated() {
            writer.put(channel.zeroCount)
            writer.put(Double(channel.minimum))
            writer.put(Double(channel.maximum))
            if options.movingAverage > 0 {
                writer.put(channel.averageMinimum)
                writer.put(channel.averageMaximum)
            }
            for number in counts(index) { writer.put(number) }
        }
        writer.finish()
    }

    /// The observer that `serialize` wrote, or an error.
    public convenience init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        var reader = try ByteReader(
            bytes, kind: RangeObserverBytes.kind, version: RangeObserverBytes.version, name: "an observer")
        let bins = Int(try reader.get(UInt32.self))
        let channels = try reader.get(UInt64.self)
        let count = try reader.get(UInt64.self)
        let movingAverage = try reader.finite("the moving average")
        var options = Options(bins: bins, movingAverage: movingAverage)
        guard (16...65536).contains(bins) else { throw reader.failure("\(bins) bins") }
        guard (0...1).contains(movingAverage) else {
            throw reader.failure("the moving average is \(movingAverage)")
        }
        // Whoever asks for much memory has sent much.
        guard channels > 0,
            channels <= UInt64(reader.remaining / RangeObserverBytes.channelSize(options))
        else { throw reader.failure("\(channels) channels") }
        guard count <= Self.mostValues else { throw reader.failure("\(count) values") }
        options.channels = Int(channels)
        try self.init(options)
        self.count = count
        for index in 0..<options.channels { try read(&reader, index) }
        guard reader.remaining == 0 else { throw reader.failure("\(reader.remaining) bytes too many") }
    }

    private func read(_ reader: inout ByteReader, _ index: Int) throws(QuantcalError) {
        var channel = Channel()
        channel.zeroCount = try reader.get(UInt64.self)
        let (low, high) = (try reader.finite("the smallest value"), try reader.finite("the largest value"))
        guard low <= high, Double(Float(low)) == low, Double(Float(high)) == high else {
            throw reader.failure("the range is \(low) to \(high)")
        }
        (channel.minimum, channel.maximum) = (Float(low), Float(high))
        if options.movingAverage > 0 {
            channel.averageMinimum = try reader.finite("the average of the smallest values")
            channel.averageMaximum = try reader.finite("the average of the largest values")
            guard low <= channel.averageMinimum, channel.averageMinimum <= channel.averageMaximum,
                channel.averageMaximum <= high
            else { throw reader.failure("the averages are beyond the range") }
        }
        guard count > 0 else {
            guard low == 0, high == 0, channel.zeroCount == 0 else {
                throw reader.failure("a range without values")
            }
            return
        }
        channel.bins = ObserverBins(channel.minimum, channel.maximum, capacity: options.bins)
        channels.buffer[index] = channel
        let counts = counts(index)
        for place in counts.indices { counts[place] = try reader.get(UInt64.self) }
        try check(channel, counts, reader)
    }

    /// The counts are those of values with this range.
    private func check(
        _ channel: Channel, _ counts: UnsafeMutableBufferPointer<UInt64>, _ reader: ByteReader
    ) throws(QuantcalError) {
        let (low, high, zeros) = (channel.minimum, channel.maximum, channel.zeroCount)
        guard zeros <= count else { throw reader.failure("\(zeros) of \(count) values are 0") }
        var rest = count - zeros
        for number in counts {
            guard number <= rest else { throw reader.failure("more is counted than there are values") }
            rest -= number
        }
        guard rest == 0 else { throw reader.failure("\(rest) values are not counted") }
        // The ends are values, and in bins of their own if they are different.
        guard low == 0 ? zeros > 0 : counts[0] > 0,
            high == 0 ? zeros > 0 : counts[counts.count - 1] > 0,
            zeros == 0 || (low <= 0 && high >= 0),
            low < high || low != 0 || zeros == count
        else { throw reader.failure("the ends of the range are no values") }
    }
}
