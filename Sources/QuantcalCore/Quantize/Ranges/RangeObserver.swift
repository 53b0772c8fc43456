/// What ranges need of values that come in batches: their number, the smallest and the largest, and a
/// histogram in memory of a fixed size; for each channel of a tensor, or for all together as one.
///
/// Bins are 2^e wide and begin at multiples of that, e being the least with which the range has at
/// most so many bins. So e, and where the bins begin, follow from the smallest and the largest value;
/// and as a bin of a wider histogram is made of whole bins of a narrower one, widening and merging lose
/// nothing: an observer depends on its values only, not on their order or how they were shared out.
/// (But for moving averages of the batches' ends, which are kept if they are asked for.)
/// Zeros, of which sparse activations are full, are counted by themselves.
public final class RangeObserver {
    public struct Options: Equatable, Sendable {
        public var channels = 1
        /// The most bins a channel has.
        public var bins = 2048
        /// The part that a batch has of the moving averages; 0: there are none.
        public var movingAverage = 0.0

        public init(channels: Int = 1, bins: Int = 2048, movingAverage: Double = 0) {
            (self.channels, self.bins, self.movingAverage) = (channels, bins, movingAverage)
        }
    }

    /// What is known of a channel besides its counts.
    struct Channel: BitwiseCopyable {
        var zeroCount: UInt64 = 0
        /// 0 as long as there are no values.
        var minimum: Float = 0
        var maximum: Float = 0
        /// Of the smallest and the largest values of the batches.
        var averageMinimum = 0.0
        var averageMaximum = 0.0
        var bins = ObserverBins()
    }

    public let options: Options
    /// The values of each channel.
    public internal(set) var count: UInt64 = 0
    let channels: Scratch<Channel>
    /// Of values other than 0; `options.bins` for each channel.
    let counts: Scratch<UInt64>
    /// Counts that are on their way to wider bins.
    private let room: Scratch<UInt64>

    /// Counts above lose their last digit in a double.
    static let mostValues: UInt64 = 1 << 53

    public init(_ options: Options = Options()) throws(QuantcalError) {
        let (total, overflow) = options.channels.multipliedReportingOverflow(by: options.bins)
        guard options.channels >= 1, !overflow else {
            throw QuantcalError(
                .options,
                "channels is \(UInt(bitPattern: options.channels)); it must be 1 or more, as memory has room for"
            )
        }
        guard (16...65536).contains(options.bins) else {
            throw QuantcalError(.options, "bins is \(options.bins); it must be 16 to 65536")
        }
        guard (0...1).contains(options.movingAverage) else {
            throw QuantcalError(
                .options, "moving_average is \(options.movingAverage); it must be 0 to 1")
        }
        self.options = options
        channels = try Scratch(options.channels)
        channels.buffer.initialize(repeating: Channel())
        counts = try Scratch(zeroed: total)
        room = try Scratch(options.bins)
    }

    /// The counts of a channel's bins.
    func counts(_ channel: Int) -> UnsafeMutableBufferPointer<UInt64> {
        UnsafeMutableBufferPointer(
            start: counts.buffer.baseAddress! + channel * options.bins,
            count: count > 0 ? channels.buffer[channel].bins.count : 0)
    }

    /// Adds what another observer has seen.
    public func merge(_ other: RangeObserver) throws(QuantcalError) {
        guard other !== self else { throw QuantcalError(.alias, "observer and other are the same") }
        guard options == other.options else {
            throw QuantcalError(
                .domain, "other has \(other.description) and observer \(description); they must be the same")
        }
        guard options.movingAverage == 0 else {
            throw QuantcalError(
                .domain,
                "observer has moving averages, which depend on the order of batches; it cannot be merged")
        }
        guard other.count > 0 else { return }
        try checkRoom(for: other.count)
        for index in 0..<options.channels {
            let theirs = other.channels.buffer[index]
            widen(index, theirs.minimum, theirs.maximum)
            channels.buffer[index].zeroCount += theirs.zeroCount
            add(other.counts(index), theirs.bins, to: index)
        }
        count += other.count
    }

    private var description: String {
        "\(options.channels) channels of \(options.bins) bins with moving average \(options.movingAverage)"
    }

    func checkRoom(for added: UInt64) throws(QuantcalError) {
        guard added <= Self.mostValues - count else {
            throw QuantcalError(.size, "the number of values would be above 2^53")
        }
    }

    /// Widens the range of a channel, and its histogram with it.
    func widen(_ index: Int, _ low: Float, _ high: Float) {
        let old = channels.buffer[index]
        var new = old
        // -0 is 0.
        new.minimum = (count > 0 ? min(old.minimum, low) : low) + 0
        new.maximum = (count > 0 ? max(old.maximum, high) : high) + 0
        guard count == 0 || new.minimum < old.minimum || new.maximum > old.maximum else { return }
        new.bins = ObserverBins(new.minimum, new.maximum, capacity: options.bins)
        channels.buffer[index] = new
        guard count > 0, new.bins != old.bins else { return }
        let counts = counts.buffer.baseAddress! + index * options.bins
        let moved = UnsafeMutableBufferPointer(rebasing: room.buffer[..<old.bins.count])
        _ = moved.update(fromContentsOf: UnsafeMutableBufferPointer(start: counts, count: moved.count))
        counts.update(repeating: 0, count: moved.count)
        add(moved, old.bins, to: index)
    }

    /// Adds counts of bins to the bins of a channel that those lie in.
    private func add(
        _ old: UnsafeMutableBufferPointer<UInt64>, _ from: ObserverBins, to index: Int
    ) {
        let bins = channels.buffer[index].bins
        let counts = counts.buffer.baseAddress! + index * options.bins
        for place in 0..<old.count where old[place] > 0 {
            counts[((from.first + place) >> (bins.exponent - from.exponent)) - bins.first] += old[place]
        }
    }

    /// Another one that has seen the same.
    public func copy() throws(QuantcalError) -> RangeObserver {
        let copy = try RangeObserver(options)
        copy.count = count
        _ = copy.channels.buffer.update(fromContentsOf: channels.buffer)
        for index in 0..<options.channels {
            _ = copy.counts(index).update(fromContentsOf: counts(index))
        }
        return copy
    }
}

/// Where the bins of an observer lie.
struct ObserverBins: Equatable, BitwiseCopyable {
    var exponent = -149
    /// The first bin begins at so many widths.
    var first = 0
    var count = 1

    /// How many of them a unit has.
    var density = 0x1p+149

    var width: Double { 1 / density }

    init() {}

    init(_ minimum: Float, _ maximum: Float, capacity: Int) {
        let magnitude = max(abs(minimum), abs(maximum))
        // Finer than the spacing of the numbers would be no use, and more than 2^42 of them too large.
        exponent = magnitude > 0 ? max(-149, Int(magnitude.exponent) - 40) : -149
        density = Double(sign: .plus, exponent: -exponent, significand: 1)
        while true {
            first = Self.index(minimum, density)
            count = Self.index(maximum, density) - first + 1
            guard count > capacity else { return }
            exponent += 1
            density /= 2
        }
    }

    /// Powers of two scale exactly.
    @inline(__always) static func index(_ value: Float, _ density: Double) -> Int {
        let place = Double(value) * density
        let whole = Int(place)
        return Double(whole) > place ? whole - 1 : whole
    }
}
